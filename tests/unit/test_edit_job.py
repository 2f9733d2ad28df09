"""An edited CSV from its drop into a thread to what people see, and what becomes of the findings."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bot.domain.edit_job import ApplyEditJob, EditJob
from bot.domain.finding import FindingIdentifier, Note, WorkflowStatus
from bot.domain.job import Requester, job_id
from bot.domain.message import Message
from bot.domain.query import Query
from bot.errors import (
    AccessDeniedError,
    BotError,
    MissingScopeError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.render.csv_file import COLUMNS
from bot.usecases.edit import diff, preview
from bot.usecases.steps import BusyStepError
from tests.builders import PERSON, PRODUCT_ARN, a_finding, a_note, a_scan_job, some_findings
from tests.fakes import FakeFindings, FakeSharedFiles, FakeWorld
from tests.sabotage import CrashError, Saboteur, deliver_as_lambda, deliver_once
from tests.unit.test_act import REPORT_ID, a_world, statuses, told

NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus
THREAD = "1.000001"
PREVIEW = "2.000001"
DROP = EditJob("slack/Ev1", "F1", "C0SECURITY", Requester(PERSON.user_id, ""))
OTHER = Requester("U0OTHER", "")
Cells = dict[str, str]


def edited(world: FakeWorld, *changes: tuple[int, Cells]) -> bytes:
    """Take the report's CSV and change cells, by the place of the row."""
    ((_, _, _, content),) = world.messenger.files
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for place, cells in changes:
        for column, cell in cells.items():
            rows[place][COLUMNS.index(column)] = cell
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode("utf-8-sig")


def drop(world: FakeWorld, content: bytes, name: str = "edited.csv", thread_ts: str | None = THREAD) -> None:
    """Drop a file into the report's thread."""
    world.files.share("C0SECURITY", name, content, thread_ts)
    deliver_once(DROP, world)


def by_a_bot(world: FakeWorld, content: bytes) -> None:
    """Let a bot drop it."""
    world.files.bots.add(PERSON.user_id)
    drop(world, content)


def shown(world: FakeWorld) -> Message:
    """Give the bot's one reply in the thread."""
    (reply,) = [posted.message for posted in world.messenger.posted.values() if posted.thread_ts == THREAD]
    return reply


def press(world: FakeWorld, click_id: str = "1", requester: Requester = PERSON) -> ApplyEditJob:
    """Make the job of a click on the preview's button."""
    (value,) = [
        element["value"]
        for posted in world.messenger.posted.values()
        for block in posted.message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "apply_edit"
    ]
    report_id, plan_id, thread_ts = value.split(":")
    return ApplyEditJob(f"slack/{click_id}", report_id, plan_id, "C0SECURITY", PREVIEW, thread_ts, requester)


def preview_text(world: FakeWorld) -> str:
    """Give all that the preview's message says now."""
    message = world.messenger.posted[PREVIEW].message
    return f"{message.text}{message.blocks}"


def status(value: str, note: str | None = None) -> Cells:
    """Write a status, and perhaps a note."""
    return {"workflow-status": value} | ({} if note is None else {"note": note})


