"""The settings."""

from __future__ import annotations

import pytest

from bot.errors import InvalidSettingError, MissingSettingError
from bot.i18n import Locale
from bot.settings import SETTINGS, Settings


class TestGet:
    """Reading a setting."""

    def test_value_has_no_spaces_around_it(self) -> None:
        """A value comes without the spaces around it."""
        assert "prod" == Settings({"ENVIRONMENT_NAME": " prod\n"}).get("ENVIRONMENT_NAME")

    @pytest.mark.parametrize("environ", [{}, {"SLACK_API_URL": ""}, {"SLACK_API_URL": "  "}])
    def test_empty_variable_means_the_default(self, environ: dict[str, str]) -> None:
        """An empty variable is one that is not set: templates pass empty parameters."""
        assert "https://slack.com/api/" == Settings(environ).get("SLACK_API_URL")

    def test_unknown_name_is_an_error(self) -> None:
        """A name outside the table is a mistake in the code."""
        with pytest.raises(KeyError):
            Settings({"HOME": "/"}).get("HOME")


class TestRequire:
    """Settings that must be there."""

    def test_all_absent_settings_are_named_at_once(self) -> None:
        """One message names everything, so that one deployment puts it right."""
        with pytest.raises(MissingSettingError) as caught:
            Settings({"REPORT_BUCKET": "b"}).require(["SLACK_CHANNEL", "REPORT_BUCKET", "JOB_FUNCTION"])

        assert {"settings": "SLACK_CHANNEL, JOB_FUNCTION"} == caught.value.values

    def test_present_settings_pass(self) -> None:
        """Nothing is said when all are there, by a value or a default."""
        Settings({"REPORT_BUCKET": "b"}).require(["REPORT_BUCKET", "REPORT_LOCALE"])


class TestTable:
    """The table itself."""

    def test_every_setting_has_one_line(self) -> None:
        """Every setting has one line, and the line says something."""
        assert len(SETTINGS) == len({setting.name for setting in SETTINGS})
        assert all(setting.help for setting in SETTINGS)


class TestChoices:
    """Settings that may only be one of a few things."""

    def test_language_that_bot_does_not_speak_is_refused(self) -> None:
        """A language that the bot does not speak is refused with those that it does."""
        with pytest.raises(InvalidSettingError) as caught:
            Settings({"REPORT_LOCALE": "fr"}).get("REPORT_LOCALE")

        assert {"setting": "REPORT_LOCALE", "choices": "en, ja"} == caught.value.values

    def test_every_language_of_catalogues_may_be_chosen(self) -> None:
        """Every language of the catalogues may be chosen, and no other."""
        (choices,) = [setting.choices for setting in SETTINGS if setting.name == "REPORT_LOCALE"]

        assert [str(locale) for locale in Locale] == list(choices)


class TestNumber:
    """Settings that are numbers."""

    @pytest.mark.parametrize(("text", "number"), [("3", 3.0), (" 0.5 ", 0.5), ("", 2.5)])
    def test_number_setting_has_default(self, text: str, number: float) -> None:
        """A number is a number, and without one the default holds."""
        assert number == Settings({"GET_FINDINGS_RATE": text}).number("GET_FINDINGS_RATE")

    @pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "three"])
    def test_zero_and_negative_numbers_are_refused(self, text: str) -> None:
        """A number that is not positive is an error with a hint."""
        with pytest.raises(InvalidSettingError) as caught:
            Settings({"GET_FINDINGS_RATE": text}).number("GET_FINDINGS_RATE")

        assert {"setting": "GET_FINDINGS_RATE", "choices": "a number above 0"} == caught.value.values
