"""The two catalogues of texts."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from bot.i18n import CATALOGUES, Locale, locale_of, translate

ENGLISH, JAPANESE = CATALOGUES[Locale.EN], CATALOGUES[Locale.JA]

SOURCES = [path for path in Path("bot").rglob("*.py") if "i18n" not in path.parts]

BUILT_KEYS = {
    "act.": "render/acts.py: act.done.<status>, act.skipped.<reason>",
    "action.": "render/top.py: action.<action>",
    "act-form.": "render/act_form.py: act-form.title.<action>, act-form.submit.<action>",
    "triage.": "render/act_form.py and preview.py: triage.<input>, triage.preview.<action>, …",
    "history.": "render/history.py: history.<key>",
    "note.": "render/note.py: note.<action>",
    "csv.": "render/csv_file.py: csv.<column>, and usecases/edit/diff.py: csv.status.<status>",
    "edit.by-": "render/edit.py: edit.by-<column>",
    "edit.wrong.": "render/edit.py: edit.wrong.<why>",
    "error.": "render/errors.py: error.<code>",
    "hint.": "render/errors.py: hint.<hint>",
    "modal.": "render/modal.py: modal.<input>",
    "suppression.": "render/message.py: suppression.<occasion>, suppression.<occasion>.title",
    "report.maybe-posted.": "usecases/deliver.py: <key>.none",
    "report.not-posted.": "the same",
    "report.table.": "render/message.py: report.table.<column>",
}
"""Keys that are put together, and where."""


def placeholders(text: str) -> set[str]:
    """Give the names of a text's placeholders."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def keys_of(catalogue: dict[str, str]) -> set[str]:
    """Give a catalogue's keys without the singular forms, which Japanese does not have."""
    return {key for key in catalogue if not (key.endswith(".one") and key.removesuffix(".one") in catalogue)}


class TestCatalogues:
    """Japanese and English."""

    def test_have_the_same_keys(self) -> None:
        """What is said in one language is said in the other."""
        assert keys_of(ENGLISH) == keys_of(JAPANESE)

    @pytest.mark.parametrize("key", sorted(keys_of(ENGLISH)))
    def test_have_the_same_placeholders(self, key: str) -> None:
        """No language leaves out a value that the other tells."""
        assert placeholders(ENGLISH[key]) == placeholders(JAPANESE[key])

    @pytest.mark.parametrize(
        ("catalogue", "key"),
        [(c, key) for c in CATALOGUES.values() for key in sorted(set(c) - keys_of(c))],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_singulars_say_no_more(self, catalogue: dict[str, str], key: str) -> None:
        """A singular form needs nothing that the plural does not have."""
        assert placeholders(catalogue[key]) <= placeholders(catalogue[key.removesuffix(".one")])

    def test_are_whole(self) -> None:
        """No text is empty, and no key stands in a catalogue twice."""
        for language in ("en", "ja"):
            (table,) = [
                node
                for node in ast.walk(ast.parse(Path(f"bot/i18n/{language}.py").read_text()))
                if isinstance(node, ast.Dict)
            ]
            keys = [key.value for key in table.keys if isinstance(key, ast.Constant)]
            assert len(keys) == len(set(keys))

        assert all(text.strip() for catalogue in CATALOGUES.values() for text in catalogue.values())

    @pytest.mark.parametrize("key", sorted(keys_of(ENGLISH)))
    def test_say_nothing_in_vain(self, key: str) -> None:
        """Every text is used by the code, by its key or by one that is put together."""
        if any(key.startswith(prefix) for prefix in BUILT_KEYS):
            return
        literals = {
            text for path in SOURCES for text in re.findall(r"[\"']([a-z.-]+)[\"']", path.read_text())
        }

        assert key in literals


class TestTranslate:
    """Filling a text in."""

    def test_counts_one(self) -> None:
        """English has a singular for some texts, Japanese needs none."""
        assert "1 violation" == translate(Locale.EN, "cli.total", count=1)
        assert "2 violations" == translate(Locale.EN, "cli.total", count=2)
        assert "違反 1 件" == translate(Locale.JA, "cli.total", count=1)

    def test_does_not_fill_in_values(self) -> None:
        """A value that looks like a placeholder is only shown."""
        assert "{count}" in translate(Locale.EN, "report.none", environment="{count}")

    def test_refuses_an_unknown_key(self) -> None:
        """A key that no catalogue has is a mistake in the code."""
        with pytest.raises(KeyError):
            translate(Locale.EN, "no.such.key")


class TestLocaleOf:
    """Slack's locales."""

    @pytest.mark.parametrize(
        ("slack_locale", "locale"),
        [
            ("ja-JP", Locale.JA),
            ("ja", Locale.JA),
            ("JA-jp", Locale.JA),
            ("en-US", Locale.EN),
            ("en-GB", Locale.EN),
            ("de-DE", Locale.EN),
            ("", Locale.EN),
        ],
    )
    def test_chooses(self, slack_locale: str, locale: Locale) -> None:
        """Japanese for Japanese, English for everybody else."""
        assert locale == locale_of(slack_locale)
