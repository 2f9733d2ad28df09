"""
A report as a CSV that Excel opens correctly: UTF-8 with a byte order mark, RFC 4180, and no cell that a
spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from urllib.parse import quote

from bot.domain.checks.places import Place
from bot.domain.control import checked_controls
from bot.domain.finding import Finding
from bot.domain.owners.owner import SEPARATOR, Ownership
from bot.domain.suppression import remark_on
from bot.domain.words.values import REGION
from bot.i18n import Locale, translate

COLUMNS = (
    "resource",
    "title",
    "control",
    "severity",
    "account-id",
    "account-name",
    "region",
    "resource-type",
    "standards",
    "workflow-status",
    "note",
    "compliance-status",
    "first-observed",
    "updated",
    "remediation",
    "console",
    "finding-id",
    "product-arn",
    "report-id",
    "owner",
    "owner-source",
    "checked",
    "template",
)
"""In the file's order, the original's four first; their names are `csv.<column>` in bot/i18n."""

SUPPRESSED_COLUMNS = ("suppressed-at", "suppressed-by", "suppressed-until", "suppressed-why")
"""The further columns of a list of suppressed findings, at the end."""

REPORT_PREFIX = "report/"
"""Before the ID in the column report-id."""

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""
First characters of a cell that a spreadsheet reads as a formula, also in their full-width forms.

Source: https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11.
"""

_HARMLESS = bytes(range(256)).translate(
    bytes(ord("?") if byte in {*range(32), 127} - {*b"\t\n\r"} else byte for byte in range(256))
)
"""
A question mark for each control character but tabs and line ends: no CSV has a NUL, and spreadsheets end a
file or a cell at some of the others. In UTF-8 these bytes are part of no other character.
"""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""The characters that `encoded` replaces by question marks."""

_first_character = itemgetter(slice(1))

_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")

_BETWEEN = '","'
"""The text between two cells."""

_ID_EQUALS = quote("Id=" + quote(r"\operator\:EQUALS\:", safe=""), safe="")
"""The beginning of the console's search for one finding (see console_link)."""

_PLAIN = re.compile(r"[A-Za-z0-9_.~:/-]*")
"""The characters of nearly all Ids; only the colon and the slash of them are encoded."""

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-iso": "",
    "aws-iso-b": "",
    "aws-iso-e": "",
    "aws-iso-f": "",
}
"""
The host of each partition's console, after a Region and a dot; empty if it is not public.

The partitions are those of botocore's partitions.json. Sources: https://docs.amazonaws.cn/en_us,
https://docs.aws.amazon.com/govcloud-us, and for aws-eusc the endpoints at https://docs.aws.eu.
"""


OwnerCells = tuple[str, str]
"""The owners of a row, and their source."""


def row_text(
    finding: Finding, report_id: str = "", owner: OwnerCells = ("", ""), place: Place | None = None
) -> str:
    """
    Write a finding's row; several values in a cell are on lines of their own, but owners.

    Every cell is quoted: in a country whose spreadsheets split at semicolons, `a;=cmd()` would otherwise be
    two cells, and the second a formula.
    """
    further = (*owner, checked_cell(finding), place_cell(place) if place else "")
    return escape_formula_text((*cells(finding), report_cell(report_id), *further))


@lru_cache(8192)
def owner_cells(owner: Ownership, locale: Locale) -> OwnerCells:
    """Write the owners of a row, and the rule that decided."""
    source = translate(locale, f"owner.{owner.source}", detail=owner.detail)
    return SEPARATOR.join(owner.names), source


def report_cell(report_id: str) -> str:
    """
    Write the report's ID, by which an edited file is matched with its report; nothing for a report that is
    not kept.

    The word in front keeps a spreadsheet from reading an ID such as 12345e67… as a number.
    """
    return f"{REPORT_PREFIX}{report_id}" if report_id else ""


def checked_cell(finding: Finding) -> str:
    """Return whether a check before deployment can see the control, in every language alike."""
    return "yes" if finding.control_id in checked_controls() else "no"


def place_cell(place: Place) -> str:
    """Write a line of a template: its address, or else repository, file and line."""
    return place.link or f"{place.repository} {place.file}:{place.line}"


def suppressed_row_text(
    finding: Finding, report_id: str = "", owner: OwnerCells = ("", ""), place: Place | None = None
) -> str:
    """Write a row of a list of suppressed findings."""
    remark = remark_on(finding)
    details = (remark.at, remark.by, remark.until, remark.reason)
    further = (*owner, checked_cell(finding), place_cell(place) if place else "", *details)
    return escape_formula_text((*cells(finding), report_cell(report_id), *further))


