"""The actions that a report's message offers, and those that it shows as done."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import Finding, FindingIdentifier, Resource, WorkflowStatus
from bot.domain.slack import Message
from bot.domain.triage import Skip
from bot.i18n import Locale
from bot.render.ids import ACT_ON_ROW, NOTIFY_ALL, NOTIFY_ROW, TRIAGE, UNDO, parse_row_block
from bot.render.message import ReportSetting, report_message
from tests.builders import NOW, PERSON, a_finding, a_summary, an_act, some_findings
from tests.unit.world.message import EN, MOST_CHARACTERS, buttons, shown, values


def statuses(message: Message) -> list[str]:
    """Return the status that each row says."""
    return re.findall(r"^\*([A-Z]+)\*  `", shown(message), re.MULTILINE)


def menus(message: Message) -> list[list[dict[str, Any]]]:
    """Return the options of each row's menu."""
    return [element["options"] for element in buttons(message) if element["action_id"] == ACT_ON_ROW]


class TestButtons:
    """What can be clicked."""

    def test_top_ten_have_buttons_and_menus(self) -> None:
        """Ten findings have a button and a menu of their own, and all together have two buttons above."""
        message = report_message(a_summary(some_findings(12)), [], EN)

        rows = [NOTIFY_ROW, ACT_ON_ROW] * 10
        assert [NOTIFY_ALL, TRIAGE, *rows] == [button["action_id"] for button in buttons(message)]

    def test_button_names_report_row_and_status(self) -> None:
        """Block and value lead to the stored report, say what the person saw, and hold no identifiers."""
        message = report_message(a_summary(some_findings(1)), [], EN)
        _, triage, notify, menu = buttons(message)
        (block_id,) = [b["block_id"] for b in message.blocks if menu in b.get("elements", ())]

        assert ("0123456789abcdef", 0) == parse_row_block(block_id)
        assert "notify:NEW" == notify["value"]
        assert ["suppress:NEW", "resolve:NEW"] == [option["value"] for option in menu["options"]]
        assert "0123456789abcdef" == triage["value"]

    def test_menu_offers_only_effective_actions(self) -> None:
        """What is NOTIFIED can be reopened and not be marked again, alone or with all."""
        findings = [a_finding(1, workflow_status=WorkflowStatus.NOTIFIED)]
        triage, menu = buttons(report_message(a_summary(findings), [], EN))

        assert TRIAGE == triage["action_id"]
        assert ["Suppress…", "Resolve…", "Reopen (NEW)"] == [o["text"]["text"] for o in menu["options"]]


class TestMarkingAll:
    """The button that marks all that is NEW."""

    def test_button_names_number_of_new_findings(self) -> None:
        """Label, confirm and value name the number of the report's NEW findings; the value the report too."""
        findings = [*some_findings(2), a_finding(3, workflow_status=WorkflowStatus.NOTIFIED)]
        button = buttons(report_message(a_summary(findings), [], EN))[0]

        assert (NOTIFY_ALL, "primary", "0123456789abcdef:2:") == tuple(
            button[name] for name in ("action_id", "style", "value")
        )
        assert "Mark 2 NOTIFIED" == button["text"]["text"]
        assert "Mark 2 findings NOTIFIED?" == button["confirm"]["title"]["text"]
        assert "All 2 findings" in button["confirm"]["text"]["text"]

    @pytest.mark.parametrize(
        ("changes", "values"),
        [
            ({"new_change": -1}, ["0123456789abcdef:2:fedcba9876543210"]),
            ({"new_change": -3}, []),
            ({"new_change": -9}, []),
            ({"new_change": -2, "new_left": 0}, []),
            ({"new_change": -1, "new_left": 1}, ["0123456789abcdef:1:fedcba9876543210"]),
        ],
    )
    def test_button_counts_what_is_still_new(self, changes: dict[str, int], values: list[str]) -> None:
        """It names the number after all that was done, and is not there if nothing is NEW."""
        act = replace(an_act(1), **changes)  # type: ignore[arg-type]
        message = report_message(a_summary(some_findings(3)), [act], EN)

        assert values == [one["value"] for one in buttons(message) if one["action_id"] == NOTIFY_ALL]


