"""The diagnoses of the doctor: a line for each, for a terminal and for Slack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.slack import Message
from bot.i18n import Locale, translate
from bot.probes import Diagnosis, State
from bot.render import mrkdwn
from bot.render.blocks import section
from bot.render.errors import Wrap, explain, explain_in_slack
from bot.render.limits import SECTION, clip, one_line

MARKS = {State.OK: "✅", State.WRONG: "❌", State.UNKNOWN: "⚠️"}
MOST_LINE = 600
"""Characters of a line; Slack's section takes 3,000."""


def terminal_line(check: str, diagnosis: Diagnosis, locale: Locale) -> str:
    """Write a check's line for a terminal: its state, its name, what was found."""
    states = {state: translate(locale, f"doctor.state.{state}") for state in State}
    state = states[diagnosis.state].ljust(max(map(len, states.values())) + 2)
    return f"{state}{_label(check, locale)}: {_text(diagnosis, locale, one_line)}\n"


def doctor_message(diagnoses: Mapping[str, Diagnosis], locale: Locale) -> Message:
    """Make the private answer, of diagnoses by check: what is wrong first, then what is not known."""
    states = Counter(diagnosis.state for diagnosis in diagnoses.values())
    counts = {state.value: states[state] for state in State}
    title = translate(locale, "doctor.summary", **counts)
    order = (State.WRONG, State.UNKNOWN, State.OK)
    ordered = sorted(diagnoses.items(), key=lambda found: order.index(found[1].state))
    lines = [_slack_line(check, diagnosis, locale) for check, diagnosis in ordered]
    return Message(title, (section(f"*{title}*"), *map(section, _packed(lines))))


def _slack_line(check: str, diagnosis: Diagnosis, locale: Locale) -> str:
    text = (
        explain_in_slack(diagnosis.error, locale)
        if diagnosis.error
        else _text(diagnosis, locale, mrkdwn.code)
    )
    return clip(f"{MARKS[diagnosis.state]} *{_label(check, locale)}* — {text}", MOST_LINE)


def _label(name: str, locale: Locale) -> str:
    return translate(locale, f"doctor.check.{name}")


def _text(diagnosis: Diagnosis, locale: Locale, wrap: Wrap) -> str:
    if diagnosis.error:
        return explain(diagnosis.error, locale, wrap, in_shell=True)
    values = {
        name: wrap(value) if isinstance(value, str) else value for name, value in diagnosis.values.items()
    }
    if wrap is mrkdwn.code and "channel" in values:
        values["channel"] = mrkdwn.channel(str(diagnosis.values["channel"]))
    if "check" in diagnosis.values:
        values["check"] = _label(str(diagnosis.values["check"]), locale)
    further = [_text(one, locale, wrap) for one in diagnosis.more]
    return " ".join([translate(locale, diagnosis.text, **values), *further])


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
