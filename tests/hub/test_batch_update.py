"""What customers change in findings."""

from __future__ import annotations

from typing import Any

import pytest

from playground.hub import Hub
from playground.hub.findings.finding import MAX_BYTES, size_of
from playground.hub.operations.batch_update import REFUSALS
from tests.hub.samples import Clock, Parameters, asff, identifier, ids, matching, refused

NOTIFIED = {"Workflow": {"Status": "NOTIFIED"}}
NEW = matching("WorkflowStatus", "EQUALS", "NEW")


class TestChanges:
    """Source: operation BatchUpdateFindings in botocore's service model."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            (NOTIFIED, NOTIFIED),
            ({"VerificationState": "TRUE_POSITIVE"}, {"VerificationState": "TRUE_POSITIVE"}),
            ({"Confidence": 7, "Criticality": 8}, {"Confidence": 7, "Criticality": 8}),
            ({"Types": ["Effects"]}, {"Types": ["Effects"]}),
            ({"Severity": {"Label": "LOW"}}, {"Severity": {"Label": "LOW", "Normalized": 1}}),
            ({"Severity": {"Normalized": 39}}, {"Severity": {"Label": "LOW", "Normalized": 39}}),
            ({"Severity": {"Normalized": 90}}, {"Severity": {"Label": "CRITICAL", "Normalized": 90}}),
            ({"UserDefinedFields": {"a": "b"}}, {"UserDefinedFields": {"a": "b"}}),
        ],
    )
    def test_update_sets_each_updatable_field(
        self, home: Hub, client: Any, changes: Parameters, expected: Parameters
    ) -> None:
        """Each thing that may be updated is."""
        home.load([asff()])
        answer = client.batch_update_findings(FindingIdentifiers=[identifier()], **changes)

        assert [identifier()] == answer["ProcessedFindings"]
        assert [] == answer["UnprocessedFindings"]
        assert expected.items() <= home.finding("finding-0001").items()

    def test_update_keeps_other_fields(self, home: Hub, client: Any) -> None:
        """UpdatedAt, WorkflowState and all fields that were not named stay as they were."""
        home.load([asff(UserDefinedFields={"a": "b"})])
        before = home.finding("finding-0001")
        client.batch_update_findings(FindingIdentifiers=[identifier()], **NOTIFIED)

        assert {**before, **NOTIFIED} == home.finding("finding-0001")

    def test_note_replaces_earlier_note(self, home: Hub, client: Any, clock: Clock) -> None:
        """A note replaces the one before and gets the time of the call."""
        home.load([asff(Note={"Text": "old", "UpdatedBy": "auditor", "UpdatedAt": "2026-11-01T00:00:00Z"})])
        note = {"Text": "seen", "UpdatedBy": "security"}
        client.batch_update_findings(FindingIdentifiers=[identifier()], Note=note)

        assert {**note, "UpdatedAt": "2026-11-24T12:00:00.000Z"} == home.finding("finding-0001")["Note"]

    def test_user_defined_fields_replace_earlier_ones(self, home: Hub, client: Any) -> None:
        """UserDefinedFields replace those before (believed, not documented)."""
        home.load([asff(UserDefinedFields={"kept": "no"})])
        client.batch_update_findings(FindingIdentifiers=[identifier()], UserDefinedFields={"a": "b"})

        assert {"a": "b"} == home.finding("finding-0001")["UserDefinedFields"]

    def test_loaded_dict_is_not_changed(self, home: Hub, client: Any) -> None:
        """What a test has loaded stays as the test made it."""
        finding = asff()
        home.load([finding])
        client.batch_update_findings(FindingIdentifiers=[identifier()], **NOTIFIED)

        assert asff() == finding


class TestRefusals:
    """Source: shape BatchUpdateFindingsUnprocessedFinding in botocore's service model."""

    def outcome(self, client: Any, *identifiers: Parameters, **changes: Any) -> list[tuple[str, str, str]]:
        """Update, and give Id, code and message of what was refused."""
        answer = client.batch_update_findings(FindingIdentifiers=list(identifiers), **(changes or NOTIFIED))
        return [
            (entry["FindingIdentifier"]["Id"], entry["ErrorCode"], entry["ErrorMessage"])
            for entry in answer["UnprocessedFindings"]
        ]

    def test_unknown_finding_is_refused_alone(self, home: Hub, client: Any) -> None:
        """A finding that is not there is refused by itself; the others are updated."""
        home.load([asff(1)])

        assert [("finding-0002", "FindingNotFound", "Finding Not Found")] == self.outcome(
            client, identifier(1), identifier(2)
        )
        assert "NOTIFIED" == home.finding("finding-0001")["Workflow"]["Status"]

    def test_id_of_another_product_is_another_finding(self, home: Hub, client: Any) -> None:
        """An Id of another product is another finding."""
        home.load([asff(1)])
        stranger = identifier(1, "arn:aws:securityhub:ap-northeast-1::product/aws/guardduty")

        assert "FindingNotFound" == self.outcome(client, stranger)[0][1]

    def test_second_mention_of_finding_is_refused(self, home: Hub, client: Any) -> None:
        """The second mention of a finding is refused."""
        home.load([asff(1)])

        assert [
            ("finding-0001", "DuplicatedFindingIdentifier", "Finding Identifier is duplicated")
        ] == self.outcome(client, identifier(1), identifier(1))

    def test_note_that_would_make_finding_greater_than_240_kb_is_refused(
        self, home: Hub, client: Any
    ) -> None:
        """A note that would make the finding greater than 240 KB is refused."""
        room = MAX_BYTES - size_of(asff(1, WorkflowState="NEW", Description="")) - 100
        home.load([asff(1, Description="x" * room)])
        note = {"Text": "x" * 200, "UpdatedBy": "security"}

        assert [("finding-0001", "FindingSizeExceeded", "Finding size exceeded 240 KB")] == self.outcome(
            client, identifier(1), Note=note
        )
        assert "Note" not in home.finding("finding-0001")

    def test_malformed_product_arn_is_invalid_input(self, home: Hub, client: Any) -> None:
        """A ProductArn that is no ARN is invalid input."""
        assert [("finding-0001", "InvalidInput", "Invalid Input")] == self.outcome(client, identifier(1, "x"))

    @pytest.mark.parametrize("code", sorted(REFUSALS))
    def test_each_refusal_code_can_be_ordered(self, home: Hub, client: Any, code: str) -> None:
        """A test can order each of the six codes for a finding, with AWS's message."""
        home.load([asff(1), asff(2)])
        home.refuse["finding-0002"] = code

        assert [("finding-0002", code, REFUSALS[code])] == self.outcome(client, identifier(1), identifier(2))
        assert "NEW" == home.finding("finding-0002")["Workflow"]["Status"]

    def test_refusal_that_is_ordered_once_lets_next_attempt_through(self, home: Hub, client: Any) -> None:
        """A refusal that is ordered once lets the next attempt through."""
        home.load([asff(1)])
        home.refuse_once["finding-0001"] = "ConcurrentUpdateError"

        assert "ConcurrentUpdateError" == self.outcome(client, identifier(1))[0][1]
        assert [] == self.outcome(client, identifier(1))


