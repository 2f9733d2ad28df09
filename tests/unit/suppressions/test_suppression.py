"""Suppressions: what a finding tells about its own, and the list of all."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date

import pytest

from bot.domain.command import format_query, parse_query
from bot.domain.document import parse_job
from bot.domain.finding import BOT, Finding, FindingIdentifier, Note, WorkflowStatus
from bot.domain.job import to_document
from bot.domain.query import Query
from bot.domain.suppression import (
    AT,
    BY,
    CHANGE,
    REASON,
    UNTIL,
    Remark,
    is_as_made,
    remark_on,
    until_of,
)
from bot.domain.triage import FindingState
from bot.errors import InvalidJobError
from bot.i18n import Locale, translate
from bot.render.csv_file import COLUMNS, SUPPRESSED_COLUMNS
from tests.builders import NOW, PERSON, PRODUCT_ARN, a_finding, a_scan_job, a_threat
from tests.delivery import deliver_once
from tests.fakes import FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings

SUPPRESSED = WorkflowStatus.SUPPRESSED
FIELDS = (
    (CHANGE, "NEW -> SUPPRESSED"),
    (BY, "Kim (U0KIM)"),
    (AT, "2026-11-01T00:00:00+00:00"),
    (UNTIL, "2026-12-31"),
    (REASON, "=public by design"),
)
BY_BOT = a_finding(1, workflow_status=SUPPRESSED, note=Note("Suppressed", BOT), user_fields=FIELDS)
IN_CONSOLE = a_finding(2, workflow_status=SUPPRESSED, note=Note("agreed", "auditor"))
ALL = Query(controls=(), statuses=(SUPPRESSED,), is_of_failed=False)


class TestRemark:
    """Who, since when, until when and why."""

    def test_suppression_of_bot_is_recognized(self) -> None:
        """Where the bot's last word is a suppression, its fields tell."""
        expected = Remark("Kim (U0KIM)", "2026-11-01T00:00:00+00:00", "2026-12-31", "=public by design")
        assert expected == remark_on(BY_BOT)

    def test_foreign_suppression_shows_its_note(self) -> None:
        """What was suppressed elsewhere has the note at most, also where the bot has once reopened it."""
        reopened = (*FIELDS[1:], (CHANGE, "SUPPRESSED -> NEW"))
        later = a_finding(3, note=IN_CONSOLE.note, user_fields=reopened)

        assert Remark("auditor", "", "", "agreed") == remark_on(IN_CONSOLE) == remark_on(later)
        assert Remark("", "", "", "") == remark_on(a_finding(4, note=Note("Reopened by Kim", BOT)))


class TestState:
    """What the bot has made of a finding."""

    def test_only_suppression_with_a_last_day_ends(self) -> None:
        """Only a suppression does, and only one with a last day."""
        fields = dict(FIELDS)
        assert date(2026, 12, 31) == until_of(FindingState(SUPPRESSED, None, fields))
        assert None is until_of(FindingState(WorkflowStatus.NEW, None, fields))
        assert None is until_of(FindingState(SUPPRESSED, None, {}))
        assert None is until_of(FindingState(SUPPRESSED, None, {UNTIL: "for now"}))

    @pytest.mark.parametrize(
        ("present", "is_same"),
        [
            (FindingState(SUPPRESSED, IN_CONSOLE.note, dict(FIELDS)), True),
            (FindingState(SUPPRESSED, IN_CONSOLE.note, dict(FIELDS) | {"ticket": "A-1"}), True),
            (FindingState(SUPPRESSED, IN_CONSOLE.note, dict(FIELDS) | {AT: "2027-01-01"}), False),
            (FindingState(SUPPRESSED, IN_CONSOLE.note, dict(FIELDS) | {f"{BOT}/message": "C0/1.2"}), True),
            (FindingState(SUPPRESSED, None, dict(FIELDS)), False),
            (FindingState(WorkflowStatus.NEW, IN_CONSOLE.note, dict(FIELDS)), False),
        ],
    )
    def test_later_change_ends_bots_suppression(self, present: FindingState, is_same: bool) -> None:  # noqa: FBT001
        """Another status, note or later suppression is a touch, somebody's ticket number is not."""
        assert is_same == is_as_made(present, FindingState(SUPPRESSED, IN_CONSOLE.note, dict(FIELDS)))


class TestCommand:
    """`/sechub-scan suppressed`."""

    @pytest.mark.parametrize("text", ["suppressed", "Suppressed", "抑制", "抑制中", "status:suppressed"])
    def test_suppressed_without_controls_lists_all(self, text: str) -> None:
        """Without controls it is of all controls."""
        assert ALL == parse_query(text)
        assert "suppressed" == format_query(parse_query(text))

    def test_options_narrow_the_suppressed_list(self) -> None:
        """The words of a scan narrow it, and it survives its way through a job."""
        query = parse_query("suppressed S3.8,IAM.1 severity:high account:123456789012 region:us-east-1")
        job = a_scan_job(query=query)

        assert ("S3.8", "IAM.1") == query.controls
        assert query == parse_query(format_query(query))
        assert job == parse_job(json.loads(json.dumps(to_document(job))))

    def test_only_the_suppressed_list_may_lack_controls(self) -> None:
        """Only what is suppressed may be asked for without controls."""
        job = a_scan_job()

        with pytest.raises(InvalidJobError):
            parse_job(to_document(job) | {"query": {"controls": [], "statuses": ["NEW"]}})


