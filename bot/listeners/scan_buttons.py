"""The button of the progress of a scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, Respond

from bot.domain.job import ApplyEditJob, CancelJob, Job
from bot.listeners.context import Context, requester
from bot.listeners.odd import text_of

Payload = dict[str, Any]


Listener = Callable[[Ack, Payload, Payload, Respond], None]


def cancel_button(context: Context) -> Listener:
    """Dispatch the end of the scan that a button stands for; the message tells when it has stopped."""
    return job_button(context, _cancel_job, "command.cancel-not-started")


def apply_edit_button(context: Context) -> Listener:
    """Dispatch the applying of a previewed CSV; the message tells when it is done."""
    return job_button(context, _apply_edit_job, "command.apply-not-started")


def job_button(context: Context, make_job: Callable[[Payload, str], Job], not_started: str) -> Listener:
    """Dispatch the job that a click and the button's value make, or tell the person why not."""

    def listener(ack: Ack, body: Payload, action: Payload, respond: Respond) -> None:
        problem = context.dispatch(make_job(body, action["value"]), body["user"]["id"], not_started)
        if problem:
            respond(text=problem, response_type="ephemeral", replace_original=False)
        ack()

    return listener


def _apply_edit_job(body: Payload, value: str) -> ApplyEditJob:
    """Read a button's value: the report's ID, the plan's, and the ts of the report's message."""
    report_id, plan_id, thread_ts = value.split(":")
    plan = {"report_id": report_id, "plan_id": plan_id, "thread_ts": thread_ts}
    return ApplyEditJob(**_click(body) | plan)


def _cancel_job(body: Payload, value: str) -> CancelJob:
    """Read a button's value: the ID of the scan's job, and of who asked for it."""
    report_id, _, asked_by = value.partition(":")
    return CancelJob(report_id=report_id, asked_by=asked_by, **_click(body))


def _click(body: Payload) -> dict[str, Any]:
    """Read what every click says: which one it is, in which message, and whose."""
    return {
        "key": f"slack/{text_of(body, 'trigger_id')}",
        "channel": text_of(body, "container", "channel_id"),
        "message_ts": text_of(body, "container", "message_ts"),
        "requester": requester(body["user"], body.get("response_url") or ""),
    }
