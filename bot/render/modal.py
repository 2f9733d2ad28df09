"""The form that `/sechub-scan` opens without arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.control import Control
from bot.domain.finding import Severity
from bot.domain.message import Block
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.blocks import SEVERITY_MARKS, plain, section
from bot.render.ids import SCAN_FORM
from bot.render.limits import clip

CONTROLS = "controls"
"""The block_id and action_id of the search for controls; the other names are used in the same way."""
SEVERITIES = "severities"
ACCOUNTS = "accounts"
REGIONS = "regions"

FormState = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""view.state.values: by block_id and action_id, the element's state."""


def scan_form(locale: Locale, metadata: str) -> Block:
    """Return the form; `metadata`, at most 3,000 characters, comes back on submission."""
    return {
        "type": "modal",
        "callback_id": SCAN_FORM,
        "private_metadata": metadata,
        "title": plain(translate(locale, "modal.title"), limits.MODAL_TITLE),
        "submit": plain(translate(locale, "modal.submit"), limits.MODAL_TITLE),
        "close": plain(translate(locale, "modal.close"), limits.MODAL_TITLE),
        "blocks": [
            _input(
                locale, CONTROLS, {"type": "multi_external_select", "min_query_length": 1}, optional=False
            ),
            _input(locale, SEVERITIES, {"type": "multi_static_select", "options": _severities()}),
            _input(locale, ACCOUNTS, {"type": "plain_text_input", "max_length": limits.INPUT}),
            _input(locale, REGIONS, {"type": "plain_text_input", "max_length": limits.INPUT}),
        ],
    }


def scanning_view(locale: Locale, *, query: str, channel: str) -> Block:
    """Return the view that replaces the form when the scan has begun."""
    text = translate(
        locale,
        "modal.scanning",
        query=mrkdwn.code(clip(query, 500)),
        channel=mrkdwn.channel(channel),
    )
    return {
        "type": "modal",
        "title": plain(translate(locale, "modal.title"), limits.MODAL_TITLE),
        "close": plain(translate(locale, "modal.close"), limits.MODAL_TITLE),
        "blocks": [section(text)],
    }


def control_options(controls: Sequence[Control]) -> list[Block]:
    """Return the first 100 controls as options of the search."""
    return [
        {"text": plain(f"{control.id} {control.title}", limits.OPTION), "value": control.id}
        for control in controls[: limits.OPTIONS_COUNT]
    ]


def picked(state: FormState, name: str) -> list[str]:
    """Return the values of an input of any type; blanks are left out."""
    element: dict[str, Any] = dict(state.get(name, {}).get(name, {}))
    options = [*(element.get("selected_options") or ()), element.get("selected_option") or {}]
    values = [option["value"] for option in options if option]
    return [*values, *filter(None, ((element.get("value") or "").strip(), element.get("selected_date")))]


def _input(locale: Locale, name: str, element: Block, *, optional: bool = True) -> Block:
    placeholder = plain(translate(locale, f"modal.{name}.hint"), limits.OPTION)
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain(translate(locale, f"modal.{name}"), limits.OPTION),
        "element": element | {"action_id": name, "placeholder": placeholder},
    }


def _severities() -> list[Block]:
    return [
        {"text": plain(f"{SEVERITY_MARKS[severity]} {severity}", limits.OPTION), "value": str(severity)}
        for severity in reversed(Severity)
    ]
