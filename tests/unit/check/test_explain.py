"""The rules in words."""

from __future__ import annotations

import pytest

from bot.check.explain import explanation
from bot.check.rules import RULES
from bot.i18n import Locale, translate


@pytest.mark.parametrize("locale", Locale)
def test_each_control_is_explained(locale: Locale) -> None:
    """Each rule has an explanation: its types, and at least a line for its test."""
    for control in {rule.control for rule in RULES}:
        rules = [rule for rule in RULES if rule.control == control]
        lines = list(explanation(rules, locale))

        assert control == lines[0].split()[0]
        assert len(lines) >= 1 + 2 * len(rules)
        assert all(line.strip() for line in lines)


@pytest.mark.parametrize("locale", Locale)
def test_functions_are_explained_in_the_locale(locale: Locale) -> None:
    """A rule that is a function has the text of its control, and not the words of its docstring."""
    rules = [rule for rule in RULES if rule.control == "EC2.19"]

    assert f"      {translate(locale, 'check.rule.EC2.19')}\n" in list(explanation(rules, locale))


def test_functions_of_one_control_have_texts_of_their_own() -> None:
    """A control with several functions says of each what it asks."""
    rules = [rule for rule in RULES if rule.control == "ECS.10"]
    text = "".join(explanation(rules, Locale.EN))

    assert "the service runs on Fargate, by LaunchType" in text
    assert "the tasks of the service run on Windows" in text


def test_explanation_has_conditions_and_defaults() -> None:
    """An explanation says when the control applies, what should be, and what AWS does by default."""
    rules = [rule for rule in RULES if rule.control == "ELB.17"]
    text = "".join(explanation(rules, Locale.EN))

    assert "only if\n    Protocol: is one of: HTTPS, TLS\n" in text
    assert "if absent, ELBSecurityPolicy-2016-08" in text
