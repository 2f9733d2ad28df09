"""Lists of who may do what."""

from __future__ import annotations

import pytest

from bot.domain.permission import Allowed, parse_allowed


class TestParse:
    """Reading a list."""

    def test_first_letter_names_the_kind(self) -> None:
        """The first letter of an ID says what it is of."""
        expected = Allowed(
            groups=frozenset({"S0123456789"}),
            people=frozenset({"U0123456789", "W0123456789"}),
            channels=frozenset({"C0123456789", "G0123456789"}),
        )

        assert expected == parse_allowed("S0123456789,U0123456789, W0123456789,\nC0123456789 G0123456789,")

    @pytest.mark.parametrize("text", ["", " ", ",", " , "])
    def test_list_without_id_is_empty(self, text: str) -> None:
        """A list without an ID is empty."""
        assert parse_allowed(text).is_empty

    @pytest.mark.parametrize(
        "text", ["@security", "security-team", "*", "s0123456789", "D0123456789", "U0123456789;U1", "T0", "U"]
    )
    def test_one_malformed_id_is_an_error(self, text: str) -> None:
        """What is no ID is an error, also beside one: who was meant is not guessed."""
        with pytest.raises(ValueError, match="U0123456789"):
            parse_allowed(f"U0123456789,{text}")
