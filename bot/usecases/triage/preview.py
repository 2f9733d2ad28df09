"""Preview an order for many findings: plan it, count what it would do, and show that in the person's form."""

from __future__ import annotations

import json
from contextlib import suppress

from bot.domain.job import PreviewJob, job_id
from bot.errors import ViewGoneError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.forms import Preview, failed_view, preview_view
from bot.usecases.context import JobContext
from bot.usecases.steps import Result
from bot.usecases.triage.decide import Decider, Who
from bot.usecases.triage.plan import StoredReport, make_plan
from bot.usecases.triage.refresh import detect_conflicts, refresh_targets
from bot.usecases.triage.targets import TargetTable


def preview(context: JobContext[PreviewJob]) -> None:
    """
    Show what an order would do, to be confirmed.

    Raises:
        ReportGoneError: the report is no longer kept.
        BotError: Security Hub or Slack failed.
    """
    context.steps.run("preview", _preview, context)


def show_failure(job: PreviewJob, reason: str, ports: Ports) -> None:
    """
    Say in the form why there is no preview; `reason` is mrkdwn.

    Raises:
        BotError: Slack failed, or the person has closed the form.
    """
    ports.messenger.show(job.view_id, failed_view(reason, Locale(job.locale)))


def _preview(context: JobContext[PreviewJob]) -> Result:
    return _show(context.job, _previewed(context), context.ports)


def _previewed(context: JobContext[PreviewJob]) -> Preview:
    """Count, and keep as the plan what would be changed: what is confirmed is what was shown."""
    job, ports, plan_id = context.job, context.ports, context.job_id
    begun_at = ports.now()
    ordered_id = f"{plan_id}-ordered"  # apart: what an earlier attempt has shown may be confirmed meanwhile
    summary = ports.reports.summary(job.report_id)
    make_plan(ordered_id, job.order, job.selection, StoredReport(summary, ports.reports, ports.changes))
    plan = ports.changes.plan(job.report_id, ordered_id)
    who = Who(job.requester.user_id, job.requester.user_id, ports.now(), "")
    with TargetTable() as work:
        work.add(ports.changes.targets(job.report_id, ordered_id))
        refresh_targets(work, summary, ports.findings, context.deadline, ports.reports.parts(plan_id))
        detect_conflicts(work, plan, plan_id, ports, begun_at)
        work.decide(Decider(plan.orders, who, Locale(job.locale)))
        ports.changes.save_plan(job.report_id, plan_id, plan, work.chosen())
        by_control, by_account = work.counts(0), work.counts(1)
        return Preview(job.order, work.chosen_count(), by_control, by_account, work.skipped())


def _show(job: PreviewJob, counted: Preview, ports: Ports) -> Result:
    metadata = {
        "report_id": job.report_id,
        "plan_id": job_id(job),
        "channel": job.channel,
        "message_ts": job.message_ts,
        "response_url": job.requester.response_url,
        "locale": job.locale,
    }
    view = preview_view(counted, json.dumps(metadata), Locale(job.locale))
    with suppress(ViewGoneError):
        ports.messenger.show(job.view_id, view)
    return {"count": counted.count}
