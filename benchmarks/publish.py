"""
`make publish`: put the last measurements into docs/scale.md, as a table and a plot.

docs/benchmarks.json keeps it; tests/docs hold the documents to it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from benchmarks.__main__ import FILE
from benchmarks.figure import Figure
from benchmarks.results import Document, load, rows
from playground.deployment import ROOT

KEPT = ROOT / "docs" / "benchmarks.json"
PAGE = ROOT / "docs" / "scale.md"
PLOT = ROOT / "docs" / "images" / "benchmarks.svg"
TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)

ROW, LEFT, SCALE, MOST, TOP = 22, 380, 300, 360, 40
"""
Pixels: a row's height, where the bars begin, the length of a bar that just reaches its bound and of the
longest, the head.
"""


def main() -> None:
    """Publish."""
    shutil.copy(FILE, KEPT)
    document = load(KEPT)
    PAGE.write_text(TABLE.sub(lambda _: table(document), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    PLOT.write_text(plot(document), encoding="utf-8")


def table(document: Document) -> str:
    """Write a Markdown table: a row for each figure, with the ratio of every run."""
    runs = len(document["runs"])
    where = f"Measured on {document['measured_on']}, {document['machine']}; runs in a row: {runs}.\n\n"
    head = where + "| figure | value | baseline | value | ratio in each run | at most | |\n"
    return head + "|---|--:|---|--:|--:|--:|---|\n" + "".join(_row(figures) for figures in rows(document))


def _row(figures: Sequence[Figure]) -> str:
    first = figures[0]
    ratios = ", ".join(f"{figure.ratio:.3g}" for figure in figures)
    verdict = "reached" if _is_reached(figures) else "**not reached**"
    return (
        f"| {first.name} | {_amount(first, first.value)} | {first.baseline} | "
        f"{_amount(first, first.baseline_value)} | {ratios} | {first.most:.3g} | {verdict} |\n"
    )


def _amount(figure: Figure, value: float) -> str:
    if figure.unit == "s" and value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.4g} {figure.unit}"


def _is_reached(figures: Sequence[Figure]) -> bool:
    return all(figure.is_reached for figure in figures)


def plot(document: Document) -> str:
    """Draw each figure's worst run beside its bound, for which all have the same line."""
    measured = rows(document)
    height = TOP + ROW * len(measured) + 10
    size = {"width": str(LEFT + MOST + 140), "height": str(height)}
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": "sans-serif", **size})
    ET.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "white"})
    for number, figures in enumerate(measured):
        _draw(svg, max(figures, key=lambda figure: figure.ratio), TOP + ROW * number)
    bound = {"x1": str(LEFT + SCALE), "x2": str(LEFT + SCALE), "y1": str(TOP - 8), "y2": str(height - 10)}
    ET.SubElement(svg, "line", {**bound, "stroke": "#1d1c1d", "stroke-dasharray": "4 3"})
    _write(svg, LEFT + SCALE, TOP - 14, "bound", "middle")
    _write(svg, 10, TOP - 14, "Worst run ÷ bound", "start")
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _draw(svg: ET.Element, worst: Figure, y: int) -> None:
    share = worst.ratio / worst.most
    length = max(1, round(min(SCALE * share, MOST)))
    fill = "#2eb67d" if worst.is_reached else "#e01e5a"
    _write(svg, LEFT - 8, y + 15, worst.name, "end")
    bar = {"x": str(LEFT), "y": str(y + 3), "width": str(length), "height": str(ROW - 6), "fill": fill}
    ET.SubElement(svg, "rect", bar)
    _write(svg, LEFT + MOST + 10, y + 15, f"{worst.ratio:.3g} of {worst.most:.3g}", "start")


def _write(svg: ET.Element, x: int, y: int, text: str, anchor: str) -> None:
    place = {"x": str(x), "y": str(y), "text-anchor": anchor, "font-size": "12", "fill": "#1d1c1d"}
    ET.SubElement(svg, "text", place).text = text


if __name__ == "__main__":
    main()