def header_text(locale: Locale, *, is_of_suppressed: bool = False) -> str:
    """Write the byte order mark and the names of the columns."""
    columns = (*COLUMNS, *SUPPRESSED_COLUMNS) if is_of_suppressed else COLUMNS
    return "\ufeff" + escape_formula_text([translate(locale, f"csv.{column}") for column in columns])


def escape_formula_text(row: Sequence[str]) -> str:
    """Write a row of which a spreadsheet runs no cell."""
    if not FORMULA_STARTS.isdisjoint(map(_first_character, row)):
        row = [escape_formula(cell) for cell in row]
    return quoted(row)


def encoded(text: str) -> bytes:
    """Write a CSV's text in UTF-8, with question marks for control characters and lone surrogates."""
    return text.encode(errors="replace").translate(_HARMLESS)


def quoted(row: Sequence[str]) -> str:
    """
    Write a row as csv.writer does that quotes every cell, in a tenth of its time.

    csv.writer checks each character of a row, which for most rows is the largest part of all work. Source:
    https://www.rfc-editor.org/rfc/rfc4180, rules 1, 5 and 7.
    """
    text = _BETWEEN.join(row)
    if text.count('"') > 2 * (len(row) - 1):
        text = _BETWEEN.join([cell.replace('"', '""') for cell in row])
    return f'"{text}"\r\n'


def read_rows(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """
    Read the rows after the header, each by COLUMNS; cells are as a spreadsheet shows them.

    SUPPRESSED_COLUMNS are left out.
    """
    rows = csv.reader(lines)
    next(rows)
    for row in rows:
        yield dict(zip(COLUMNS, row, strict=False))


def escape_formula(cell: str) -> str:
    """Keep a spreadsheet from running a cell: an apostrophe in front makes it text."""
    return f"'{cell}" if cell[:1] in FORMULA_STARTS else cell


def unescape_cell(cell: str) -> str:
    """
    Return a cell as a person reads it: without the apostrophe of `escape_formula`, margins and line ends.

    A spreadsheet may keep these and control characters or not; the result is the same for a text and its
    cell.
    """
    cell = _without_apostrophe(cell)
    if not cell.isprintable():
        cell = "\n".join([line.strip() for line in _LINE_END.split(_CONTROL.sub("?", cell))])
    cell = cell.strip()
    while cell != (bare := _without_apostrophe(cell).strip()):
        cell = bare
    return cell


def _without_apostrophe(cell: str) -> str:
    """Remove the apostrophe of `escape_formula`."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell


def console_link(finding: Finding) -> str:
    """
    Link to a finding in the console of its Region, for its first identifier; empty if there is no console.

    The console reads its search from the fragment, in which the operator and the value are percent-encoded
    twice: https://docs.aws.amazon.com/securityhub/latest/userguide/findings-filtering-grouping.html names
    the search; the console itself encodes its address in this way.
    """
    finding_id, product_arn = finding.identifiers[0]
    search = _console_search(product_arn, finding.region)
    return f"{search}{_quoted_twice(finding_id)}" if search else ""


@lru_cache(1024)
def _console_search(product_arn: str, region: str) -> str:
    """Begin a link for a product's findings; each Region has its own."""
    partition = product_arn.split(":")[1] if product_arn.startswith("arn:") else "aws"
    host = CONSOLES.get(partition)
    if not (host and REGION.fullmatch(region)):
        return ""
    return f"https://{region}.{host}/securityhub/home?region={region}#/findings?search={_ID_EQUALS}"


def _quoted_twice(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text.replace(":", "%253A").replace("/", "%252F")
    return quote(quote(text, safe="", errors="replace"), safe="")


def cells(finding: Finding) -> tuple[str, ...]:
    """Return a finding's cells, one for each of COLUMNS but the last five, before `escape_formula`."""
    return (
        "\n".join([resource.id for resource in finding.resources]),
        finding.title,
        finding.control_id,
        finding.severity,
        finding.account_id,
        finding.account_name,
        finding.region,
        "\n".join(dict.fromkeys([resource.type for resource in finding.resources])),
        "\n".join(finding.standards),
        finding.workflow_status,
        finding.note.text if finding.note else "",
        finding.compliance_status,
        finding.first_observed_at,
        finding.updated_at,
        finding.remediation_url,
        console_link(finding),
        "\n".join([identifier.id for identifier in finding.identifiers]),
        "\n".join([identifier.product_arn for identifier in finding.identifiers]),
    )
