"""The samples of messages and forms, of which Slack judges each."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from bot import render
from bot.i18n import Locale
from bot.usecases.doctor import layouts as samples
from bot.usecases.doctor.layouts import layouts
from playground.slack.blocks import problems, view_problems


def makers() -> Iterator[str]:
    """Find the public functions that make a whole message or form, and not from another message."""
    for module in pkgutil.walk_packages(render.__path__, "bot.render."):
        for name, made in inspect.getmembers(importlib.import_module(module.name)):
            if inspect.isfunction(made) and made.__module__ == module.name:
                types = dict(made.__annotations__)
                is_message = types.pop("return") == "Message" and "Message" not in types.values()
                is_view = name.endswith(("_form", "_view"))
                if not name.startswith("_") and (is_view or is_message):
                    yield name


@pytest.mark.parametrize("locale", list(Locale))
def test_each_sample_is_valid(locale: Locale) -> None:
    """In both languages the local Slack takes each."""
    found = {
        name: problems(payload, "message") if kind == "blocks" else view_problems(payload)
        for name, kind, payload in layouts(locale)
    }

    assert {} == {name: wrong for name, wrong in found.items() if wrong}
    assert len(found) > 20


def test_no_kind_is_left_out() -> None:
    """Every function of bot/render that makes a message or a form is called for a sample."""
    source = inspect.getsource(samples)

    assert [] == [name for name in makers() if f"{name}(" not in source]
