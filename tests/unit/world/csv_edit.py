"""An edited CSV: its drop into a thread, and the click on its preview."""

from __future__ import annotations

import csv
import io
from typing import Any

from bot.domain.job import ApplyEditJob, EditJob, Requester
from bot.domain.slack import Message
from bot.errors import UnavailableError
from bot.render.csv_file import COLUMNS
from tests.builders import PERSON
from tests.delivery import deliver_once
from tests.fakes import FakeWorld

THREAD = "1.000001"
PREVIEW = "2.000001"
DROP = EditJob("slack/Ev1", "F1", "C0SECURITY", Requester(PERSON.user_id, ""))
Cells = dict[str, str]


def edited(world: FakeWorld, *changes: tuple[int, Cells]) -> bytes:
    """Take the report's CSV and change cells, by the place of the row."""
    ((_, _, _, content),) = world.messenger.files
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for place, cells in changes:
        for column, cell in cells.items():
            rows[place][COLUMNS.index(column)] = cell
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode("utf-8-sig")


def drop(world: FakeWorld, content: bytes, name: str = "edited.csv", thread_ts: str | None = THREAD) -> None:
    """Drop a file into the report's thread."""
    world.files.share("C0SECURITY", name, content, thread_ts)
    deliver_once(DROP, world)


def shown(world: FakeWorld) -> Message:
    """Return the bot's one reply in the thread."""
    (reply,) = [posted.message for posted in world.messenger.posted.values() if posted.thread_ts == THREAD]
    return reply


def press(world: FakeWorld, click_id: str = "1", requester: Requester = PERSON) -> ApplyEditJob:
    """Make the job of a click on the preview's button."""
    (value,) = [
        element["value"]
        for posted in world.messenger.posted.values()
        for block in posted.message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "apply_edit"
    ]
    report_id, plan_id, thread_ts = value.split(":")
    return ApplyEditJob(f"slack/{click_id}", report_id, plan_id, "C0SECURITY", PREVIEW, thread_ts, requester)


def preview_text(world: FakeWorld) -> str:
    """Return all that the preview's message says now."""
    message = world.messenger.posted[PREVIEW].message
    return f"{message.text}{message.blocks}"


def status(value: str, note: str | None = None) -> Cells:
    """Write a status, and perhaps a note."""
    return {"workflow-status": value} | ({} if note is None else {"note": note})


def unavailable(*_: object) -> list[Any]:
    """Fail as Security Hub does on a bad day."""
    raise UnavailableError(service="AWS", call="securityhub:BatchUpdateFindings")