def listed(findings: list[Finding], query: Query = ALL) -> tuple[str, list[dict[str, str]]]:
    """Ask for what is suppressed; give the message, and the rows of the CSV."""
    messenger = FakeMessenger(locales={PERSON.user_id: Locale.EN})
    world = FakeWorld(findings=FakeFindings(findings), messenger=messenger)
    deliver_once(a_scan_job(query=query), world)
    (posted,) = messenger.posted.values()
    rows = [csv.DictReader(file.decode("utf-8-sig").splitlines()) for *_, file in messenger.files]
    return f"{posted.message.text} {posted.message.blocks}", [row for reader in rows for row in reader]


class TestList:
    """What is listed."""

    def test_list_has_suppressions_of_bot_and_console(self) -> None:
        """The bot's suppressions and those of the console are there, and nothing else."""
        message, rows = listed([BY_BOT, IN_CONSOLE, a_finding(3)])
        names = [translate(Locale.JA, f"csv.{column}") for column in SUPPRESSED_COLUMNS]

        assert "2 件が抑制されています" in message
        assert "2026-11-01 (23 日前)" in message
        assert ["2026-11-01T00:00:00+00:00", "Kim (U0KIM)", "2026-12-31", "'=public by design"] == [
            rows[0][name] for name in names
        ]
        assert ["", "auditor", "", "agreed"] == [rows[1][name] for name in names]
        assert len(COLUMNS) + len(SUPPRESSED_COLUMNS) == len(rows[0])

    @pytest.mark.parametrize("at", ["yesterday", "2026-11-01"])
    def test_malformed_time_is_left_out(self, at: str) -> None:
        """Anything can stand in the fields of a finding; the list is there all the same."""
        fields = tuple((dict(FIELDS) | {AT: at}).items())
        message, rows = listed([a_finding(1, workflow_status=SUPPRESSED, user_fields=fields)])

        assert "日前" not in message
        assert at in rows[0].values()

    def test_first_day_has_no_day_count(self) -> None:
        """What was suppressed within the last day has its day alone, not "0 days ago"."""
        fields = dict(FIELDS) | {AT: NOW.isoformat()}
        message, _ = listed([replace(BY_BOT, user_fields=tuple(fields.items()))])

        assert f"抑制日: {NOW:%Y-%m-%d}  ·" in message

    def test_merged_row_keeps_its_reason(self) -> None:
        """One problem of two findings is one row, with its reason."""
        other = a_finding(
            1,
            identifiers=(FindingIdentifier("arn:cis", PRODUCT_ARN),),
            workflow_status=SUPPRESSED,
            user_fields=FIELDS,
        )
        message, rows = listed([BY_BOT, other])

        assert 1 == len(rows)
        assert "Kim (U0KIM)" in message
        assert "Kim (U0KIM)" in rows[0].values()

    def test_list_has_all_products(self) -> None:
        """What GuardDuty has found is of no control, and is listed by its product and title."""
        message, rows = listed([a_threat(1, workflow_status=SUPPRESSED, note=Note("agreed", "auditor"))])

        assert "1 件が抑制されています" in message
        assert "guardduty" in message
        assert "Unusual console login" in message
        assert ["Unusual console login", "agreed"] == [
            rows[0][translate(Locale.JA, f"csv.{name}")] for name in ("title", "note")
        ]

    @pytest.mark.parametrize("status", ["PASSED", "WARNING", "NOT_AVAILABLE"])
    def test_list_has_passed_findings(self, status: str) -> None:
        """A suppression holds also when the resource passes, and then when it fails again."""
        finding = replace(IN_CONSOLE, compliance_status=status)
        message, _ = listed([finding])
        narrowed, _ = listed([finding], parse_query("suppressed S3.8"))

        assert "1 件が抑制されています" in message
        assert "1 件が抑制されています" in narrowed

    def test_list_has_no_other_products_if_controls_are_named(self) -> None:
        """Who names a control asks for findings of it."""
        threat = a_threat(1, workflow_status=SUPPRESSED)
        _, rows = listed([threat, IN_CONSOLE], parse_query("suppressed S3.8"))

        assert 1 == len(rows)

    def test_nothing_suppressed_is_message(self) -> None:
        """Nothing suppressed is a message too."""
        message, rows = listed([a_finding(1)])

        assert "抑制されている検出結果はありません" in message
        assert [] == rows

    def test_empty_list_names_its_query(self) -> None:
        """Nothing of one control says nothing of the others, and neither does the message."""
        message, _ = listed([replace(IN_CONSOLE, control_id="S3.1")], parse_query("suppressed S3.8"))

        assert "抑制されている検出結果はありません" not in message
        assert "条件に合う抑制中の検出結果はありません: suppressed S3.8" in message
