"""
Each kind of job, whose process dies at each of its calls, and Lambda, which delivers the job again.

One table. Processes that are really killed are in tests/scenarios/test_kills.py, crashes among other people's
acts in tests/unit/triage/test_state_machine.py.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.finding import WorkflowStatus
from bot.domain.job import Job, ScanJob
from bot.errors import AccessDeniedError, MissingScopeError, NotInChannelError
from tests.builders import some_findings
from tests.delivery import DEPLOYMENT, FaultInjector, deliver_as_lambda, deliver_once
from tests.fakes import FakeRoutingFile, FakeWorld
from tests.unit.world import csv_edit, daily, long_scan, report, routes, routing, scan, triage

READS = frozenset(
    {
        "actions.acts",
        "actions.changes",
        "actions.claims",
        "actions.plan",
        "actions.refusals",
        "actions.targets",
        "controls.catalogue",
        "files.fetch",
        "files.find",
        "files.is_person",
        "findings.pages",
        "ledger.read",
        "messenger.locale",
        "messenger.name",
        "people.group_members",
        "people.standing",
        "reports.fetch_csv",
        "reports.checkpoints",
        "reports.report_in",
        "reports.rows",
        "reports.summary",
        "routing_file.last_good",
        "routing_file.kept",
        "routing_file.read",
        "suppressions.changes",
        "suppressions.until",
    }
)
"""Calls that leave everything as it was: to die at one is to die after what was written before."""

AT_MOST_ONCE = frozenset({"messenger.direct", "messenger.post", "messenger.upload"})
"""A process that dies about one of these leaves nobody who knows whether it had its effect."""

NEW, NOTIFIED, SUPPRESSED, _ = WorkflowStatus
Claims = dict[str, bool]


@dataclass(frozen=True)
class Death:
    """A process that died, once a call had its effect, and what came of its job."""

    is_in_doubt: bool
    """Whether that was about a call that is made at most once."""
    left: BaseException | None
    """What the job was dead-lettered with."""


@dataclass(frozen=True)
class Story:
    """A world, a job in it, and what must be so wherever its process dies."""

    world: Any
    play: Callable[[Any, FaultInjector], BaseException | None]
    claims: Callable[[Any, Death], Claims]

    def deaths(self) -> Iterator[tuple[str, Claims]]:
        """Die after each call that writes; give the call and what was claimed."""
        undisturbed = FaultInjector()
        self.play(copy.deepcopy(self.world), undisturbed)
        calls = undisturbed.calls
        writes = [at for at, name in enumerate(calls) if name not in READS]
        for at, following in zip(writes, [*writes[1:], writes[-1]], strict=True):
            world = copy.deepcopy(self.world)
            left = self.play(world, FaultInjector(at, late=True))
            is_in_doubt = bool(AT_MOST_ONCE & {calls[at], calls[following]})
            yield f"{at} {calls[at]}", self.claims(world, Death(is_in_doubt, left))


def delivered(job: Job, deployment: Any = DEPLOYMENT) -> Callable[[Any, FaultInjector], BaseException | None]:
    """Return a play in which Lambda delivers one job."""
    return lambda world, injector: deliver_as_lambda(job, world, injector, deployment)


def a_scan(job: ScanJob, count: int) -> Story:
    """Scan for a person, or on a schedule."""

    def claims(world: Any, death: Death) -> Claims:
        reports, notes, told = scan.reports(world), scan.notes(world), scan.told(world)
        said = [*reports, *notes, *told]
        links = [text for text in notes + told if "https://bucket.example" in text]
        rows = [content.decode().count("\r\n") - 1 for *_, content in world.messenger.files]
        return {
            "the job is done": death.left is None,
            "nothing is said twice": len(said) == len(set(said)),
            "there is one report at most": len(reports) <= 1,
            "there is one file at most": len(rows) <= 1,
            "the report is there, or a word that it may be missing": bool(said),
            "so is the CSV, or a link": count == 0 or bool(rows or links),
            "unless in doubt there is the report and nothing else": death.is_in_doubt
            or (len(reports), notes, told, rows) == (1, [], [], [count] if count else []),
        }

    return Story(scan.a_world(count), delivered(job), claims)


def a_routed_scan(*, is_refused: bool = False) -> Story:
    """Scan on a schedule whose rows go to three channels, of which one may refuse them."""

    def play(world: Any, injector: FaultInjector) -> BaseException | None:
        if is_refused:
            world.messenger.refusing[routes.WEB] = NotInChannelError(channel=routes.WEB)
        return deliver_as_lambda(routes.SCHEDULE, world, injector)

    places = [routes.DATA, routes.HOME, routes.HOME if is_refused else routes.WEB]

    def claims(world: Any, death: Death) -> Claims:
        posted = sorted(p.channel for p in world.messenger.posted.values() if p.message.blocks)
        texts = [(p.channel, p.message.text) for p in world.messenger.posted.values()]
        files = sorted(channel for channel, *_ in world.messenger.files)
        lost = Counter(places) - Counter(posted)
        return {
            "the job is done": death.left is None,
            "nothing is said twice": len(texts) == len(set(texts)),
            "no channel gets more than its reports": not Counter(posted) - Counter(places),
            "no channel gets more than its files": not Counter(files) - Counter(posted),
            "each report is there, or a word that it may be missing": lost.total()
            <= sum("可能性" in text for _, text in texts),
            "unless in doubt there are the reports and their files": death.is_in_doubt
            or (posted == files == sorted(places) and len(texts) == len(places)),
        }

    return Story(routes.a_world(), play, claims)


def a_failing_scan(fail: Callable[[Any], object], reports_at_most: int, *, is_left: bool = False) -> Story:
    """Scan on a schedule while something else fails: the process dies while it tells the channel of that."""

    def play(world: Any, injector: FaultInjector) -> BaseException | None:
        fail(world)
        return deliver_as_lambda(scan.SCHEDULE, world, injector)

    def claims(world: Any, death: Death) -> Claims:
        reports, notes = scan.reports(world), scan.notes(world)
        return {
            "the note is posted once at most": len(notes) <= 1,
            "nothing is posted twice": len(reports + notes) <= reports_at_most + 1,
            "the note is there, or its loss is known": bool(notes or death.left),
            "the failure is dead-lettered": bool(death.left) or not is_left,
        }

    return Story(scan.a_world(), play, claims)


def refuse_the_file(world: Any) -> None:
    """Let Slack take no file."""
    world.messenger.lasting_errors["upload"] = MissingScopeError(scope="files:write")


def lose_the_post(world: Any) -> None:
    """Let nobody know whether the report was posted."""
    world.messenger.errors["post"] = scan.DROPPED


def deny_findings(world: Any) -> None:
    """Let Security Hub refuse to be read."""
    world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0


def a_click(row: int | None, *, lags: bool) -> Story:
    """Mark one finding or all, while Security Hub shows updates at once or later."""

    def claims(world: Any, death: Death) -> Claims:
        world.findings.settle()
        return {
            "the job is done": death.left is None,
            "what was clicked is marked": report.statuses(world).count(NOTIFIED) == (3 if row is None else 1),
            "the message says who did it": "<@U0PERSON> さんが" in report.message(world),
            "nobody is told of trouble": report.told(world) == [],
        }

    world = report.a_world(some_findings(3))
    world.findings.lags = lags
    return Story(world, delivered(report.click(row=row)), claims)


def an_undo() -> Story:
    """Take an act back."""
    job = triage.clicked(triage.SUPPRESS)
    world = report.a_world(some_findings(2))
    deliver_once(job, world)

    def claims(world: Any, death: Death) -> Claims:
        return {
            "the job is done": death.left is None,
            "it is taken back": report.statuses(world) == [NEW, NEW],
        }

    return Story(world, delivered(triage.undo(job)), claims)


def dropped() -> Any:
    """Make a world with an edited file in the report's thread."""
    world = report.a_world(some_findings(3))
    changes = (0, csv_edit.status("NOTIFIED")), (1, csv_edit.status("SUPPRESSED", "ok"))
    world.files.share("C0SECURITY", "edited.csv", csv_edit.edited(world, *changes), csv_edit.THREAD)
    return world


