"""docs/scale.md: its table and its plot are what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.figure import Figure
from benchmarks.publish import KEPT, PLOT, TABLE, plot, table
from benchmarks.results import load, rows, save
from tests.docs.markdown import text_of

DOCUMENT = load(KEPT)
SLOW = Figure("a scan", 3.0, "the floor", 2.0, 1.15)
FAST = replace(SLOW, value=2.1)


class TestPublished:
    """What stands in the document."""

    def test_table_is_what_was_measured(self) -> None:
        """The table is the one that benchmarks.json gives."""
        assert [table(DOCUMENT)] == TABLE.findall(text_of("docs/scale.md"))

    def test_plot_is_what_was_measured(self) -> None:
        """And so is the plot."""
        assert PLOT.read_text(encoding="utf-8") == plot(DOCUMENT)

    def test_each_row_has_every_run(self) -> None:
        """Each row has a figure of each run."""
        assert {len(DOCUMENT["runs"])} == {len(figures) for figures in rows(DOCUMENT)}


class TestHonest:
    """A bound that is missed."""

    @pytest.mark.parametrize(
        ("runs", "verdict"), [([FAST, FAST], "reached"), ([FAST, SLOW], "**not reached**")]
    )
    def test_missed_bound_is_shown(
        self, tmp_path_factory: pytest.TempPathFactory, runs: list[Figure], verdict: str
    ) -> None:
        """One run that misses the bound is enough for the verdict, and for a red bar."""
        file = tmp_path_factory.mktemp("bench") / "figures.json"
        save([[figure] for figure in runs], file)

        assert f"| {verdict} |" in table(load(file))
        assert ("#e01e5a" in plot(load(file))) == (SLOW in runs)