class TestPreview:
    """What is said before anything is done."""

    def test_changes_nothing(self) -> None:
        """The thread says what would change, and nothing has."""
        world = a_world(some_findings(3))
        drop(world, edited(world, (0, status("notified")), (2, status("SUPPRESSED", "移行まで許容"))))

        text = str(shown(world).blocks)
        assert "2 件の検出結果を変更します。\nまだ何も変更していません" in shown(world).text
        assert "NOTIFIED にする" in text
        assert "SUPPRESSED にして、メモを `移行まで許容` にする" in text
        assert "`S3.8`  *2*" in text
        assert "`123456789012`  *2*" in text
        assert "2 件に適用する" in text
        assert ([NEW] * 3, [], []) == (statuses(world), world.findings.updated, told(world))

    def test_of_a_list_of_suppressed_findings(self) -> None:
        """Its CSV has columns of its own besides, and can be edited like any other."""
        findings = [a_finding(n, workflow_status=SUPPRESSED, note=a_note("old")) for n in range(2)]
        world = FakeWorld(findings=FakeFindings(findings))
        suppressed = Query(controls=(), statuses=(SUPPRESSED,))
        deliver_once(a_scan_job(query=suppressed), world)
        drop(world, edited(world, (0, status("new")), (1, {"note": "another"})))
        deliver_once(press(world), world)

        assert [NEW, SUPPRESSED] == statuses(world)
        assert "2 件を変更しました" in preview_text(world)

    def test_says_what_is_wrong_row_by_row(self) -> None:
        """What cannot be applied is named with its row and the reason, and left out; the dialog says so."""
        world = a_world(some_findings(3))
        drop(world, edited(world, (0, status("NOTIFIED")), (1, status("done")), (2, status("SUPPRESSED"))))

        text = str(shown(world).blocks)
        assert "次の 2 行は適用しません" in text
        assert "3 行目 — ステータスではありません: `done`" in text
        assert "4 行目 — SUPPRESSED にする理由を新しいメモに書いてください" in text
        assert "適用できない 2 行は変更しません" in text

    def test_has_no_button_where_there_is_nothing(self) -> None:
        """A file as it was asks for nothing, and says so."""
        world = a_world(some_findings(2))
        drop(world, edited(world))

        assert "適用できる変更はありません" in shown(world).text
        assert "button" not in str(shown(world).blocks)
        assert {} == world.changes.plans

    def test_hides_no_suppression(self) -> None:
        """However many other changes there are: message and dialog count what gets each status."""
        world = a_world(some_findings(30))
        notes = [(n, {"note": f"n{n // 2}"}) for n in range(22)]
        drop(world, edited(world, *notes, (25, status("SUPPRESSED", "accepted")), (26, status("NOTIFIED"))))

        totals, confirm = (
            shown(world).blocks[1]["text"]["text"],
            shown(world).blocks[-1]["elements"][0]["confirm"],
        )
        assert "NOTIFIED にする *1*  ·  SUPPRESSED にする *1*  ·  メモだけ *22*" == totals
        assert "NOTIFIED にする 1 · SUPPRESSED にする 1 · メモだけ 22" in confirm["text"]["text"]

    def test_is_bounded(self) -> None:
        """A file of many different changes and mistakes is shown within Slack's limits."""
        world = a_world(some_findings(120))
        changes = [(n, {"note": f"{'<!channel>`*' * 40} {n}"[:512]}) for n in range(60)]
        drop(world, edited(world, *changes, *((n, status("`<!channel>`")) for n in range(60, 120))))

        text = str(shown(world).blocks)
        assert "… ほか 50 件" in text
        assert "<!channel>" not in text

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"PK\x03\x04\x00", "CSVファイルではありません"),
            (b"", "次の列がありません"),
            (b"a,b\r\n1,2\r\n", "次の列がありません"),
            ("リソース名,メモ\r\n".encode("euc-jp"), "文字コードを判別できません"),
        ],
    )
    def test_of_what_is_no_csv_is_the_reason(self, content: bytes, reason: str) -> None:
        """In the thread, to all, with what to do; nothing was changed, which it says."""
        world = a_world(some_findings(1))
        drop(world, content)

        assert reason in shown(world).text
        assert "何も変更していません" in shown(world).text
        assert not shown(world).blocks

    def test_of_another_report_is_told(self) -> None:
        """A file of last week's report in this week's thread changes nothing."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED"))).replace(REPORT_ID.encode(), b"0" * 32)
        drop(world, content)

        assert "別のレポートのものです" in shown(world).text

    def test_of_a_report_that_has_expired_is_told(self) -> None:
        """What is not kept any more cannot be compared."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED")))
        world.reports.summaries.clear()
        drop(world, content)

        assert "保存期間は終わりました" in shown(world).text

    def test_of_too_large_a_file_is_the_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Slack knows the size, so that nothing is read."""
        monkeypatch.setattr(preview, "MOST_BYTES", 1 << 20)
        world = a_world(some_findings(1))
        drop(world, b"x" * (1 << 21))

        assert "ファイルが大きすぎます (`1` MB まで)" in shown(world).text

    def test_of_too_many_changes_is_the_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each different change takes a call."""
        monkeypatch.setattr(diff, "MOST_CHANGES", 2)
        world = a_world(some_findings(3))
        drop(world, edited(world, *((n, {"note": f"{n}"}) for n in range(3))))

        assert "組み合わせが多すぎます (`2` 通りまで)" in shown(world).text
        assert {} == world.changes.plans

    def test_of_too_many_changes_says_that_the_notes_before_count(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One note in the place of many others is as many changes."""
        monkeypatch.setattr(diff, "MOST_CHANGES", 2)
        world = a_world([a_finding(n, note=a_note(f"{n}")) for n in range(3)])
        drop(world, edited(world, *((n, {"note": "done"}) for n in range(3))))

        assert "変更前のメモ" in shown(world).text


class TestIgnored:
    """Files that are none of the bot's business: nobody hears of them."""

    @pytest.mark.parametrize(
        "arrange",
        [
            lambda world, content: drop(world, content, thread_ts=None),
            lambda world, content: drop(world, content, thread_ts="9.9"),
            lambda world, content: drop(world, content, name="picture.png"),
            lambda world, _: deliver_once(DROP, world),
            by_a_bot,
        ],
        ids=["in the channel", "in another thread", "a picture", "gone", "by a bot"],
    )
    def test_are_silent(self, arrange: Callable[[FakeWorld, bytes], Any]) -> None:
        """Nothing is posted, told or kept."""
        world = a_world(some_findings(1))
        before = len(world.messenger.posted)
        arrange(world, edited(world, (0, status("NOTIFIED"))))

        assert (before, [], {}) == (len(world.messenger.posted), told(world), world.changes.plans)


class TestApply:
    """What is done after the confirm."""

    def test_changes_what_was_shown(self) -> None:
        """Each finding gets its status and note, and no other is touched."""
        world = a_world([a_finding(1), a_finding(2, note=a_note("old")), a_finding(3), a_finding(4)])
        drop(
            world,
            edited(
                world, (0, status("NOTIFIED")), (1, {"note": "new"}), (2, status("RESOLVED", "fixed\ntoday"))
            ),
        )
        deliver_once(press(world), world)

        assert [NOTIFIED, NEW, RESOLVED, NEW] == statuses(world)
        notes = [finding.note for finding in world.findings.findings]
        assert [None, "new", "fixed\ntoday", None] == [note.text if note else None for note in notes]
        assert 3 == len(world.findings.updated)

    def test_says_so(self) -> None:
        """The preview names who has applied it and has no button; the report says what came of it."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED")), (1, status("SUPPRESSED", "ok"))))
        deliver_once(press(world), world)

        assert "<@U0PERSON> さんが適用し、2 件を変更しました" in preview_text(world)
        assert "button" not in preview_text(world)
        assert "まだ" not in preview_text(world)
        report = str(world.messenger.posted[THREAD].message.blocks)
        assert "NOTIFIED にしました" in report
        assert "抑制しました" in report

    def test_says_so_where_the_report_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A report whose message somebody has deleted keeps nobody from what was applied."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        update = world.messenger.update

        def gone(channel: str, ts: str, wanted: Message) -> None:
            if ts == THREAD:
                raise UnexpectedResponseError(service="Slack", call="chat.update", reason="message_not_found")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", gone)

        assert None is deliver_as_lambda(press(world), world)
        assert [NOTIFIED, NEW] == statuses(world)
        assert "<@U0PERSON> さんが適用し、1 件を変更しました" in preview_text(world)
        assert "message_not_found" in told(world)[-1]

    def test_tells_who_pressed_where_the_preview_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was done is done, and no failure: the report has it, and the person hears that it was."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job, update = press(world), world.messenger.update

        def gone(channel: str, ts: str, wanted: Message) -> None:
            if ts == PREVIEW:
                raise UnexpectedResponseError(service="Slack", call="chat.update", reason="message_not_found")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", gone)

        assert None is deliver_as_lambda(job, world)
        assert [NOTIFIED, NEW] == statuses(world)
        (text,) = told(world)
        assert "applied it, which changed 1 finding" in text
        assert "message_not_found" in text

    def test_is_tried_again_where_the_preview_cannot_be_closed_now(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Slack may have a bad minute."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job, update = press(world), world.messenger.update
        failing = [1]

        def late(channel: str, ts: str, wanted: Message) -> None:
            if ts == PREVIEW and failing:
                failing.pop()
                raise UnavailableError(service="Slack", call="chat.update")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", late)

        assert None is deliver_as_lambda(job, world)
        assert "1 件を変更しました" in preview_text(world)

    def test_waits_for_a_claim_that_is_being_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where S3 says that another writer is at it, and shows nothing yet, this click takes nothing."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        create = world.ledger.create

        def conflicting(key: str, entry: dict[str, Any]) -> bool:
            return not key.endswith("/applied") and create(key, entry)

        with monkeypatch.context() as at_once:
            at_once.setattr(world.ledger, "create", conflicting)
            with pytest.raises(BusyStepError):
                deliver_once(press(world), world)
        assert [NEW, NEW] == statuses(world)

        deliver_once(press(world), world)
        assert [NOTIFIED, NEW] == statuses(world)

    def test_takes_few_calls(self) -> None:
        """What gets the same follows each other, so that each call can take a hundred."""
        world = a_world(some_findings(9))
        kinds = [status("NOTIFIED"), status("SUPPRESSED", "ok"), status("RESOLVED", "done")]
        drop(world, edited(world, *((n, kinds[n % 3]) for n in range(9))))
        deliver_once(press(world), world)

        values = [str(values) for _, values in world.findings.updated]
        assert 3 == len(set(values))
        assert 2 == sum(one != other for one, other in pairwise(values))

    def test_changes_every_finding_of_a_problem(self) -> None:
        """A problem that two standards report, one of them NOTIFIED already, becomes RESOLVED in both."""
        one, other = (FindingIdentifier(f"arn:{name}", PRODUCT_ARN) for name in ("fsbp", "cis"))
        world = a_world(
            [a_finding(1, identifiers=(one,)), a_finding(1, identifiers=(other,), workflow_status=NOTIFIED)]
        )
        drop(world, edited(world, (0, status("RESOLVED"))))
        deliver_once(press(world), world)

        assert [RESOLVED, RESOLVED] == statuses(world)

    def test_leaves_the_status_of_a_note_alone(self) -> None:
        """Only the note changes where only the note was edited, whatever the status of each finding."""
        one, other = (FindingIdentifier(f"arn:{name}", PRODUCT_ARN) for name in ("fsbp", "cis"))
        world = a_world(
            [a_finding(1, identifiers=(one,)), a_finding(1, identifiers=(other,), workflow_status=NOTIFIED)]
        )
        drop(world, edited(world, (0, {"note": "seen"})))
        deliver_once(press(world), world)

        assert [NEW, NOTIFIED] == statuses(world)
        assert "1 件を変更しました" in preview_text(world)
        assert "1 件のメモを書き換えました" in str(world.messenger.posted[THREAD].message.blocks)
        assert "NEW に戻しました" not in str(world.messenger.posted[THREAD].message.blocks)
        assert ["seen"] * 2 == [finding.note.text for finding in world.findings.findings if finding.note]

    def test_skips_what_has_changed_since(self) -> None:
        """A finding that somebody has resolved meanwhile stays so, and the message says how many."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED")), (1, status("NOTIFIED"))))
        change(world, 0, workflow_status=RESOLVED)
        deliver_once(press(world), world)

        assert [RESOLVED, NOTIFIED] == statuses(world)
        assert "1 件は変更していません" in preview_text(world)

    def test_keeps_a_note_that_nobody_saw(self) -> None:
        """A note that somebody wrote after the report stays; the person's own is on the finding too."""
        world = a_world([a_finding(1, note=a_note("old"))])
        drop(world, edited(world, (0, status("RESOLVED", "mine"))))
        change(world, 0, note=Note("theirs", "somebody"))
        deliver_once(press(world), world)

        (finding,) = world.findings.findings
        assert (RESOLVED, Note("theirs", "somebody")) == (finding.workflow_status, finding.note)
        assert "mine" in dict(finding.user_fields).values()
        assert any("keeps the note" in text for text in told(world))

    def test_of_a_suppression_wants_a_reason_of_its_own(self) -> None:
        """A note that was there before says why of something else: the row is left out."""
        world = a_world([a_finding(1, note=a_note("old"))])
        drop(world, edited(world, (0, status("SUPPRESSED"))))

        assert "2 行目 — SUPPRESSED にする理由を新しいメモに書いてください" in str(shown(world).blocks)
        assert {} == world.changes.plans

    def test_leaves_a_note_of_the_bot_alone(self) -> None:
        """Whoever has seen the bot's note in the file, and has not touched it, finds it there afterwards."""
        note = Note("Suppressed by X: ok", "sechub-bot")
        world = a_world([a_finding(1, note=note)])
        drop(world, edited(world, (0, status("RESOLVED"))))
        deliver_once(press(world), world)

        (finding,) = world.findings.findings
        assert (RESOLVED, note) == (finding.workflow_status, finding.note)

    def test_of_a_note_alone_says_that_nothing_was_done(self) -> None:
        """Where somebody has written another note meanwhile nothing is left of an edit of the note."""
        world = a_world([a_finding(1)])
        drop(world, edited(world, (0, {"note": "mine"})))
        change(world, 0, note=Note("theirs", "somebody"))
        deliver_once(press(world), world)

        assert [] == world.findings.updated
        assert "0 件を変更しました" in preview_text(world)
        assert any("changed" in text for text in told(world))

    def test_keeps_all_of_a_note_as_the_reason(self) -> None:
        """Where somebody else's note stays the person's own is on the finding whole, as the message says."""
        world = a_world([a_finding(1)])
        drop(world, edited(world, (0, status("SUPPRESSED", "x" * 512))))
        change(world, 0, note=Note("theirs", "somebody"))
        deliver_once(press(world), world)

        (finding,) = world.findings.findings
        assert "x" * 512 == dict(finding.user_fields)["sechub-bot/reason"]

    def test_is_done_once(self) -> None:
        """Two people press, or one twice: it is done once, and the second is told by whom."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        first, second = press(world, "1"), press(world, "2", OTHER)
        deliver_once(first, world)
        deliver_once(second, world)

        assert 1 == len(world.findings.updated)
        assert [("U0OTHER", "この変更は <@U0PERSON> さんがすでに適用しています。")] == [
            (user_id, message.text) for user_id, message in world.messenger.told
        ]

    def test_goes_on_after_a_click_that_failed(self) -> None:
        """What the first could not do the next does, in its own name where nothing was settled."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        world.findings.error = AccessDeniedError(action="securityhub:GetFindings")
        world.findings.fail_at_page = 1
        deliver_as_lambda(press(world, "1"), world)
        world.findings.fail_at_page = None
        second = press(world, "2", OTHER)
        deliver_once(second, world)
        deliver_once(second, world)

        assert ([NOTIFIED, NEW], 1) == (statuses(world), len(world.findings.updated))
        assert "<@U0OTHER> さんが適用し、1 件を変更しました" in preview_text(world)

    def test_goes_on_in_the_name_of_who_has_settled_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the first click fails on the way, its act is taken to its end, by whoever presses then."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job, *others = press(world, "1"), press(world, "2", OTHER), press(world, "3", OTHER)
        with monkeypatch.context() as broken:
            broken.setattr(FakeFindings, "update", unavailable)
            deliver_as_lambda(job, world)
        for other in others:
            deliver_once(other, world)

        assert ([NOTIFIED, NEW], 1) == (statuses(world), len(world.findings.updated))
        assert "<@U0PERSON> さんが適用し、1 件を変更しました" in preview_text(world)
        assert [job_id(job)] == [act.act_id for act in world.changes.acts(REPORT_ID)]
        assert "すでに適用しています" in world.messenger.told[-1][1].text

    def test_goes_on_after_a_click_that_died(self) -> None:
        """A process that dies leaves no word: after the longest execution somebody else may go on."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        for at in range(40):
            with suppress(CrashError):
                deliver_once(press(world, "1"), world, Saboteur(at))
            if world.ledger.read(f"{press(world).plan_id}/applied"):
                break
        deliver_once(press(world, "2", OTHER), world)
        assert [NEW] == statuses(world)

        world.clock.move(8 * 3600 + 1)
        deliver_once(press(world, "3", OTHER), world)
        assert [NOTIFIED] == statuses(world)

    def test_of_what_has_expired_is_told(self) -> None:
        """A button whose report is not kept any more changes nothing."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job = press(world)
        world.reports.summaries.clear()
        deliver_once(job, world)

        assert [NEW] == statuses(world)
        assert any("no longer" in text for text in told(world))

    def test_closes_a_preview_that_the_ledger_has_forgotten(self) -> None:
        """After a month the button still works, and its message says what came of it."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job = press(world)
        world.ledger.entries.clear()
        deliver_once(job, world)

        assert [NOTIFIED] == statuses(world)
        assert "1 件を変更しました" in preview_text(world)


def unavailable(*_: object) -> list[Any]:
    """Fail as Security Hub does on a bad day."""
    raise UnavailableError(service="AWS", call="securityhub:BatchUpdateFindings")


def change(world: FakeWorld, place: int, **fields: Any) -> None:
    """Change a finding, as somebody does in the console."""
    findings = world.findings.findings
    findings[place] = replace(findings[place], **fields)


class TestCrashes:
    """A process that dies at any call, and Lambda, which delivers the job again."""

    @staticmethod
    def dropped() -> FakeWorld:
        """Make a world with an edited file in the report's thread."""
        world = a_world(some_findings(3))
        content = edited(world, (0, status("NOTIFIED")), (1, status("SUPPRESSED", "ok")))
        world.files.share("C0SECURITY", "edited.csv", content, THREAD)
        return world

    @pytest.mark.parametrize("late", [False, True])
    def test_show_the_preview_once(self, late: bool) -> None:  # noqa: FBT001 - a table
        """It is in the thread once, or who dropped the file is told that it may not be."""
        count = calls_of(DROP, self.dropped())
        for at in range(count):
            world = self.dropped()
            deliver_as_lambda(DROP, world, Saboteur(at, late=late))

            replies = [p for p in world.messenger.posted.values() if p.thread_ts == THREAD]
            assert len(replies) == 1 or (not replies and told(world)), at
            assert [] == world.findings.updated

    @pytest.mark.parametrize("late", [False, True])
    def test_apply_all_of_it(self, late: bool) -> None:  # noqa: FBT001 - a table
        """Every finding gets what was shown, and the messages say so."""

        def previewed() -> FakeWorld:
            world = self.dropped()
            deliver_once(DROP, world)
            return world

        world = previewed()
        count = calls_of(press(world), world)
        for at in range(count):
            world = previewed()
            deliver_as_lambda(press(world), world, Saboteur(at, late=late))

            assert [NOTIFIED, SUPPRESSED, NEW] == statuses(world), at
            assert "2 件を変更しました" in preview_text(world), at


