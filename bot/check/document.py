"""
The text of a template as values with lines.

YAML and JSON are read alike, event by event, so that nothing is kept but the values. Short forms such as
`!Ref` become their long ones. The text may come from anybody: its size, depth and number of values are
bounded, and aliases count as often as they are used, before anything walks over them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.check.values import Block, Value
from bot.domain.check_result import Reason

MOST_BYTES = 20_000_000
"""CloudFormation takes 1 MB ("AWS CloudFormation quotas"); a template may be larger before it is packaged."""

MOST_VALUES = 1_000_000
MOST_LEVELS = 100
"""Deeper values would exhaust Python's stack."""

MERGE = "<<"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_JSON_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|.)", re.DOTALL)
"""An escape of JSON; a character beyond 16 bits is a pair of them, which YAML does not have."""

_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""The characters of JSON's texts that YAML refuses, or takes for the end of a line."""

YAML_TAGS = "tag:yaml.org,2002:"


class BrokenError(Exception):
    """A text that is no YAML or JSON that CloudFormation accepts; `line` counts from 1."""

    def __init__(self, line: int, reason: Reason) -> None:
        super().__init__(f"line {line}: {reason.key} {reason.name}")
        self.line = line
        self.reason = reason


def decode(content: bytes) -> str:
    """
    Decode a file: UTF-8 with or without a byte order mark, or UTF-16 with one.

    Raises:
        BrokenError: it is in another encoding, or larger than MOST_BYTES.
    """
    if len(content) > MOST_BYTES:
        raise BrokenError(1, Reason("check.broken.size"))
    encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenError(line, Reason("check.broken.encoding")) from error


def parse(text: str) -> Value:
    """
    Read a text of one YAML or JSON document.

    Raises:
        BrokenError: it cannot be read, has a key twice, or exceeds a bound.
    """
    if text.lstrip()[:1] == "{":
        text = _NOT_YAML.sub(_escaped, _JSON_ESCAPE.sub(_plain, text))
    try:
        return _Builder().read(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        begins = "".join(text.split("\n", line)[line - 1 : line]).lstrip(" ")
        is_tab = begins.startswith("\t") and text.lstrip()[:1] != "{"
        reason = Reason("check.broken.tab") if is_tab else Reason("check.broken.syntax", error.problem or "")
        raise BrokenError(line, reason) from error
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise BrokenError(line, Reason("check.broken.syntax", error.reason)) from error


def _plain(match: re.Match[str]) -> str:
    """Write a JSON escape that YAML lacks as its character."""
    escape = match[0]
    if len(escape) > 2:
        return escape.encode().decode("unicode-escape").encode("utf-16", "surrogatepass").decode("utf-16")
    return "/" if escape == r"\/" else escape


def _escaped(match: re.Match[str]) -> str:
    """Write a character as an escape."""
    return f"\\u{ord(match[0]):04x}"


@dataclass(slots=True)
class _Open:
    """A mapping or a list whose end has not been read yet."""

    value: Any
    tag: str | None
    anchor: str | None
    values_before: int
    line: int
    key: str | None = None
    key_line: int = 0
    merges: list[Value] = field(default_factory=list)


class _Builder:
    """Builds the value of a document from its events."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Value, int]] = {}
        """The value of each anchor that has been read to its end, and how many values it has."""
        self._count = 0
        self._root: Value = None
        self._texts: dict[str, str] = {}
        """Each text once: the parser makes a new one for every key, and a template has few different keys."""

    def read(self, events: Any) -> Value:
        """Read all events of a text."""
        documents = 0
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._begin(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise BrokenError(_line(event), Reason("check.broken.documents"))
        return self._root

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        value: Value = self._texts.setdefault(event.value, event.value)
        if event.implicit[0] and event.tag is None and value in _NULLS and not self._expects_key():
            value = None
        self._counted(1, line)
        value = _tagged(event.tag, value, line)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, line)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        line = _line(event)
        if self._expects_key():
            raise BrokenError(line, Reason("check.broken.key"))
        if len(self._open) >= MOST_LEVELS:
            raise BrokenError(line, Reason("check.broken.depth"))
        value: Value = Block(line) if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, event.tag, event.anchor, self._count, line))
        self._counted(1, line)

    def _end(self) -> None:
        done = self._open.pop()
        for merged in done.merges:
            _merge(done.value, merged, done.line)
        value = _tagged(done.tag, done.value, done.line)
        if done.anchor is not None:
            self._anchors[done.anchor] = (value, self._count - done.values_before)
        self._put(value, done.line)

    def _alias(self, event: yaml.AliasEvent) -> None:
        line = _line(event)
        anchor = event.anchor or ""
        if anchor not in self._anchors:
            raise BrokenError(line, Reason("check.broken.alias", anchor))
        value, count = self._anchors[anchor]
        self._counted(count, line)
        self._put(value, line)

    def _counted(self, count: int, line: int) -> None:
        self._count += count
        if self._count > MOST_VALUES:
            raise BrokenError(line, Reason("check.broken.values"))

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, Block) and self._open[-1].key is None

    def _put(self, value: Value, line: int) -> None:
        """Put a value where it belongs: into a list, or as a key or a value into a mapping."""
        if not self._open:
            self._root = value
            return
        top = self._open[-1]
        if not isinstance(top.value, Block):
            top.value.append(value)
        elif top.key is None:
            if not isinstance(value, str):
                raise BrokenError(line, Reason("check.broken.key"))
            top.key, top.key_line = value, line
        else:
            self._add(top, value)
            top.key = None

    def _add(self, top: _Open, value: Value) -> None:
        key = top.key or ""
        if key == MERGE:
            top.merges.extend(value if isinstance(value, list) else [value])
        elif key in top.value:
            raise BrokenError(top.key_line, Reason("check.broken.duplicate", key))
        else:
            top.value.add(key, value, top.key_line)


def _merge(target: Block, merged: Value, line: int) -> None:
    """Add the keys of a merged mapping that the target does not have. Source: https://yaml.org/type/merge.html."""
    if not isinstance(merged, Block):
        raise BrokenError(line, Reason("check.broken.merge"))
    for key, value, key_line in merged.entries():
        if key not in target:
            target.add(key, value, key_line)


def _line(event: yaml.Event) -> int:
    """Return the line on which an event begins, from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _tagged(tag: str | None, value: Value, line: int) -> Value:
    """Write a short form such as `!GetAtt a.b` as its long one; YAML's own tags change nothing."""
    if tag is None or tag == "!" or tag.startswith(YAML_TAGS):
        return value
    name = tag.lstrip("!")
    if name == "GetAtt" and isinstance(value, str):
        value = list(value.split(".", 1))
    made = Block(line)
    made.add(name if name in {"Ref", "Condition"} else f"Fn::{name}", value, line)
    return made
