"""
A routing file that a person has shared in a direct message with the bot: previewed, confirmed, put in force.

The preview changes nothing. The version that it shows is kept, and is the one that a press of the button puts
in force, if the file in force is still the one with which it was compared.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from cattrs import structure

from bot.domain.audit import AuditEntry
from bot.domain.job import DiscardRoutingJob, EditJob, PutRoutingJob, job_id
from bot.domain.owners.routing_change import (
    MOST_ERRORS,
    MOST_TEXT,
    RESOURCE,
    FileFault,
    Outcome,
    RoutingProposal,
    changes_between,
    version_of,
)
from bot.domain.owners.routing_file import MOST_BYTES, check_routing
from bot.domain.permission import Permission
from bot.domain.slack import Message, SharedFile
from bot.errors import BotError, ReportGoneError, RoutingFileError
from bot.i18n import translate
from bot.render import mrkdwn
from bot.render.uploads.routing import decided_message, proposal_message, replaced_message
from bot.usecases.context import JobContext
from bot.usecases.owners.routing import load_routing
from bot.usecases.permissions import require
from bot.usecases.steps import Result, Steps, UncertainStepError, done_key

LOG = logging.getLogger(__name__)

PROPOSE = "propose"
"""The step that checks a file and keeps it; its result, a RoutingProposal, is shown also after a press."""

MOST_FETCHED = 1 << 20
"""Bytes that are read of a file: enough to find it larger than MOST_BYTES."""

DecisionJob = PutRoutingJob | DiscardRoutingJob


def preview_routing(file: SharedFile, context: JobContext[EditJob]) -> None:
    """
    Answer the person who has shared a file directly: its errors, or its changes with the buttons.

    Raises:
        NotAllowedError: the person may not act.
        BotError: AWS or Slack failed.
    """
    if not file.is_routing:
        _answer(Message(translate(context.locale, "upload.other-file")), context)
        return
    require(Permission.ACT, context.job, context.ports, context.deployment.settings)
    proposal = structure(context.steps.run(PROPOSE, _propose, file, context), RoutingProposal)
    _answer(proposal_message(proposal, context.job_id, context.locale), context)


def _propose(file: SharedFile, context: JobContext[EditJob]) -> Result:
    """Check a file, compare it with the one in force, and keep it."""
    routing_file = context.ports.routing_file
    loaded = load_routing(routing_file)
    proposal = RoutingProposal(context.job.requester.user_id, file.name)
    if file.byte_count > MOST_BYTES:
        errors: list[BotError] = [RoutingFileError(hint="routing-too-large", most=f"{MOST_BYTES:,}")]
    else:
        data = _fetched(file, context)
        checked = check_routing(data)
        errors = checked.errors
    if errors:
        shown = tuple(FileFault(one.code, _cut(one.values)) for one in errors[:MOST_ERRORS])
        return asdict(replace(proposal, errors=shown, error_count=len(errors)))
    if loaded.error and loaded.data is None:  # the file could not be read at all
        raise loaded.error
    routing_file.keep(context.job_id, data)
    return asdict(
        replace(
            proposal,
            tables=changes_between(loaded.routing, checked.routing),
            version=version_of(data),
            before=version_of(loaded.data),
            is_repair=loaded.error is not None,
        )
    )


def _fetched(file: SharedFile, context: JobContext[EditJob]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "routing.toml"
        context.ports.files.fetch(file, path, MOST_FETCHED)
        return path.read_bytes()


def _cut(values: dict[str, str]) -> dict[str, str]:
    return {name: value[:MOST_TEXT] for name, value in values.items()}


def _answer(message: Message, context: JobContext[EditJob]) -> None:
    """Post an answer directly, at most once; if nobody knows whether Slack has it, say so."""
    job, messenger = context.job, context.ports.messenger

    def post() -> None:
        messenger.direct(job.requester.user_id, message)

    text = translate(context.locale, "upload.maybe-posted")
    _post_once("post", post, text, context.steps, context)


def decide_routing(context: JobContext[DecisionJob]) -> None:
    """
    Put a previewed file in force, or discard it, as the first press decides.

    The proposal is the key of the steps, so that a repeated press continues the same decision. A file that
    was confirmed is not discarded: it may be in force already.

    Raises:
        BotError: AWS or Slack failed.
    """
    job, ports = context.job, context.ports
    steps = Steps(ports.ledger, job_id(replace(job, key=f"routing/{job.proposal_id}")), ports.now)
    first = steps.run("decide", lambda: {"kind": job.kind, "at": ports.now().isoformat()})
    at, is_confirmed = datetime.fromisoformat(first["at"]), first["kind"] == PutRoutingJob.kind
    if is_confirmed and isinstance(job, DiscardRoutingJob):
        message = Message(translate(context.locale, "upload.begun"))
        context.steps.run("tell-begun", ports.messenger.tell, job.requester, message, job.channel)
        return
    kept = ports.ledger.read(done_key(job.proposal_id, PROPOSE))
    if kept is None:  # the ledger has expired it
        text = translate(context.locale, "upload.gone")
        steps.run("close", ports.messenger.update, job.channel, job.message_ts, Message(text))
        return
    proposal = structure(kept, RoutingProposal)
    outcome = Outcome.DISCARDED
    if is_confirmed:
        outcome = Outcome(steps.run("put", _put, proposal, steps.job_id, at, context)["outcome"])
    message = decided_message(proposal, outcome, at, context.locale)
    steps.run("close", ports.messenger.update, job.channel, job.message_ts, message)
    if outcome is Outcome.PUT:
        _announce(proposal, steps, context)


def _put(proposal: RoutingProposal, act_id: str, at: datetime, context: JobContext[DecisionJob]) -> Result:
    """Put the proposed version in force. The audit log has it before; also that it was too late after all."""
    ports, file = context.ports, context.ports.routing_file
    try:
        data = file.kept(context.job.proposal_id)
    except ReportGoneError:
        return {"outcome": Outcome.GONE}
    before = file.read()
    is_in_force = before == data  # an earlier delivery of this job has died after it
    if not is_in_force and version_of(before) != proposal.before:
        return {"outcome": Outcome.STALE}
    entry = _entry(proposal, act_id, at, context)
    ports.audit_log.record(act_id, at, lambda: [entry])
    if is_in_force or file.replace(data, before):
        LOG.info("the routing file %s is in force", proposal.version)
        return {"outcome": Outcome.PUT}
    taken_back = replace(entry, before=entry.after, after=entry.before, reason="", undoes=act_id)
    ports.audit_log.record(f"{act_id}-back", at, lambda: [taken_back])
    return {"outcome": Outcome.STALE}


def _entry(
    proposal: RoutingProposal, act_id: str, at: datetime, context: JobContext[DecisionJob]
) -> AuditEntry:
    """Make the entry of the audit log: a change of the file, which is no finding, from version to version."""
    job = context.job
    return AuditEntry(
        at=at.isoformat(timespec="seconds"),
        user_id=job.requester.user_id,
        name=context.ports.messenger.name(job.requester.user_id) or job.requester.user_id,
        message=f"{job.channel}/{job.message_ts}",
        report_id="",
        act_id=act_id,
        finding_id="",
        product_arn="",
        control_id="",
        account_id="",
        region="",
        resource_id=RESOURCE,
        before=proposal.before,
        note_before="",
        after=proposal.version,
        note_after="",
        reason=proposal.summary,
        until="",
        undoes="",
    )


def _announce(proposal: RoutingProposal, steps: Steps, context: JobContext[DecisionJob]) -> None:
    """Tell the report's channel, at most once."""
    settings, locale = context.deployment.settings, context.deployment.locale
    settings.require(["SLACK_CHANNEL"])
    channel = settings.get("SLACK_CHANNEL")

    def post() -> None:
        context.ports.messenger.post(channel, replaced_message(proposal, locale))

    text = translate(context.locale, "upload.maybe-announced", channel=mrkdwn.channel(channel))
    _post_once("announce", post, text, steps, context)


def _post_once(
    name: str, post: Callable[[], None], doubt: str, steps: Steps, context: JobContext[EditJob | DecisionJob]
) -> None:
    """Post at most once; if nobody knows whether Slack has the message, tell the requester `doubt`."""
    try:
        steps.run(name, post, at_most_once=True)
    except UncertainStepError:
        job, messenger = context.job, context.ports.messenger
        steps.run("tell-uncertain", messenger.tell, job.requester, Message(doubt), job.channel)
