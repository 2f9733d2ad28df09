"""What a view may hold."""

from __future__ import annotations

import pytest

from playground.slack.blocks import view_problems
from tests.slack import kit
from tests.slack.blocks.broken_views import VIEWS
from tests.slack.kit import Piece, plain, shown


class TestViews:
    """Modals and Home tabs."""

    @pytest.mark.parametrize(("view", "reason", "pointer"), VIEWS, ids=shown)
    def test_view_that_breaks_one_rule_has_that_one_problem(
        self, view: Piece, reason: str, pointer: str
    ) -> None:
        """A view that breaks one rule has that one problem, with a pointer to it."""
        assert view_problems(view) == [f"{reason} [json-pointer:/view{pointer}]"]

    def test_correct_form_is_taken(self) -> None:
        """A form with all it may have, at its longest, is taken; a Home tab has inputs without submit."""
        form = kit.modal(
            kit.entry(kit.select()),
            title=plain("x" * 24),
            submit=plain("x" * 24),
            close=plain("x" * 24),
            private_metadata="x" * 3000,
            callback_id="",
            external_id="x" * 255,
            clear_on_close=True,
            notify_on_close=True,
        )

        assert view_problems(form) == []
        assert view_problems(kit.home(kit.entry(kit.select()))) == []
