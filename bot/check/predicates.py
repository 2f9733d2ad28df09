"""
The predicates of the rules: what a property's value should be.

A predicate is asked for a text, a list, a mapping or MISSING. It answers True, False, or None if a value of
this form decides nothing. `judge` asks it for values that are known in part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.check.values import MISSING, Block, FromDefault, Reference, Text, Unknown, Value
from bot.check.verdict import FAILED, PASSED, Answer, Verdict
from bot.domain.check_result import Reason, Status

TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})
"""YAML 1.1's spellings, which CloudFormation reads (https://yaml.org/type/bool.html)."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named test of a value."""

    name: str
    """The text that explains it is `check.expected.<name>`."""
    words: tuple[str, ...]
    """What fills the text in: the values that are allowed, or a number."""
    answer: Callable[[Value], bool | None]
    decides_texts: bool = False
    """Whether it can answer for a text that is only known in part, such as the ARN of another resource."""


def judge(predicate: Predicate, value: Value) -> Verdict:
    """Return the verdict on a value; UNKNOWN unless every value that it may have gets the same answer."""
    if isinstance(value, Unknown):
        return _of_options(predicate, value)
    if isinstance(value, Reference | Text) and not predicate.decides_texts:
        return Verdict(Status.UNKNOWN, reason=_why(value))
    answer = predicate.answer(value)
    if answer is None:
        hidden = (
            each.reason for each in (value if isinstance(value, list) else ()) if isinstance(each, Unknown)
        )
        return Verdict(Status.UNKNOWN, reason=next(hidden, Reason("check.why.form")))
    if not answer and isinstance(value, FromDefault):
        return Verdict(Status.FAILED, reason=Reason("check.why.default", value.parameter))
    return PASSED if answer else FAILED


def answer(predicate: Predicate, value: Value) -> Answer:
    """Return the answer for a value, Unknown if it is not decided."""
    verdict = judge(predicate, value)
    if verdict.status is Status.UNKNOWN:
        return Unknown(verdict.reason or Reason("check.why.form"))
    return verdict.status is Status.PASSED


def _of_options(predicate: Predicate, value: Unknown) -> Verdict:
    verdicts = [judge(predicate, option) for option in value.options]
    statuses = {verdict.status for verdict in verdicts}
    if len(statuses) == 1 and Status.UNKNOWN not in statuses:
        return verdicts[0]
    return Verdict(Status.UNKNOWN, reason=value.reason)


def _why(value: Reference | Text) -> Reason:
    part = value.unknown if isinstance(value, Text) else None
    if part is not None:
        return part.reason
    first = (
        value if isinstance(value, Reference) else next(p for p in value.parts if isinstance(p, Reference))
    )
    return Reason("check.why.reference", first.name)


def _boolean(value: Value) -> bool | None:
    if value is MISSING:
        return False
    text = value.strip().lower() if isinstance(value, str) else ""
    if text in TRUE:
        return True
    return False if text in FALSE else None


def _not_true(value: Value) -> bool | None:
    answer = _boolean(value)
    return None if answer is None else not answer


_WITH_CREDENTIALS = re.compile(r"[a-z]+://[^/@\s]+@", re.IGNORECASE)
_WITH_HOST = re.compile(r"[a-z]+://[^/@\s]+/", re.IGNORECASE)


def _without_credentials(value: Value) -> bool | None:
    if value is MISSING:
        return True
    if isinstance(value, Text):  # if the host is known, nothing before it is a secret
        start = value.parts[0]
        return True if isinstance(start, str) and _WITH_HOST.match(start.strip()) else None
    return not _WITH_CREDENTIALS.match(value.strip()) if isinstance(value, str) else None


def _given(value: Value) -> bool | None:
    if isinstance(value, Reference):
        return True
    if isinstance(value, Text):
        return True if any(not isinstance(part, Unknown) for part in value.parts) else None
    if isinstance(value, list):
        return any(item != "" for item in value)
    return value is not MISSING and value is not None and len(value) > 0


def _absent(value: Value) -> bool:
    return value is MISSING


