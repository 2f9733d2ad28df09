"""A report as a Slack message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.action import Action, Order
from bot.domain.change import Act, Skip
from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus
from bot.domain.message import Message
from bot.domain.query import Query
from bot.domain.report import Summary, Unread
from bot.i18n import Locale
from bot.render.acts import UNDO
from bot.render.message import Setting, headline, report_message
from bot.render.top import ACT_ON_ROW, TRIAGE
from playground.slack.blocks import problems
from tests.builders import NOW, PERSON, a_finding, a_summary, an_act, some_findings

JA = Setting(Locale.JA, "本番")
EN = Setting(Locale.EN, "production")

MOST_CHARACTERS = 12_000
"""Slack answers msg_blocks_too_long beyond about this much JSON."""

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
def reports(draw: st.DrawFn) -> tuple[Summary, list[Act], Setting]:
    """Draw a report, what was done about it, and where it is shown."""
    findings = draw(st.lists(FINDINGS, max_size=12))
    count = draw(st.sampled_from([0, 1, 10_000, 1_000_000])) + len(findings) if findings else 0
    controls = draw(st.lists(NASTY, max_size=30).map(tuple))
    summary = a_summary(findings, draw(UNREAD), query=Query(controls=controls))
    summary = replace(summary, finding_count=count, new_count=draw(st.integers(0, count)))
    rows = draw(st.lists(st.none() | st.integers(0, 9), max_size=20))
    orders = st.builds(Order, st.sampled_from(Action), NASTY, st.none() | st.dates())
    shown = range(min(10, len(findings)))
    acts = [
        an_act(
            draw(st.integers(0, count)),
            row,
            order=draw(st.none() | orders),
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
    return summary, acts, Setting(draw(LOCALES), draw(NASTY))


def texts(value: Any) -> Iterator[str]:
    """Give every text that is shown, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def shown(message: Message) -> str:
    """Give all that a message shows as one text."""
    return "\n".join(texts(message.blocks))


def buttons(message: Message) -> list[dict[str, Any]]:
    """Give a message's buttons, from the top."""
    found = [block["accessory"] for block in message.blocks if "accessory" in block]
    return found + [e for block in message.blocks if block["type"] == "actions" for e in block["elements"]]


def values(message: Message, action_id: str) -> list[str]:
    """Give the values of the buttons that do something."""
    return [button["value"] for button in buttons(message) if button["action_id"] == action_id]


def statuses(message: Message) -> list[str]:
    """Give the last column of the table."""
    (table,) = [block for block in message.blocks if block["type"] == "table"]
    return [row[-1]["text"] for row in table["rows"][1:]]


class TestLimits:
    """Slack's limits, whatever is in the report."""

    @settings(max_examples=40)
    @given(reports())
    def test_are_kept(self, report: tuple[Summary, list[Act], Setting]) -> None:
        """Slack takes the message of any report: its text, each of its blocks, and all of them together."""
        summary, acts, setting = report
        message = report_message(summary, acts, setting)

        assert [] == problems(message.blocks, "message")
        assert 0 < len(message.text) <= 4000
        assert len(json.dumps(message.blocks, ensure_ascii=False)) < MOST_CHARACTERS
        assert [] == problems(message.without_tables().blocks, "message")

    @settings(max_examples=25)
    @given(reports())
    def test_never_cost_the_count(self, report: tuple[Summary, list[Act], Setting]) -> None:
        """However long the rest is, the message says how many were found."""
        summary, acts, setting = report
        message = report_message(summary, acts, setting)

        partial_and_empty = summary.unread and not summary.finding_count
        assert partial_and_empty or str(summary.finding_count) in message.text
        assert partial_and_empty or str(summary.finding_count) in message.blocks[1]["text"]["text"]

    def test_may_cost_the_table(self) -> None:
        """Where Slack refuses tables the rest is a message without one."""
        message = report_message(a_summary(some_findings(2)), [], EN).without_tables()

        assert "table" not in {block["type"] for block in message.blocks}
        assert 2 == len([block for block in message.blocks if "accessory" in block])

    @pytest.mark.parametrize("character", ["a", "違", "<", "&", '"', "\\", "\0", "\n", "🎉", "`"])
    @pytest.mark.parametrize("locale", list(Locale))
    def test_shorten_every_name_alike(self, locale: Locale, character: str) -> None:
        """Where every name is very long less is shown of each, and every finding is still there."""
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
        message = report_message(a_summary(findings, unread), [], Setting(locale, long))
        (table,) = [block for block in message.blocks if block["type"] == "table"]

        assert len(json.dumps(message.blocks, ensure_ascii=False)) < MOST_CHARACTERS
        assert [] == problems(message.blocks, "message")
        assert 11 == len(table["rows"])
        assert TRIAGE == buttons(message)[-1]["action_id"]


