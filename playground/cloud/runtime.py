"""How a function's handler comes to run: in this process, or as playground/cloud/emulator.py does it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from botocore.credentials import Credentials
from botocore.session import Session

from playground.cloud.environment import Handler

_ACTING_AS: ContextVar[Credentials | None] = ContextVar("acting_as", default=None)
"""Whose credentials the clients get that are made here and now."""

_CREDENTIALS_OF_THE_PROCESS = Session.get_credentials


class Runtime(Protocol):
    """Where handlers run."""

    def start(self, module: str) -> Handler:
        """Start anew, with the settings and the credentials that this process's environment holds now."""

    def stop(self) -> None:
        """Stop the functions that were started."""


class InProcess:
    """Handlers of the checkout, in this process."""

    def start(self, module: str) -> Handler:
        """Import a handler anew, as a cold start does."""
        if Session.get_credentials is not _credentials:
            setattr(Session, "get_credentials", _credentials)  # noqa: B010 - mypy knows no other way
        own = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        with _acting_as(own):
            loaded = importlib.reload(importlib.import_module(module))

        def handler(event: Any, context: Any) -> Any:
            with _acting_as(own):
                return loaded.handler(event, context)

        return handler

    def stop(self) -> None:
        """Close the event loop of the ack; the next user of the handler gets another."""
        event_loop = importlib.import_module("handlers.slack").event_loop
        event_loop().close()
        event_loop.cache_clear()


@contextmanager
def _acting_as(credentials: Credentials) -> Iterator[None]:
    token = _ACTING_AS.set(credentials)
    try:
        yield
    finally:
        _ACTING_AS.reset(token)


def _credentials(session: Session, *arguments: Any, **options: Any) -> Any:
    """Find a new client's credentials: of the function that makes it, or else those of the process."""
    return _ACTING_AS.get() or _CREDENTIALS_OF_THE_PROCESS(session, *arguments, **options)
