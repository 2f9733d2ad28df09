"""
JUnit XML, as report groups of CodeBuild and GitLab read it: a test case for each control and resource.

Sources: https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html and
https://docs.gitlab.com/ci/testing/unit_test_reports, read 2026-11.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.domain.check_result import CheckReport, Gap, Result, Status
from bot.i18n import Locale, translate
from bot.render.check import remark_on

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The characters that XML 1.0 has not (https://www.w3.org/TR/xml/#charsets)."""


def junit(report: CheckReport, results: Sequence[Result], locale: Locale) -> str:
    """Render the results; UNKNOWN and SUPPRESSED ones are skipped, unread parts are errors."""
    counts = Counter(result.status for result in results)
    totals = {
        "tests": str(len(results) + len(report.gaps)),
        "failures": str(counts[Status.FAILED]),
        "errors": str(len(report.gaps)),
        "skipped": str(counts[Status.UNKNOWN] + counts[Status.SUPPRESSED]),
    }
    root = Element("testsuites", {"name": "sechub-bot"} | totals)
    suite = SubElement(root, "testsuite", {"name": "sechub-bot check"} | totals)
    for gap in report.gaps:
        _add_gap(suite, gap, locale)
    for result in results:
        _add(suite, result, locale)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _add(suite: Element, result: Result, locale: Locale) -> None:
    case = SubElement(
        suite,
        "testcase",
        {
            "classname": _text(result.file),
            "name": _text(f"{result.control.id} {result.logical_id}"),
            "file": _text(result.file),
            "line": str(result.line),
            "time": "0",
        },
    )
    remark = _text(remark_on(result, locale))
    if result.status is Status.FAILED:
        message = _text(f"{result.control.severity} {result.control.title}")
        failure = SubElement(case, "failure", {"message": message, "type": result.control.id})
        place = f"{result.file}:{result.line} {result.logical_id} {result.path}".strip()
        failure.text = _text("\n".join(filter(None, (place, remark))))
    elif result.status is not Status.PASSED:
        SubElement(case, "skipped", {"message": f"{result.status}: {remark}"})


def _add_gap(suite: Element, gap: Gap, locale: Locale) -> None:
    reason = _text(translate(locale, gap.reason.key, name=gap.reason.name))
    place = {"classname": _text(gap.file), "file": _text(gap.file), "line": str(gap.line), "time": "0"}
    case = SubElement(suite, "testcase", {"name": translate(locale, "check.output.gap")} | place)
    SubElement(case, "error", {"message": reason, "type": "unread"})


def _text(text: str) -> str:
    return _NOT_XML.sub("?", text)
