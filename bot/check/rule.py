"""
A rule: a control, the types of its resources, and a test.

Most tests are one `Property`. Others combine tests, or are functions of a resource. A test gets an item (the
properties of a resource, or one item of a list in them) and the resource. It returns a Verdict, or None if
the control does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from bot.check.links import Linked
from bot.check.predicates import Predicate, judge, one_of
from bot.check.template import Resource
from bot.check.values import MISSING, Block, Unknown, Value, follow, items_of, line_at
from bot.check.verdict import FAILED, PASSED, Verdict, all_of, any_of, negated, under
from bot.domain.check_result import Reason, Status

Test = Callable[[Value, Resource], Verdict | None]

of_account = Unknown(Reason("check.why.account"))
"""A default that somebody may have set for the account and the Region."""


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
class Inherited:
    """A property that is inherited from another resource, if the item names one and is silent itself."""

    property: Property
    sources: tuple[str, ...]
    """The properties that name the other resource."""

    def __call__(self, item: Value, resource: Resource) -> Verdict:
        """Judge the property; UNKNOWN if it is silent and inherited."""
        keys = tuple(self.property.path.split("."))
        if follow(item, keys) is MISSING:
            for source in self.sources:
                path = tuple(source.split("."))
                if follow(item, path) is not MISSING:
                    reason = Reason("check.why.inherited", source)
                    return Verdict(Status.UNKNOWN, source, line_at(item, path), reason)
        return self.property(item, resource)


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
class Choice:
    """One of two tests, which a condition chooses."""

    condition: Test
    then: Test
    otherwise: Test

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Return the verdict of the chosen test; if the condition is UNKNOWN, that on which both agree."""
        condition = self.condition(item, resource)
        if condition and condition.status is Status.PASSED:
            return self.then(item, resource)
        verdict = self.otherwise(item, resource)
        if condition is None or condition.status is Status.FAILED:
            return verdict
        other = self.then(item, resource)
        is_agreed = verdict and other and verdict.status is other.status
        return verdict if is_agreed else condition


@dataclass(frozen=True, slots=True)
class OfResource:
    """The test passes for the resource as a whole, of which the item may be a part."""

    test: Test

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Test the properties of the resource."""
        return self.test(resource.properties, resource)


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


@dataclass(frozen=True, slots=True)
class Entry:
    """
    The item with some names in a list of settings, such as that with a `Key` in LoadBalancerAttributes.

    If the list does not have it, the property's default decides.
    """

    path: str
    names: tuple[tuple[str, str], ...]
    """The properties by which the item is known, with their values."""
    property: Property
    source: str = ""
    """The property that names another resource, of which the setting is inherited."""

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Judge the item; UNKNOWN if it is absent and inherited."""
        named = AllOf(tuple(Property(name, one_of(value)) for name, value in self.names))
        found = Each(self.path, When(named, self.property))(item, resource)
        if found:
            return found
        if self.source and follow(item, (self.source,)) is not MISSING:
            return Verdict(Status.UNKNOWN, reason=Reason("check.why.inherited", self.source))
        return replace(judge(self.property.expected, self.property.default), path=self.path)


@dataclass(frozen=True, slots=True)
class EachLinked:
    """The test passes for each resource that names this one, as a listener names its load balancer."""

    type: str
    path: str
    """The property in which the other resource names this one."""
    test: Test
    empty: Verdict | None = None
    """The verdict if the test applies to none of them; None if the control does not apply."""

    def __call__(self, item: Value, resource: Resource) -> Verdict | None:
        """Return the first FAILED, else the first UNKNOWN."""
        linked = resource.template.links.to(resource, self.type, self.path)
        return all_of(_of_linked(linked, self.test, Status.FAILED)) or self.empty


@dataclass(frozen=True, slots=True)
class SomeLinked:
    """The test passes for a resource of a type that names this one; without a test, there is one."""

    type: str
    path: str
    test: Test | None = None

    def __call__(self, item: Value, resource: Resource) -> Verdict:
        """Return the first PASSED, else the first UNKNOWN, also if a name cannot be resolved; else FAILED."""
        linked = resource.template.links.to(resource, self.type, self.path)
        found = list(_of_linked(linked, self.test, Status.PASSED))
        if linked.doubt:
            found.append(Verdict(Status.UNKNOWN, reason=linked.doubt))
        return any_of(found) or FAILED


def _of_linked(linked: Linked, test: Test | None, decisive: Status) -> Iterator[Verdict | None]:
    """Yield the verdict on each linked resource; UNKNOWN if it is the decisive one and may not exist."""
    for one in linked.resources:
        verdict = test(one.properties, one) if test else PASSED
        if verdict and verdict.status is decisive and one.doubt:
            verdict = Verdict(Status.UNKNOWN, reason=one.doubt)
        yield verdict and replace(verdict, path="", line=verdict.line or one.line)


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
    inherited: tuple[str, ...] = (),
) -> Rule:
    """Make a rule of one property; `types` are separated by spaces."""
    found = Property(path, expected, default)
    test: Test = Inherited(found, inherited) if inherited else found
    return Rule(control, tuple(types.split()), When(when, test) if when else test)
