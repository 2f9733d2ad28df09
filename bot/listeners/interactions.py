"""How all buttons, menus and forms are handled: dispatch the job that they describe, or explain why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.domain.job import Job, Requester
from bot.domain.slack import Block
from bot.errors import BotError
from bot.i18n import Locale, translate
from bot.listeners.context import Context, log_failure
from bot.listeners.odd import text_of
from bot.render.errors import explain
from bot.render.forms import FormState

Payload = dict[str, Any]
Listener = Callable[..., None]


def requester(user: Payload, response_url: str) -> Requester:
    """Return the person of an interaction's `user`, which Slack has signed."""
    return Requester(text_of(user, "id"), response_url, user.get("team_id") or "")


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a button, or a choice from a menu."""

    body: Payload
    action: Payload
    client: WebClient

    @property
    def value(self) -> str:
        """The value of the button, or of the menu's option."""
        return str(self.action.get("selected_option", self.action)["value"])

    def metadata(self) -> dict[str, Any]:
        """Return the metadata for a form that the click opens: its job needs them."""
        return {
            "key": f"slack/{text_of(self.body, 'trigger_id')}",
            "channel": text_of(self.body, "container", "channel_id"),
            "message_ts": text_of(self.body, "container", "message_ts"),
            "response_url": self.body.get("response_url") or "",
        }

    def job_fields(self) -> dict[str, Any]:
        """Return the fields that the jobs of all clicks have."""
        return job_fields(self.metadata(), self.body["user"])

    def open(self, view: Block) -> None:
        """Open a form. Raises BotError."""
        open_view(self.client, self.body["trigger_id"], view)


def job_fields(metadata: Payload, user: Payload) -> dict[str, Any]:
    """Return the fields that the jobs of all clicks and their forms have."""
    names = ("key", "report_id", "channel", "message_ts")
    fields = {name: metadata[name] for name in names if name in metadata}
    return fields | {"requester": requester(user, metadata["response_url"])}


def open_view(client: WebClient, trigger_id: str, view: Block) -> None:
    """Open a form. Raises BotError, for instance if the trigger is older than 3 s."""
    with slack_errors("views.open", ""):
        client.views_open(trigger_id=trigger_id, view=view)


def on_click(
    context: Context,
    handle: Callable[[Context, Click], Job | None],
    not_done: str,
    then: Callable[[Job, Locale], str] | None = None,
) -> Listener:
    """
    Make the listener of a button or menu.

    Args:
        handle: returns the job, or opens a form and returns None; raises BotError.
        not_done: key of the private answer to an error.
        then: makes the text that replaces a private message once the job is dispatched; without it the
            message stays.
    """

    def listener(ack: Ack, body: Payload, action: Payload, respond: Respond, client: WebClient) -> None:
        try:
            job = handle(context, Click(body, action, client))
            if job:
                context.jobs.dispatch(job)
            if job and then:
                text = then(job, context.quick_locales(body["user"]["id"])[0])
                respond(text=text, response_type="ephemeral", replace_original=True)
        except BotError as error:
            text = context.explain(error, not_done, body["user"]["id"])
            respond(text=text, response_type="ephemeral", replace_original=False)
        ack()

    return listener


class FormError(Exception):
    """The text of an input is wrong; `text` is in the reader's language."""

    def __init__(self, block_id: str, text: str) -> None:
        super().__init__(block_id, text)
        self.block_id, self.text = block_id, text


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that a person has sent."""

    view: Payload
    user: Payload
    metadata: Payload

    @property
    def locale(self) -> Locale:
        """The form's language."""
        return Locale(self.metadata["locale"])

    @property
    def state(self) -> FormState:
        """The inputs."""
        state: FormState = self.view["state"]["values"]
        return state

    @property
    def id(self) -> str:
        """The view's ID, the same each time that the form is sent."""
        return text_of(self.view, "id")

    def job_fields(self) -> dict[str, Any]:
        """Return the fields that the jobs of all clicks have."""
        return job_fields(self.metadata, self.user)


Refuse = Callable[[Payload, str], dict[str, Any]]
"""Returns the ack of a form that could not be sent, from its view and the problem."""


def beside(block_id: str) -> Refuse:
    """Show the problem beside an input."""
    return lambda _, problem: {"response_action": "errors", "errors": {block_id: problem}}


def on_submit(
    context: Context,
    make_job: Callable[[Context, Submission], Job],
    refuse: Refuse,
    not_started: str,
    then: Callable[[Submission, Job], Block] | None = None,
) -> Listener:
    """
    Make the listener of a form.

    Args:
        make_job: raises FormError if an input is wrong.
        refuse: how the form shows that its job could not be dispatched.
        not_started: key of the text of that.
        then: makes the view that replaces the form; without it the form closes.
    """

    def listener(ack: Ack, view: Payload, body: Payload) -> None:
        form = Submission(view, body["user"], json.loads(view["private_metadata"]))
        try:
            job = make_job(context, form)
            context.jobs.dispatch(job)
        except FormError as error:
            ack(**beside(error.block_id)(view, error.text))
        except BotError as error:
            log_failure(error)
            reason = explain(error, form.locale)
            ack(**refuse(view, translate(form.locale, not_started, reason=reason)))
        else:
            if then:
                ack(response_action="update", view=then(form, job))
            else:
                ack()

    return listener
