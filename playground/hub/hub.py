"""One Security Hub: its findings and settings, and the controls that a test or a person has over it."""

from __future__ import annotations

import copy
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from playground.hub.errors import HubError
from playground.hub.faults import Faults
from playground.hub.findings.changes import SHARED, reported, updated
from playground.hub.findings.conditions import Condition
from playground.hub.findings.control_finding import FSBP, STANDARDS
from playground.hub.findings.finding import STARTS_AS, Asff, Key, key_of
from playground.hub.findings.store import MemoryStore, Selection, Store
from playground.hub.findings.times import timestamp
from playground.hub.knobs import Call, Knobs
from playground.hub.replica import Replica
from playground.hub.throttle import Throttle
from playground.hub.tokens import Tokens

LOCK = threading.RLock()
"""One for all hubs: an aggregating hub reads and changes others too."""


LinkingMode = Literal["ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS", "NO_REGIONS"]
"""RegionLinkingMode of an aggregator: shape CreateFindingAggregatorRequest in botocore's service model."""

_HOMES: dict[str, Hub] = {}
"""Account to the hub in its home Region, if the account aggregates findings."""


@dataclass(frozen=True)
class Pending:
    """A customer's update that GetFindings does not show yet."""

    changes: Asff
    due_at: float
    clock: Callable[[], float]
    """The clock of the hub that took the update, which may aggregate the one that holds the finding."""


