"""A fake of Security Hub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.domain.control import covers
from bot.domain.finding import Finding, FindingIdentifier
from bot.domain.naming import matches
from bot.domain.owners.routing import Routing
from bot.domain.query import Query
from bot.domain.triage import FindingState, Refusal
from bot.errors import BotError
from bot.ports import CheckCancelled, Page, never_cancelled


@dataclass
class FakeFindings:
    """A Security Hub that answers pages of two, and applies every filter of a query."""

    findings: list[Finding] = field(default_factory=list)
    refuse: dict[str | FindingIdentifier, str] = field(default_factory=dict)
    """Finding, or its Id alone, to the code with which its update is refused."""
    fail_at_page: int | None = None
    """Which page, counted from 0 over all queries, raises `error` instead."""
    error: BotError | None = None
    error_once: bool = False
    """Whether the page after that is given again."""
    update_errors: list[BotError | None] = field(default_factory=list)
    """Of each of the next updates, the error that it raises before it takes effect; None: it succeeds …"""
    late_update_error: BotError | None = None
    """… or, once, after."""
    lasting_update_error: BotError | None = None
    """The error of every update, before it takes effect."""
    queries: list[Query] = field(default_factory=list)
    updated: list[tuple[FindingIdentifier, FindingState]] = field(default_factory=list)
    page_size: int = 2
    lags: bool = False
    """Whether an update shows only after `settle`, as it does for minutes in AWS."""
    kept_tags: frozenset[str] = Routing().kept_tags
    region: str = ""
    """The Region, if it is another one: its tokens are valid there only."""
    regions: dict[str, FakeFindings] = field(default_factory=dict)
    """The Security Hubs of other Regions …"""
    region_errors: dict[str, BotError] = field(default_factory=dict)
    """… and the errors that make one of them unreachable."""
    _pages: int = 0
    _pending: list[dict[FindingIdentifier, FindingState]] = field(default_factory=list)

    def at(self, region: str) -> FakeFindings:
        """Return the findings of another Region: unless it has its own, those that are here too."""
        if region in self.region_errors:
            raise self.region_errors[region]
        own = [finding for finding in self.findings if finding.region == region]
        there = self.regions.setdefault(region, FakeFindings(own, page_size=self.page_size, region=region))
        return there.keeping(self.kept_tags)

    def keeping(self, tags: frozenset[str]) -> FakeFindings:
        """Keep other tags from now on."""
        self.kept_tags = tags
        return self

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Return the matching findings, a page at a time; a token is a Region and a finding's number."""
        assert weight > 0
        region, _, number = token.rpartition("/")
        assert not token or region == self.region, f"a token of {region or 'this Region'}"
        check_cancelled()
        self.queries.append(query)
        found = [self._kept(finding) for finding in self.findings if _answers(finding, query)]
        begin = int(number or 0)
        for start in range(begin, max(begin + 1, len(found)), self.page_size):
            if self.error and self._pages == self.fail_at_page:
                self._pages += self.error_once
                raise self.error
            if start > begin:
                check_cancelled()
            self._pages += 1
            end = start + self.page_size
            yield Page(found[start:end], f"{self.region}/{end}" if end < len(found) else "")

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Set values, except of what is to be refused."""
        requested = dict(updates)
        planned = self.update_errors.pop(0) if self.update_errors else None
        if error := self.lasting_update_error or planned:
            raise error
        self.updated += requested.items()
        self._pending.append({key: v for key, v in requested.items() if self._refused(key) is None})
        if not self.lags:
            self.settle()
        late, self.late_update_error = self.late_update_error, None
        if late:
            raise late
        codes = {identifier: self._refused(identifier) for identifier in requested}
        return [Refusal(identifier, code, "refused") for identifier, code in codes.items() if code]

    def _kept(self, finding: Finding) -> Finding:
        tags = tuple((key, value) for key, value in finding.tags if key.lower() in self.kept_tags)
        return replace(finding, tags=tags) if tags != finding.tags else finding

    def _refused(self, identifier: FindingIdentifier) -> str | None:
        return self.refuse.get(identifier) or self.refuse.get(identifier.id)

    def settle(self) -> None:
        """Show every update."""
        for pending in self._pending:
            self.findings = [updated(finding, pending) for finding in self.findings]
        self._pending.clear()


def updated(finding: Finding, pending: dict[FindingIdentifier, FindingState]) -> Finding:
    """Return a finding as an update makes it."""
    for identifier in finding.identifiers:
        values = pending.get(identifier)
        if values:
            fields = tuple(values.fields.items()) or finding.user_fields
            note = values.note or finding.note
            return replace(finding, workflow_status=values.status, note=note, user_fields=fields)
    return finding


def _has_tags(finding: Finding, query: Query) -> bool:
    tags = [tag.split("=", 1) for tag in query.tags]
    values = {key: {value for other, value in tags if other == key} for key, _ in tags}
    return all(dict(finding.tags).get(key) in wanted for key, wanted in values.items())


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def _answers(finding: Finding, query: Query) -> bool:
    conditions: list[tuple[str, Sequence[str]]] = [
        (finding.severity, query.severities),
        (finding.account_id, query.accounts),
        (finding.region, query.regions),
        (finding.workflow_status, query.statuses),
    ]
    return (
        (query.is_chosen or not query.is_of_failed or finding.compliance_status == "FAILED")
        and (not query.controls or any(covers(word, finding.control_id) for word in query.controls))
        and all(not values or value in values for value, values in conditions)
        and (not query.resources or any(one.id in query.resources for one in finding.resources))
        and (not query.findings or finding.identifiers[0] in query.findings)
        and (not query.account_names or finding.account_name in query.account_names)
        and (
            not query.named_resources
            or any(matches(one.id, p) for p in query.named_resources for one in finding.resources)
        )
        and _has_tags(finding, query)
        and (not query.standards or bool({*query.standards} & {*finding.standards}))
        and (not query.since_days or finding.first_observed_at >= _days_ago(query.since_days))
        and finding.account_id not in query.not_accounts
        and finding.region not in query.not_regions
    )
