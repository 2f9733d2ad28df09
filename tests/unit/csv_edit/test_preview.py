"""An edited CSV from its drop into a thread to what people see, and what becomes of the findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.query import Query
from bot.usecases.csv_edit import compare as diff
from bot.usecases.csv_edit import preview
from tests.builders import PERSON, a_finding, a_note, a_scan_job, some_findings
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings
from tests.unit.world.csv_edit import DROP, drop, edited, press, preview_text, shown, status
from tests.unit.world.report import NEW, REPORT_ID, SUPPRESSED, a_world, statuses, told


def by_a_bot(world: FakeWorld, content: bytes) -> None:
    """Let a bot drop it."""
    world.files.bots.add(PERSON.user_id)
    drop(world, content)


class TestPreview:
    """What is said before anything is done."""

    def test_preview_changes_nothing(self) -> None:
        """The thread says what would change, and nothing has."""
        world = a_world(some_findings(3))
        drop(world, edited(world, (0, status("notified")), (2, status("SUPPRESSED", "移行まで許容"))))

        text = str(shown(world).blocks)
        assert "2 件の検出結果への変更があります。\nボタンを押すまで何も変更しません" in shown(world).text
        assert "NOTIFIED にする" in text
        assert "SUPPRESSED にして、メモを `移行まで許容` にする" in text
        assert "`S3.8`  *2*" in text
        assert "`123456789012`  *2*" in text
        assert "2 件に適用する" in text
        assert [NEW] * 3 == statuses(world)
        assert [] == world.findings.updated
        assert [] == told(world)

    def test_list_of_suppressed_findings_can_be_edited(self) -> None:
        """Its CSV has columns of its own besides, and can be edited like any other."""
        findings = [a_finding(n, workflow_status=SUPPRESSED, note=a_note("old")) for n in range(2)]
        world = FakeWorld(findings=FakeFindings(findings))
        suppressed = Query(controls=(), statuses=(SUPPRESSED,))
        deliver_once(a_scan_job(query=suppressed), world)
        drop(world, edited(world, (0, status("new")), (1, {"note": "another"})))
        deliver_once(press(world), world)

        assert [NEW, SUPPRESSED] == statuses(world)
        assert "2 件を変更しました" in preview_text(world)

    def test_preview_names_each_wrong_row(self) -> None:
        """What cannot be applied is named with its row and the reason, and left out; the dialog says so."""
        world = a_world(some_findings(3))
        drop(world, edited(world, (0, status("NOTIFIED")), (1, status("done")), (2, status("SUPPRESSED"))))

        text = str(shown(world).blocks)
        assert "次の 2 行は適用しません" in text
        assert "3 行目 — ステータスではありません: `done`" in text
        assert "4 行目 — SUPPRESSED にする理由を新しいメモに書いてください" in text
        assert "適用できない 2 行は変更しません" in text

    def test_preview_without_changes_has_no_button(self) -> None:
        """A file as it was asks for nothing, and says so."""
        world = a_world(some_findings(2))
        drop(world, edited(world))

        assert "適用できる変更はありません" in shown(world).text
        assert "button" not in str(shown(world).blocks)
        assert {} == world.actions.plans

    def test_preview_counts_every_suppression(self) -> None:
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

    def test_preview_of_many_changes_is_cut_and_escaped(self) -> None:
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
    def test_unreadable_file_is_refused_with_the_reason(self, content: bytes, reason: str) -> None:
        """In the thread, to all, with what to do; nothing was changed, which it says."""
        world = a_world(some_findings(1))
        drop(world, content)

        assert reason in shown(world).text
        assert "何も変更していません" in shown(world).text
        assert not shown(world).blocks

    def test_file_of_another_report_is_refused(self) -> None:
        """A file of last week's report in this week's thread changes nothing."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED"))).replace(REPORT_ID.encode(), b"0" * 32)
        drop(world, content)

        assert "別のレポートのものです" in shown(world).text

    def test_file_of_an_expired_report_is_refused(self) -> None:
        """What is not kept any more cannot be compared."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED")))
        world.reports.summaries.clear()
        drop(world, content)

        assert "保存期間が過ぎ" in shown(world).text

    def test_too_large_file_is_refused_with_the_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Slack knows the size, so that nothing is read."""
        monkeypatch.setattr(preview, "MOST_BYTES", 1 << 20)
        world = a_world(some_findings(1))
        drop(world, b"x" * (1 << 21))

        assert "ファイルが大きすぎます (`1` MB まで)" in shown(world).text

    def test_too_many_changes_are_refused_with_the_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each different change takes a call."""
        monkeypatch.setattr(diff, "MOST_CHANGES", 2)
        world = a_world(some_findings(3))
        drop(world, edited(world, *((n, {"note": f"{n}"}) for n in range(3))))

        assert "組み合わせが多すぎます (`2` 通りまで)" in shown(world).text
        assert {} == world.actions.plans

    def test_each_replaced_note_counts_as_a_change(self, monkeypatch: pytest.MonkeyPatch) -> None:
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
    def test_unrelated_file_is_ignored(self, arrange: Callable[[FakeWorld, bytes], Any]) -> None:
        """Nothing is posted, told or kept."""
        world = a_world(some_findings(1))
        before = len(world.messenger.posted)
        arrange(world, edited(world, (0, status("NOTIFIED"))))

        assert before == len(world.messenger.posted)
        assert [] == told(world)
        assert {} == world.actions.plans