is_absent = Predicate("absent", (), _absent, decides_texts=True)
is_true = Predicate("true", (), _boolean)
is_false = Predicate("false", (), _not_true)
without_credentials = Predicate("without-credentials", (), _without_credentials, decides_texts=True)
is_given = Predicate("given", (), _given, decides_texts=True)


def one_of(*values: str) -> Predicate:
    """Accept these texts in any case; MISSING is none of them."""
    lower = frozenset(value.lower() for value in values)

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return False
        return value.strip().lower() in lower if isinstance(value, str) else None

    return Predicate("one-of", values, answer)


def none_of(*values: str) -> Predicate:
    """Accept any text but these, in any case; also MISSING."""
    lower = frozenset(value.lower() for value in values)

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return True
        return value.strip().lower() not in lower if isinstance(value, str) else None

    return Predicate("none-of", values, answer)


def starts_with(*values: str) -> Predicate:
    """Accept a text that begins with one of these, in any case."""
    lower = tuple(value.lower() for value in values)

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return False
        return value.strip().lower().startswith(lower) if isinstance(value, str) else None

    return Predicate("starts-with", values, answer)


def contains(*values: str) -> Predicate:
    """Accept a text that has one of these in it."""

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return False
        return any(part in value for part in values) if isinstance(value, str) else None

    return Predicate("contains", values, answer)


def version_at_least(version: str) -> Predicate:
    """Accept a version such as `1.34` that is not older."""
    least = tuple(map(int, version.split(".")))

    def answer(value: Value) -> bool | None:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})*", value.strip()):
            return None
        return tuple(map(int, value.strip().split("."))) >= least

    return Predicate("at-least", (version,), answer)


def at_least(number: int) -> Predicate:
    """Accept a number, as a text, that is not smaller."""

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return False
        try:
            return float(value) >= number if isinstance(value, str) else None
        except ValueError:
            return None

    return Predicate("at-least", (str(number),), answer)


def at_most(number: int) -> Predicate:
    """Accept a number, as a text, that is not larger."""

    def answer(value: Value) -> bool | None:
        larger = at_least(number + 1).answer(value)
        return False if value is MISSING else None if larger is None else not larger

    return Predicate("at-most", (str(number),), answer)


def has_all(*values: str) -> Predicate:
    """Accept a list with all these texts, in any case."""
    expected = frozenset(value.lower() for value in values)

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return False
        if isinstance(value, str | Block):
            return None
        texts = {item.strip().lower() for item in value if isinstance(item, str)}
        if expected <= texts:
            return True
        return False if len(value) == sum(isinstance(item, str) for item in value) else None

    return Predicate("has-all", values, answer)


def has_none(*values: str) -> Predicate:
    """Accept a list with none of these texts, in any case."""
    refused = frozenset(value.lower() for value in values)

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return True
        if not isinstance(value, list):
            return None
        if any(isinstance(item, str) and item.strip().lower() in refused for item in value):
            return False
        return True if all(isinstance(item, str) for item in value) else None

    return Predicate("has-none", values, answer)


def has_at_least(number: int, *, commas: bool = False) -> Predicate:
    """Accept a list with as many items; with `commas` a text of the list may have several."""

    def answer(value: Value) -> bool | None:
        if value is MISSING:
            return False
        if not isinstance(value, list):
            return None
        if sum(_count(item, commas=commas) for item in value) >= number:
            return True
        is_open = any(
            isinstance(item, Unknown) or (commas and isinstance(item, Text) and item.unknown)
            for item in value
        )
        return None if is_open else False

    return Predicate("has-at-least", (str(number),), answer)


def _count(item: Value, *, commas: bool) -> int:
    """Return how many items an item of a list has at least."""
    if isinstance(item, Unknown):
        return 0
    if not (commas and isinstance(item, str | Text)):
        return 1
    parts = item.parts if isinstance(item, Text) else (item,)
    text = "".join(part if isinstance(part, str) else "-" for part in parts)
    return sum(bool(each.strip()) for each in text.split(","))
