"""
SARIF 2.1.0, for GitHub's code scanning.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and for GitHub's limits
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning,
read 2026-11: 25,000 results a run, of which it keeps 5,000.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from bot.domain.check_result import CheckReport, Gap, Result, Status, fingerprint
from bot.domain.control import Control
from bot.domain.finding import Severity
from bot.i18n import Locale, translate
from bot.render.check import REMEDIATION, remark_on

Json = dict[str, Any]

MOST_RESULTS = 5000
"""GitHub keeps this many of a file's results in their order; therefore the most severe come first."""

SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFORMATIONAL: "0.0",
}
"""GitHub's `security-severity`: over 9.0 is critical, 7.0 high, 4.0 medium, 0.1 low."""

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFORMATIONAL: "note",
}

KINDS = {
    Status.FAILED: "fail",
    Status.SUPPRESSED: "fail",
    Status.UNKNOWN: "review",
    Status.PASSED: "pass",
}


def sarif(report: CheckReport, results: Sequence[Result], locale: Locale) -> str:
    """Render the results, the most severe first; a notification says how many were left out."""
    kept = results[:MOST_RESULTS]
    notes = [_notification(gap, locale) for gap in report.gaps]
    if len(kept) < len(results):
        text = translate(locale, "check.output.more", count=len(results) - len(kept))
        notes.append({"level": "warning", "message": {"text": text}})
    controls = dict.fromkeys(result.control for result in kept)
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "sechub-bot", "rules": list(map(_rule, controls))}},
                "invocations": [
                    {"executionSuccessful": not report.gaps, "toolExecutionNotifications": notes}
                ],
                "columnKind": "unicodeCodePoints",
                "results": _results(kept, list(controls), locale),
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rule(control: Control) -> Json:
    rule: Json = {
        "id": control.id,
        "shortDescription": {"text": control.title},
        "defaultConfiguration": {"level": LEVELS[control.severity]},
        "properties": {
            "security-severity": SCORES[control.severity],
            "tags": ["security", "aws-security-hub"],
        },
    }
    if control.order[1]:
        rule["helpUri"] = REMEDIATION.format(control.id)
    return rule


def _results(results: Iterable[Result], controls: Sequence[Control], locale: Locale) -> list[Json]:
    positions = {control: position for position, control in enumerate(controls)}
    return [_result(result, positions[result.control], locale) for result in results]


def _result(result: Result, position: int, locale: Locale) -> Json:
    remark = remark_on(result, locale)
    subject = " ".join(filter(None, (result.logical_id, result.path)))
    text = f"{subject}: {result.control.title}" + (f" ({remark})" if remark else "")
    is_fault = KINDS[result.status] == "fail"
    found: Json = {
        "ruleId": result.control.id,
        "ruleIndex": position,
        "kind": KINDS[result.status],
        "level": LEVELS[result.control.severity] if is_fault else "none",
        "message": {"text": text},
        "locations": [_location(result.file, result.line, result.logical_id)],
        "partialFingerprints": {"controlAndResource/v1": fingerprint(*result.key)},
    }
    if result.suppression:
        found["suppressions"] = [{"kind": "inSource", "justification": remark}]
    return found


def _location(file: str, line: int, logical_id: str = "") -> Json:
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(PurePath(file).as_posix(), errors="replace")},
            "region": {"startLine": line},
        }
    }
    if logical_id:
        location["logicalLocations"] = [{"name": logical_id, "kind": "resource"}]
    return location


def _notification(gap: Gap, locale: Locale) -> Json:
    text = translate(locale, gap.reason.key, name=gap.reason.name)
    return {"level": "error", "message": {"text": text}, "locations": [_location(gap.file, gap.line)]}
