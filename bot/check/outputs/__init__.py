"""The results of a check in the formats of CI systems; each format is a module."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.check.outputs.annotations import github_annotations
from bot.check.outputs.code_quality import code_quality
from bot.check.outputs.document import json_document
from bot.check.outputs.junit import junit
from bot.check.outputs.sarif import sarif
from bot.domain.check_result import CheckReport, Result
from bot.i18n import Locale

Output = Callable[[CheckReport, Sequence[Result], Locale], str]
"""Renders the results that are shown, in their order, and the parts of the report that could not be read."""

OUTPUTS: dict[str, Output] = {
    "sarif": sarif,
    "junit": junit,
    "code-quality": code_quality,
    "annotations": github_annotations,
    "json": json_document,
}
"""By the name of the option that names the file."""
