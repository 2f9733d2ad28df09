"""The results as one JSON document, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.domain.check_result import CheckReport, Result
from bot.i18n import Locale, translate
from bot.render.check import remark_on

VERSION = 1


def json_document(report: CheckReport, results: Sequence[Result], locale: Locale) -> str:
    """Render all results that are shown, and the parts that could not be read."""
    document = {
        "version": VERSION,
        "files": report.file_count,
        "results": [_entry(result, locale) for result in results],
        "unread": [
            {
                "file": gap.file,
                "line": gap.line,
                "reason": translate(locale, gap.reason.key, name=gap.reason.name),
            }
            for gap in report.gaps
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _entry(result: Result, locale: Locale) -> dict[str, object]:
    return {
        "control": result.control.id,
        "title": result.control.title,
        "severity": result.control.severity,
        "status": result.status,
        "file": result.file,
        "line": result.line,
        "logical_id": result.logical_id,
        "type": result.type,
        "path": result.path,
        "remark": remark_on(result, locale),
        "sources": list(result.sources),
    }
