"""The Bolt app."""

from __future__ import annotations

import logging

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.listeners.commands import scan_command
from bot.listeners.context import Context
from bot.listeners.events import CHANNEL_ID_CHANGED, FILE_SHARED, channel_id_changed, file_shared
from bot.listeners.odd import answer_odd
from bot.listeners.respond import fast_respond
from bot.listeners.scan_buttons import apply_edit_button, cancel_button
from bot.listeners.scan_form import submit_scan_form, suggest_controls
from bot.listeners.subcommands import COMMAND
from bot.listeners.triage import (
    act_menu,
    notify_button,
    submit_confirmation,
    submit_row_form,
    submit_triage_form,
    triage_button,
    undo_button,
)
from bot.render.ids import (
    ACT_ON_ROW,
    APPLY_EDIT,
    CANCEL_SCAN,
    CONFIRM_FORM,
    NOTIFY_ALL,
    NOTIFY_ROW,
    ROW_FORM,
    SCAN_FORM,
    TRIAGE,
    TRIAGE_FORM,
    UNDO,
)
from bot.render.modal import CONTROLS

NAME = "sechub-bot"
"""For Bolt's log. Without a name Bolt asks `inspect` who calls, which looks for the files of all modules."""

ACK_TIMEOUT_SECONDS = 2
"""For a call before the ack: Slack waits 3 s."""


def build_app(context: Context, *, token: str, signing_secret: str, api_url: str) -> App:
    """
    Make the app and register the listeners, and nothing else.

    `authorize` gives the stored token, so that Bolt makes no auth.test; the client has none of its own. Bolt
    logs bodies and signatures of requests that it refuses at INFO, hence the level of its logger.
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
    app.view(SCAN_FORM)(submit_scan_form(context))
    app.action(ACT_ON_ROW)(act_menu(context))
    app.action(NOTIFY_ROW)(act_menu(context))
    app.action(NOTIFY_ALL)(notify_button(context))
    app.action(TRIAGE)(triage_button(context))
    app.action(UNDO)(undo_button(context))
    app.view(ROW_FORM)(submit_row_form(context))
    app.view(TRIAGE_FORM)(submit_triage_form(context))
    app.view(CONFIRM_FORM)(submit_confirmation(context))
    app.action(APPLY_EDIT)(apply_edit_button(context))
    app.action(CANCEL_SCAN)(cancel_button(context))
    return app
