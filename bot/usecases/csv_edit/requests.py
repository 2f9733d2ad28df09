"""The orders of an edited CSV: what its rows ask for, in the terms of whatever is done with findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.action import Action, ActionRequest
from bot.domain.csv_edit import Edit, EditedChange
from bot.domain.finding import WorkflowStatus
from bot.domain.triage import Location, Target

_ACTIONS = {action.status: action for action in Action}


class Orders:
    """
    One order for each status and note that some finding gets, and each note that it gets it for.

    A row that has only another note asks for the status that it has: findings are updated as a whole.
    """

    def __init__(self, changes: Iterable[tuple[EditedChange, str]]) -> None:
        self._places: dict[tuple[WorkflowStatus, str | None, str], int] = {}
        for change, over in changes:
            for status in (change.status,) if change.status else WorkflowStatus:
                self._places.setdefault((status, change.note, over), len(self._places))

    @property
    def all(self) -> tuple[ActionRequest, ...]:
        """The orders, in the places that `wanted` names."""
        return tuple(
            ActionRequest(_ACTIONS[status], note or "", note=note, over=over, leaves_note=note is None)
            for status, note, over in self._places
        )

    def wanted(self, edit: Edit) -> Iterator[Target]:
        """Want each finding of a problem changed from what the report says of it."""
        seen, change = edit.seen, edit.change
        place = Location(seen.control_id, seen.account_id, seen.region, seen.resource_id)
        for identifier, status in seen.statuses.items():
            order = self._places[change.status or status, change.note, edit.over]
            yield Target(edit.problem, identifier, place, status, order)
