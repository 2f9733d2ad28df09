"""Say what came of an act: in the report's message to all, and what was not done to who wanted it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path

from bot.domain.job import Requester
from bot.domain.message import Message
from bot.domain.triage import ActionResult, Refusal
from bot.errors import BotError
from bot.ports import Ports
from bot.render.acts import feedback_text
from bot.render.csv_file import encoded, escape_formula_text
from bot.render.errors import explain_in_slack
from bot.render.message import report_message
from bot.usecases.deliver import update_or_simplify
from bot.usecases.steps import Result, Steps, UncertainStepError
from bot.usecases.triage.run import TriageRun

SHOWN_REFUSALS = 20
"""How many refused findings a person is shown one by one; more are in a file in the thread."""


def report_outcome(run: TriageRun, ports: Ports, steps: Steps) -> None:
    """
    Rewrite the report's message, and tell who acted what was left alone, refused, or could not be written.

    Where the message is gone, or Slack will not have it, that is told too: what was done is done.

    Raises:
        BotError: Slack failed, but may not when tried again; or what came of it cannot be told either.
    """
    made = next(made for made in ports.changes.acts(run.report_id) if made.act_id == run.act_id)
    unshown = steps.run("rewrite", _rewrite, run, ports).get("unshown", "")
    is_attached = made.refused_count > SHOWN_REFUSALS and _attach(run, ports, steps)
    requester = run.requester
    if requester and (unshown or _is_noteworthy(made) or run.shown_count not in (None, made.changed_count)):
        tell = partial(_tell, requester, run, made, unshown, ports, is_attached=is_attached)
        steps.run("tell", tell)


def _is_noteworthy(made: ActionResult) -> bool:
    counts = (made.refused_count, made.unrecorded_count, made.kept_note_count, made.left_note_count)
    return not made.touched_count or any((*counts, made.partly_count, *made.skipped.values()))


def _rewrite(run: TriageRun, ports: Ports) -> Result:
    """Show all that was done; again if more has been done meanwhile, which would be lost."""
    shown: list[ActionResult] | None = None
    while (acts := ports.changes.acts(run.report_id)) != shown:
        message = report_message(run.summary, acts, run.setting)
        try:
            update_or_simplify(run.channel, run.message_ts, message, ports.messenger)
        except BotError as error:
            if error.retryable:
                raise
            return {"unshown": explain_in_slack(error, run.locale)}
        shown = acts
    return {}


def _attach(run: TriageRun, ports: Ports, steps: Steps) -> bool:
    """Share the list of what was refused, and tell whether it is there for certain."""
    try:
        steps.run("refusals", _upload, run, ports, at_most_once=True)
    except (UncertainStepError, BotError):
        return False
    return True


def _upload(run: TriageRun, ports: Ports) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "refused.csv"
        _write(ports.changes.refusals(run.report_id, run.act_id), file)
        ports.messenger.upload(run.channel, run.message_ts, f"refused-{run.act_id[:8]}.csv", file)


def _write(refusals: Iterable[Refusal], file: Path) -> None:
    with file.open("wb") as out:
        out.write(encoded("\ufeff" + escape_formula_text(("finding", "product_arn", "code", "reason"))))
        out.writelines(encoded(escape_formula_text((*r.identifier, r.code, r.reason))) for r in refusals)


def _tell(
    requester: Requester, run: TriageRun, made: ActionResult, unshown: str, ports: Ports, *, is_attached: bool
) -> None:
    refusals = islice(ports.changes.refusals(run.report_id, run.act_id), SHOWN_REFUSALS)
    text = feedback_text(
        made,
        run.locale,
        unshown=unshown,
        is_attached=is_attached,
        refusals=tuple(refusals),
        shown_count=run.shown_count,
    )
    ports.messenger.tell(requester, Message(text), run.channel)