class TestBadCalls:
    """Source: operation BatchUpdateFindings and shape AwsSecurityFinding (lengths) in the service model."""

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"Workflow": {"Status": "notified"}}, "Workflow.Status should be equal to one of the allowed"),
            ({"Workflow": {"Status": "DEFERRED"}}, "Workflow.Status should be equal to one of the allowed"),
            ({"Note": {"Text": "x" * 513, "UpdatedBy": "a"}}, "Note.Text should NOT be longer than 512"),
            ({"Note": {"Text": " ", "UpdatedBy": "a"}}, "Note.Text should match pattern"),
            ({"UserDefinedFields": {str(n): "x" for n in range(51)}}, "more than 50 items"),
            ({"UserDefinedFields": {"x" * 129: "x"}}, "key should NOT be longer than 128"),
            ({"UserDefinedFields": {"x": "x" * 1025}}, "['x'] should NOT be longer than 1024"),
            ({"Types": ["Effects"] * 51}, "Types should NOT have more than 50"),
            ({"Confidence": 101}, "Confidence should be <= 100"),
            ({}, "should have one of the properties"),
        ],
    )
    def test_change_that_breaks_rule_refuses_call(
        self, home: Hub, client: Any, changes: Parameters, words: str
    ) -> None:
        """A change that breaks a rule refuses the whole call."""
        home.load([asff()])
        with refused("InvalidInputException", words):
            client.batch_update_findings(FindingIdentifiers=[identifier()], **changes)

        assert asff().items() <= home.finding("finding-0001").items()

    def test_longest_values_are_taken(self, home: Hub, client: Any) -> None:
        """What is as long as it may be is taken."""
        home.load([asff()])
        answer = client.batch_update_findings(
            FindingIdentifiers=[identifier()],
            Note={"Text": "x" * 512, "UpdatedBy": "security"},
            UserDefinedFields={f"{number:0128}": "x" * 1024 for number in range(50)},
        )

        assert 1 == len(answer["ProcessedFindings"])

    @pytest.mark.parametrize("count", [0, 101])
    def test_no_identifier_and_101_identifiers_are_refused(self, client: Any, count: int) -> None:
        """No identifier, and more than 100, are refused."""
        with refused("InvalidInputException", "1 to 100 items"):
            client.batch_update_findings(
                FindingIdentifiers=[identifier(number) for number in range(count)], **NOTIFIED
            )

    def test_hundred_identifiers_are_taken(self, home: Hub, client: Any) -> None:
        """A hundred identifiers are taken."""
        home.load(asff(number) for number in range(100))
        identifiers = [identifier(number) for number in range(100)]
        answer = client.batch_update_findings(FindingIdentifiers=identifiers, **NOTIFIED)

        assert identifiers == answer["ProcessedFindings"]

    def test_note_without_author_is_refused(self, home: Hub) -> None:
        """A note needs who wrote it; botocore would not even send it."""
        from playground.hub.front import answer

        parameters = {"FindingIdentifiers": [identifier()], "Note": {"Text": "x"}}
        given = answer(home, "BatchUpdateFindings", parameters)

        assert 400 == given.status
        assert "InvalidInputException" == given.code
        assert "required property 'UpdatedBy'" in given.body["Message"]


