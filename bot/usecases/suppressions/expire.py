"""
Let suppressions end: reopen what nobody has touched since, and warn a week before.

It runs once a day. What is due is whatever is kept with a last day that is over: a day whose job has failed
is made up for by the next. A round takes at most MOST_FINDINGS and has a report of its own, so that it can be
looked at, taken back and extended like any other; and what is done in a round is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from itertools import count, islice

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.job import ExpireJob, job_id
from bot.domain.report import ReportKind
from bot.domain.suppression import WARNING, Suppression
from bot.domain.triage import Plan, Skip, Target
from bot.errors import ReportGoneError
from bot.i18n import translate
from bot.ports import Ports
from bot.usecases.context import JobContext
from bot.usecases.deliver import deliver
from bot.usecases.steps import Deadline, Result, Steps, UnfinishedError
from bot.usecases.suppressions.still_suppressed import Round, latest_first, report_still_suppressed
from bot.usecases.triage.act import carry_out
from bot.usecases.triage.plan import StoredReport, message_rows
from bot.usecases.triage.run import TriageRun
from bot.usecases.triage.update import ACTING

MOST_FINDINGS, MOST_SUPPRESSIONS = 10_000, 1000
"""Of a round: some 500 calls of GetFindings, three minutes and a half; and what the ledger holds of it."""

ROUND = 10 * ACTING
"""How far a round that is done is: further than any that is at it."""

SETTLED = timedelta(hours=1)
"""
How long a suppression is left alone: what is being suppressed, or was just now, Security Hub does not show
yet, and it would be taken for one that is over.
"""


def expire(context: JobContext[ExpireJob]) -> None:
    """
    Reopen what was suppressed until yesterday or before, and warn of what ends within a week.

    Raises:
        BotError: Security Hub or Slack failed; what was not done is still due.
        NotDoneError: the time is up, and another delivery is to go on.
    """
    channel, setting = context.channel, context.deployment.report_setting
    day = date.fromisoformat(context.steps.run("day", _today, context)["day"])
    done_count = 0
    for report_kind, find, end in _kinds(day, context.ports):
        looked_at: set[Suppression] = set()
        for number in count():
            name = f"{report_kind}-{number}"
            own = replace(context, steps=context.steps.within(name))
            chosen = _choose(find, looked_at, own.steps)
            if not chosen:
                break
            looked_at.update(chosen)
            report_id = job_id(ExpireJob(f"{context.job.key}/{name}"))
            with _counted(done_count, context.deadline):
                end(Round(report_id, report_kind, chosen, channel, setting), own)
            done_count += 1


def _today(context: JobContext[ExpireJob]) -> Result:
    today = context.ports.now().astimezone(context.deployment.settings.time_zone()).date()
    return {"day": today.isoformat()}


_Find = Callable[[], Iterator[Suppression]]
_End = Callable[[Round, JobContext[ExpireJob]], None]


def _kinds(day: date, ports: Ports) -> tuple[tuple[ReportKind, _Find, _End], ...]:
    """Give what is looked for on a day, how, and what is done with it."""
    ended, ending = day - timedelta(days=1), day + WARNING

    def settled(last: date) -> Iterator[Suppression]:
        before = ports.now() - SETTLED
        return (one for one in ports.suppressions.until(last) if one.suppressed_at < before)

    def due() -> Iterator[Suppression]:
        return settled(ended)

    def soon() -> Iterator[Suppression]:
        known = settled(ending)
        return (one for one in known if one.expires_on > ended and ports.ledger.read(_warned(one)) is None)

    return (ReportKind.EXPIRED, due, _reopen), (ReportKind.EXPIRING, soon, _warn)


@contextmanager
def _counted(done_count: int, time: Deadline) -> Iterator[None]:
    """Do a round if there is time for it, and count those before it to what need not be done again."""
    if done_count and time.resumable and not time.left():
        raise UnfinishedError(ROUND * done_count)
    try:
        yield
    except UnfinishedError as error:
        raise UnfinishedError(ROUND * done_count + error.kept_count) from None


def _choose(find: _Find, looked_at: set[Suppression], steps: Steps) -> tuple[Suppression, ...]:
    """Take the first of what is due, and remember which: the next attempt must not end others instead."""

    def choose() -> Result:
        left = (one for one in find() if one not in looked_at)
        return {"suppressions": list(map(_entry, _first(left)))}

    return tuple(map(_suppression, steps.run("due", choose)["suppressions"]))


def _first(suppressions: Iterator[Suppression]) -> Iterator[Suppression]:
    total = 0
    for one in islice(suppressions, MOST_SUPPRESSIONS):
        if total and total + one.finding_count > MOST_FINDINGS:
            return
        total += one.finding_count
        yield one


def _entry(one: Suppression) -> Result:
    days = {"expires_on": one.expires_on.isoformat(), "suppressed_at": one.suppressed_at.isoformat()}
    return asdict(one) | days


def _suppression(entry: Result) -> Suppression:
    expires_on = date.fromisoformat(entry["expires_on"])
    suppressed_at = datetime.fromisoformat(entry["suppressed_at"])
    return Suppression(**entry | {"expires_on": expires_on, "suppressed_at": suppressed_at})


def _reopen(ended: Round, context: JobContext[ExpireJob]) -> None:
    """Reopen, then forget, then tell: nothing stays suppressed because Slack or the bot has failed."""
    ports, steps = context.ports, context.steps
    found = steps.run("report", _report, ended, ports)
    if found["count"]:
        steps.run("plan", _plan, ended, ports)
        summary = ports.reports.summary(ended.report_id)
        ids = (ended.report_id, ended.report_id)
        run = TriageRun(*ids, summary, ended.channel, "", None, ended.setting, ended.setting.locale)
        carry_out(run, context)
    steps.run("forget", _forget, ended, ports)
    if found["count"]:
        deliver(ended.report_id, ended.channel, context)


def _warn(ending: Round, context: JobContext[ExpireJob]) -> None:
    """Tell, and only then remember it: told twice is better than never."""
    if context.steps.run("report", _report, ending, context.ports)["count"]:
        deliver(ending.report_id, ending.channel, context)
    context.steps.run("warned", _remember_warned, ending, context.ports)


def _report(about: Round, ports: Ports) -> Result:
    """Keep a report of what is still suppressed as the bot has made it."""
    return {"count": report_still_suppressed(about, ports)}


def _plan(ended: Round, ports: Ports) -> None:
    order = ActionRequest(Action.REOPEN, translate(ended.setting.locale, "suppression.over"))
    summary = ports.reports.summary(ended.report_id)
    plan = Plan((order,), message_rows(StoredReport(summary, ports.reports, ports.changes)))
    ports.changes.save_plan(ended.report_id, ended.report_id, plan, _wanted(ended, ports))


def _wanted(ended: Round, ports: Ports) -> Iterator[Target]:
    """Want what the report has; of a finding that was suppressed twice, the later suppression counts."""
    problems: dict[tuple[FindingIdentifier, str], int] = {}
    for problem, seen in enumerate(ports.reports.seen(ended.report_id)):
        problems |= {(identifier, seen.account_id): problem for identifier in seen.statuses}
    for one in latest_first(ended.suppressions):
        for change in ports.suppressions.changes(one):
            key = change.identifier, change.place.account_id
            if key in problems:
                problem = problems.pop(key)
                made = (change.before, change.after)
                yield Target(problem, change.identifier, change.place, WorkflowStatus.SUPPRESSED, 0, made)


def _forget(ended: Round, ports: Ports) -> None:
    """Forget what has been dealt with; what is suppressed only because it could not be reopened stays due."""
    still = _not_reopened(ended, ports)
    for one in ended.suppressions:
        if not (still and _has_one_of(still, one, ports)):
            ports.suppressions.remove(one)


def _not_reopened(ended: Round, ports: Ports) -> set[FindingIdentifier]:
    """
    Return what is still to be reopened: what Security Hub has refused, what somebody else was changing, which
    may come to nothing, and what no update can name, until the other account's finding is gone.
    """
    ids = ended.report_id, ended.report_id
    made = next((act for act in ports.changes.acts(ended.report_id) if act.act_id == ended.report_id), None)
    if made is None:
        return set()
    refused = {refusal.identifier for refusal in ports.changes.refusals(*ids)}
    chosen = {change.identifier for change in ports.changes.changes(*ids)}
    not_reopened = chosen & refused
    if made.partly_count or made.skipped.keys() & {Skip.BUSY, Skip.LATE, Skip.SHARED}:
        not_reopened |= {wanted.identifier for wanted in ports.changes.targets(*ids)} - chosen
    return not_reopened


def _has_one_of(findings: set[FindingIdentifier], one: Suppression, ports: Ports) -> bool:
    with suppress(ReportGoneError):
        return any(change.identifier in findings for change in ports.suppressions.changes(one))
    return False


def _remember_warned(ending: Round, ports: Ports) -> None:
    for one in ending.suppressions:
        ports.ledger.create(_warned(one), {})


def _warned(one: Suppression) -> str:
    return f"warned/{one.expires_on.isoformat()}-{one.suppression_id}"
