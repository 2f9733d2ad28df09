"""The difference between two routing files."""

from __future__ import annotations

import pytest

from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_change import (
    MOST_SHOWN,
    MOST_TEXT,
    Edit,
    RoutingProposal,
    TableChange,
    changes_between,
    version_of,
)
from bot.domain.owners.routing_file import parse_routing


def changes(before: str, after: str) -> list[TableChange]:
    """Compare two files, written without their version."""
    routings = (parse_routing(f"version = 1\n{text}".encode()) for text in (before, after))
    return list(changes_between(*routings))


class TestChanges:
    """Table by table."""

    @pytest.mark.parametrize(
        ("before", "after", "shown"),
        [
            ("", '[owner]\ntags = ["a", "b"]', "owner changed tags: Owner, team, Contact > a, b"),
            ("", '[owner]\nnot = ["Jenkins"]', "owner added not:  > jenkins"),
            ("[people]\nx = 'U0123456789'", "", "people removed x: U0123456789 > "),
            ("", "[people]\nx = 'y'\ny = 'a@example.com'", "people added x:  > a@example.com"),
            (
                "[accounts]\n123456789012 = 'x'",
                "[accounts]\n123456789012 = ['x', 'y']",
                "changed 123456789012",
            ),
            ("", "[resources]\n'arn:*' = 'x'", "resources added arn:*:  > x"),
            ("", "[mention]", "mention changed how: none > thread"),
            ("[sla]\nhigh = 7", "[sla]\nHIGH = 8", "sla changed HIGH: 7 > 8"),
            (
                "[[route]]\nowners = 'x'\nchannel = 'C0123456789'",
                "[[route]]\nowners = 'X'\nchannel = 'C9876543210'",
                "route changed owners x: C0123456789 > C9876543210",
            ),
        ],
    )
    def test_each_table_is_compared(self, before: str, after: str, shown: str) -> None:
        """An entry that is added, removed or changed is named, with both values."""
        (table,) = changes(before, after)
        entry = table.shown[0]

        assert {entry.edit: sum(table.counts.values())} == table.counts
        assert shown in f"{table.table} {entry.edit} {entry.name}: {entry.before} > {entry.after}"

    def test_spelling_is_no_change(self) -> None:
        """Files that mean the same have no changes."""
        assert [] == changes("[people]\nAlice = 'U0123456789'", '[people]\nalice = "U0123456789" # she')

    def test_order_of_routes_is_a_change(self) -> None:
        """The first route takes a row, so that their order counts; that of accounts does not."""
        routes = [f"[[route]]\nowners = '{name}'\nchannel = 'C0123456789'\n" for name in "xy"]
        accounts = [f"{number} = 'x'\n" for number in (123456789012, 210987654321)]

        (table,) = changes("".join(routes), "".join(reversed(routes)))
        assert (True, {}) == (table.is_reordered, table.counts)
        assert [] == changes("[accounts]\n" + "".join(accounts), "[accounts]\n" + "".join(reversed(accounts)))

    def test_many_changes_are_counted_and_few_are_kept(self) -> None:
        """However large the files are, the result is small."""
        owners = ", ".join(f"'{number}{'x' * 200}'" for number in range(9))
        text = "[accounts]\n" + "".join(f"{number:012} = [\n{owners}]\n" for number in range(400))
        (table,) = changes("", text)

        assert {Edit.ADDED: 400} == table.counts
        assert MOST_SHOWN == len(table.shown)
        assert {MOST_TEXT} == {len(entry.after) for entry in table.shown}

    def test_no_file_is_as_the_defaults(self) -> None:
        """Without a file the defaults are compared."""
        assert () == changes_between(Routing(), parse_routing(b"version = 1"))


class TestProposal:
    """The words of a proposal."""

    def test_summary_needs_no_language(self) -> None:
        """It is for the audit log, which people of every language read."""
        tables = (
            TableChange("people", {Edit.ADDED: 2, Edit.REMOVED: 1}, ()),
            TableChange("sla", {Edit.CHANGED: 1}, ()),
        )

        assert "people +2 -1, sla ~1" == RoutingProposal("U0PERSON", "x.toml", tables=tables).summary

    def test_version_is_of_sha256(self) -> None:
        """The version is what sha256sum writes; without a file there is none."""
        assert ("ba7816bf8f01cfea", "") == (version_of(b"abc"), version_of(None))
