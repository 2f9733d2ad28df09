"""The two catalogues of texts."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest

from bot import errors
from bot.i18n import CATALOGUES, LANGUAGES, Locale, locale_for, translate

ENGLISH = CATALOGUES[Locale.EN]

SOURCES = [path for path in Path("bot").rglob("*.py") if "i18n" not in path.parts]


def strings_and_patterns() -> tuple[set[str], list[str]]:
    """Return the strings in the code that look like keys, and a regex for each f-string that may make one."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    strings = {as_key(n.value) for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    codes = {kind.code for kind in vars(errors).values() if hasattr(kind, "code")}
    patterns = ["".join(map(pattern_of, node.values)) for node in nodes if isinstance(node, ast.JoinedStr)]
    return strings | codes, [pattern for pattern in patterns if re.search(r"[a-z]", pattern)]


def as_key(text: str) -> str:
    """Spell a name of the code as keys do."""
    return text.lower().replace("_", "-")


def pattern_of(piece: ast.expr) -> str:
    """Return a regex for a piece of an f-string."""
    return re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else "(.+)"


def is_made(key: str, pattern: str, strings: set[str]) -> bool:
    """Return whether an f-string makes a key of words that the code spells out."""
    found = re.fullmatch(pattern, key)
    return found is not None and all(
        words in strings or strings.issuperset(words.split(".")) for words in map(as_key, found.groups())
    )


def placeholders(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


class TestCatalogues:
    """Japanese and English."""

    @pytest.mark.parametrize("locale", Locale)
    def test_catalogues_have_the_same_keys(self, locale: Locale) -> None:
        """A text of one language is in every other."""
        assert set(ENGLISH) == set(CATALOGUES[locale])

    @pytest.mark.parametrize("locale", Locale)
    def test_catalogues_have_the_same_placeholders(self, locale: Locale) -> None:
        """No language leaves out a value that English tells."""
        texts = CATALOGUES[locale]

        assert not [key for key in ENGLISH if placeholders(ENGLISH[key]) != placeholders(texts[key])]

    @pytest.mark.parametrize("locale", Locale)
    def test_catalogues_have_a_form_for_every_count(self, locale: Locale) -> None:
        """A plural has as many forms as the language's rule chooses among."""
        form_count = len({LANGUAGES[locale].plural(count) for count in range(1000)})
        forms = [spec for text in CATALOGUES[locale].values() for _, _, spec, _ in Formatter().parse(text)]

        assert not [spec for spec in forms if spec and form_count != len(spec.split("|"))]

    @pytest.mark.parametrize("locale", Locale)
    def test_no_text_is_empty(self, locale: Locale) -> None:
        """No text is empty, and no key stands in a catalogue twice."""
        (table,) = [
            node
            for node in ast.walk(ast.parse(Path(f"bot/i18n/{locale}.py").read_text(encoding="utf-8")))
            if isinstance(node, ast.Dict)
        ]

        assert len(table.keys) == len(CATALOGUES[locale])
        assert all(text.strip() for text in CATALOGUES[locale].values())

    def test_every_text_is_used(self) -> None:
        """The code spells out every key, or makes it in an f-string of words that it spells out."""
        strings, patterns = strings_and_patterns()

        assert not [
            key
            for key in set(ENGLISH) - strings
            if not any(is_made(key, pattern, strings) for pattern in patterns)
        ]


class TestTranslate:
    """Filling a text in."""

    def test_english_has_two_forms(self) -> None:
        """English has two forms, Japanese one."""
        assert "1 violation" == translate(Locale.EN, "cli.total", count=1)
        assert "2 violations" == translate(Locale.EN, "cli.total", count=2)
        assert "違反 1 件" == translate(Locale.JA, "cli.total", count=1)

    def test_translate_does_not_fill_in_values(self) -> None:
        """A value that looks like a placeholder is only shown."""
        assert "{count}" in translate(Locale.EN, "report.none", environment="{count}")

    def test_unknown_key_is_an_error(self) -> None:
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
    def test_slack_locale_selects_japanese_or_english(self, slack_locale: str, locale: Locale) -> None:
        """Japanese for Japanese, English for everybody else."""
        assert locale == locale_for(slack_locale)


ESPERANTO = """
from bot.i18n.en import TEXTS as ENGLISH

SLACK_LOCALES = "eo"


def plural(count):
    return int(count != 1)


TEXTS = ENGLISH | {"cli.total": "{count} {count:rompo|rompoj}"}
"""

IN_ESPERANTO = """
import json
from bot.cli import _parser
from bot.i18n import Locale, locale_for, translate
from bot.settings import Settings

locale = Locale(Settings({"REPORT_LOCALE": "eo"}).get("REPORT_LOCALE"))
options = _parser("bot").parse_args(["scan", "S3.1", "--locale", "eo"])
texts = [translate(locale, "cli.total", count=count) for count in (1, 2000)]
print(json.dumps([list(Locale), locale_for("eo-EO"), locale_for("de-DE"), options.locale, texts]))
"""


class TestAnotherLanguage:
    """A language is a file."""

    def test_another_language_is_added_as_one_file(self, tmp_path: Path) -> None:
        """Settings, Slack and the shell can choose a made-up language whose module is added."""
        shutil.copytree("bot", tmp_path / "bot")
        (tmp_path / "bot/i18n/eo.py").write_text(ESPERANTO, encoding="utf-8")
        ran = subprocess.run(  # noqa: S603  our own Python, our own words
            [sys.executable, "-c", IN_ESPERANTO], cwd=tmp_path, capture_output=True, text=True, check=True
        )

        assert [["en", "eo", "ja"], "eo", "en", "eo", ["1 rompo", "2,000 rompoj"]] == json.loads(ran.stdout)
