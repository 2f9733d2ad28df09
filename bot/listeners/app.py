"""The Bolt app."""

from __future__ import annotations

import logging
from collections.abc import Callable

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.domain.job import Job
from bot.domain.slack import Block
from bot.listeners.commands import choose_meaning, chosen_text, scan_command
from bot.listeners.context import Context
from bot.listeners.events import CHANNEL_ID_CHANGED, FILE_SHARED, channel_id_changed, file_shared
from bot.listeners.interactions import Click, Submission, beside, on_click, on_submit
from bot.listeners.odd import answer_odd
from bot.listeners.respond import fast_respond
from bot.listeners.scan_form import (
    cancel_scan,
    continue_scan,
    narrow_scan,
    scan_from_form,
    scanning,
    suggest_controls,
)
from bot.listeners.subcommands import COMMAND
from bot.listeners.triage import (
    act_from_form,
    act_on_row,
    apply_edit,
    confirm,
    discard_routing,
    not_mine,
    notify_all,
    notify_mine,
    open_triage_form,
    preview_from_form,
    put_routing,
    show_again,
    show_mine,
    undo,
)
from bot.render.forms import ACTION, CONTROLS, REASON, notice_view
from bot.render.ids import (
    ACT_ON_ROW,
    APPLY_EDIT,
    CANCEL_SCAN,
    CHOOSE_MEANING,
    CONFIRM_FORM,
    CONTINUE_SCAN,
    DISCARD_ROUTING,
    NARROW_SCAN,
    NOT_MINE,
    NOTIFY_ALL,
    NOTIFY_MINE,
    NOTIFY_ROW,
    PUT_ROUTING,
    ROW_FORM,
    SCAN_FORM,
    SHOW_MINE,
    TAKE_READ,
    TRIAGE,
    TRIAGE_FORM,
    UNDO,
)

NAME = "sechub-bot"
"""For Bolt's log. Without a name Bolt asks `inspect` for its caller, which reads the files of all modules."""

ACK_TIMEOUT_SECONDS = 2
"""For a call before the ack: Slack waits 3 s."""


NOT_STARTED, NOT_DONE = "command.not-started", "command.act-not-started"
ROUTING_NOT_DONE = "command.routing-not-started"

CLICKS: dict[str, tuple[Callable[[Context, Click], Job | None], str]] = {
    ACT_ON_ROW: (act_on_row, NOT_DONE),
    NOTIFY_ROW: (act_on_row, NOT_DONE),
    NOTIFY_ALL: (notify_all, NOT_DONE),
    NOTIFY_MINE: (notify_mine, NOT_DONE),
    SHOW_MINE: (show_mine, "mine.not-looked-up"),
    NOT_MINE: (not_mine, "mine.not-looked-up"),
    TRIAGE: (open_triage_form, NOT_DONE),
    UNDO: (undo, NOT_DONE),
    APPLY_EDIT: (apply_edit, "command.apply-not-started"),
    PUT_ROUTING: (put_routing, ROUTING_NOT_DONE),
    DISCARD_ROUTING: (discard_routing, ROUTING_NOT_DONE),
    CANCEL_SCAN: (cancel_scan, "command.cancel-not-started"),
    CONTINUE_SCAN: (continue_scan, NOT_STARTED),
    TAKE_READ: (continue_scan, NOT_STARTED),
    NARROW_SCAN: (narrow_scan, "command.no-form"),
}
"""Button or menu to its handler, and to the answer if that fails."""


def build_app(context: Context, *, token: str, signing_secret: str, api_url: str) -> App:
    """
    Make the app and register the listeners.

    `authorize` returns the stored token, so that Bolt calls no auth.test. Bolt logs bodies and signatures of
    refused requests at INFO, hence the level of its logger.
    """
    logging.getLogger("slack_bolt").setLevel(logging.WARNING)
    app = App(
        name=NAME,
        client=WebClient(base_url=api_url, timeout=ACK_TIMEOUT_SECONDS, retry_handlers=[]),
        signing_secret=signing_secret,
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token
        ),
        process_before_response=True,
        token_verification_enabled=False,
    )
    app.error(answer_odd)
    app.use(fast_respond(api_url))
    app.event(FILE_SHARED)(file_shared(context))
    app.event(CHANNEL_ID_CHANGED)(channel_id_changed(context))
    app.command(COMMAND)(scan_command(context))
    app.options(CONTROLS)(suggest_controls(context))
    for action_id, (handle, not_done) in CLICKS.items():
        app.action(action_id)(on_click(context, handle, not_done))
    app.action(CHOOSE_MEANING)(on_click(context, choose_meaning, NOT_STARTED, chosen_text))
    beside_controls, beside_reason, beside_action = map(beside, (CONTROLS, REASON, ACTION))
    app.view(SCAN_FORM)(on_submit(context, scan_from_form, beside_controls, NOT_STARTED, scanning))
    app.view(ROW_FORM)(on_submit(context, act_from_form, beside_reason, NOT_DONE))
    app.view(TRIAGE_FORM)(
        on_submit(context, preview_from_form, beside_action, NOT_DONE, _notice("triage.counting"))
    )
    app.view(CONFIRM_FORM)(on_submit(context, confirm, show_again, NOT_DONE, _notice("triage.started")))
    return app


def _notice(key: str) -> Callable[[Submission, Job], Block]:
    return lambda form, _: notice_view(key, form.locale)
