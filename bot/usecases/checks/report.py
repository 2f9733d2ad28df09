"""
Report a check that CI has put into the bucket, if something is new since the branch's last report.

The object is hostile input: only its key proves the repository, and the job reads it once, bounded. The
report is kept before it is posted, as every report, and has no buttons: nothing of it exists yet.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.domain.check_result import Result as Checked
from bot.domain.check_result import Status
from bot.domain.checks.document import CheckDocument, read_check
from bot.domain.checks.origin import host_of, repository_of
from bot.domain.checks.places import files_address, kept_stack
from bot.domain.checks.summary import (
    MOST_SHOWN_GAPS,
    TOP_COUNT,
    CheckSummary,
    Comparison,
    LastCheck,
    compare,
)
from bot.domain.finding import MOST_TAG_CHARACTERS, Finding, FindingIdentifier, Resource, WorkflowStatus
from bot.domain.job import CheckJob
from bot.domain.query import Query
from bot.domain.report import Summary, TallyCounter
from bot.domain.row import Row
from bot.errors import InvalidCheckError
from bot.render.check_csv import csv_text
from bot.render.csv_file import encoded
from bot.usecases.context import JobContext
from bot.usecases.deliver import Destination, deliver
from bot.usecases.owners.notify import Delivered, notify_owners
from bot.usecases.steps import Result

LOG = logging.getLogger(__name__)

LAST = "last.json"
"""The state that is kept for the next check once the report is posted, among the checkpoints of the job."""


def report_check(context: JobContext[CheckJob]) -> None:
    """
    Post the report of a check, and tell the owners of its new failures. Without anything new, do nothing.

    Raises:
        InvalidCheckError: the object is none that the check writes.
        BotError, BusyStepError, UncertainStepError: as of `deliver`.
        UnfinishedError: the time is up, and another delivery of the job continues.
    """
    kept = context.steps.run("keep", _keep, context)
    if "channel" not in kept:
        return
    routed = context.of(replace(context.job, channel=kept["channel"]), context.steps)
    ts = None
    if kept["is_new"]:
        ts = deliver(context.job_id, [Destination(routed.channel)], routed)
    context.steps.run("last", _save_last, kept["repository"], kept["branch"], context)
    if ts:
        notify_owners([Delivered(context.job_id, ts, routed)], routed)


def _keep(context: JobContext[CheckJob]) -> Result:
    """Read the object and keep its report; an object that has been replaced has an event of its own."""
    job, ports = context.job, context.ports
    repository = repository_of(job.object_key)
    if repository is None:
        raise InvalidCheckError(field="(key)", problem="not of a check")
    data = ports.checks.fetch(job.object_key, job.etag)
    if data is None:
        LOG.info("the check has been replaced", extra={"key": job.object_key})
        return {}
    try:
        document = read_check(data)
    except InvalidCheckError as error:
        LOG.warning("a check is refused", extra={"key": job.object_key, "error_code": error.code})
        raise
    _save_stacks(repository, document, context)
    last = ports.checks.last(repository, document.origin.branch)
    comparison = compare(document, last or LastCheck())
    _save(repository, document, comparison, context, is_first=last is None)
    return {
        "repository": repository,
        "branch": document.origin.branch,
        "is_new": comparison.is_worth_telling,
        "channel": context.routing.routing.channel_of_repository(repository) or context.channel,
    }


def _save_stacks(repository: str, document: CheckDocument, context: JobContext[CheckJob]) -> None:
    """Save the stacks, so that a later report can lead from a resource to its line."""
    files = files_address(repository, document.origin.commit, _linked(document, context))
    for stack in document.stacks:
        context.ports.checked_stacks.save(stack.name, kept_stack(stack, repository, files))


def _linked(document: CheckDocument, context: JobContext[CheckJob]) -> str:
    """Return the address of the run if its host is in CHECK_LINK_HOSTS, else nothing."""
    hosts = context.deployment.settings.get("CHECK_LINK_HOSTS").lower().replace(",", " ").split()
    return document.origin.run if host_of(document.origin.run) in hosts else ""


def _save(
    repository: str,
    document: CheckDocument,
    comparison: Comparison,
    context: JobContext[CheckJob],
    *,
    is_first: bool,
) -> None:
    """Save the state for the next check, and the report if it is to be posted."""
    reports, report_id = context.ports.reports, context.job_id
    with tempfile.TemporaryDirectory() as folder:
        state, csv_file, seen_file = (Path(folder, name) for name in (LAST, "findings.csv", "seen.jsonl"))
        after = comparison.after
        state.write_text(json.dumps({"failed": after.failed, "unread": after.unread}), encoding="utf-8")
        reports.checkpoints(report_id).save(LAST, state)
        if not comparison.is_worth_telling:
            return
        rows = list(_rows(document.results, comparison.is_new, context))
        owners = [row.owner for row in rows]
        with csv_file.open("wb") as out:
            out.writelines(map(encoded, csv_text(document.results, context.deployment.locale, owners)))
        with seen_file.open("wb") as out:
            out.writelines(f"{row.line()}\n".encode(errors="replace") for row in rows)
        check = _check_summary(repository, document, comparison, context, is_first=is_first)
        reports.save(_summary(check, rows, context), csv_file, seen_file)


def _rows(results: Sequence[Checked], is_new: Sequence[bool], context: JobContext[CheckJob]) -> Iterator[Row]:
    """Make a row of each result, with its owners by the template's tags and by the routing file."""
    routing = context.routing.routing
    lookup, tags = routing.lookup(), routing.kept_tags
    for result, new in zip(results, is_new, strict=True):
        row = Row([_finding(result, tags, is_new=new)])
        row.owner = lookup.owners_of(row.finding)
        yield row


