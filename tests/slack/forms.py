"""A form, and what opens it."""

from __future__ import annotations

from playground.slack import LocalSlack
from playground.slack.workspace.views import View
from tests.slack import kit
from tests.slack.kit import option, plain
from tests.slack.receiver import Receiver

ME = "U0SECURITY"


SEARCH = kit.entry(
    {
        "type": "multi_external_select",
        "action_id": "controls",
        "min_query_length": 1,
        "max_selected_items": 2,
    },
    block_id="controls",
)


NAME = kit.entry({"type": "plain_text_input", "action_id": "name"}, block_id="name", optional=True)


FORM = kit.modal(
    SEARCH,
    NAME,
    kit.section(block_id="more", accessory=kit.button(action_id="more")),
    submit=plain("Scan"),
    callback_id="form",
    private_metadata='{"a": 1}',
)


FILLED = {"controls": {"controls": {"selected_options": [option("S3.1")]}}}


def trigger(slack: LocalSlack, receiver: Receiver) -> str:
    """Type a command; give its trigger."""
    slack.command(ME, "C0SECURITY", "/sechub-scan")
    return str(receiver.last["trigger_id"])


def top(slack: LocalSlack) -> View:
    """Return the view on top."""
    return slack.workspace.views.stack(ME)[-1]


def count(slack: LocalSlack) -> int:
    """Count the views of the modal."""
    return len(slack.workspace.views.stack(ME))
