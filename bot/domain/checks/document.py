"""
The object that CI puts into the bucket: the result of a check, as JSON. Writer and reader are both here.

```json
{"version": 1, "branch": "main", "commit": "<hexadecimal>", "run": "https://…", "files": 3, "omitted": 0,
 "results": [{"control": "S3.8", "status": "FAILED", "file": "template.yaml", "line": 7, "logical_id": "Logs",
              "type": "AWS::S3::Bucket", "path": "…", "tags": {"Owner": "team-a"},
              "reason": ["check.why.default", "Stage"], "stricter": ["check.stricter.volume", ""],
              "suppression": ["sechub-bot", "…"], "sources": ["sechub-bot"]}],
 "unread": [{"file": "broken.yaml", "line": 3, "reason": ["check.broken.size", ""]}],
 "stacks": [{"name": "app-prod", "file": "template.yaml", "lines": {"Logs": 4}, "synthesized": false}]}
```

An empty field may be absent. A result of another tool's rule has `title` as well; title and severity of a
control are those of the bundled catalogue. Results that passed are left out. The reader trusts nothing: it
refuses an unknown key, a wrong type, and anything that is larger than the limits here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from bot.domain.check_result import STACK_NAME, CheckedStack, Gap, Reason, Result, Status, Suppression
from bot.domain.checks.origin import MOST_BRANCH, Origin, is_commit, is_run
from bot.domain.checks.places import MOST_RESOURCES, MOST_STACKS
from bot.domain.control import CONTROL_ID, Control, bundled_catalogue
from bot.domain.finding import BOT, Severity
from bot.errors import InvalidCheckError
from bot.i18n import CATALOGUES, Locale

VERSION = 1

MOST_BYTES = 5_000_000
MOST_RESULTS = 5_000
MOST_GAPS = 100
MOST_SOURCES = 20
MOST_TAGS = 50
"""Of a resource (https://docs.aws.amazon.com/general/latest/gr/aws_tagging.html)."""
MOST_TEXT = 1_000
"""Characters of any text. The writer cuts, the reader refuses."""
MOST_LOGICAL_ID = 255
"""Characters ("Understand CloudFormation quotas")."""
MOST_NUMBER = 100_000_000

_SHOWN = (Status.FAILED, Status.UNKNOWN, Status.SUPPRESSED)
_WHY, _UNREAD = ("check.why.", "check.stricter."), ("check.broken.", "check.gap.")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CheckDocument:
    """The result of a check as the object has it."""

    origin: Origin
    results: tuple[Result, ...]
    """Without those that passed, in their order: FAILED first, the most severe first."""
    gaps: tuple[Gap, ...] = ()
    """The parts that could not be read, at most MOST_GAPS."""
    file_count: int = 0
    omitted: int = 0
    """Further results, less severe, that the object does not have."""
    stacks: tuple[CheckedStack, ...] = ()
    """At most MOST_STACKS, each with at most MOST_RESOURCES lines."""


def write_check(document: CheckDocument) -> bytes:
    """Write the object, with as many stacks and results as its limits allow."""
    shown = [result for result in document.results if result.status in _SHOWN]
    head = {
        "version": VERSION,
        **_filled(document.origin._asdict()),
        "files": document.file_count,
        "omitted": MOST_NUMBER,  # of the most digits, until it is known
        "unread": [_gap(gap) for gap in document.gaps[:MOST_GAPS]],
        "stacks": _within(MOST_BYTES // 2, map(_stack, document.stacks[:MOST_STACKS])),
    }
    room = MOST_BYTES - len(_encoded(head | {"results": []}))
    results = _within(room, map(_entry, shown[:MOST_RESULTS]))
    omitted = document.omitted + len(shown) - len(results)
    return _encoded(head | {"omitted": omitted, "results": results})


def _within(most_bytes: int, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first entries that are in a list of at most so many bytes."""
    written: list[dict[str, Any]] = []
    for entry in entries:
        most_bytes -= len(_encoded(entry)) + 2
        if most_bytes < 0:
            break
        written.append(entry)
    return written


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out empty fields, and cut texts."""
    return {name: _cut(value) for name, value in fields.items() if value}


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MOST_TEXT]
    if isinstance(value, dict):
        return {_cut(key): _cut(each) for key, each in value.items()}
    return list(map(_cut, value)) if isinstance(value, list | tuple) else value


def _entry(result: Result) -> dict[str, Any]:
    return _filled(
        {
            "control": result.control.id,
            "title": "" if result.is_of_control else result.control.title,
            "status": result.status.value,
            "file": result.file,
            "line": result.line,
            "logical_id": result.logical_id,
            "type": result.type,
            "path": result.path,
            "tags": dict(result.tags[:MOST_TAGS]),
            "reason": result.reason,
            "stricter": result.stricter,
            "suppression": result.suppression,
            "sources": result.sources[:MOST_SOURCES],
        }
    )


def _gap(gap: Gap) -> dict[str, Any]:
    return _filled({"file": gap.file, "line": gap.line, "reason": gap.reason})


def _stack(stack: CheckedStack) -> dict[str, Any]:
    lines = dict(islice(stack.lines.items(), MOST_RESOURCES))
    return _filled(
        {"name": stack.name, "file": stack.file, "lines": lines, "synthesized": stack.is_synthesized}
    )


def read_check(data: bytes) -> CheckDocument:
    """
    Read an object that somebody has put into the bucket.

    Raises:
        InvalidCheckError: names the first field that is wrong.
    """
    if len(data) > MOST_BYTES:
        raise _wrong("(document)", f"larger than {MOST_BYTES:,} bytes")
    try:
        document = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _wrong("(document)", "no valid JSON") from error
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int or version != VERSION:
        raise _wrong("version", f"this bot reads version {VERSION}")
    given = _Fields(document, "", _HEAD)
    origin = Origin(
        given.text("branch", MOST_BRANCH),
        given.matching("commit", is_commit),
        given.matching("run", is_run),
    )
    return CheckDocument(
        origin=origin,
        results=tuple(sorted(given.objects("results", MOST_RESULTS, _RESULT, _result), key=_order)),
        gaps=tuple(given.objects("unread", MOST_GAPS, _GAP, _read_gap)),
        stacks=tuple(given.objects("stacks", MOST_STACKS, _STACK, _read_stack)),
        file_count=given.number("files"),
        omitted=given.number("omitted"),
    )


def _order(result: Result) -> tuple[object, ...]:
    return result.order


def _wrong(field: str, problem: str) -> InvalidCheckError:
    return InvalidCheckError(field=field, problem=problem)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is there twice")
    return made


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_HEAD = frozenset(("version", *Origin._fields, "files", "omitted", "results", "unread", "stacks"))
_RESULT = frozenset(
    (
        *("control", "title", "status", "file", "line", "logical_id", "type", "path", "tags"),
        *("reason", "stricter", "suppression", "sources"),
    )
)
_GAP = frozenset(("file", "line", "reason"))
_STACK = frozenset(("name", "file", "lines", "synthesized"))


class _Fields:
    """The fields of an object; a path such as `results[3].` is before their names in errors."""

    def __init__(self, value: object, path: str, known: frozenset[str]) -> None:
        if not isinstance(value, dict):
            raise _wrong(path.removesuffix("."), "not a JSON object")
        if value.keys() - known:
            raise _wrong(path.removesuffix(".") or "(document)", "has a key that is not known")
        self._value, self._path = value, path

    def wrong(self, name: str, problem: str) -> InvalidCheckError:
        """Return the error about a field."""
        return _wrong(f"{self._path}{name}", problem)

    def text(self, name: str, most: int = MOST_TEXT) -> str:
        """Return a text, empty if the field is absent."""
        return self._checked(name, self._value.get(name, ""), most)

    def required(self, name: str) -> str:
        """Return a text that is not empty."""
        if text := self.text(name):
            return text
        raise self.wrong(name, "missing")

    def matching(self, name: str, matches: Callable[[str], bool]) -> str:
        """Return a text that is empty, or has a form."""
        text = self.text(name)
        if text and not matches(text):
            raise self.wrong(name, "not of the expected form")
        return text

    def number(self, name: str) -> int:
        """Return a whole number from 0 to MOST_NUMBER, 0 if the field is absent."""
        return self._number(name, self._value.get(name, 0))

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Return a list of at most `most` texts, empty if the field is absent."""
        return tuple(self._checked(name, each, MOST_TEXT) for each in self._list(name, most))

    def pair(self, name: str) -> tuple[str, str] | None:
        """Return a list of two texts, None if the field is absent."""
        if name not in self._value:
            return None
        pair = self.texts(name, 2)
        if len(pair) != 2:
            raise self.wrong(name, "not a list of two texts")
        return pair

    def reason(self, name: str, prefixes: tuple[str, ...]) -> Reason | None:
        """Return a reason whose text bot/i18n has, None if the field is absent."""
        pair = self.pair(name)
        if pair is None:
            return None
        if not pair[0].startswith(prefixes) or pair[0] not in CATALOGUES[Locale.EN]:
            raise self.wrong(name, "no reason of this version")
        return Reason(*pair)

    def tags(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return at most MOST_TAGS tags, none if the field is absent."""
        value = self._value.get(name, {})
        if not isinstance(value, dict) or len(value) > MOST_TAGS:
            raise self.wrong(name, f"not a JSON object of at most {MOST_TAGS} texts")
        return tuple(
            (self._checked(name, key, MOST_TEXT), self._checked(name, text, MOST_TEXT))
            for key, text in value.items()
        )

    def lines(self, name: str) -> dict[str, int]:
        """Return at most MOST_RESOURCES lines by logical ID, none if the field is absent."""
        value = self._value.get(name, {})
        if not isinstance(value, dict) or len(value) > MOST_RESOURCES:
            raise self.wrong(name, f"not a JSON object of at most {MOST_RESOURCES:,} lines")
        return {
            self._checked(name, key, MOST_LOGICAL_ID): max(1, self._number(name, line))
            for key, line in value.items()
        }

    def boolean(self, name: str) -> bool:
        """Return true or false, false if the field is absent."""
        value = self._value.get(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, "neither true nor false")
        return value

    def objects(
        self, name: str, most: int, known: frozenset[str], read: Callable[[_Fields], T]
    ) -> Iterator[T]:
        """Yield what `read` makes of each object of a list."""
        for number, value in enumerate(self._list(name, most)):
            yield read(_Fields(value, f"{self._path}{name}[{number}].", known))

    def _list(self, name: str, most: int) -> Iterable[object]:
        value = self._value.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name, f"not a list of at most {most:,}")
        return value

    def _number(self, name: str, value: object) -> int:
        if type(value) is not int or not 0 <= value <= MOST_NUMBER:
            raise self.wrong(name, f"not a whole number from 0 to {MOST_NUMBER}")
        return value

    def _checked(self, name: str, value: object, most: int) -> str:
        if not isinstance(value, str) or len(value) > most:
            raise self.wrong(name, f"not a text of at most {most:,} characters")
        return value.encode(errors="replace").decode()


def _result(fields: _Fields) -> Result:
    status = fields.required("status")
    if status not in _SHOWN:
        raise fields.wrong("status", f"none of {', '.join(_SHOWN)}")
    suppression = fields.pair("suppression")
    if (status == Status.SUPPRESSED) != (suppression is not None):
        raise fields.wrong("suppression", "only of a SUPPRESSED result, and always of one")
    reason = fields.reason("reason", _WHY)
    return Result(
        control=_control(fields),
        status=Status(status),
        file=fields.required("file"),
        line=max(1, fields.number("line")),
        logical_id=fields.text("logical_id"),
        type=fields.text("type"),
        path=fields.text("path"),
        reason=reason,
        stricter=fields.reason("stricter", _WHY),
        suppression=Suppression(*suppression) if suppression else None,
        sources=fields.texts("sources", MOST_SOURCES) or (BOT,),
        tags=fields.tags("tags"),
    )


def _control(fields: _Fields) -> Control:
    """Return a control of the bundled catalogue; another tool's rule has a name and a title of its own."""
    name, title = fields.required("control"), fields.text("title")
    control = bundled_catalogue().get(name)
    if control is None and CONTROL_ID.fullmatch(name):
        raise fields.wrong("control", "no control of this version")
    return control or Control(name, title, Severity.INFORMATIONAL)


def _read_gap(fields: _Fields) -> Gap:
    reason = fields.reason("reason", _UNREAD)
    if reason is None:
        raise fields.wrong("reason", "missing")
    return Gap(fields.required("file"), max(1, fields.number("line")), reason)


def _is_stack_name(text: str) -> bool:
    return STACK_NAME.fullmatch(text) is not None


def _read_stack(fields: _Fields) -> CheckedStack:
    name = fields.matching("name", _is_stack_name)
    if not name:
        raise fields.wrong("name", "missing")
    return CheckedStack(name, fields.required("file"), fields.lines("lines"), fields.boolean("synthesized"))