def _finding(result: Checked, tags: frozenset[str], *, is_new: bool) -> Finding:
    """
    Write a result as the finding that it will be: there is no account, no Region and no time yet.

    A new failure is NEW, a known one NOTIFIED. Any other result is SUPPRESSED: owners do not hear of it.
    """
    status = WorkflowStatus.SUPPRESSED
    if result.status is Status.FAILED and result.is_of_control:
        status = WorkflowStatus.NEW if is_new else WorkflowStatus.NOTIFIED
    kept = ((key, text[:MOST_TAG_CHARACTERS]) for key, text in result.tags if key.lower() in tags)
    return Finding(
        identifiers=(FindingIdentifier("\n".join(result.key), ""),),
        title=result.control.title,
        control_id=result.control.id,
        severity=result.control.severity,
        account_id="",
        account_name="",
        region="",
        resources=(Resource(result.logical_id, result.type),),
        standards=(),
        workflow_status=status,
        compliance_status=result.status,
        first_observed_at="",
        updated_at="",
        remediation_url="",
        tags=tuple(kept),
    )


def _check_summary(
    repository: str,
    document: CheckDocument,
    comparison: Comparison,
    context: JobContext[CheckJob],
    *,
    is_first: bool,
) -> CheckSummary:
    results, origin = document.results, document.origin
    of_controls = [result.status for result in results if result.is_of_control]
    new = [result for result, is_new in zip(results, comparison.is_new, strict=True) if is_new]
    return CheckSummary(
        repository=repository,
        branch=origin.branch,
        commit=origin.commit,
        run=_linked(document, context),
        is_first=is_first,
        failed_count=of_controls.count(Status.FAILED),
        unknown_count=of_controls.count(Status.UNKNOWN),
        suppressed_count=of_controls.count(Status.SUPPRESSED),
        other_count=len(results) - len(of_controls),
        omitted_count=document.omitted,
        gone_count=comparison.gone_count,
        file_count=document.file_count,
        top=tuple(replace(result, tags=()) for result in new[:TOP_COUNT]),
        gaps=document.gaps[:MOST_SHOWN_GAPS],
        gap_count=len(document.gaps),
    )


def _summary(check: CheckSummary, rows: Sequence[Row], context: JobContext[CheckJob]) -> Summary:
    """Summarize the report: the counts by severity and control are those of the new failures."""
    counter = TallyCounter()
    counter.add([row.finding for row in rows if row.finding.is_new])
    tally, fault = counter.tally(()), context.routing.fault
    return Summary(
        report_id=context.job_id,
        query=Query(controls=()),
        requester_id=None,
        scanned_at=context.ports.now(),
        finding_count=len(rows),
        new_count=tally.new_count,
        by_severity=tally.by_severity,
        by_control=tally.by_control,
        top=(),
        unread=(),
        faults=(fault,) if fault else (),
        check=check,
    )


def _save_last(repository: str, branch: str, context: JobContext[CheckJob]) -> None:
    """Save the state that the branch's next check is compared with."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder, LAST)
        context.ports.reports.checkpoints(context.job_id).fetch(LAST, state)
        kept = json.loads(state.read_text(encoding="utf-8"))
    last = LastCheck(tuple(kept["failed"]), tuple(kept["unread"]))
    context.ports.checks.save_last(repository, branch, last)
