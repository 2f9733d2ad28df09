"""A report as a Slack message."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.action import Action, ActionRequest
from bot.domain.control import Missing
from bot.domain.finding import Resource, Severity, WorkflowStatus
from bot.domain.query import Query
from bot.domain.report import Summary, Unread
from bot.domain.triage import ActionResult, Skip
from bot.i18n import Locale
from bot.render.blocks import text_alone
from bot.render.ids import NOTIFY_ALL, NOTIFY_ROW, TRIAGE
from bot.render.message import ReportSetting, headline, report_message
from playground.slack.blocks import problems
from tests.builders import a_finding, a_summary, an_act, some_findings
from tests.effort import examples
from tests.unit.world.message import EN, MOST_CHARACTERS, buttons, shown

JA = ReportSetting(Locale.JA, "本番")


NASTY = st.one_of(
    st.text(),
    st.sampled_from(
        ["<!channel>", "<@U0>", "`", "```", "*_~", "&", "<", "> ", "違", "🎉", "\n", "=cmd()", "{count}", ""]
    ),
).flatmap(lambda text: st.sampled_from([1, 50, 2000]).map(lambda times: text * times))


STATUSES = st.sampled_from([WorkflowStatus.NEW, WorkflowStatus.NOTIFIED])


FINDINGS = st.builds(
    lambda number, **changes: replace(a_finding(number), **changes),
    number=st.integers(0, 99),
    title=NASTY,
    control_id=NASTY,
    account_name=NASTY,
    region=NASTY,
    severity=st.sampled_from(Severity),
    resources=st.lists(st.builds(Resource, NASTY, NASTY), max_size=3).map(tuple),
    workflow_status=STATUSES,
)


UNREAD = st.lists(
    st.builds(
        Unread,
        controls=st.lists(NASTY, min_size=1, max_size=30).map(tuple),
        code=st.just("unexpected-response"),
        values=st.fixed_dictionaries(
            {"service": st.just("AWS"), "call": st.just("x"), "reason": NASTY.map(lambda text: text[:200])}
        ),
    ),
    max_size=3,
).map(tuple)


LOCALES = st.sampled_from(Locale)


@st.composite
def reports(draw: st.DrawFn) -> tuple[Summary, list[ActionResult], ReportSetting]:
    """Draw a report, the actions on it, and its setting."""
    findings = draw(st.lists(FINDINGS, max_size=12))
    count = draw(st.sampled_from([0, 1, 10_000, 1_000_000])) + len(findings) if findings else 0
    controls = draw(st.lists(NASTY, max_size=30).map(tuple))
    missing = draw(st.lists(st.builds(Missing, NASTY, st.just(("ECR.1",))), max_size=7).map(tuple))
    summary = a_summary(findings, draw(UNREAD), query=Query(controls=controls), missing=missing)
    summary = replace(summary, finding_count=count, new_count=draw(st.integers(0, count)))
    rows = draw(st.lists(st.none() | st.integers(0, 9), max_size=20))
    requests = st.builds(ActionRequest, st.sampled_from(Action), NASTY, st.none() | st.dates())
    shown = range(min(10, len(findings)))
    acts = [
        an_act(
            draw(st.integers(0, count)),
            row,
            request=draw(st.none() | requests),
            changed=draw(st.dictionaries(st.sampled_from(WorkflowStatus), st.integers(1, 10**6))),
            rows=draw(st.dictionaries(st.sampled_from(shown), st.sampled_from(WorkflowStatus)))
            if shown
            else {},
            skipped=draw(st.dictionaries(st.sampled_from(Skip), st.integers(1, 10**6))),
            refused_count=draw(st.integers(0, 2)),
            undoes=draw(st.sampled_from([None, "x"])),
            noted_count=draw(st.integers(0, 2)),
            act_id=f"act{number}",
        )
        for number, row in enumerate(rows)
    ]
    return summary, acts, ReportSetting(draw(LOCALES), draw(NASTY))


class TestLimits:
    """Slack's limits, for any report."""

    @settings(max_examples=examples(40))
    @given(reports())
    def test_slack_takes_message_of_any_report(
        self, report: tuple[Summary, list[ActionResult], ReportSetting]
    ) -> None:
        """Slack takes the message of any report: its text, each of its blocks, and all of them together."""
        summary, acts, setting = report
        message = report_message(summary, acts, setting)

        assert [] == problems(message.blocks, "message")
        assert 0 < len(message.text) <= 4000
        assert len(json.dumps(message.blocks, ensure_ascii=False)) < MOST_CHARACTERS
        assert 0 < len(text_alone(message).text) <= 40_000

    @settings(max_examples=examples(25))
    @given(reports())
    def test_long_message_keeps_the_count(
        self, report: tuple[Summary, list[ActionResult], ReportSetting]
    ) -> None:
        """However long the rest is, the message says how many were found."""
        summary, acts, setting = report
        message = report_message(summary, acts, setting)

        partial_and_empty = summary.unread and not summary.finding_count
        assert partial_and_empty or f"{summary.finding_count:,}" in message.text
        assert partial_and_empty or f"{summary.finding_count:,}" in message.blocks[1]["text"]["text"]

    def test_refused_layout_becomes_text(self) -> None:
        """If Slack refuses the layout, all that is not a button is still said, as text alone."""
        message = report_message(a_summary(some_findings(2)), [], EN)
        alone = text_alone(message)

        assert () == alone.blocks
        assert "Security Hub: S3.8" in alone.text
        for said in ("Found 2 violations", "🟠 HIGH  *2*", "`bucket-0`", "`bucket-1`", "Requested by"):
            assert 1 == alone.text.count(said)

    @pytest.mark.parametrize("character", ["a", "違", "<", "&", '"', "\\", "\0", "\n", "🎉", "`"])
    @pytest.mark.parametrize("locale", list(Locale))
    def test_long_names_are_shortened_alike(self, locale: Locale, character: str) -> None:
        """Where every name is very long less is shown of each, and half of the top findings at least."""
        long = f"x{character * 2000}y"
        findings = [
            a_finding(
                n,
                title=long,
                account_name=long,
                control_id=long,
                region=long,
                resources=(Resource(long, ""),),
            )
            for n in range(10)
        ]
        unread = (
            Unread((long,), "unexpected-response", {"service": "AWS", "call": "x", "reason": long[:200]}),
        )
        message = report_message(a_summary(findings, unread), [], ReportSetting(locale, long))
        rows = [one for one in buttons(message) if one["action_id"] == NOTIFY_ROW]

        assert len(json.dumps(message.blocks, ensure_ascii=False)) < MOST_CHARACTERS
        assert [] == problems(message.blocks, "message")
        assert 5 <= len(rows)
        assert [NOTIFY_ALL, TRIAGE] == [one["action_id"] for one in buttons(message)[:2]]


