"""A Security Hub that counts the pages that it returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.query import Query
from bot.errors import PageLostError
from bot.ports import CheckCancelled, Page, never_cancelled
from tests.fakes.findings import FakeFindings

LOST = PageLostError(service="AWS", call="securityhub:GetFindings")


@dataclass
class CountingFindings(FakeFindings):
    """A Security Hub that counts its pages; a slice has time for some of them."""

    pages_a_slice: int = 1
    given: int = 0
    given_in_all: int = 0
    forgets: bool = False
    """Whether it has forgotten all tokens when the next slice begins."""

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Return the pages."""
        if token and self.forgets:
            raise LOST
        for page in super().pages(query, weight, check_cancelled, token):
            self.given += 1
            self.given_in_all += 1
            yield page

    def has_time(self) -> bool:
        """Return whether the slice has time for another page."""
        return self.given < self.pages_a_slice
