"""The states of the linked Regions as they are now, for the doctor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from bot.adapters.aws import aws_errors
from bot.adapters.linked.aside import ask_all
from bot.adapters.linked.calls import ABSENT, RegionCalls
from bot.adapters.linked.regions import KnownRegionsStore, covered
from bot.domain.coverage import Aggregator, Linking, Members, RegionState, parse_linked
from bot.errors import AccessDeniedError, BotError
from bot.ports import Clock


@dataclass(frozen=True)
class RegionSurvey:
    """The linked Regions of an account."""

    calls: RegionCalls
    setting: str
    """LINKED_REGIONS."""
    store: KnownRegionsStore
    """Has the refusals of the last day."""
    now: Clock

    def states(self) -> dict[str, RegionState]:
        """
        Return the state of each linked Region, in their order; empty if this is not the aggregation Region.

        Of "all Regions" those that are not enabled are left out.

        Raises:
            InvalidSettingError: LINKED_REGIONS.
            BotError: the aggregator, or the members here, cannot be read.
        """
        allowed = parse_linked(self.setting)
        own, aggregator = self.calls.overview()
        for answer in (own, aggregator):
            if isinstance(answer, BotError):
                raise answer
        if not isinstance(aggregator, Aggregator) or aggregator.home != self.calls.region:
            return {}
        answers = self.calls.members(aggregator.linked(self.calls.existing()))
        linked = covered(aggregator, answers)
        if linked is None or aggregator.linking == Linking.THESE:
            linked = tuple(sorted(answers))
        states = {region: _compared(answers[region], own) for region in linked}
        if allowed is not None:
            states |= dict.fromkeys(set(linked) - allowed, RegionState.UNNAMED)
        return states | self._tried([region for region in linked if states[region] is RegionState.READ])

    def _tried(self, regions: Collection[str]) -> dict[str, RegionState]:
        """Read a finding in each of the Regions."""
        answers = ask_all({region: partial(self._read, region) for region in regions}, self.calls.seconds)
        refused = self._refused()
        return {region: _tried(answer, has_refused=region in refused) for region, answer in answers.items()}

    def _read(self, region: str) -> None:
        with aws_errors("securityhub", "GetFindings", region):
            self.calls.make_client(region).get_findings(MaxResults=1)

    def _refused(self) -> Collection[str]:
        try:
            known = self.store.load()
        except BotError:
            return ()
        return known.refusing(self.now()) if known else ()


def _compared(answer: Members | BotError, own: object) -> RegionState:
    """Return the state of a Region of which no finding has been read."""
    if isinstance(answer, ABSENT):
        return RegionState.DISABLED
    if isinstance(answer, AccessDeniedError):
        return RegionState.UNCLEAR
    if not isinstance(answer, Members) or not answer.is_whole:
        return RegionState.FAILED
    same = isinstance(own, Members) and own.accounts == answer.accounts
    return RegionState.READ if same else RegionState.BLIND


def _tried(answer: BotError | None, *, has_refused: bool) -> RegionState:
    if isinstance(answer, AccessDeniedError):
        return RegionState.DENIED
    if isinstance(answer, ABSENT):
        return RegionState.DISABLED
    if answer:
        return RegionState.FAILED
    return RegionState.REFUSED if has_refused else RegionState.READ