class TestLag:
    """Source: "it can take several minutes for Security Hub CSPM to process your request", same operation."""

    def test_lagging_update_shows_later(self, home: Hub, client: Any, clock: Clock) -> None:
        """GetFindings shows an update when its time has come, and not before."""
        home.knobs.lag_seconds = 120
        home.load([asff()])
        client.batch_update_findings(FindingIdentifiers=[identifier()], **NOTIFIED)
        clock.sleep(119)
        before = ids(client.get_findings(Filters=NEW))
        clock.sleep(1)

        assert ["finding-0001"] == before
        assert [] == ids(client.get_findings(Filters=NEW))

    def test_answer_says_at_once_what_was_processed(self, home: Hub, client: Any, clock: Clock) -> None:
        """The answer says at once what was processed, and a test sees the outcome at once."""
        home.knobs.lag_seconds = 120
        home.load([asff()])
        answer = client.batch_update_findings(FindingIdentifiers=[identifier()], **NOTIFIED)

        assert [identifier()] == answer["ProcessedFindings"]
        assert "NOTIFIED" == home.finding("finding-0001")["Workflow"]["Status"]

    def test_lagging_updates_show_in_order(self, home: Hub, client: Any, clock: Clock) -> None:
        """Two updates on the way show in the order in which they were made."""
        home.knobs.lag_seconds = 120
        home.load([asff()])
        for status in ("NOTIFIED", "SUPPRESSED"):
            client.batch_update_findings(FindingIdentifiers=[identifier()], Workflow={"Status": status})
            clock.sleep(60)
        halfway = client.get_findings()["Findings"][0]
        clock.sleep(60)

        assert {"Status": "NOTIFIED"} == halfway["Workflow"]
        assert {"Status": "SUPPRESSED"} == client.get_findings()["Findings"][0]["Workflow"]
