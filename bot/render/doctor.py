"""The verdicts of the doctor: a line for each, for a terminal and for Slack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.slack import Message
from bot.i18n import Locale, translate
from bot.probes import State, Verdict
from bot.render import mrkdwn
from bot.render.blocks import section
from bot.render.errors import Wrap, explain, explain_in_slack
from bot.render.limits import SECTION, clip, one_line

MARKS = {State.OK: "✅", State.WRONG: "❌", State.UNKNOWN: "⚠️"}
MOST_LINE = 600
"""Characters of a line; Slack's section takes 3,000."""


def terminal_line(check: str, verdict: Verdict, locale: Locale) -> str:
    """Write a check's line for a terminal: its state, its name, what was found."""
    states = {state: translate(locale, f"doctor.state.{state}") for state in State}
    state = states[verdict.state].ljust(max(map(len, states.values())) + 2)
    return f"{state}{_label(check, locale)}: {_text(verdict, locale, one_line)}\n"


def doctor_message(verdicts: Mapping[str, Verdict], locale: Locale) -> Message:
    """Make the private answer, of verdicts by check: what is wrong first, then what is not known."""
    states = Counter(verdict.state for verdict in verdicts.values())
    counts = {state.value: states[state] for state in State}
    title = translate(locale, "doctor.summary", **counts)
    order = (State.WRONG, State.UNKNOWN, State.OK)
    ordered = sorted(verdicts.items(), key=lambda found: order.index(found[1].state))
    lines = [_slack_line(check, verdict, locale) for check, verdict in ordered]
    return Message(title, (section(f"*{title}*"), *map(section, _packed(lines))))


def _slack_line(check: str, verdict: Verdict, locale: Locale) -> str:
    text = explain_in_slack(verdict.error, locale) if verdict.error else _text(verdict, locale, mrkdwn.code)
    return clip(f"{MARKS[verdict.state]} *{_label(check, locale)}* — {text}", MOST_LINE)


def _label(name: str, locale: Locale) -> str:
    return translate(locale, f"doctor.check.{name}")


def _text(verdict: Verdict, locale: Locale, wrap: Wrap) -> str:
    if verdict.error:
        return explain(verdict.error, locale, wrap, in_shell=True)
    values = {
        name: wrap(value) if isinstance(value, str) else value for name, value in verdict.values.items()
    }
    if wrap is mrkdwn.code and "channel" in values:
        values["channel"] = mrkdwn.channel(str(verdict.values["channel"]))
    if "check" in verdict.values:
        values["check"] = _label(str(verdict.values["check"]), locale)
    return translate(locale, verdict.text, **values)


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Put as many lines into a section as it has room for."""
    packed = ""
    for line in lines:
        if len(packed) + len(line) >= SECTION:
            yield packed
            packed = ""
        packed = f"{packed}\n{line}" if packed else line
    if packed:
        yield packed
