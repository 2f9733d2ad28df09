"""
`python -m benchmarks.killed`: deliveries of jobs, each in a process of its own that may die at any call.

Reads an Order a line, as JSON, forks a process that does it, and prints how that ended. The parent has no
thread and no connection, so that a forked process is as good as new, and begins at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import chain, repeat
from threading import Lock
from types import SimpleNamespace
from typing import Any
from urllib.request import OpenerDirector

CALL = "_make_api_call"
"""Botocore's method behind every operation."""

ALIKE = "audit/resources/"
"""
Where a click writes an entry in each of 256 places: to die at each of them would be one kill and not 256,
so they are not counted (bot/adapters/stores/audit.py).
"""

DONE, TO_BE_CONTINUED, FAILED = 0, 3, 1
"""Exit codes; a process that was killed has none."""


@dataclass(frozen=True)
class Order:
    """A delivery of a job."""

    document: dict[str, Any]
    later_seconds: float
    """How far the job's clock is ahead of now: the time that Lambda has waited."""
    pages: int
    """For how many pages there is time."""
    dies_at: float | None = None
    """The call to AWS or Slack at which the process kills itself, from 0; with a half, after the call."""
    lives_seconds: float | None = None
    """Seconds after which the process is killed, if not at a call."""


class Deliveries:
    """The process that forks, seen from outside."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.killed"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def deliver(self, order: Order) -> int:
        """Deliver, and wait for the end; give the exit code, negative for a process that was killed."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a process without pipes")
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def stop(self) -> None:
        """Take no more."""
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.wait(30)
            self._process.stdout.close()


def main() -> None:
    """Do each order."""
    import handlers.job  # noqa: F401 - with all that it imports, before anything is forked

    for line in sys.stdin:
        order = Order(**json.loads(line))
        pid = os.fork()
        if not pid:
            os._exit(_exit_code(order))
        if order.lives_seconds is not None:
            time.sleep(order.lives_seconds)
            os.kill(pid, signal.SIGKILL)  # which nobody else is before it has been waited for
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _exit_code(order: Order) -> int:
    try:
        return _deliver(order)
    except BaseException:  # noqa: BLE001 - the process ends with it
        traceback.print_exc()
        return FAILED


def _deliver(order: Order) -> int:
    """Act as the job function does under the durable engine."""
    import handlers.job
    from bot.bootstrap import job as bootstrap

    real = bootstrap.utc_now

    def later() -> datetime:
        return real() + timedelta(seconds=order.later_seconds)

    for module in (bootstrap, handlers.job):
        setattr(module, "utc_now", later)  # noqa: B010 - mypy knows no other way to replace it
    _watch(order.dies_at)
    last = handlers.job.LAST_MILLISECONDS
    left = chain(repeat(last + 1, order.pages), repeat(last))
    context = SimpleNamespace(
        invoked_function_arn="arn:aws:lambda:ap-northeast-1:123456789012:function:job:live",
        get_remaining_time_in_millis=lambda: next(left),
    )
    done_count = handlers.job._slice(order.document, context, resumable=True)  # noqa: SLF001 - in the engine's place
    return DONE if done_count is None else TO_BE_CONTINUED


def _watch(dies_at: float | None) -> None:
    """Count the process's calls, and kill it at one of them."""
    from botocore.client import BaseClient

    calls = _Calls(dies_at)
    call_aws, open_url = getattr(BaseClient, CALL), OpenerDirector.open

    def watched_call(*arguments: Any) -> Any:
        if str(arguments[-1].get("Key")).startswith(ALIKE):
            return call_aws(*arguments)
        with calls.one():
            return call_aws(*arguments)

    def watched_open(*arguments: Any, **options: Any) -> Any:
        with calls.one():
            return open_url(*arguments, **options)

    setattr(BaseClient, CALL, watched_call)
    setattr(OpenerDirector, "open", watched_open)  # noqa: B010 - mypy knows no other way to replace it


class _Calls:
    """Calls by any thread."""

    def __init__(self, dies_at: float | None) -> None:
        self._dies_at = dies_at
        self._count = 0
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._lock:
            number = self._count
            self._count += 1
        self._die_if(number)
        yield
        self._die_if(number + 0.5)

    def _die_if(self, now: float) -> None:
        if now == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