def calls_of(job: EditJob | ApplyEditJob, world: FakeWorld) -> int:
    """Count the calls that a job makes."""
    saboteur = Saboteur()
    deliver_once(job, world, saboteur)
    return len(saboteur.calls)


class TestFailing:
    """AWS or Slack fails."""

    @pytest.mark.parametrize(
        "error", [MissingScopeError(scope="files:read"), UnavailableError(service="Slack", call="files.info")]
    )
    def test_is_told_nobody_before_the_file_is_known(self, error: BotError) -> None:
        """Most files are none of the bot's business: only the operator's alarm hears of one."""
        world = a_world(some_findings(1))
        world.files.error = error
        with pytest.raises(type(error)):
            deliver_once(DROP, world)

        assert [] == told(world)

    def test_is_told_where_the_file_is_a_reports(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who dropped the file hears of it, also where the first attempt did not get so far."""
        world = a_world(some_findings(1))
        world.files.share("C0SECURITY", "edited.csv", edited(world), THREAD)
        monkeypatch.setattr(FakeSharedFiles, "fetch", unavailable)
        world.files.error = UnavailableError(service="Slack", call="files.info")
        with pytest.raises(UnavailableError):
            deliver_once(DROP, world)
        world.files.error = None
        with pytest.raises(UnavailableError):
            deliver_once(DROP, world)

        assert ["did not answer" in text for text in told(world)] == [True]

    def test_in_doubt_is_told(self) -> None:
        """Where nobody knows whether the preview was posted, who dropped the file is told."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED")))
        world.messenger.errors["post"] = UnavailableError(service="Slack", call="chat.postMessage")
        drop(world, content)

        assert ["drop the file again" in text for text in told(world)] == [True]
