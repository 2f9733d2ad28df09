"""A message of elements, and the actions that they send."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.page.shapes import Shape, a_message, a_ts, an_option, plain
from tests.page.stub import Stub

PLACE = {"as": "U0SECURITY", "channel": "C0SECURITY", "ts": a_ts(0), "block_id": "row"}
CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("It changes 3 findings."),
    "confirm": plain("Do it"),
    "deny": plain("Stop"),
}
OPTIONS = [an_option("low", "Low"), an_option("high", "High")]


def a_button(**fields: object) -> Shape:
    """Make a button."""
    return {"type": "button", "action_id": "mark", "value": "r:1", "text": plain("Mark"), **fields}


def shown(page: Page, stub: Stub, *elements: Shape) -> Locator:
    """Show elements in an actions block; give the message."""
    stub.add(a_message(blocks=[{"type": "actions", "block_id": "row", "elements": list(elements)}]))
    page.goto("/")
    return page.get_by_role("article")


def acts(stub: Stub) -> list[Shape]:
    """Return the action that was sent, without the state of the form."""
    return [{name: value for name, value in body.items() if name != "state"} for body in stub.posted("act")]
