"""What GetFindings finds, and which filters it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from playground.hub import Hub
from playground.hub.findings.attributes import STRINGS
from tests.hub.samples import Clock, Parameters, asff, ids, matching, refused

NOVEMBER_10 = {"Start": "2026-11-10T00:00:00Z", "End": "2026-11-11T00:00:00Z"}


class TestStringFilters:
    """Source: shape StringFilter, member Comparison, in botocore's service model."""

    @pytest.mark.parametrize(
        ("filters", "numbers"),
        [
            (matching("Title", "EQUALS", "ab"), [2]),
            (matching("Title", "EQUALS", "ab", "b"), [2, 4]),
            (matching("Title", "PREFIX", "a"), [1, 2, 3]),
            (matching("Title", "PREFIX", "ab", "b"), [2, 3, 4]),
            (matching("Title", "NOT_EQUALS", "a", "b"), [2, 3]),
            (matching("Title", "PREFIX_NOT_EQUALS", "ab"), [1, 4]),
            (matching("Title", "PREFIX_NOT_EQUALS", "ab", "b"), [1]),
            (matching("Title", "EQUALS", "AB"), []),
            (matching("Title", "PREFIX", "A"), []),
            (matching("Title", "EQUALS", "none"), []),
        ],
    )
    def test_positive_values_are_ored_and_exclusions_anded(
        self, home: Hub, client: Any, filters: Parameters, numbers: list[int]
    ) -> None:
        """Positive values are ORed, negative ones ANDed, and all are case-sensitive."""
        home.load(asff(number, Title=title) for number, title in enumerate(("a", "ab", "abc", "b"), 1))

        assert [f"finding-{number:04}" for number in numbers] == ids(client.get_findings(Filters=filters))

    @pytest.mark.parametrize("exclusion", ["NOT_EQUALS", "PREFIX_NOT_EQUALS"])
    def test_prefix_beside_exclusion_finds_what_begins(self, home: Hub, client: Any, exclusion: str) -> None:
        """PREFIX beside an exclusion finds what begins so, less what is excluded."""
        home.load(asff(number, Title=title) for number, title in enumerate(("ab", "ac", "b"), 1))
        entries = matching("Title", "PREFIX", "a")["Title"] + matching("Title", exclusion, "ac")["Title"]

        assert ["finding-0001"] == ids(client.get_findings(Filters={"Title": entries}))

    def test_equals_beside_prefix_finds_what_meets_either(self, home: Hub, client: Any) -> None:
        """EQUALS beside PREFIX finds what meets either."""
        home.load(asff(number, Title=title) for number, title in enumerate(("ab", "ac", "b"), 1))
        entries = matching("Title", "PREFIX", "b")["Title"] + matching("Title", "EQUALS", "ab")["Title"]

        assert ["finding-0001", "finding-0003"] == ids(client.get_findings(Filters={"Title": entries}))

    @pytest.mark.parametrize(
        ("one", "other", "words"),
        [
            ("EQUALS", "NOT_EQUALS", "both EQUALS and NOT_EQUALS"),
            ("EQUALS", "PREFIX_NOT_EQUALS", "both EQUALS and PREFIX_NOT_EQUALS"),
            ("CONTAINS", "NOT_CONTAINS", "both CONTAINS and NOT_CONTAINS"),
            ("CONTAINS", "EQUALS", "CONTAINS only with other CONTAINS"),
            ("CONTAINS", "PREFIX", "CONTAINS only with other CONTAINS"),
            ("NOT_CONTAINS", "NOT_EQUALS", "NOT_CONTAINS only with other NOT_CONTAINS"),
            ("NOT_CONTAINS", "PREFIX_NOT_EQUALS", "NOT_CONTAINS only with other NOT_CONTAINS"),
        ],
    )
    def test_contradicting_comparisons_are_refused(
        self, client: Any, one: str, other: str, words: str
    ) -> None:
        """Comparisons that exclude each other on one attribute are refused."""
        entries = matching("Title", one, "a")["Title"] + matching("Title", other, "b")["Title"]
        with refused("InvalidInputException", words):
            client.get_findings(Filters={"Title": entries})

    @pytest.mark.parametrize("comparison", ["CONTAINS", "NOT_CONTAINS", "CONTAINS_WORD"])
    def test_comparisons_of_other_operations_are_refused(self, client: Any, comparison: str) -> None:
        """Comparisons of automation rules and of the V2 operations are refused."""
        with refused("InvalidInputException", f"should NOT have {comparison}"):
            client.get_findings(Filters=matching("Title", comparison, "a"))

    def test_unknown_comparison_is_refused(self, client: Any) -> None:
        """A comparison that is none is refused."""
        with refused("InvalidInputException", "data.Filters.Title[0].Comparison should be equal to one of"):
            client.get_findings(Filters=matching("Title", "LIKE", "a"))

    @pytest.mark.parametrize("entry", [{"Value": "a"}, {"Comparison": "EQUALS"}])
    def test_filter_without_value_or_comparison_is_refused(self, client: Any, entry: Parameters) -> None:
        """A filter without value or comparison is refused."""
        with refused("InvalidInputException", "should have required property"):
            client.get_findings(Filters={"Title": [entry]})

    def test_exclusion_finds_finding_without_attribute(self, home: Hub, client: Any) -> None:
        """A finding without the attribute is found by what only excludes."""
        home.load([asff(1, Compliance=None), asff(2)])
        filters = matching("ComplianceStatus", "NOT_EQUALS", "FAILED")

        assert ["finding-0001"] == ids(client.get_findings(Filters=filters))

    def test_absent_attribute_equals_nothing(self, home: Hub, client: Any) -> None:
        """A finding without the attribute is excluded by what asks for a value of it."""
        home.load([asff(1, Compliance=None), asff(2)])

        assert ["finding-0002"] == ids(
            client.get_findings(Filters=matching("ComplianceStatus", "EQUALS", "FAILED"))
        )

    def test_any_of_several_resources_decides(self, home: Hub, client: Any) -> None:
        """A finding with several resources is found by each, and excluded by each."""
        resources = [{"Type": "AwsS3Bucket", "Id": name} for name in ("one", "two")]
        home.load([asff(1, Resources=resources)])

        assert ["finding-0001"] == ids(client.get_findings(Filters=matching("ResourceId", "EQUALS", "two")))
        assert [] == ids(client.get_findings(Filters=matching("ResourceId", "NOT_EQUALS", "two")))

    def test_finding_must_meet_filters_of_every_attribute(self, home: Hub, client: Any) -> None:
        """A finding must meet the filters of every attribute."""
        home.load([asff(1), asff(2, RecordState="ARCHIVED"), asff(3, Severity={"Label": "LOW"})])
        filters = matching("RecordState", "EQUALS", "ACTIVE") | matching("SeverityLabel", "EQUALS", "HIGH")

        assert ["finding-0001"] == ids(client.get_findings(Filters=filters))


