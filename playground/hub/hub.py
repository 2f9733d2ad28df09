"""One Security Hub: its findings and settings, and the controls that a test or a person has over it."""

from __future__ import annotations

import copy
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from playground.hub.errors import HubError
from playground.hub.faults import Faults
from playground.hub.findings.changes import SHARED, reported, updated
from playground.hub.findings.conditions import Condition
from playground.hub.findings.control_finding import FSBP, STANDARDS
from playground.hub.findings.finding import STARTS_AS, Asff, Key, key_of
from playground.hub.findings.store import MemoryStore, Selection, Store
from playground.hub.findings.times import timestamp
from playground.hub.knobs import Call, Knobs
from playground.hub.throttle import Throttle
from playground.hub.tokens import Tokens

LOCK = threading.RLock()
"""One for all hubs: an aggregating hub reads and changes others too."""


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

    def enable(self, control_finding_generator: str = "SECURITY_CONTROL") -> None:
        """Subscribe the account."""
        self.enabled = True
        self.enabled_at = self.knobs.clock()
        self.control_finding_generator = control_finding_generator

    def disable(self) -> None:
        """Unsubscribe the account. The findings stay: AWS keeps them for 90 days."""
        self.enabled = False

    def aggregate(self, *others: Hub) -> None:
        """Cover other hubs too: linked Regions of this account, and members of which it is administrator."""
        self.others = others
        for other in others:
            other.home = self

    def load(self, findings: Iterable[Asff]) -> None:
        """Store findings as they are, in place of earlier ones; absent states become the first ones."""
        with LOCK:
            for finding in findings:
                self.findings.put({**STARTS_AS, **finding})

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

    def drop_next(self, operation: str) -> None:
        """Carry out the next call of an operation and cut the connection in the middle of the answer."""
        with LOCK:
            self.faults.drop(operation)

    # What follows is for playground.hub.operations.

    @property
    def now(self) -> str:
        """The time, as findings spell it."""
        return timestamp(self.knobs.clock())

    @property
    def aggregation_home(self) -> Hub:
        """The hub of this account that covers its Regions; this one, if none does."""
        return self.home if self.home and self.home.account_id == self.account_id else self

    @property
    def aggregator_arn(self) -> str | None:
        """The finding aggregator of this account, if it has one."""
        home = self.aggregation_home
        if not home.linked_regions:
            return None
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{home.account_id}/{home.region}")
        return f"arn:aws:securityhub:{home.region}:{home.account_id}:finding-aggregator/{name}"

    @property
    def linked_regions(self) -> list[str]:
        """The other Regions of this account that this hub covers."""
        return sorted(other.region for other in self.others if other.account_id == self.account_id)

    @property
    def covered(self) -> list[Hub]:
        """This hub and the enabled ones that it aggregates."""
        return [self, *(other for other in self.others if other.enabled)]

    def select(self, conditions: Sequence[Condition]) -> list[Selection]:
        """Find the visible findings that meet the conditions, hub by hub."""
        for holder in self.covered:
            holder.settle()
        return [holder.findings.select(conditions) for holder in self.covered]

    def holder(self, key: Key) -> Hub | None:
        """Find the hub that has a finding."""
        return next((holder for holder in self.covered if holder.findings.get(key) is not None), None)

    def update(self, key: Key, changes: Asff, due_at: float, clock: Callable[[], float]) -> None:
        """Take a customer's changes of a finding of this hub, to be shown from `due_at` on."""
        self.touched[key] = self.touched.get(key, frozenset()) | (changes.keys() & set(SHARED))
        self._pending[key].append(Pending(changes, due_at, clock))
        self._settle(key)

    def take(self, finding: Asff) -> None:
        """Take a product's report of a finding."""
        key = key_of(finding)
        touched = self.touched.get(key, frozenset())
        self.findings.put(reported(self.findings.get(key), finding, touched, self.now))

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
            self.findings.put(_with(finding, due))

    def foreseen(self, finding: Asff) -> Asff:
        """Return a finding with the updates that do not show yet."""
        return _with(finding, self._pending.get(key_of(finding), []))


def _with(finding: Asff, updates: list[Pending]) -> Asff:
    for update in updates:
        finding = updated(finding, update.changes)
    return finding
