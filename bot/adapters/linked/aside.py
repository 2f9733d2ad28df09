"""Calls that are made side by side, and that no report waits for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import TypeVar

from bot.errors import BotError, UnavailableError

T = TypeVar("T")

LOG = logging.getLogger(__name__)


def ask_all(calls: Mapping[str, Callable[[], T]], seconds: float) -> dict[str, T | BotError]:
    """
    Make calls, each in a thread of its own; those that take longer are abandoned.

    The threads are daemons: a process that ends does not wait for them.

    Returns:
        For each name the answer or the error; UnavailableError if there was none within `seconds`.
    """
    answers: Queue[tuple[str, T | BotError]] = Queue()
    for name, call in calls.items():
        target = copy_context().run
        Thread(target=target, args=(_ask, name, call, answers), daemon=True, name="aside").start()
    found: dict[str, T | BotError] = {}
    deadline = monotonic() + seconds
    with suppress(Empty):
        while len(found) < len(calls):
            name, answer = answers.get(timeout=max(0.0, deadline - monotonic()))
            found[name] = answer
    for name in calls:
        answer = found.setdefault(name, UnavailableError(service="AWS", call=name))
        if isinstance(answer, BotError):
            LOG.info("no answer to %s: %s", name, answer)
    return found


def _ask(name: str, call: Callable[[], T], answers: Queue[tuple[str, T | BotError]]) -> None:
    try:
        answers.put((name, call()))
    except BotError as error:
        answers.put((name, error))
    except Exception:
        LOG.exception("a fault of the bot's own")
        answers.put((name, UnavailableError(service="AWS", call=name)))
