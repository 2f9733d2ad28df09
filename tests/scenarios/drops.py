"""What people do with a report's CSV before they drop it into its thread."""

from __future__ import annotations

import csv
import io
from typing import Any

from bot.i18n import CATALOGUES
from bot.render.csv_file import COLUMNS
from playground.slack.workspace.messages import Message
from playground.slack.workspace.workspace import Workspace
from tests.scenarios.scenario import Drop


def last_report(workspace: Workspace, number: int = -1) -> Message:
    """Return the message of the last report that has a CSV in its thread, or of another."""
    threads = {
        m.thread_ts: m.channel for m in workspace.messages if m.is_the_bots and m.files and m.thread_ts
    }
    ts, channel = list(threads.items())[number]
    found = workspace.messages.find(channel, ts)
    assert found
    return found


def edited(workspace: Workspace, drop: Drop) -> bytes:
    """Edit the CSV of a report, and write it as a spreadsheet does."""
    if drop.content is not None:
        lines = [f"{drop.line.format(number=number)}\n" for number in range(drop.line_count)]
        return (drop.content + "".join(lines)).encode()
    parent = last_report(workspace, drop.of)
    replies = workspace.messages.replies(parent.channel, parent.ts)
    (file_id,) = next(reply.files for reply in replies if reply.is_the_bots and reply.files)
    file = workspace.files.find(file_id)
    assert file
    header, *rows = csv.reader(io.StringIO(bytes(file.content or b"").decode("utf-8-sig"), newline=""))
    table = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    for end, cells in drop.edits.items():
        row = next(row for row in table if row["finding-id"].endswith(end))
        row |= cells
    return _written(table, dict(zip(COLUMNS, header, strict=True)), drop).encode(drop.encoding)


def _written(table: list[dict[str, str]], names: dict[str, str], drop: Drop) -> str:
    columns = drop.columns or list(COLUMNS)
    if drop.language:
        catalogue: dict[Any, dict[str, str]] = {str(locale): texts for locale, texts in CATALOGUES.items()}
        names = {column: catalogue[drop.language][f"csv.{column}"] for column in COLUMNS}
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=drop.separator)
    writer.writerow([names[column] for column in columns])
    writer.writerows([row[column] for column in columns] for row in table)
    return out.getvalue()
