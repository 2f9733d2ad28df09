"""Plans, changes and refusals as lines of JSON, one for each finding, so that nobody has to hold them all."""

from __future__ import annotations

import json

from bot.domain.finding import FindingIdentifier, Note, WorkflowStatus
from bot.domain.report import Refusal
from bot.domain.triage import Change, FindingState, Location, Target


def state_text(state: FindingState) -> str:
    """Write a state as the JSON that `parse_state` reads."""
    return json.dumps((state.status, state.note, state.fields))


def parse_state(text: str) -> FindingState:
    """Read a state."""
    status, note, fields = json.loads(text)
    return FindingState(WorkflowStatus(status), Note(*note) if note else None, fields)


def target_line(wanted: Target) -> str:
    """Write what is wanted of a finding as the line that `parse_target` reads."""
    restore = [state_text(state) for state in wanted.restore or ()]
    return json.dumps(
        (wanted.problem, wanted.identifier, wanted.place, wanted.expected, wanted.order, restore)
    )


def parse_target(line: str | bytes) -> Target:
    """Read what is wanted of a finding."""
    problem, identifier, place, expected, order, restore = json.loads(line)
    found_and_made = (parse_state(restore[0]), parse_state(restore[1])) if restore else None
    return Target(
        problem,
        FindingIdentifier(*identifier),
        Location(*place),
        WorkflowStatus(expected),
        order,
        found_and_made,
    )


def change_line(change: Change) -> str:
    """Write a change as the line that `parse_change` reads."""
    states = state_text(change.before), state_text(change.after)
    return json.dumps((change.problem, change.identifier, change.place, *states, change.order))


def parse_change(line: str | bytes) -> Change:
    """Read a change."""
    problem, identifier, place, before, after, order = json.loads(line)
    states = parse_state(before), parse_state(after)
    return Change(problem, FindingIdentifier(*identifier), Location(*place), *states, order)


def refusal_line(refusal: Refusal) -> str:
    """Write a refusal as the line that `refusal_of` reads."""
    return json.dumps((refusal.identifier.id, refusal.code, refusal.reason, refusal.identifier.product_arn))


def refusal_of(line: str | bytes) -> Refusal:
    """Read a refusal."""
    id_, code, reason, product_arn = json.loads(line)
    return Refusal(FindingIdentifier(id_, product_arn), code, reason)
