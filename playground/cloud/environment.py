"""A Lambda execution environment: where a handler runs, one event at a time."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Context:
    """
    The context object of a handler, as far as the bot's read it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_name: str
    invoked_function_arn: str
    ends_at: float
    """On time.monotonic's clock."""
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return max(0, int((self.ends_at - time.monotonic()) * 1000))


class RuntimeExitError(Exception):
    """The process of a function has ended in the middle of an event; Lambda calls it Runtime.ExitError."""


@dataclass(frozen=True)
class Function:
    """A function's handler and its limits."""

    name: str
    account_id: str
    region: str
    handler: Handler
    timeout_seconds: int
    role: str = ""
    """The ARN of its role."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Its environment, as GetFunctionConfiguration tells it."""
    aliases: set[str] = field(default_factory=lambda: {"live"})
    environment_count: int = 1
    """How many events it handles at the same time; AWS makes environments as they are needed."""
    _pool: ThreadPoolExecutor = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pool = ThreadPoolExecutor(self.environment_count, thread_name_prefix=self.name)
        object.__setattr__(self, "_pool", pool)

    @property
    def arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    def start(self, event: Any, request_id: str | None = None) -> Future[Any]:
        """Handle an event in an environment of the function; the time runs from when that begins."""
        return self._pool.submit(self._run, event, request_id or str(uuid.uuid4()))

    def stop(self) -> None:
        """Take no more events, and wait for those that are being handled."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, event: Any, request_id: str) -> Any:
        ends_at = time.monotonic() + self.timeout_seconds
        try:
            return self.handler(event, Context(self.name, self.arn, ends_at, request_id))
        except Exception:
            raise
        except BaseException as error:
            raise RuntimeExitError(f"Runtime exited: {type(error).__name__}") from error
