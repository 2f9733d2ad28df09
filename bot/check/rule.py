"""
A rule: a control, the types of its resources, and a test.

Most tests are one `Property`. Others combine tests, or are functions of a resource. A test gets an item (the
properties of a resource, or one item of a list in them) and the resource. It returns a Verdict, or None if
the control does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from bot.check.predicates import Predicate, judge
from bot.check.template import Resource
from bot.check.values import MISSING, Block, Unknown, Value, follow, items_of, line_at
from bot.check.verdict import Verdict, all_of, any_of, negated, under
from bot.domain.check_result import Status

Test = Callable[[Value, Resource], Verdict | None]


@dataclass(frozen=True, slots=True)
class Property:
    """A property and the value that it should have."""

    path: str
    """The keys, with dots between them."""
    expected: Predicate
    default: Value = MISSING
    """AWS's default: the value of a template that does not have the property."""

    def __call__(self, item: Value, resource: Resource) -> Verdict:
        """Judge the property of an item."""
        keys = tuple(self.path.split("."))
        value = follow(item, keys)
        verdict = judge(self.expected, self.default if value is MISSING else value)
        return replace(verdict, path=self.path, line=line_at(item, keys))


@dataclass(frozen=True, slots=True)
class AllOf:
    """All tests pass."""

    tests: tuple[Test, ...]

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Return the first FAILED, else the first UNKNOWN."""
        return all_of(test(item, resource) for test in self.tests)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the tests passes."""

    tests: tuple[Test, ...]

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Return the first PASSED, else the first UNKNOWN."""
        return any_of(test(item, resource) for test in self.tests)


@dataclass(frozen=True, slots=True)
class Not:
    """The test fails."""

    test: Test

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Exchange PASSED and FAILED."""
        return negated(self.test(item, resource))


@dataclass(frozen=True, slots=True)
class When:
    """The test passes if the condition does; otherwise it does not apply."""

    condition: Test
    test: Test

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Test only if the condition passes; a test that is UNKNOWN or FAILED then counts as UNKNOWN."""
        condition = self.condition(item, resource)
        if condition is None or condition.status is Status.FAILED:
            return None
        verdict = self.test(item, resource)
        is_decided = condition.status is Status.PASSED or verdict is None or verdict.status is Status.PASSED
        return verdict if is_decided else condition


@dataclass(frozen=True, slots=True)
class Each:
    """The test passes for each item of a list."""

    path: str
    test: Test
    empty: Verdict | None = None
    """The verdict on a list without an item to which the test applies; None if the control does not apply."""

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Return the first FAILED, else the first UNKNOWN."""
        return all_of(_of_items(self.path, self.test, item, resource)) or self.empty


@dataclass(frozen=True, slots=True)
class Some:
    """The test passes for an item of a list."""

    path: str
    test: Test

    def __call__(self, item: Value, resource: Resource) -> Verdict:
        """Return the first PASSED, else the first UNKNOWN; FAILED for an empty list."""
        keys = tuple(self.path.split("."))
        found = any_of(_of_items(self.path, self.test, item, resource))
        return found or Verdict(Status.FAILED, self.path, line_at(item, keys))


def _of_items(path: str, test: Test, item: Value, resource: Resource) -> Iterator[Verdict | None]:
    """Yield the verdict on each item of a list; UNKNOWN for the items that cannot be resolved."""
    keys = tuple(path.split("."))
    value = follow(item, keys)
    line = line_at(item, keys)
    for index, each in enumerate(items_of(value)):
        place = path if each is value else f"{path}[{index}]"
        if isinstance(each, Unknown):
            yield Verdict(Status.UNKNOWN, place, line, each.reason)
        else:
            yield under(test(each, resource), place, each.line if isinstance(each, Block) else line)


@dataclass(frozen=True, slots=True)
class Rule:
    """The test of one control for some types of resources."""

    control: str
    types: tuple[str, ...]
    test: Test
    stricter: str = field(default="", kw_only=True)
    """If it is stricter than Security Hub: the end of the key `check.stricter.<…>` of the text about it."""


def row(
    control: str,
    types: str,
    path: str,
    expected: Predicate,
    default: Value = MISSING,
    *,
    when: Test | None = None,
) -> Rule:
    """Make a rule of one property; `types` are separated by spaces."""
    test: Test = Property(path, expected, default)
    return Rule(control, tuple(types.split()), When(when, test) if when else test)
