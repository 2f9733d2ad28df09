"""The IDs of buttons, menus and forms, by which the ack knows them."""

from __future__ import annotations

SCAN_FORM = "scan_form"
"""callback_id of the form that starts a scan."""
ROW_FORM = "act_on_row_form"
"""callback_id of the form for one row of a report …"""
TRIAGE_FORM = "triage_form"
"""… of the one for many …"""
CONFIRM_FORM = "confirm_form"
"""… and of its preview, whose submit is the confirmation."""

ACT_ON_ROW = "act_on_row"
"""action_id of the menu beside a finding."""
UNDO_ROW = "undo"
"""The value of Undo in that menu, in place of an action's name."""
NOTIFY_ROW = "notify_row"
"""action_id of the button beside a finding; its value is that of a choice of the menu."""
NOTIFY_ALL = "notify_all"
"""
action_id of the button that marks all NEW findings of a report NOTIFIED; its value names the report, their
number, and the last act that the message shows.
"""
SHOW_MINE = "show_mine"
"""
action_id of the button that shows a person their own rows; its value names the report and, in another message
than the report's, the ts of that.
"""
NOTIFY_MINE = "notify_mine"
"""
action_id of the button that marks a person's own NEW rows NOTIFIED; its value is that of NOTIFY_ALL, then the
channel and the ts of the report's message, both empty if it has none.
"""
NOT_MINE = "not_mine"
"""action_id of the button beside a person's own row; its value names the report, the row, and the message."""
TRIAGE = "triage"
"""action_id of the button that opens the form for many findings; its value is the report's ID."""
UNDO = "undo"
"""
action_id of the button that undoes an action on many findings; its value names the report and the action. A
third part, PRIVATE, says that the report has no message.
"""
PRIVATE = "private"
APPLY_EDIT = "apply_edit"
"""action_id of the button; its value names report and plan."""
PUT_ROUTING = "put_routing"
"""action_id of the button that puts a shared routing file in force; its value is the proposal's ID …"""
DISCARD_ROUTING = "discard_routing"
"""… and of the one that discards it, with the same value."""
CANCEL_SCAN = "cancel_scan"
"""action_id of the button that cancels a scan; its value is the scan's job ID and its requester."""

CONTINUE_SCAN = "continue_scan"
"""
action_id of the button that continues a paused scan; its value is the scan's job ID and its requester …
"""
TAKE_READ = "take_read"
"""… of the one that reports the findings that were read, with the same value …"""
NARROW_SCAN = "narrow_scan"
"""… and of the one that opens the form; its value is the words of the query …"""
NO_WORDS = "-"
"""… or this, if they are long."""

CHOOSE_MEANING = "choose_meaning"
"""action_id of the buttons that choose the meaning of a word; the value is the command with it."""


def row_block_id(report_id: str, row: int) -> str:
    """Return the block_id of a row's button and menu, so that their values need not repeat report and row."""
    return f"row:{report_id}:{row}"


def parse_row_block(block_id: str) -> tuple[str, int]:
    """Return the report's ID and the row that `row_block_id` has named."""
    _, report_id, row = block_id.split(":")
    return report_id, int(row)