class TestActs:
    """The actions since the report."""

    @pytest.mark.parametrize(
        ("status", "text"),
        [
            (WorkflowStatus.NOTIFIED, "marked it NOTIFIED"),
            (WorkflowStatus.SUPPRESSED, "suppressed it"),
            (WorkflowStatus.RESOLVED, "resolved it"),
            (WorkflowStatus.NEW, "reopened it"),
        ],
    )
    def test_row_shows_who_acted_and_when(self, status: WorkflowStatus, text: str) -> None:
        """Beside a finding stand its last action and those that are still possible."""
        act = an_act(1, row=0, rows={0: status}, changed={status: 1})
        message = report_message(a_summary(some_findings(3)), [act], EN)

        assert f"<@{PERSON.user_id}> {text}, <!date^{int(NOW.timestamp())}^" in shown(message)
        *choices, undo = [option["value"] for option in menus(message)[0]]
        assert choices
        assert all(value.endswith(f":{status}") for value in choices)
        assert undo.startswith("undo:")
        assert status == statuses(message)[0]

    def test_suppression_shows_reason_and_last_day(self) -> None:
        """A suppression says its reason, as text, and its last day."""
        request = ActionRequest(Action.SUPPRESS, "public <!here> by `design`", date(2026, 12, 31))
        act = an_act(
            7, request=request, changed={WorkflowStatus.SUPPRESSED: 7}, rows={0: WorkflowStatus.SUPPRESSED}
        )
        message = report_message(a_summary(some_findings(7)), [act], EN)

        said = ", until 2026-12-31 — `public &lt;!here&gt; by ˋdesignˋ`"
        assert 2 == shown(message).count(said)
        assert "suppressed 7 findings" in shown(message)

    def test_bulk_action_has_an_undo_button(self) -> None:
        """An action on many findings has a line with an undo button, until it is undone."""
        acts = [an_act(7), an_act(0, act_id="later", undoes="fedcba9876543210")]
        message = report_message(a_summary(some_findings(7)), acts, EN)
        acts[1] = replace(acts[1], changed={WorkflowStatus.NEW: 7})
        undone = report_message(a_summary(some_findings(7)), acts, EN)

        assert "marked 7 findings NOTIFIED" in shown(message)
        assert ["0123456789abcdef:fedcba9876543210"] == values(message, UNDO)
        assert [] == values(undone, UNDO)

    def test_note_action_has_an_undo_button(self) -> None:
        """What has changed notes alone has a button too, until that has been pressed."""
        acts = [an_act(0, noted_count=2)]
        message = report_message(a_summary(some_findings(2)), acts, EN)
        undo = an_act(0, noted_count=2, act_id="later", undoes="fedcba9876543210")
        undone = report_message(a_summary(some_findings(2)), [*acts, undo], EN)

        assert ["0123456789abcdef:fedcba9876543210"] == values(message, UNDO)
        assert [] == values(undone, UNDO)

    def test_row_actions_displace_no_bulk_action(self) -> None:
        """An action on one finding has no line there, and displaces none."""
        singles = [an_act(1, row=0, act_id=f"single{n}") for n in range(20)]
        message = report_message(a_summary(some_findings(2)), [an_act(2), *singles], EN)

        assert "marked 2 findings NOTIFIED" in shown(message)
        assert ["0123456789abcdef:fedcba9876543210"] == values(message, UNDO)

    @pytest.mark.parametrize(("hours", "buttons"), [(24, ["0123456789abcdef:first"]), (25, [])])
    def test_undo_button_stays_for_24_hours(self, hours: int, buttons: list[str]) -> None:
        """However much has been done since, the one button that takes an act back stays its 24 hours."""
        first = an_act(2, act_id="first")
        later = NOW + timedelta(hours=hours)
        since = [an_act(0, act_id=f"later{n}", refused_count=1, acted_at=later) for n in range(20)]
        message = report_message(a_summary(some_findings(2)), [first, *since], EN)

        assert buttons == values(message, UNDO)
        assert 8 == shown(message).count("refused 1 update")

    @pytest.mark.parametrize("locale", list(Locale))
    def test_oldest_actions_give_way(self, locale: Locale) -> None:
        """Where Slack would take no message with all of them, the latest are there."""
        request = ActionRequest(Action.SUPPRESS, "r" * 150)
        findings = [a_finding(n, title="t" * 70, account_name="production-account") for n in range(10)]
        acts = [an_act(5, act_id=f"{n:032x}", request=request) for n in range(16)]
        message = report_message(a_summary(findings), acts, ReportSetting(locale, "production"))
        said = [block["block_id"] for block in message.blocks if block.get("block_id", "").startswith("act-")]

        assert len(json.dumps(message.blocks, ensure_ascii=False)) < MOST_CHARACTERS
        assert 2 < len(said) < 16
        assert [f"act-{act.act_id}" for act in acts[-len(said) :]] == said

    def test_row_action_is_undone_in_its_menu(self) -> None:
        """An action on one finding can be undone in its menu."""
        message = report_message(a_summary(some_findings(2)), [an_act(1, row=1)], EN)

        assert "undo:fedcba9876543210" == menus(message)[1][-1]["value"]
        assert [] == values(message, UNDO)

    def test_row_shows_the_new_status(self) -> None:
        """The row shows the new status, which Security Hub itself may take minutes to show."""
        findings = some_findings(2)
        marked = report_message(a_summary(findings), [an_act(1, row=1)], EN)

        assert ["NEW", "NEW"] == statuses(report_message(a_summary(findings), [], EN))
        assert ["NEW", "NOTIFIED"] == statuses(marked)

    def test_row_shows_latest_action(self) -> None:
        """Where a finding was acted on twice, the second is shown."""
        again = an_act(1, row=0, rows={0: WorkflowStatus.RESOLVED}, changed={WorkflowStatus.RESOLVED: 1})
        message = report_message(a_summary(some_findings(1)), [an_act(1, row=0), again], EN)

        assert ["RESOLVED"] == statuses(message)
        assert "marked it" not in shown(message)

    def test_refused_finding_stays_new(self) -> None:
        """What Security Hub refused stays NEW and can be clicked again."""
        message = report_message(a_summary(some_findings(3)), [an_act(2, refused_count=1)], EN)

        assert ["NOTIFIED", "NOTIFIED", "NEW"] == statuses(message)
        assert "refused 1 update" in shown(message)

    def test_skipped_findings_are_counted(self) -> None:
        """What had changed meanwhile is counted for all to see; what was so already is no news."""
        act = an_act(2, skipped={Skip.CHANGED: 1, Skip.GONE: 2, Skip.ALREADY: 4})
        message = report_message(a_summary(some_findings(3)), [act], EN)

        assert "Left alone: 3 findings" in shown(message)

    def test_undone_action_says_so(self) -> None:
        """What was taken back says so, and as what it stands again."""
        undo = an_act(
            3, changed={WorkflowStatus.NEW: 3}, rows={0: WorkflowStatus.NEW}, undoes="x", request=None
        )
        message = report_message(a_summary(some_findings(3)), [an_act(3), undo], EN)

        assert "took it back: 3 findings are NEW again" in shown(message)
        assert "took it back: NEW again" in shown(message)

    def test_action_without_effect_is_not_shown(self) -> None:
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
    def test_row_names_resource_by_its_short_name(self, finding: Finding, name: str) -> None:
        """A resource is called what people call it, and further ones are counted."""
        assert f"*NEW*  `{name}`  `" in shown(report_message(a_summary([finding]), [], EN))

    def test_backtick_in_name_breaks_no_code_span(self) -> None:
        """A backtick in a name does not end the span that it stands in."""
        message = report_message(
            a_summary([a_finding(1, resources=(Resource("a`*b*`<!here>", "x"),))]), [], EN
        )
        assert "`aˋ*b*ˋ&lt;!here&gt;`" in shown(message)

    def test_finding_with_many_identifiers_makes_no_longer_message(self) -> None:
        """A finding with many identifiers makes no longer message: they stay in the stored report."""
        many = tuple(FindingIdentifier(f"id-{n}", "arn") for n in range(7))
        one, seven = (
            report_message(a_summary([f]), [], EN).blocks
            for f in (a_finding(1), a_finding(1, identifiers=many))
        )

        assert len(json.dumps(one)) == len(json.dumps(seven))