def a_drop() -> Story:
    """Preview an edited CSV."""

    def claims(world: Any, _: Death) -> Claims:
        replies = [p for p in world.messenger.posted.values() if p.thread_ts == csv_edit.THREAD]
        return {
            "the preview is there once, or whoever dropped the file is told": len(replies) == 1
            or (not replies and bool(report.told(world))),
            "nothing is changed yet": world.findings.updated == [],
        }

    return Story(dropped(), delivered(csv_edit.DROP), claims)


def an_application() -> Story:
    """Apply an edited CSV."""
    world = dropped()
    deliver_once(csv_edit.DROP, world)

    def claims(world: Any, _: Death) -> Claims:
        return {
            "each finding gets what was shown": report.statuses(world) == [NOTIFIED, SUPPRESSED, NEW],
            "the preview says so": "2 件を変更しました" in csv_edit.preview_text(world),
        }

    return Story(world, delivered(csv_edit.press(world)), claims)


def a_routing_file() -> Story:
    """Preview a routing file, and put it in force."""

    def play(world: Any, injector: FaultInjector) -> BaseException | None:
        left = deliver_as_lambda(routing.DROP, world, injector)
        return deliver_as_lambda(routing.put_job(), world, injector) or left

    def claims(world: Any, death: Death) -> Claims:
        announced, told = routing.messages(world, routing.HOME), report.told(world)
        return {
            "the jobs are done": death.left is None,
            "the file is in force": world.routing_file.data == routing.NEW,
            "the version before is kept": world.routing_file.before == routing.OLD,
            "there is one entry in the audit log": len(list(world.audit_log.about("routing.toml"))) == 1,
            "the preview is there once at most": len(routing.messages(world)) <= 1,
            "the channel is told once, or its loss is known": len(announced) == 1
            or (not announced and bool(told)),
            "nobody is told of trouble unless in doubt": death.is_in_doubt or told == [],
        }

    world = FakeWorld(routing_file=FakeRoutingFile(routing.OLD))
    world.files.share(routing.DIRECT, "routing.toml", routing.NEW, None)
    return Story(world, play, claims)


