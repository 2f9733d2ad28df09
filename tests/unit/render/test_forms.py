"""The form that scans."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.control import bundled_catalogue
from bot.i18n import Locale
from bot.render import forms
from playground.slack.blocks import view_problems

LOCALES = pytest.mark.parametrize("locale", list(Locale))


class TestScanForm:
    """The form."""

    @LOCALES
    def test_slack_takes_form_in_every_language(self, locale: Locale) -> None:
        """Slack takes the form in every language, with a metadata of a usual length."""
        assert [] == view_problems(
            forms.scan_form(locale, json.dumps({"channel": "C1", "response_url": "x" * 200}))
        )

    def test_what_is_put_into_form_comes_back_with_it(self) -> None:
        """What is put into the form comes back with it."""
        assert "meta" == forms.scan_form(Locale.EN, "meta")["private_metadata"]

    def test_form_has_an_input_for_each_narrowing(self) -> None:
        """Each may be empty: an answer without any control or narrowing is refused when it is sent."""
        blocks = forms.scan_form(Locale.EN, "")["blocks"]
        places = [forms.STANDARDS, forms.ACCOUNTS, forms.REGIONS]
        narrowing = [*places, forms.RESOURCES, forms.TAGS, forms.OWNERS, forms.SINCE, forms.STATUSES]

        assert [] == [block["block_id"] for block in blocks if not block["optional"]]
        assert [forms.CONTROLS, forms.SEVERITIES, *narrowing] == [
            block["element"]["action_id"] for block in blocks
        ]


class TestScanningView:
    """What stands in the form's place afterwards."""

    @LOCALES
    @given(query=st.text(min_size=1))
    def test_answered_form_is_within_limits(self, locale: Locale, query: str) -> None:
        """Slack takes it for any query, however long, and nothing in it is markup."""
        view = forms.scanning_view(locale, query=query * 500, channel="C0SECURITY")

        assert [] == view_problems(view)
        assert 1 == view["blocks"][0]["text"]["text"].count("<")


class TestControlOptions:
    """What the search offers."""

    def test_control_options_are_at_most_100(self) -> None:
        """Slack takes a hundred options."""
        controls = bundled_catalogue().controls

        assert len(controls) > 100
        assert 100 == len(forms.control_options(controls))

    def test_option_has_75_characters(self) -> None:
        """An option has 75 characters at most, of which the first are the ID."""
        for control in bundled_catalogue().controls:
            (option,) = forms.control_options([control])

            assert len(option["text"]["text"]) <= 75
            assert option["text"]["text"].startswith(f"{control.id} ")
            assert control.id == option["value"]


class TestChosen:
    """Reading what was chosen."""

    def test_selects_values_come_in_order_in_which_they_were_chosen(self) -> None:
        """A select's values come in the order in which they were chosen."""
        state = {"controls": {"controls": {"selected_options": [{"value": "S3.8"}, {"value": "S3.1"}]}}}

        assert ["S3.8", "S3.1"] == forms.picked(state, "controls")

    @pytest.mark.parametrize("element", [{"value": None}, {"value": " \n"}, {"selected_options": []}, {}])
    def test_input_that_was_left_empty_holds_nothing(self, element: dict[str, object]) -> None:
        """An input that was left empty holds nothing, in each of Slack's ways to say so."""
        assert [] == forms.picked({"accounts": {"accounts": element}}, "accounts")
        assert [] == forms.picked({}, "accounts")
