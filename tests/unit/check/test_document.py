"""The text of a template as values with lines, and the texts that are refused."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from bot.check.document import MOST_BYTES, BrokenError, decode, parse
from bot.check.values import Block


def read(text: str) -> Block:
    """Read a document that is a mapping."""
    document = parse(dedent(text))
    assert isinstance(document, Block)
    return document


class TestValues:
    """What is read."""

    @pytest.mark.parametrize("text", ["a: 80", 'a: "80"', '{"a": 80}', '{"a": "80"}', "a: !!str 80"])
    def test_scalar_is_its_text(self, text: str) -> None:
        """A number and its text are the same."""
        assert {"a": "80"} == read(text)

    @pytest.mark.parametrize(
        "text", ["a: true", 'a: "true"', '{"a": true}', '{"a": "true"}', "a: !!bool true"]
    )
    def test_boolean_is_its_text(self, text: str) -> None:
        """A boolean and its text are the same."""
        assert {"a": "true"} == read(text)

    @pytest.mark.parametrize("text", ["a:", "a: null", "a: ~", '{"a": null}'])
    def test_null_is_none(self, text: str) -> None:
        """A null is None, however it is written; a quoted one is a text."""
        assert {"a": None} == read(text)
        assert {"a": "null"} == read('a: "null"')

    def test_account_id_keeps_its_zeros(self) -> None:
        """Nothing is converted: not an account with leading zeros, and not a date."""
        assert {"a": "012345678901", "b": "2012-10-17"} == read("a: 012345678901\nb: 2012-10-17")

    @pytest.mark.parametrize(
        ("short", "long"),
        [
            ("!Ref a", {"Ref": "a"}),
            ("!GetAtt a.b.c", {"Fn::GetAtt": ["a", "b.c"]}),
            ("!Sub 'x'", {"Fn::Sub": "x"}),
            ("!If [a, b, !Ref c]", {"Fn::If": ["a", "b", {"Ref": "c"}]}),
            ("!Condition a", {"Condition": "a"}),
        ],
    )
    def test_short_form_is_its_long_one(self, short: str, long: object) -> None:
        """A short form is read as the long one."""
        assert {"a": long} == read(f"a: {short}")

    def test_merge_key_keeps_own_keys(self) -> None:
        """A merged mapping adds the keys that are not there."""
        document = read(
            """\
            base: &base {a: 1, b: 2}
            own: {b: 3, <<: *base}
            """
        )

        assert {"b": "3", "a": "1"} == document["own"]

    def test_json_may_have_tabs_and_pairs_of_escapes(self) -> None:
        """JSON that is indented with tabs, and its escapes that YAML lacks, are read."""
        assert {"a": {"b": "\U0001f600/\\/"}} == read('{\n\t"a": {\n\t\t"b": "\\ud83d\\ude00\\/\\\\/"}}')

    @pytest.mark.parametrize("character", ["\x7f", "\x85", "\x9f", "\u2028", "\ufffe"])
    def test_json_may_have_characters_that_yaml_has_not(self, character: str) -> None:
        """A text of JSON may have a DEL, and the ends of lines of other standards."""
        assert {"a": f"b{character} c", "d": "1"} == read(f'{{"a": "b{character} c", "d": 1}}')


class TestLines:
    """Where it stands."""

    def test_each_key_has_its_line(self) -> None:
        """A key has its own line, in YAML and in JSON."""
        document = read("a: 1\nb:\n  c: 1\n  d: 2\n")
        as_json = read(json.dumps({"a": 1, "b": {"c": 1, "d": 2}}, indent=1))

        assert [1, 2] == document.lines
        assert (3, 4) == (document["b"].line, document["b"].line_of("d"))
        assert 5 == as_json["b"].line_of("d")


class TestBroken:
    """What is refused, and on which line."""

    @pytest.mark.parametrize(
        ("text", "line", "reason"),
        [
            ("a: 1\nb: [", 3, "syntax"),
            ("a: 1\n\tb: 1", 2, "tab"),
            ("a: 1\nb: \x01", 2, "syntax"),
            ("a: 1\nb: 2\na: 3", 3, "duplicate"),
            ("a: &x [*x]", 1, "alias"),
            ("a: *x", 1, "alias"),
            ("a: 1\n---\nb: 2", 2, "documents"),
            ("? [a]\n: b", 1, "key"),
            ("a: 1\n<<: b", 1, "merge"),
            ("[" * 101, 1, "depth"),
        ],
    )
    def test_tells_line_and_reason(self, text: str, line: int, reason: str) -> None:
        """A broken text is refused with its line, and never read in part."""
        with pytest.raises(BrokenError) as caught:
            parse(text)

        assert (line, f"check.broken.{reason}") == (caught.value.line, caught.value.reason.key)

    def test_refuses_a_bomb_of_aliases(self) -> None:
        """Aliases count as often as they are used, before anything is expanded."""
        levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

        with pytest.raises(BrokenError, match=r"check\.broken\.values"):
            parse("\n".join(levels))


class TestDecode:
    """Encodings."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_reads_utf_8_and_utf_16(self, encoding: str) -> None:
        """A byte order mark is no part of the text."""
        assert "a: 試験" == decode("a: 試験".encode(encoding))

    def test_tells_the_line_of_a_wrong_byte(self) -> None:
        """Another encoding is refused, with the line."""
        with pytest.raises(BrokenError, match="line 2") as caught:
            decode("a: 1\nb: 試験".encode("cp932"))

        assert "check.broken.encoding" == caught.value.reason.key

    def test_refuses_more_than_it_reads(self) -> None:
        """A file beyond the bound is refused."""
        with pytest.raises(BrokenError, match=r"check\.broken\.size"):
            decode(b" " * (MOST_BYTES + 1))