def a_day() -> Story:
    """Reopen what has ended and warn of what will, on this day or on the next."""
    world = report.a_world(some_findings(3))
    daily.suppress(world, 0)
    daily.suppress(world, 1, until=daily.LAST + timedelta(days=3))
    daily.go_to(world, daily.LAST + timedelta(days=1))

    def claims(world: Any, _: Death) -> Claims:
        daily.look(world, daily.LAST + timedelta(days=2))
        posted = daily.posted(world)
        return {
            "what has ended is reopened": report.statuses(world) == [NEW, SUPPRESSED, NEW],
            "nothing else is changed": {v.status for _, v in world.findings.updated} == {NEW, SUPPRESSED},
            "the end is told once at most": sum("抑制の期限が切れました。" in m for m in posted) <= 1,
            "the warning is there, or that it may be missing": any(
                "1週間以内に切れます" in message or "可能性" in message for message in posted
            ),
        }

    return Story(world, delivered(daily.daily(world)), claims)


def a_long_scan() -> Story:
    """Scan so long that the channel sees how far it is."""

    def claims(world: Any, death: Death) -> Claims:
        others = [text for text in world.standing if text != long_scan.REPORT]
        return {
            "the job is done": death.left is None,
            "there is one progress at most": len(others) <= 1,
            "it has an end": others == [long_scan.FINISHED]
            or f"{long_scan.REPORT_ID}/progress.done" not in world.ledger.entries,
            "the report is there, or the person is told": bool(
                long_scan.REPORT in world.standing or world.told
            ),
        }

    return Story(long_scan.a_world(), delivered(long_scan.JOB, long_scan.EN), claims)


def a_cancelling() -> Story:
    """Cancel a long scan in its middle: the click's process dies."""

    def play(world: Any, injector: FaultInjector) -> None:
        click = partial(deliver_as_lambda, long_scan.CANCEL, world, injector, long_scan.EN)
        world.findings.meanwhile[12] = click
        long_scan.scan(world)

    def claims(world: Any, _: Death) -> Claims:
        cancelled = [text.startswith("🔍 Cancelled by <@U0OTHER>") for text in world.standing]
        return {"the scan is cancelled, and nothing else is posted": cancelled == [True]}

    return Story(long_scan.a_world(), play, claims)


STORIES: dict[str, Callable[[], Story]] = {
    "scan": lambda: a_scan(scan.JOB, 3),
    "scan-finding-nothing": lambda: a_scan(scan.JOB, 0),
    "schedule": lambda: a_scan(scan.SCHEDULE, 3),
    "schedule-finding-nothing": lambda: a_scan(scan.SCHEDULE, 0),
    "schedule-whose-file-is-refused": lambda: a_failing_scan(refuse_the_file, 1),
    "schedule-that-may-be-missing": lambda: a_failing_scan(lose_the_post, 0),
    "schedule-that-is-denied": lambda: a_failing_scan(deny_findings, 0, is_left=True),
    "schedule-with-routes": a_routed_scan,
    "schedule-with-a-route-that-is-refused": lambda: a_routed_scan(is_refused=True),
    "long-scan": a_long_scan,
    "cancel": a_cancelling,
    "act-on-all": lambda: a_click(None, lags=False),
    "act-on-all-lagging": lambda: a_click(None, lags=True),
    "act-on-one": lambda: a_click(0, lags=False),
    "act-on-one-lagging": lambda: a_click(0, lags=True),
    "undo": an_undo,
    "edited-csv": a_drop,
    "edited-csv-applied": an_application,
    "routing-file": a_routing_file,
    "expire": a_day,
}


class TestCrash:
    """The process dies, and the job is delivered again."""

    @pytest.mark.usefixtures("few_are_many")
    @pytest.mark.parametrize("name", STORIES)
    def test_crash_loses_and_repeats_nothing(self, name: str) -> None:
        """After whichever call it dies, what the job is for comes about once, or its loss is known."""
        plays = dict(STORIES[name]().deaths())
        broken = {call: [c for c, holds in claims.items() if not holds] for call, claims in plays.items()}

        assert plays
        assert {} == {call: claims for call, claims in broken.items() if claims}
