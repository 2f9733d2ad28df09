"""The checks of Security Hub."""

from __future__ import annotations

from bot.domain.check import Verdict, ok, wrong
from bot.probes import GUARDED, STATUS, Aggregator, Linking
from bot.usecases.doctor.exam import Exam


def hub(exam: Exam) -> Verdict:
    """Check that Security Hub is enabled."""
    exam.probes.hub.describe()
    return ok("doctor.hub.ok", region=exam.probes.hub.region)


def aggregation(exam: Exam) -> Verdict:
    """Report the Regions, and the number of accounts, that Security Hub shows here."""
    exam.require("hub")
    here, aggregator = exam.probes.hub.region, exam.probes.hub.aggregator()
    if aggregator and aggregator.home != here:
        return wrong("doctor.aggregation.elsewhere", region=here, home=aggregator.home)
    count = exam.probes.hub.account_count()
    if aggregator is None or aggregator.linking is Linking.NONE:
        return ok("doctor.aggregation.none", region=here, count=count)
    return ok(_text_of(aggregator), region=here, count=count, regions=", ".join(aggregator.regions))


def _text_of(aggregator: Aggregator) -> str:
    if aggregator.linking is Linking.ALL:
        return "doctor.aggregation.all"
    return "doctor.aggregation.but" if aggregator.linking is Linking.ALL_BUT else "doctor.aggregation.these"


def read(exam: Exam) -> Verdict:
    """Check that findings can be read."""
    exam.refuse_if_wrong("hub")
    exam.probes.hub.read()
    return ok("doctor.read.ok")


def update(exam: Exam) -> Verdict:
    """Check that the job's role may set a workflow status."""
    exam.require("hub")
    if not exam.probes.role.may_update(STATUS):
        return wrong("doctor.update.denied")
    return ok("doctor.update.ok")


def guard(exam: Exam) -> Verdict:
    """Check that the job's role may not update any field that the bot must not change."""
    exam.require("update")
    allowed = [name for name in GUARDED if exam.probes.role.may_update(name)]
    if allowed:
        return wrong("doctor.guard.open", fields=", ".join(allowed))
    return ok("doctor.guard.ok", count=len(GUARDED))


def action(exam: Exam) -> Verdict:
    """Check that the custom action exists."""
    exam.require("hub")
    action_id = exam.probes.settings.get("CUSTOM_ACTION_ID")
    if not exam.probes.hub.has_custom_action(action_id):
        return wrong("doctor.action.absent", id=action_id)
    return ok("doctor.action.ok", id=action_id)
