"""The coverage, and the settings about it."""

from __future__ import annotations

import pytest

from bot.domain.coverage import Aggregator, Coverage, Members, parse_linked
from bot.errors import InvalidSettingError

ALL = ("ap-northeast-1", "eu-west-1", "us-east-1")


class TestLinked:
    """The linked Regions of an aggregator."""

    @pytest.mark.parametrize(
        ("mode", "named", "linked"),
        [
            ("ALL_REGIONS", (), ("eu-west-1", "us-east-1")),
            ("ALL_REGIONS_EXCEPT_SPECIFIED", ("eu-west-1",), ("us-east-1",)),
            ("SPECIFIED_REGIONS", ("us-east-1", "il-central-1"), ("il-central-1", "us-east-1")),
            ("SPECIFIED_REGIONS", ("ap-northeast-1",), ()),
            ("NO_REGIONS", (), ()),
            ("A_LATER_MODE", ("us-east-1",), ()),
        ],
    )
    def test_linked_regions_depend_on_the_mode(
        self, mode: str, named: tuple[str, ...], linked: tuple[str, ...]
    ) -> None:
        """The home is never among them; of a mode that is not known, none is linked."""
        assert linked == Aggregator("ap-northeast-1", mode, named).linked(ALL)

    def test_number_of_regions_is_bounded(self) -> None:
        """However many AWS names."""
        named = tuple(f"us-east-{number}" for number in range(100))

        assert 60 == len(Aggregator("ap-northeast-1", "SPECIFIED_REGIONS", named).linked(()))


class TestCoverage:
    """The numbers."""

    @pytest.mark.parametrize(
        ("coverage", "count", "is_elsewhere"),
        [
            (Coverage("a", "a", ("b", "c")), 3, False),
            (Coverage("a", "b", ("a", "c")), 1, True),
            (Coverage("a", ""), 1, False),
            (Coverage("a", None), 0, False),
        ],
    )
    def test_regions_are_counted_at_home_only(
        self, coverage: Coverage, count: int, *, is_elsewhere: bool
    ) -> None:
        """Outside the home it is one Region; of an unknown aggregation the number is not known."""
        assert count == coverage.region_count
        assert is_elsewhere == coverage.is_elsewhere

    def test_account_is_counted_beside_its_members(self) -> None:
        """Once, also if Security Hub lists it among them."""
        assert 1 == Members(frozenset()).count
        assert 3 == Members(frozenset({"1", "2"}), "3").count
        assert 2 == Members(frozenset({"1", "2"}), "2").count


class TestSetting:
    """LINKED_REGIONS."""

    @pytest.mark.parametrize(
        ("text", "regions"),
        [
            ("", None),
            ("off", set()),
            ("OFF", set()),
            ("us-east-1, us-west-2", {"us-east-1", "us-west-2"}),
            ("us-gov-west-1 cn-north-1", {"us-gov-west-1", "cn-north-1"}),
        ],
    )
    def test_setting_is_empty_off_or_regions(self, text: str, regions: set[str] | None) -> None:
        """Empty is every linked Region."""
        assert regions == parse_linked(text)

    @pytest.mark.parametrize(
        "text", ["on", "us-east-1,off", "everywhere", "us-east-1;us-west-2", "<b>", "🎉"]
    )
    def test_other_words_are_refused(self, text: str) -> None:
        """The error names the setting and its values."""
        with pytest.raises(InvalidSettingError) as caught:
            parse_linked(text)

        assert "LINKED_REGIONS" == caught.value.values["setting"]
        assert "off" in caught.value.values["choices"]