class TestSentence:
    """The first sentence."""

    def test_headline_has_the_original_words(self) -> None:
        """Its words are those of the Lambda that this bot comes from."""
        summary = a_summary(some_findings(3))

        assert (
            "🚨 本番 環境で 3 件の違反を検出しました。詳細は添付のCSVファイルを確認してください。"
            == report_message(summary, [], JA).text
        )

    def test_no_findings_is_message(self) -> None:
        """No findings is a message too, with the number in it."""
        assert "✅ 本番 環境で違反は検出されませんでした (0件)。" == headline(a_summary(), JA)
        assert "✅ Found no violations in production (0)." == headline(a_summary(), EN)

    def test_partial_report_is_not_called_clean(self) -> None:
        """Nothing found in a part is not what nothing found is."""
        unread = (Unread(("S3.8",), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"}),)
        message = report_message(a_summary([], unread), [], EN)

        assert "✅" not in message.text + shown(message)
        assert "(0)" not in message.text

    def test_environment_name_mentions_nobody(self) -> None:
        """An environment's name is no markup."""
        message = report_message(a_summary(), [], ReportSetting(Locale.EN, "<!channel>"))

        assert "<!channel>" not in message.text
        assert "<!channel>" not in shown(message)


class TestCounts:
    """The numbers by severity and control."""

    def test_message_counts_each_severity_and_control(self) -> None:
        """Every severity and control that was found has its number."""
        findings = [a_finding(1), a_finding(2), a_finding(3, severity=Severity.LOW, control_id="S3.1")]
        counted = shown(report_message(a_summary(findings), [], EN))

        assert "🟠 HIGH  *2*" in counted
        assert "🔵 LOW  *1*" in counted
        assert "`S3.8`  *2*" in counted
        assert "`S3.1`  *1*" in counted

    def test_remaining_controls_are_one_number(self) -> None:
        """With many controls the most frequent are named, and the rest is one number."""
        findings = [a_finding(10 * c + n, control_id=f"S3.{c}") for c in range(10) for n in range(10 - c)]
        counted = shown(report_message(a_summary(findings), [], EN))

        assert "`S3.6`  *4*" in counted
        assert "`S3.7`" not in counted.split("*By control*")[1].split("🟠")[0]
        assert "3 more controls  *6*" in counted

    def test_message_counts_what_a_check_could_have_shown(self) -> None:
        """A sentence says how many findings are of controls that a template shows, if there are some."""
        account = a_finding(3, control_id="Account.1")
        counted = shown(report_message(a_summary([a_finding(1), a_finding(2), account]), [], EN))

        assert "2 of 3 could have been seen before deployment: `python -m bot check`" in counted
        assert "before deployment" not in shown(report_message(a_summary([account]), [], EN))

    def test_clean_report_has_no_counts(self) -> None:
        """A clean report has neither counts nor rows nor buttons."""
        assert ["header", "section", "context"] == [
            block["type"] for block in report_message(a_summary(), [], EN).blocks
        ]


class TestPartial:
    """What could not be read."""

    def test_unread_controls_are_named(self) -> None:
        """The controls that are missing stand in the message, and why."""
        values = {"service": "AWS", "call": "securityhub:GetFindings"}
        unread = (Unread(("S3.1", "EC2.19"), "throttled", values),)
        told = shown(report_message(a_summary(some_findings(1), unread), [], EN))

        assert "`S3.1, EC2.19`" in told
        assert "too many requests" in told

    def test_each_reason_is_one_paragraph(self) -> None:
        """Ten queries that fail for one reason are one paragraph."""
        values = {"service": "AWS", "call": "securityhub:GetFindings"}
        unread = tuple(Unread((f"S3.{n}",), "throttled", values) for n in range(10))
        message = report_message(a_summary(some_findings(1), unread), [], EN)

        assert 1 == shown(message).count("too many requests")
        assert "`S3.0, S3.1, S3.2, S3.3, S3.4, S3.5, S3.6, S3.7, S3.8, S3.9`" in shown(message)


class TestFooter:
    """The requester, the time and the query."""

    def test_report_names_its_requester(self) -> None:
        """A report that somebody asked for names them."""
        assert "Requested by <@U0PERSON>" in shown(report_message(a_summary(), [], EN))

    def test_scheduled_report_says_so(self) -> None:
        """A report that nobody asked for says so."""
        assert "Scheduled report" in shown(report_message(a_summary(requester_id=None), [], EN))

    def test_message_repeats_its_query(self) -> None:
        """The words that would ask for it again stand there."""
        query = Query(controls=("S3.8",), severities=(Severity.HIGH,), accounts=("123456789012",))
        told = shown(report_message(a_summary(query=query), [], EN))

        assert "`S3.8 severity:HIGH account:123456789012`" in told
