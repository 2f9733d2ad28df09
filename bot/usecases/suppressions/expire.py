"""
Reopen the findings of expired suppressions, and warn a week before a suppression expires.

The job runs once a day. All stored suppressions whose last day is over are due, so that a job makes up for
one that failed the day before. A round takes at most MOST_FINDINGS, and has a report of its own with the
usual menus: the findings can be inspected, and suppressed again.
"""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path

from cattrs.preconf.json import make_converter

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import BOT, Finding, FindingIdentifier, WorkflowStatus
from bot.domain.job import STAGES, ApplyJob, ExpireJob, Progress, Requester, job_id
from bot.domain.query import Query, chosen
from bot.domain.report import SHOWN_SUPPRESSIONS, Report, ReportKind, summarize
from bot.domain.suppression import AT, WARNING, Suppression
from bot.domain.triage import Change, FindingState, Plan, Refusal, Skip
from bot.errors import ReportGoneError, UnavailableError
from bot.i18n import translate
from bot.ports import CheckCancelled, Findings, Page, Ports, never_cancelled
from bot.usecases.context import JobContext
from bot.usecases.deliver import Destination, deliver
from bot.usecases.owners.account_owners import AccountOwners
from bot.usecases.owners.complete import complete_owners
from bot.usecases.scanning.scan import scan
from bot.usecases.steps import Result, Steps, UnfinishedError
from bot.usecases.triage.act import carry_out
from bot.usecases.triage.plan import find_result, message_rows

LOG = logging.getLogger(__name__)

_CONVERTER = make_converter()

MOST_FINDINGS, MOST_SUPPRESSIONS = 10_000, 1000
"""In a round: about 500 calls of GetFindings, in three and a half minutes, and an entry of the ledger."""

SETTLED = timedelta(hours=1)
"""
A suppression is not due before this time has passed since: Security Hub may not show the update of a running
or recent action yet, and the bot would take the suppression for one that somebody has removed.
"""


@dataclass(frozen=True)
class Round:
    """Some suppressions, and the report about them."""

    key: str
    """The report's ID is made of it, as a job's."""
    report_kind: ReportKind
    suppressions: tuple[Suppression, ...]
    channel: str
    context: JobContext[ExpireJob]
    """The job, with steps of the round's own."""

    @property
    def report_id(self) -> str:
        """The report's ID."""
        return self.job.plan_id

    @property
    def job(self) -> ApplyJob:
        """The job of the bot itself that carries out the plan of the round."""
        report_id = job_id(ExpireJob(self.key))
        return ApplyJob(self.key, report_id, report_id, self.channel, "", Requester(BOT))

    @property
    def ports(self) -> Ports:
        """The ports of the job."""
        return self.context.ports


_Finder = Callable[[], Iterator[Suppression]]


def expire(context: JobContext[ExpireJob]) -> None:
    """
    Reopen findings whose suppression ended yesterday or before, and warn of those that end within a week.

    Raises:
        BotError: Security Hub or Slack failed; the rest is still due.
        UnfinishedError: the time is up, and another delivery is to go on.
    """
    channel = context.channel  # raises before anything is changed
    day = date.fromisoformat(context.steps.run("day", _today, context)["day"])
    done_count = 0
    for kind, find, end in (
        (ReportKind.EXPIRED, lambda: _settled(day - timedelta(days=1), context.ports), _reopen),
        (ReportKind.EXPIRING, lambda: _expiring(day, context.ports), _warn),
    ):
        handled: set[Suppression] = set()
        for number in count():
            name = f"{kind}-{number}"
            own = replace(context, steps=context.steps.within(name))
            due = _choose(find, handled, own.steps)
            if not due:
                break
            handled.update(due)
            if done_count and context.deadline.resumable and not context.deadline.left():
                raise UnfinishedError(Progress(STAGES * done_count, 0))
            try:
                end(Round(f"{context.job.key}/{name}", kind, due, channel, own))
            except UnfinishedError as error:
                stage, findings = error.progress
                raise UnfinishedError(Progress(STAGES * done_count + stage, findings)) from None
            done_count += 1


def _today(context: JobContext[ExpireJob]) -> Result:
    today = context.ports.now().astimezone(context.deployment.settings.time_zone()).date()
    return {"day": today.isoformat()}


def _expiring(day: date, ports: Ports) -> Iterator[Suppression]:
    """Yield the suppressions that end within a week and that the channel has not been warned of."""
    for one in _settled(day + WARNING, ports):
        if one.expires_on >= day and ports.ledger.read(_warned_key(one)) is None:
            yield one


