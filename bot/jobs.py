"""The port of the ack, which needs none of those in bot/ports.py."""

from __future__ import annotations

from typing import Protocol

from bot.domain.job import Job


class Jobs(Protocol):
    """The queue of jobs."""

    def dispatch(self, job: Job) -> None:
        """
        Hand over a job; one network call.

        Raises:
            AccessDeniedError, CredentialsError, ThrottledError, UnavailableError, UnexpectedResponseError.
        """
