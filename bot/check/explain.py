"""The rules in words: `--list-rules` and `--explain`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.check.rule import AllOf, AnyOf, Each, Not, Property, Rule, Some, Test, When
from bot.check.values import MISSING, Unknown
from bot.domain.control import bundled_catalogue
from bot.i18n import Locale, translate


def listing(rules: Iterable[Rule], locale: Locale) -> Iterator[str]:
    """Yield a line for each control that has a rule, in the order of the catalogue's IDs."""
    names = {rule.control for rule in rules}
    found = [control for name in names if (control := bundled_catalogue().get(name))]
    for control in sorted(found, key=lambda control: control.order):
        yield f"{control.severity:13} {control.id:18} {control.title}\n"
    yield translate(locale, "check.rules", count=len(found)) + "\n"


def explanation(rules: Sequence[Rule], locale: Locale) -> Iterator[str]:
    """Explain the rules of one control: the properties of each type and their expected values."""
    control = bundled_catalogue().get(rules[0].control)
    if control is None:
        raise LookupError(rules[0].control)
    yield f"{control.id} {control.severity} {control.title}\n"
    for rule in rules:
        yield "\n" + ", ".join(rule.types) + "\n"
        for depth, text in _described(rule.test, locale, 1):
            yield f"{'  ' * depth}{text}\n"
        if rule.stricter:
            yield f"  {translate(locale, f'check.stricter.{rule.stricter}')}\n"


def _described(test: Test, locale: Locale, depth: int) -> Iterator[tuple[int, str]]:
    """Yield the lines of a test, with how far each is indented."""
    if isinstance(test, Property):
        yield depth, _property(test, locale)
        return
    if isinstance(test, When):
        yield depth, translate(locale, "check.explain.when")
        yield from _described(test.condition, locale, depth + 1)
        yield depth, translate(locale, "check.explain.then")
        yield from _described(test.test, locale, depth + 1)
        return
    if isinstance(test, Each | Some):
        key = "check.explain.each" if isinstance(test, Each) else "check.explain.some"
        yield depth, translate(locale, key, path=test.path)
        yield from _described(test.test, locale, depth + 1)
        return
    if isinstance(test, Not):
        yield depth, translate(locale, "check.explain.not")
        yield from _described(test.test, locale, depth + 1)
        return
    if isinstance(test, AllOf | AnyOf):
        yield (
            depth,
            translate(locale, "check.explain.all" if isinstance(test, AllOf) else "check.explain.any"),
        )
        for each in test.tests:
            yield from _described(each, locale, depth + 1)
        return
    yield depth, _docstring(test)


def _property(test: Property, locale: Locale) -> str:
    expected = translate(
        locale, f"check.expected.{test.expected.name}", values=", ".join(test.expected.words)
    )
    if test.default is MISSING:
        return f"{test.path}: {expected}"
    if isinstance(test.default, Unknown):
        default = translate(locale, test.default.reason.key, name=test.default.reason.name)
    else:
        default = str(test.default)
    return f"{test.path}: {expected}; {translate(locale, 'check.explain.default', default=default)}"


def _docstring(test: Test) -> str:
    """Return the first sentence of a function's docstring: that of a rule says when it passes."""
    return (test.__doc__ or "").strip().partition("\n")[0].rstrip(".")