def _settled(last: date, ports: Ports) -> Iterator[Suppression]:
    before = ports.now() - SETTLED
    return (one for one in ports.suppressions.until(last) if one.suppressed_at < before)


def _choose(find: _Finder, handled: set[Suppression], steps: Steps) -> tuple[Suppression, ...]:
    """Choose the first due suppressions, and store the choice for the next attempt."""

    def choose() -> Result:
        left = (one for one in find() if one not in handled)
        return {"suppressions": _CONVERTER.unstructure(list(_first(left)))}

    return tuple(_CONVERTER.structure(steps.run("due", choose)["suppressions"], list[Suppression]))


def _first(suppressions: Iterator[Suppression]) -> Iterator[Suppression]:
    total = 0
    for one in islice(suppressions, MOST_SUPPRESSIONS):
        if total and total + one.finding_count > MOST_FINDINGS:
            return
        total += one.finding_count
        yield one


def _reopen(ended: Round) -> None:
    """Reopen, then forget, then report: no finding stays suppressed because Slack or the bot has failed."""
    steps, report_id = ended.context.steps, ended.report_id
    found = steps.run("report", _report, ended)
    if found["count"]:
        steps.run("plan", _plan, ended)
        carry_out(
            JobContext(ended.job, ended.ports, steps, ended.context.deployment, ended.context.deadline),
            report_id,
        )
    steps.run("forget", _forget, ended)
    if found["count"]:
        deliver(report_id, [Destination(ended.channel)], ended.context)


def _warn(ending: Round) -> None:
    """Report, and only then remember it: a second warning is better than none."""
    if ending.context.steps.run("report", _report, ending)["count"]:
        deliver(ending.report_id, [Destination(ending.channel)], ending.context)
    ending.context.steps.run("warned", _remember_warned, ending)


def _remember_warned(ending: Round) -> None:
    for one in ending.suppressions:
        ending.ports.ledger.create(_warned_key(one), {})


def _warned_key(one: Suppression) -> str:
    return f"warned/{one.expires_on.isoformat()}-{one.suppression_id}"


def _plan(ended: Round) -> None:
    reason = translate(ended.context.deployment.locale, "suppression.over")
    summary = ended.ports.reports.summary(ended.report_id)
    requests = (ActionRequest(Action.REOPEN, reason),)
    plan = Plan(ended.report_id, ended.report_id, requests, message_rows(summary, ended.ports))
    ended.ports.actions.save_plan(plan, _targets(ended))


def _targets(ended: Round) -> Iterator[Change]:
    """Yield the findings of the report; of one that was suppressed twice, the later suppression counts."""
    problems: dict[tuple[FindingIdentifier, str], int] = {}
    for problem, row in enumerate(ended.ports.reports.rows(ended.report_id)):
        problems |= {(identifier, row.account_id): problem for identifier in row.statuses}
    for one in _latest_first(ended.suppressions):
        for change in _changes_of(one, ended.ports):
            problem = problems.pop((change.identifier, change.place.account_id), -1)
            if problem >= 0:
                reopened = FindingState(Action.REOPEN.status)
                yield change._replace(problem=problem, before=change.after, after=reopened, request=0)


def _forget(ended: Round) -> None:
    """Delete the suppressions, except those with a finding that could not be reopened yet."""
    still = _not_reopened(ended)
    for one in ended.suppressions:
        if not (still and _has_one_of(still, one, ended.ports)):
            ended.ports.suppressions.remove(one)


def _not_reopened(ended: Round) -> set[FindingIdentifier]:
    """
    Return the findings that the next job has to reopen.

    Security Hub refused them, another action was changing them, there was no time, or an update cannot name
    them as long as another account has a finding with the same identity.
    """
    actions, ids = ended.ports.actions, (ended.report_id, ended.report_id)
    result = find_result(*ids, actions)
    if result is None:
        return set()
    refused = {refusal.identifier for refusal in actions.refusals(*ids)}
    changed = {change.identifier for change in actions.changes(*ids)}
    not_reopened = changed & refused
    if result.partly_count or result.skipped.keys() & {Skip.BUSY, Skip.LATE, Skip.SHARED}:
        not_reopened |= {target.identifier for target in actions.targets(actions.plan(*ids))} - changed
    return not_reopened


def _has_one_of(findings: set[FindingIdentifier], one: Suppression, ports: Ports) -> bool:
    return any(change.identifier in findings for change in _changes_of(one, ports))


