"""docs/operations.md."""

from __future__ import annotations

from collections.abc import Iterator

from bot import errors
from bot.usecases.doctor.checks import CHECKS
from tests.deploy.stack import Stack
from tests.docs.markdown import codes, headings, table_of, text_of

OPERATIONS = text_of("docs/operations.md")


KINDS = (errors.UserError, errors.ConfigurationError, errors.ChannelError, errors.UpstreamError)
"""Classes that stand for others and are not raised themselves."""


def error_codes(kind: type[errors.BotError] = errors.BotError) -> Iterator[str]:
    """Find the codes of all errors that the bot raises."""
    for child in kind.__subclasses__():
        if child not in KINDS:
            yield child.code
        yield from error_codes(child)


class TestErrors:
    """The entries for errors."""

    def test_each_error_code_has_an_entry(self) -> None:
        """Each error code has an entry, and no entry is about a code that there is not."""
        entries = [words for level, words in headings(OPERATIONS) if level == 3]

        assert sorted(set(error_codes())) == sorted(entries)


class TestDoctor:
    """The table of checks."""

    def test_each_check_is_in_the_table(self) -> None:
        """Each check has a row, in the order of the lines, and a name in the code's texts."""
        rows = [name for row in table_of(OPERATIONS, "check") for name in codes(row[0])]

        assert ["stack", *(check.name for check in CHECKS)] == rows


class TestAlarms:
    """The table of alarms."""

    def test_each_alarm_is_in_the_table(self) -> None:
        """Each alarm of the stack is in the table, by its name."""
        named = {name for row in table_of(OPERATIONS, "alarm") for name in row[0].split(", ")}

        assert set(Stack().of_type("AWS::CloudWatch::Alarm")) == named