class TestSentence:
    """The first sentence."""

    def test_is_the_originals(self) -> None:
        """Its words are those of the Lambda that this bot comes from."""
        summary = a_summary(some_findings(3))

        assert (
            "🚨 本番 環境で 3 件の違反を検出しました。詳細は添付のCSVファイルを確認してください。"
            == report_message(summary, [], JA).text
        )

    def test_says_none(self) -> None:
        """No findings is a message too, with the number in it."""
        assert "✅ 本番 環境で違反は検出されませんでした (0件)。" == headline(a_summary(), JA)
        assert "✅ Found no violations in production (0)." == headline(a_summary(), EN)

    def test_is_not_clean_when_partial(self) -> None:
        """Nothing found in a part is not what nothing found is."""
        unread = (Unread(("S3.8",), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"}),)
        message = report_message(a_summary([], unread), [], EN)

        assert "✅" not in message.text + shown(message)
        assert "(0)" not in message.text

    def test_mentions_nobody(self) -> None:
        """An environment's name is no markup."""
        message = report_message(a_summary(), [], Setting(Locale.EN, "<!channel>"))

        assert "<!channel>" not in message.text
        assert "<!channel>" not in shown(message)


class TestCounts:
    """The numbers by severity and control."""

    def test_name_each(self) -> None:
        """Every severity and control that was found has its number."""
        findings = [a_finding(1), a_finding(2), a_finding(3, severity=Severity.LOW, control_id="S3.1")]
        counted = shown(report_message(a_summary(findings), [], EN))

        assert "🟠 HIGH  *2*" in counted
        assert "🔵 LOW  *1*" in counted
        assert "`S3.8`  *2*" in counted
        assert "`S3.1`  *1*" in counted

    def test_count_the_rest_together(self) -> None:
        """With many controls the most frequent are named, and the rest is one number."""
        findings = [a_finding(10 * c + n, control_id=f"S3.{c}") for c in range(10) for n in range(10 - c)]
        counted = shown(report_message(a_summary(findings), [], EN))

        assert "`S3.6`  *4*" in counted
        assert "`S3.7`" not in counted.split("*By control*")[1].split("🟠")[0]
        assert "3 more controls  *6*" in counted

    def test_are_absent_where_nothing_was_found(self) -> None:
        """A clean report has neither counts nor a table nor buttons."""
        assert ["header", "section", "context"] == [
            block["type"] for block in report_message(a_summary(), [], EN).blocks
        ]


class TestPartial:
    """What could not be read."""

    def test_is_named(self) -> None:
        """The controls that are missing stand in the message, and why."""
        values = {"service": "AWS", "call": "securityhub:GetFindings"}
        unread = (Unread(("S3.1", "EC2.19"), "throttled", values),)
        told = shown(report_message(a_summary(some_findings(1), unread), [], EN))

        assert "`S3.1, EC2.19`" in told
        assert "too many requests" in told

    def test_is_said_once_for_each_reason(self) -> None:
        """Ten queries that fail for one reason are one paragraph."""
        values = {"service": "AWS", "call": "securityhub:GetFindings"}
        unread = tuple(Unread((f"S3.{n}",), "throttled", values) for n in range(10))
        message = report_message(a_summary(some_findings(1), unread), [], EN)

        assert 1 == shown(message).count("too many requests")
        assert "`S3.0, S3.1, S3.2, S3.3, S3.4, S3.5, S3.6, S3.7, S3.8, S3.9`" in shown(message)


class TestButtons:
    """What can be clicked."""

    def test_stand_beside_the_top_five(self) -> None:
        """Five findings have a menu of their own, and all together have a button."""
        message = report_message(a_summary(some_findings(12)), [], EN)

        assert [ACT_ON_ROW] * 5 + [TRIAGE] == [button["action_id"] for button in buttons(message)]

    def test_name_the_report_the_row_and_what_is_seen(self) -> None:
        """A choice's value leads to the stored report, says what the person saw, and holds no identifiers."""
        menu, button = buttons(report_message(a_summary(some_findings(1)), [], EN))

        assert [f"0123456789abcdef:0:{action}:NEW" for action in ("notify", "suppress", "resolve")] == [
            option["value"] for option in menu["options"]
        ]
        assert "0123456789abcdef" == button["value"]

    def test_offer_what_would_change_something(self) -> None:
        """What is NOTIFIED can be reopened and not be marked again."""
        findings = [a_finding(1, workflow_status=WorkflowStatus.NOTIFIED)]
        menu, _ = buttons(report_message(a_summary(findings), [], EN))

        assert ["Suppress…", "Resolve…", "Reopen (NEW)"] == [o["text"]["text"] for o in menu["options"]]


class TestActs:
    """What has been done since."""

    @pytest.mark.parametrize(
        ("status", "text"),
        [
            (WorkflowStatus.NOTIFIED, "marked it NOTIFIED"),
            (WorkflowStatus.SUPPRESSED, "suppressed it"),
            (WorkflowStatus.RESOLVED, "resolved it"),
            (WorkflowStatus.NEW, "reopened it"),
        ],
    )
    def test_of_one_say_who_and_when(self, status: WorkflowStatus, text: str) -> None:
        """Beside a finding stands what was done with it last, and what can still be done."""
        act = an_act(1, row=0, rows={0: status}, changed={status: 1})
        message = report_message(a_summary(some_findings(3)), [act], EN)

        assert f"<@{PERSON.user_id}> {text}, <!date^{int(NOW.timestamp())}^" in shown(message)
        *choices, undo = [option["value"] for option in buttons(message)[0]["options"]]
        assert all(value.endswith(f":{status}") for value in choices)
        assert ":0:undo:" in undo
        assert status == statuses(message)[0]

    def test_say_why_and_until_when(self) -> None:
        """A suppression says its reason, as text, and its last day."""
        order = Order(Action.SUPPRESS, "public <!here> by `design`", date(2026, 12, 31))
        act = an_act(
            7, order=order, changed={WorkflowStatus.SUPPRESSED: 7}, rows={0: WorkflowStatus.SUPPRESSED}
        )
        message = report_message(a_summary(some_findings(7)), [act], EN)

        said = ", until 2026-12-31 — `public &lt;!here&gt; by ˋdesignˋ`"
        assert 2 == shown(message).count(said)
        assert "suppressed 7 findings" in shown(message)

    def test_of_many_can_be_taken_back(self) -> None:
        """What was done with many says so, with a button that takes it back until that has been done."""
        acts = [an_act(7), an_act(0, act_id="later", undoes="fedcba9876543210")]
        message = report_message(a_summary(some_findings(7)), acts, EN)
        acts[1] = replace(acts[1], changed={WorkflowStatus.NEW: 7})
        undone = report_message(a_summary(some_findings(7)), acts, EN)

        assert "marked 7 findings NOTIFIED" in shown(message)
        assert ["0123456789abcdef:fedcba9876543210"] == values(message, UNDO)
        assert [] == values(undone, UNDO)

    def test_of_notes_can_be_taken_back(self) -> None:
        """What has changed notes alone has a button too, until that has been pressed."""
        acts = [an_act(0, noted_count=2)]
        message = report_message(a_summary(some_findings(2)), acts, EN)
        undo = an_act(0, noted_count=2, act_id="later", undoes="fedcba9876543210")
        undone = report_message(a_summary(some_findings(2)), [*acts, undo], EN)

        assert ["0123456789abcdef:fedcba9876543210"] == values(message, UNDO)
        assert [] == values(undone, UNDO)

    def test_of_many_are_not_driven_out_by_those_of_one(self) -> None:
        """What was done with single findings has no line there, and takes no place from what has one."""
        singles = [an_act(1, row=0, act_id=f"single{n}") for n in range(20)]
        message = report_message(a_summary(some_findings(2)), [an_act(2), *singles], EN)

        assert "marked 2 findings NOTIFIED" in shown(message)
        assert ["0123456789abcdef:fedcba9876543210"] == values(message, UNDO)

    @pytest.mark.parametrize(("hours", "buttons"), [(24, ["0123456789abcdef:first"]), (25, [])])
    def test_stay_while_they_can_be_taken_back(self, hours: int, buttons: list[str]) -> None:
        """However much has been done since, the one button that takes an act back stays its 24 hours."""
        first = an_act(2, act_id="first")
        later = NOW + timedelta(hours=hours)
        since = [an_act(0, act_id=f"later{n}", refused_count=1, acted_at=later) for n in range(20)]
        message = report_message(a_summary(some_findings(2)), [first, *since], EN)

        assert buttons == values(message, UNDO)
        assert 8 == shown(message).count("refused 1 update")

    @pytest.mark.parametrize("locale", list(Locale))
    def test_leave_the_oldest_out_for_room(self, locale: Locale) -> None:
        """Where Slack would take no message with all of them, the latest are there."""
        order = Order(Action.SUPPRESS, "r" * 150)
        findings = [a_finding(n, title="t" * 70, account_name="production-account") for n in range(10)]
        acts = [an_act(5, act_id=f"{n:032x}", order=order) for n in range(16)]
        message = report_message(a_summary(findings), acts, Setting(locale, "production"))
        said = [block["block_id"] for block in message.blocks if block.get("block_id", "").startswith("act-")]

        assert len(json.dumps(message.blocks, ensure_ascii=False)) < MOST_CHARACTERS
        assert 2 < len(said) < 16
        assert [f"act-{act.act_id}" for act in acts[-len(said) :]] == said

    def test_of_one_can_be_taken_back(self) -> None:
        """What was done with one can be taken back in its menu."""
        message = report_message(a_summary(some_findings(2)), [an_act(1, row=1)], EN)

        assert "0123456789abcdef:1:undo:fedcba9876543210" == buttons(message)[1]["options"][-1]["value"]
        assert [] == values(message, UNDO)

    def test_show_in_the_table(self) -> None:
        """The table shows the new status, which Security Hub itself may take minutes to show."""
        findings = some_findings(2)
        marked = report_message(a_summary(findings), [an_act(1, row=1)], EN)

        assert ["NEW", "NEW"] == statuses(report_message(a_summary(findings), [], EN))
        assert ["NEW", "NOTIFIED"] == statuses(marked)

    def test_show_the_latest(self) -> None:
        """Where a finding was acted on twice, the second is shown."""
        again = an_act(1, row=0, rows={0: WorkflowStatus.RESOLVED}, changed={WorkflowStatus.RESOLVED: 1})
        message = report_message(a_summary(some_findings(1)), [an_act(1, row=0), again], EN)

        assert ["RESOLVED"] == statuses(message)
        assert "marked it" not in shown(message)

    def test_leave_what_was_refused(self) -> None:
        """What Security Hub refused stays NEW and can be clicked again."""
        message = report_message(a_summary(some_findings(3)), [an_act(2, refused_count=1)], EN)

        assert ["NOTIFIED", "NOTIFIED", "NEW"] == statuses(message)
        assert "refused 1 update" in shown(message)

    def test_count_what_was_left_alone(self) -> None:
        """What had changed meanwhile is counted for all to see; what was so already is no news."""
        act = an_act(2, skipped={Skip.CHANGED: 1, Skip.GONE: 2, Skip.ALREADY: 4})
        message = report_message(a_summary(some_findings(3)), [act], EN)

        assert "Left alone: 3 findings" in shown(message)

    def test_take_back(self) -> None:
        """What was taken back says so, and as what it stands again."""
        undo = an_act(
            3, changed={WorkflowStatus.NEW: 3}, rows={0: WorkflowStatus.NEW}, undoes="x", order=None
        )
        message = report_message(a_summary(some_findings(3)), [an_act(3), undo], EN)

        assert "took it back: 3 findings are NEW again" in shown(message)
        assert "took it back: NEW again" in shown(message)

    def test_say_nothing_where_nothing_was_done(self) -> None:
        """A click that did nothing is no news for the channel."""
        message = report_message(a_summary(some_findings(1)), [an_act(0, skipped={Skip.CHANGED: 1})], EN)

        assert "Left alone" not in shown(message)
        assert "marked" not in shown(message)


class TestRows:
    """How a finding is shown."""

    @pytest.mark.parametrize(
        ("finding", "name"),
        [
            (a_finding(1), "bucket-1"),
            (a_finding(1, resources=()), "—"),
            (
                a_finding(1, resources=(Resource("AWS::::Account:123456789012", "AwsAccount"),)),
                "Account:123456789012",
            ),
            (
                a_finding(1, resources=(Resource("i-1", "x"), Resource("i-2", "x"), Resource("i-3", "x"))),
                "i-1 +2",
            ),
            (a_finding(1, resources=(Resource("", ""),)), "—"),
        ],
    )
    def test_name_the_resource(self, finding: Finding, name: str) -> None:
        """A resource is called what people call it, and further ones are counted."""
        (table,) = [
            block for block in report_message(a_summary([finding]), [], EN).blocks if block["type"] == "table"
        ]

        assert name == table["rows"][1][3]["text"]

    def test_break_no_code_span(self) -> None:
        """A backtick in a name does not end the span that it stands in."""
        message = report_message(
            a_summary([a_finding(1, resources=(Resource("a`*b*`<!here>", "x"),))]), [], EN
        )
        (row,) = [block["text"]["text"] for block in message.blocks if block.get("block_id") == "row-0"]

        assert "`aˋ*b*ˋ&lt;!here&gt;`" in row

    def test_keep_identifiers_out(self) -> None:
        """A finding with many identifiers makes no longer message: they stay in the stored report."""
        many = tuple(FindingIdentifier(f"id-{n}", "arn") for n in range(7))
        one, seven = (
            report_message(a_summary([f]), [], EN).blocks
            for f in (a_finding(1), a_finding(1, identifiers=many))
        )

        assert len(json.dumps(one)) == len(json.dumps(seven))


class TestFooter:
    """Who asked, when, and for what."""

    def test_names_who_asked(self) -> None:
        """A report that somebody asked for names them."""
        assert "Requested by <@U0PERSON>" in shown(report_message(a_summary(), [], EN))

    def test_names_a_schedule(self) -> None:
        """A report that nobody asked for says so."""
        assert "Scheduled report" in shown(report_message(a_summary(requester_id=None), [], EN))

    def test_repeats_the_query(self) -> None:
        """The words that would ask for it again stand there."""
        query = Query(controls=("S3.8",), severities=(Severity.HIGH,), accounts=("123456789012",))
        told = shown(report_message(a_summary(query=query), [], EN))

        assert "`S3.8 severity:HIGH account:123456789012`" in told