def _changes_of(one: Suppression, ports: Ports) -> Iterator[Change]:
    """Read the changes of a suppression; if they are gone, log it and read none, as the others must end."""
    try:
        yield from ports.suppressions.changes(one)
    except ReportGoneError:
        extra = {"error_code": "report-gone", "suppression_id": one.suppression_id, "user_id": one.user_id}
        LOG.exception("the findings of a suppression are gone", extra=extra)


def _report(about: Round) -> Result:
    """
    Store a report of the findings that these suppressions, and no later ones, still suppress.

    Returns:
        The `count` of problems; if it is 0 there is no report.

    Raises:
        UnavailableError: some findings could not be read; their suppressions must not be deleted.
        BotError: the errors of `Findings.pages`.
    """
    ports = about.ports
    made_at = _made_at(about.suppressions, ports)
    identifiers = sorted({identifier for identifier, _ in made_at})
    query = replace(chosen(identifiers), statuses=(WorkflowStatus.SUPPRESSED,))
    routing = about.context.routing.routing
    accounts = AccountOwners(routing.owner, ports)
    with tempfile.TemporaryDirectory() as folder:
        report = scan(
            query,
            folder=Path(folder),
            locale=about.context.deployment.locale,
            findings=_StillSuppressed(ports.findings.keeping(routing.kept_tags), made_at),
            controls=ports.controls,
            now=ports.now,
            complete=complete_owners(routing.lookup(accounts.owners_of)),
        )
        accounts.save()
        if report.is_partial:
            raise UnavailableError(service="AWS", call="securityhub:GetFindings")
        if report.tally.finding_count:
            _save(report, about)
    return {"count": report.tally.finding_count}


def _save(report: Report, about: Round) -> None:
    controls = tuple(filter(None, report.tally.by_control))
    query = Query(controls, statuses=(WorkflowStatus.SUPPRESSED,), is_of_failed=False)
    merged = _merged(about.suppressions)
    summary = replace(
        summarize(replace(report, query=query), about.report_id, None),
        report_kind=about.report_kind,
        suppressions=tuple(merged[:SHOWN_SUPPRESSIONS]),
        suppression_count=len(merged),
    )
    about.ports.reports.save(summary, report.csv_file, report.seen_file)


def _merged(suppressions: Iterable[Suppression]) -> list[Suppression]:
    """Merge the suppressions of one person for one reason until one day; return the largest first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    firsts: dict[tuple[str, str, str], Suppression] = {}
    for one in suppressions:
        key = (one.expires_on.isoformat(), one.user_id, one.reason)
        counts[key] += one.finding_count
        firsts.setdefault(key, one)
    return [replace(firsts[key], finding_count=count) for key, count in counts.most_common()]


def _latest_first(suppressions: Iterable[Suppression]) -> list[Suppression]:
    """Sort suppressions by the time at which they were made."""
    return sorted(suppressions, key=lambda one: (one.suppressed_at, one.suppression_id), reverse=True)


def _made_at(suppressions: Iterable[Suppression], ports: Ports) -> dict[tuple[FindingIdentifier, str], str]:
    """Return the time of the last suppression of each finding and its account, as the bot's field says it."""
    made_at: dict[tuple[FindingIdentifier, str], str] = {}
    for one in _latest_first(suppressions):
        for change in _changes_of(one, ports):
            key = change.identifier, change.place.account_id
            made_at.setdefault(key, change.after.fields.get(AT, ""))
    return made_at


@dataclass(frozen=True)
class _StillSuppressed:
    """Findings without those that somebody has suppressed again since; read-only."""

    findings: Findings
    made_at: dict[tuple[FindingIdentifier, str], str]

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Read pages, and drop findings from them (see the port)."""
        for page in self.findings.pages(query, weight, check_cancelled, token):
            yield replace(page, findings=[one for one in page.findings if self._is_same(one)])

    def at(self, region: str) -> _StillSuppressed:
        """Raise an error: these are read here only."""
        raise NotImplementedError

    def keeping(self, tags: frozenset[str]) -> _StillSuppressed:
        """Keep other tags (see the port)."""
        return replace(self, findings=self.findings.keeping(tags))

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Raise an error: nothing is updated through this."""
        raise NotImplementedError

    def _is_same(self, finding: Finding) -> bool:
        (identifier,) = finding.identifiers
        return self.made_at.get((identifier, finding.account_id)) == dict(finding.user_fields).get(AT, "")
