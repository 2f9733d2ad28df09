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


def strings_and_patterns() -> tuple[set[str], list[str]]:
    """Return what the code spells out, as keys are spelt, and a regex for each f-string that may make one."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    strings = {as_key(n.value) for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    patterns = ["".join(map(pattern_of, node.values)) for node in nodes if isinstance(node, ast.JoinedStr)]
    return strings, [pattern for pattern in patterns if re.search(r"[a-z]", pattern)]


def as_key(text: str) -> str:
    """Spell a name of the code as keys do."""
    return text.lower().replace("_", "-")


def pattern_of(piece: ast.expr) -> str:
    """Return a regex for a piece of an f-string."""
    return re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else "(.+)"


def is_made(key: str, pattern: str, strings: set[str]) -> bool:
    """Tell whether an f-string makes a key of words that the code spells out."""
    found = re.fullmatch(pattern, key)
    return found is not None and all(
        words in strings or strings.issuperset(words.split(".")) for words in map(as_key, found.groups())
    )


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

    def test_have_the_same_placeholders(self) -> None:
        """No language leaves out a value that the other tells."""
        assert not [
            key for key in keys_of(ENGLISH) if placeholders(ENGLISH[key]) != placeholders(JAPANESE[key])
        ]

    def test_singulars_say_no_more(self) -> None:
        """A singular form needs nothing that the plural does not have."""
        assert not [
            (locale, key)
            for locale, catalogue in CATALOGUES.items()
            for key in set(catalogue) - keys_of(catalogue)
            if placeholders(catalogue[key]) - placeholders(catalogue[key.removesuffix(".one")])
        ]

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

    def test_say_nothing_in_vain(self) -> None:
        """The code spells out every key, or makes it in an f-string of words that it spells out."""
        strings, patterns = strings_and_patterns()

        assert not [
            key
            for key in keys_of(ENGLISH) - strings
            if not any(is_made(key, pattern, strings) for pattern in patterns)
        ]


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
            ("", None),
        ],
    )
    def test_chooses(self, slack_locale: str, locale: Locale) -> None:
        """Japanese for Japanese, English for everybody else."""
        assert locale == locale_of(slack_locale)