class TestMapFilters:
    """Source: shape MapFilter in botocore's service model."""

    def test_equals_and_not_equals_on_one_map_are_refused(self, client: Any) -> None:
        """EQUALS and NOT_EQUALS on one map are refused."""
        entries = [{"Key": "a", "Value": "b", "Comparison": how} for how in ("EQUALS", "NOT_EQUALS")]
        with refused("InvalidInputException", "both EQUALS and NOT_EQUALS"):
            client.get_findings(Filters={"ResourceTags": entries})

    def test_contains_on_map_is_for_automation_rules(self, client: Any) -> None:
        """CONTAINS on a map is for automation rules."""
        entry = {"Key": "a", "Value": "b", "Comparison": "CONTAINS"}
        with refused("InvalidInputException", "automation rules"):
            client.get_findings(Filters={"ResourceTags": [entry]})

    def test_filter_without_key_is_refused(self, client: Any) -> None:
        """A filter without a key is refused."""
        with refused("InvalidInputException", "required property 'Key'"):
            client.get_findings(Filters={"ResourceTags": [{"Value": "b", "Comparison": "EQUALS"}]})


class TestDateFilters:
    """
    Source: shapes DateFilter and DateRange in botocore's service model.

    One end alone is refused: https://github.com/elastic/integrations/issues/19101.
    """

    @pytest.mark.parametrize(
        "entry",
        [
            {"Start": "2026-11-10T00:00:00Z"},
            {"End": "2026-11-10T00:00:00Z"},
            {},
            {**NOVEMBER_10, "DateRange": {"Value": 1, "Unit": "DAYS"}},
        ],
    )
    def test_date_filter_with_one_end_is_refused(self, client: Any, entry: Parameters) -> None:
        """Anything but both ends, or a range alone, is refused."""
        with refused("InvalidInputException", "both Start and End, or DateRange"):
            client.get_findings(Filters={"UpdatedAt": [entry]})

    @pytest.mark.parametrize(
        "text", ["2026-11-10", "yesterday", "2026-11-10 00:00:00Z", "2026-13-10T00:00:00Z"]
    )
    def test_malformed_timestamp_is_refused(self, client: Any, text: str) -> None:
        """What is not a timestamp is refused."""
        with refused("InvalidInputException", "timestamps"):
            client.get_findings(Filters={"UpdatedAt": [{"Start": text, "End": "2026-11-11T00:00:00Z"}]})

    def test_finding_in_any_of_several_spans_is_found(self, home: Hub, client: Any) -> None:
        """A finding in any of several spans is found."""
        home.load([asff(1, UpdatedAt="2026-11-10T12:00:00Z"), asff(2, UpdatedAt="2026-11-01T00:00:00Z")])
        first = {"Start": "2026-11-01T00:00:00Z", "End": "2026-11-01T00:00:00Z"}
        answer = client.get_findings(Filters={"UpdatedAt": [NOVEMBER_10, first]})

        assert ["finding-0001", "finding-0002"] == ids(answer)

    @pytest.mark.parametrize(
        ("comparison", "expected"),
        [({}, [2]), ({"Comparison": "WITHIN"}, [2]), ({"Comparison": "OLDER_THAN"}, [1])],
    )
    def test_range_counts_days_back_from_now(
        self, home: Hub, client: Any, clock: Clock, comparison: Parameters, expected: list[int]
    ) -> None:
        """A range counts days back from now; WITHIN is the default."""
        home.load([asff(1, UpdatedAt="2026-11-22T11:59:59Z"), asff(2, UpdatedAt="2026-11-22T12:00:01Z")])
        entry = {"DateRange": {"Value": 2, "Unit": "DAYS", **comparison}}
        answer = client.get_findings(Filters={"UpdatedAt": [entry]})

        assert [f"finding-{number:04}" for number in expected] == ids(answer)

    def test_range_without_its_unit_is_refused(self, client: Any) -> None:
        """A range without its unit is refused."""
        with refused("InvalidInputException", "Value and Unit"):
            client.get_findings(Filters={"UpdatedAt": [{"DateRange": {"Value": 2}}]})


class TestLimits:
    """Source: operation GetFindings, parameter Filters, in botocore's service model."""

    def test_ten_attributes_are_taken(self, client: Any) -> None:
        """Ten attributes are taken, eleven refused."""
        attributes = sorted(STRINGS)[:11]
        filters = {name: entries for a in attributes for name, entries in matching(a, "EQUALS", "x").items()}
        client.get_findings(Filters=dict(list(filters.items())[:10]))
        with refused("InvalidInputException", "more than 10 properties"):
            client.get_findings(Filters=filters)

    def test_twenty_values_of_attribute_are_taken(self, client: Any) -> None:
        """Twenty values of an attribute are taken, twenty-one refused."""
        values = [f"S3.{number}" for number in range(21)]
        client.get_findings(Filters=matching("ComplianceSecurityControlId", "EQUALS", *values[:20]))
        with refused("InvalidInputException", "1 to 20 items"):
            client.get_findings(Filters=matching("ComplianceSecurityControlId", "EQUALS", *values))

    def test_attribute_without_values_is_refused(self, client: Any) -> None:
        """An attribute without values is refused, not taken for no filter (believed, not documented)."""
        with refused("InvalidInputException", "1 to 20 items"):
            client.get_findings(Filters={"AwsAccountId": []})