class Hub:
    """
    The Security Hub of one account in one Region; disabled and empty at first.

    Attributes:
        enabled: whether the account is subscribed; otherwise every call is InvalidAccessException.
        calls: every request, in order.
        knobs: see Knobs.
        refuse: finding Id to the UnprocessedFindings ErrorCode that BatchUpdateFindings gives for it.
        refuse_once: the same, for the next attempt only.
        action_targets: the console's custom actions, by their ARNs.
        enabled_standards: StandardsIds.
        findings: the store; another one may be put in its place.
    """

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id = account_id
        self.region = region
        self.clear()

    def clear(self) -> None:
        """Begin anew: disabled, empty, no knob turned."""
        self.enabled = False
        self.enabled_at = 0.0
        self.control_finding_generator = "SECURITY_CONTROL"
        self.calls: list[Call] = []
        self.knobs = Knobs()
        self.refuse: dict[str, str] = {}
        self.refuse_once: dict[str, str] = {}
        self.findings: Store = MemoryStore()
        self.throttle = Throttle()
        self.tokens = Tokens()
        self.faults = Faults()
        self.action_targets: dict[str, dict[str, str]] = {}
        self.enabled_standards = {FSBP.id, *(standard.id for standard in STANDARDS)}
        self.touched: dict[Key, frozenset[str]] = {}
        self._pending: defaultdict[Key, list[Pending]] = defaultdict(list)
        self.others: tuple[Hub, ...] = ()
        self.home: Hub | None = None
        self.replica: Replica | None = None
        self.linking_mode: LinkingMode = "SPECIFIED_REGIONS"
        self.excluded_regions: tuple[str, ...] = ()
        self._announce()

    def enable(self, control_finding_generator: str = "SECURITY_CONTROL") -> None:
        """Subscribe the account."""
        self.enabled = True
        self.enabled_at = self.knobs.clock()
        self.control_finding_generator = control_finding_generator

    def disable(self) -> None:
        """Unsubscribe the account. The findings stay: AWS keeps them for 90 days."""
        self.enabled = False

    def aggregate(
        self, *others: Hub, mode: LinkingMode = "SPECIFIED_REGIONS", excluded: Iterable[str] = ()
    ) -> None:
        """
        Cover other hubs too: linked Regions of this account, and members of which it is administrator.

        A linked Region covers the members in it, unless it is blind to them (`Knobs.is_blind`).

        Args:
            mode: of the account's aggregator. There is one if Regions are linked, or if the mode is another
                than SPECIFIED_REGIONS.
            excluded: the Regions of ALL_REGIONS_EXCEPT_SPECIFIED.
        """
        for other in self.others:
            other.home = None
            if other.account_id == self.account_id:
                other.others = ()
        self.others, self.linking_mode, self.excluded_regions = others, mode, tuple(excluded)
        for other in others:
            other.home = self
            if other.account_id == self.account_id:
                here = (one for one in others if one.region == other.region and one is not other)
                other.others = tuple(here)
        self._announce()

    def _announce(self) -> None:
        """Let all hubs of the account know whether this one is in the home Region."""
        if self.linked_regions or self.linking_mode != "SPECIFIED_REGIONS":
            _HOMES[self.account_id] = self
        elif _HOMES.get(self.account_id) is self:
            del _HOMES[self.account_id]

    def load(self, findings: Iterable[Asff]) -> None:
        """Store findings as they are, in place of earlier ones; absent states become the first ones."""
        with LOCK:
            for finding in findings:
                self._put({**STARTS_AS, **finding})

    def report(self, findings: Iterable[Asff]) -> None:
        """Take findings as BatchImportFindings does, without its checks: as a product of AWS's would."""
        with LOCK:
            for finding in findings:
                self.take(finding)

    def finding(self, id: str, product_arn: str | None = None) -> dict[str, Any]:  # noqa: A002 the contract's
        """
        Return a finding as GetFindings will when every update has become visible.

        Raises:
            KeyError: there is none.
        """
        with LOCK:
            return copy.deepcopy(dict(self._foreseen(id, product_arn)))

    def status(self, id: str, product_arn: str) -> str:  # noqa: A002 the contract's
        """
        Return the workflow status of `finding`, without a copy of it.

        Raises:
            KeyError: there is none.
        """
        with LOCK:
            return str(self._foreseen(id, product_arn)["Workflow"]["Status"])

    def _foreseen(self, finding_id: str, product_arn: str | None) -> Asff:
        for holder in (self, *self.others):
            for finding in holder.findings.named(finding_id):
                if product_arn in (None, finding["ProductArn"]):
                    return holder.foreseen(finding)
        raise KeyError(finding_id)

    def fail_next(
        self,
        operation: str,
        code: str,
        status: int = HTTPStatus.BAD_REQUEST,
        count: int = 1,
        message: str = "Ordered by a test",
        *,
        after: int = 0,
    ) -> None:
        """Answer the next `count` calls of an operation, after so many others, with an error."""
        with LOCK:
            self.faults.fail(operation, HubError(code, message, status), count, after)

    def drop_next(self, operation: str, *, after: int = 0) -> None:
        """
        Carry out a call of an operation and cut the connection in the middle of the answer.

        Args:
            after: the number of calls that are answered as usual before.
        """
        with LOCK:
            self.faults.drop(operation, after)

    def hang_next(self, operation: str, seconds: float, count: int = 1, *, after: int = 0) -> None:
        """Answer the next `count` calls of an operation, after so many others, that much later."""
        with LOCK:
            self.faults.hang(operation, seconds, count, after)

    # What follows is for playground.hub.operations.

    @property
    def now(self) -> str:
        """The time, as findings spell it."""
        return timestamp(self.knobs.clock())

    @property
    def arn(self) -> str:
        """The ARN of the hub as a resource."""
        return f"arn:aws:securityhub:{self.region}:{self.account_id}:hub/default"

    @property
    def aggregation_home(self) -> Hub | None:
        """The hub in the account's home Region, None if the account does not aggregate findings."""
        return _HOMES.get(self.account_id)

    @property
    def linked_regions(self) -> list[str]:
        """The other Regions of this account that this hub covers."""
        return sorted(other.region for other in self.others if other.account_id == self.account_id)

    @property
    def members(self) -> list[Hub]:
        """The members in this Region of which this account is administrator, as far as it knows them."""
        others = () if self.knobs.is_blind else self.others
        return [one for one in others if one.account_id != self.account_id and one.region == self.region]

    @property
    def covered(self) -> list[Hub]:
        """This hub and the enabled ones that it aggregates."""
        blind = self.knobs.is_blind
        seen = (other for other in self.others if not blind or other.account_id == self.account_id)
        return [self, *(other for other in seen if other.enabled)]

    def select(self, conditions: Sequence[Condition]) -> list[Selection]:
        """Find the visible findings that meet the conditions, hub by hub."""
        for holder in self.covered:
            holder.settle()
        return [self.shown(holder).select(conditions) for holder in self.covered]

    def shown(self, holder: Hub) -> Store:
        """Return the findings of a covered hub as this one shows them: of another Region, the copies."""
        if holder.region == self.region or holder.replica is None:
            return holder.findings
        holder.replica.settle(self.knobs.clock())
        return holder.replica.findings

    def holder(self, key: Key) -> Hub | None:
        """Find the hub that has a finding which this one shows."""
        return next((holder for holder in self.covered if self.shown(holder).get(key) is not None), None)

    def change(self, key: Key, changes: Asff) -> None:
        """Take a customer's changes of a finding that this hub shows."""
        holder = self.holder(key)
        if holder is None:
            return
        clock, due_at = self.knobs.clock, self.knobs.clock() + self.knobs.lag_seconds
        replica = holder.copied() if holder.region != self.region else None
        if replica:
            replica.update(key, changes, due_at, self.knobs.replica_seconds)
            due_at += self.knobs.replica_seconds
        holder.update(key, changes, due_at, clock)

    def update(self, key: Key, changes: Asff, due_at: float, clock: Callable[[], float]) -> None:
        """Take a customer's changes of a finding of this hub, to be shown from `due_at` on."""
        self.touched[key] = self.touched.get(key, frozenset()) | (changes.keys() & set(SHARED))
        self._pending[key].append(Pending(changes, due_at, clock))
        self._settle(key)

    def take(self, finding: Asff) -> None:
        """Take a product's report of a finding."""
        key = key_of(finding)
        touched = self.touched.get(key, frozenset())
        self._put(reported(self.findings.get(key), finding, touched, self.now))

    def _put(self, finding: Asff, at: float | None = None) -> None:
        """Keep a finding that has changed now, or at another time, and let the home Region follow."""
        replica = self.copied()
        self.findings.put(finding)
        if replica and self.home:
            knobs = self.home.knobs
            replica.follow(finding, (knobs.clock() if at is None else at) + knobs.replica_seconds)

    def copied(self) -> Replica | None:
        """Return the copies in the home Region; None if that Region shows these findings themselves."""
        home = self.home
        if self.replica is None and home and home.region != self.region and home.knobs.replica_seconds:
            self.replica = Replica(self.findings.select(()).page(0, len(self.findings)))
        return self.replica

    def settle(self) -> None:
        """Show the updates whose time has come."""
        for key in list(self._pending):
            self._settle(key)

    def _settle(self, key: Key) -> None:
        waiting = self._pending.pop(key)
        due = [pending for pending in waiting if pending.clock() >= pending.due_at]
        later = [pending for pending in waiting if pending not in due]
        if later:
            self._pending[key] = later
        finding = self.findings.get(key)
        if due and finding is not None:
            self._put(_with(finding, due), max(pending.due_at for pending in due))

    def foreseen(self, finding: Asff) -> Asff:
        """Return a finding with the updates that do not show yet."""
        return _with(finding, self._pending.get(key_of(finding), []))


def _with(finding: Asff, updates: list[Pending]) -> Asff:
    for update in updates:
        finding = updated(finding, update.changes)
    return finding
