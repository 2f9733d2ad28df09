"""The results of a check before deployment as a CSV: that of a scan, with columns at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.check_result import Result
from bot.domain.owners.owner import Ownership
from bot.i18n import Locale, translate
from bot.render.check import REMEDIATION, remark_on
from bot.render.csv_file import COLUMNS, escape_formula_text, owner_cells

FURTHER_COLUMNS = ("phase", "file", "line", "logical-id", "source")
"""At the end, after the columns of a scan; their names are `csv.<column>` in bot/i18n."""

PHASE = "before deployment"
"""The value of the column phase. It is the same in every language, so that a program can filter by it."""


def csv_text(
    results: Iterable[Result], locale: Locale, owners: Sequence[Ownership] | None = None
) -> Iterator[str]:
    """
    Yield the lines of a CSV: those of a scan, with FURTHER_COLUMNS; encode it with `csv_file.encoded`.

    Args:
        owners: of each result; None if they are not looked up.
    """
    names = [translate(locale, f"csv.{column}") for column in (*COLUMNS, *FURTHER_COLUMNS)]
    yield "\ufeff" + escape_formula_text(names)
    for number, result in enumerate(results):
        cells = _cells(result, locale)
        if owners is not None:
            cells["owner"], cells["owner-source"] = owner_cells(owners[number], locale)
        yield escape_formula_text([cells.get(column, "") for column in (*COLUMNS, *FURTHER_COLUMNS)])


def _cells(result: Result, locale: Locale) -> dict[str, str]:
    """Return the cells that are not empty: there is no account, Region or workflow status yet."""
    control = result.control
    return {
        "resource": result.logical_id,
        "title": control.title,
        "control": control.id,
        "severity": control.severity,
        "resource-type": result.type,
        "note": remark_on(result, locale),
        "compliance-status": result.status,
        "remediation": REMEDIATION.format(control.id) if result.is_of_control else "",
        "checked": "yes" if result.is_of_control else "no",
        "template": f"{result.file}:{result.line}",
        "phase": PHASE,
        "file": result.file,
        "line": str(result.line),
        "logical-id": result.logical_id,
        "source": "\n".join(result.sources),
    }
