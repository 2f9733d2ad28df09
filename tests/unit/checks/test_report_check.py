"""The job of a check: what is posted where, once, and only if something is new."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace

import pytest

from bot.domain.check_result import CheckedStack, Gap, Reason, Result, Status
from bot.domain.checks.document import MOST_BYTES, CheckDocument, write_check
from bot.domain.checks.origin import Origin, object_key
from bot.domain.document import parse_job
from bot.domain.job import CheckJob, job_id
from bot.errors import InvalidCheckError, NotInChannelError, ThrottledError
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.context import Deployment, JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import Steps
from tests.delivery import FaultInjector, deliver_as_lambda
from tests.fakes import FakeWorld, Posted
from tests.unit.checks.samples import EVERY, FAILED, ORIGIN

GAP = Gap("broken.yaml", 3, Reason("check.broken.size"))
OWNED = replace(FAILED, tags=(("owner", "alice@example.com"), ("secret", "not an owner")))
ROUTE = """version = 1
[[route]]
repositories = ["Acme/*"]
channel = "C0TEAM0000"
"""
MENTION = 'version = 1\n[mention]\nhow = "%s"\nmark_notified = true\n'


@dataclass
class Deployed:
    """A deployment whose bucket CI puts checks into."""

    world: FakeWorld = field(default_factory=FakeWorld)
    hosts: str = "github.com"
    locale: Locale = Locale.EN
    count: int = 0

    def put(self, *results: Result, origin: Origin = ORIGIN, gaps: tuple[Gap, ...] = ()) -> CheckJob:
        """Put the check of acme/app; return the job of the event."""
        return self.put_bytes(write_check(CheckDocument(origin, results, gaps, 2)), origin.branch)

    def put_bytes(self, data: bytes, branch: str = "main") -> CheckJob:
        """Put an object."""
        key = object_key("acme/app", branch)
        self.world.checks.objects[key] = data
        self.count += 1
        event = {
            "detail-type": "Object Created",
            "source": "aws.s3",
            "detail": {
                "bucket": {"name": "reports"},
                "object": {
                    "key": key,
                    "size": len(data),
                    "etag": self.world.checks.etag_of(data),
                    "sequencer": str(self.count),
                },
            },
        }
        job = parse_job(event)
        assert isinstance(job, CheckJob)
        return job

    def run(self, job: CheckJob) -> list[Posted]:
        """Deliver a job; return the messages of this delivery."""
        before = len(self.world.messenger.posted)
        settings = Settings({"SLACK_CHANNEL": "C0SECURITY", "CHECK_LINK_HOSTS": self.hosts})
        deployment = Deployment("prod", self.locale, settings)
        steps = Steps(self.world.ledger, job_id(job), self.world.clock)
        run_job(JobContext(job, self.world.ports, steps, deployment))
        return list(self.world.messenger.posted.values())[before:]

    def check(self, *results: Result, gaps: tuple[Gap, ...] = ()) -> list[Posted]:
        """Put a check, and deliver its job."""
        return self.run(self.put(*results, gaps=gaps))


@pytest.fixture
def deployed() -> Deployed:
    """Return a deployment."""
    return Deployed()


def a_failure(number: int) -> Result:
    """Make a failure of a resource of its own."""
    return replace(FAILED, logical_id=f"Bucket{number}", line=number)


class TestPosted:
    """The report."""

    def test_report_is_posted_with_its_csv(self, deployed: Deployed) -> None:
        """The message has repository, branch, commit, run and the new failures; the thread has all rows."""
        (posted,) = deployed.check(*EVERY)

        assert "C0SECURITY" == posted.channel
        text = str(posted.message.blocks)
        for part in ("acme/app", "`main`", "`0123abc`", "actions/runs/1|run", "template.yaml:7", "Stage"):
            assert part in text
        assert "1 violation before deployment" in posted.message.text
        ((channel, _, name, data),) = deployed.world.messenger.files
        assert ("C0SECURITY", "check-acme-app-") == (channel, name[:15])
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        assert ["FAILED", "UNKNOWN", "SUPPRESSED", "SUPPRESSED"] == [row["Compliance status"] for row in rows]

    def test_report_has_no_buttons_and_no_thread_of_its_own(self, deployed: Deployed) -> None:
        """Nothing exists yet that could be changed, also by an edited CSV."""
        (posted,) = deployed.check(FAILED)

        assert not [block for block in posted.message.blocks if block["type"] == "actions"]
        assert not deployed.world.reports.threads

    @pytest.mark.parametrize(
        ("run", "hosts", "is_linked"),
        [
            ("https://github.com/acme/app/actions/runs/1", "gitlab.example, GitHub.com", True),
            ("https://github.com.evil.example/1", "github.com", False),
            ("https://github.com:8443/1", "github.com", False),
            ("https://ci.example/1", "github.com", False),
            ("", "github.com", False),
        ],
    )
    def test_run_is_linked_only_on_a_configured_host(
        self, deployed: Deployed, run: str, hosts: str, *, is_linked: bool
    ) -> None:
        """A run may claim any address; only one on a host of CHECK_LINK_HOSTS becomes a link."""
        deployed.hosts = hosts

        (posted,) = deployed.run(deployed.put(FAILED, origin=Origin("main", "", run)))

        assert is_linked == ("<https://" in str(posted.message.blocks))
        assert "evil" not in str(posted.message.blocks)

    @pytest.mark.parametrize("locale", Locale)
    def test_hostile_names_are_shown_as_text(self, deployed: Deployed, locale: Locale) -> None:
        """Names of a forged object mention nobody, link to nothing and run in no spreadsheet."""
        deployed.locale = locale
        evil = "=cmd() <!channel> *x*\n`y` <https://evil.example|z>" * 15
        result = replace(
            FAILED, file=evil, logical_id=evil, path=evil, reason=Reason("check.why.default", evil)
        )
        many = [replace(result, logical_id=f"{number}{evil}") for number in range(20)]

        (posted,) = deployed.run(
            deployed.put(*many, origin=Origin(evil[:200]), gaps=(GAP._replace(file=evil),))
        )

        text = str(posted.message.blocks) + posted.message.text
        assert "<!channel>" not in text
        assert "<https://evil" not in text
        assert b'"=cmd' not in deployed.world.messenger.files[0][3]

    def test_unread_parts_are_in_the_message(self, deployed: Deployed) -> None:
        """An incomplete check does not look clean, also without a violation."""
        (posted,) = deployed.check(gaps=(GAP,) * 7)

        assert "incomplete" in posted.message.text
        assert "broken.yaml:3" in str(posted.message.blocks)
        assert "2 more parts" in str(posted.message.blocks)


class TestNew:
    """What is new since the branch's last report."""

    def test_only_new_failures_are_shown(self, deployed: Deployed) -> None:
        """A known failure is in the CSV and the totals, and those that are gone are counted."""
        deployed.check(a_failure(1), a_failure(2))

        (posted,) = deployed.check(replace(a_failure(2), line=99), a_failure(3))

        text = str(posted.message.blocks)
        assert "1 new violation" in posted.message.text
        assert "Bucket3" in text
        assert "Bucket2" not in text
        assert "2 failed" in text
        assert "1 of the last report is gone" in text

    def test_nothing_new_is_said_nowhere(self, deployed: Deployed) -> None:
        """The same failures, fewer, or none are no news."""
        assert deployed.check(a_failure(1), a_failure(2))

        for results in ((a_failure(1), a_failure(2)), (a_failure(1),), ()):
            assert not deployed.check(*results)
        assert 1 == len(deployed.world.messenger.files)

    def test_first_check_without_failures_is_no_news(self, deployed: Deployed) -> None:
        """A clean branch is not announced, and neither are results that fail nothing."""
        assert not deployed.check(*EVERY[1:])

    def test_failure_that_comes_back_is_new(self, deployed: Deployed) -> None:
        """What was gone in between is a new failure."""
        deployed.check(a_failure(1))
        deployed.check()

        assert deployed.check(a_failure(1))

    def test_incomplete_check_forgets_nothing(self, deployed: Deployed) -> None:
        """A failure in a file that could not be read meanwhile is not new afterwards."""
        deployed.check(a_failure(1))
        deployed.check(gaps=(GAP,))

        assert not deployed.check(a_failure(1), gaps=(GAP,))

    def test_branches_have_reports_of_their_own(self, deployed: Deployed) -> None:
        """Each branch is compared with its own last report."""
        deployed.check(a_failure(1))

        assert deployed.run(deployed.put(a_failure(1), origin=Origin("fix")))

    def test_failed_post_leaves_the_failures_new(self, deployed: Deployed) -> None:
        """If Slack refuses the report, the next check has the same news; the report's channel is told."""
        deployed.world.messenger.refusing["C0TEAM0000"] = NotInChannelError(channel="C0TEAM0000")
        deployed.world.routing_file.data = ROUTE.encode()
        with pytest.raises(NotInChannelError):
            deployed.check(a_failure(1))
        (told,) = deployed.world.messenger.posted.values()
        assert ("C0SECURITY", True) == (told.channel, "acme/app" in told.message.text)

        deployed.world.messenger.refusing.clear()

        assert ["C0TEAM0000"] == [posted.channel for posted in deployed.check(a_failure(1))]


class TestOnce:
    """Events that come twice, or late."""

    def test_repeated_event_is_one_report(self, deployed: Deployed) -> None:
        """The same event again posts nothing."""
        job = deployed.put(FAILED)

        assert 1 == len(deployed.run(job))
        assert not deployed.run(job)

    def test_same_content_again_is_another_check(self, deployed: Deployed) -> None:
        """A failure that comes back with the very object of before is reported: an event has a sequencer."""
        first = deployed.put(FAILED)
        deployed.run(first)
        deployed.check()

        assert deployed.run(deployed.put(FAILED))

    def test_replaced_object_is_the_next_events(self, deployed: Deployed) -> None:
        """An event of a version that is gone posts nothing; the event of the new one does."""
        early, late = deployed.put(a_failure(1)), deployed.put(a_failure(2))

        assert not deployed.run(early)
        assert "Bucket2" in str(deployed.run(late)[0].message.blocks)

    def test_repeat_continues_with_the_kept_report(self, deployed: Deployed) -> None:
        """A job that failed after its object was replaced still posts the report that it had kept."""
        job = deployed.put(a_failure(1))
        deployed.world.messenger.errors["post"] = ThrottledError(service="Slack", call="chat.postMessage")
        with pytest.raises(ThrottledError):
            deployed.run(job)
        deployed.put(a_failure(2))

        assert "Bucket1" in str(deployed.run(job)[0].message.blocks)


class TestDeath:
    """A process that dies at one of its calls, and Lambda, which delivers the job again."""

    def test_report_is_posted_at_most_once(self) -> None:
        """Wherever the process dies, the report is there once, or the channel is told about it."""
        undisturbed = FaultInjector()
        deployed = Deployed()
        assert None is deliver_as_lambda(deployed.put(OWNED), deployed.world, undisturbed)

        for at, name in enumerate(undisturbed.calls):
            for late in (False, True):
                deployed = Deployed()
                job = deployed.put(OWNED)
                deliver_as_lambda(job, deployed.world, FaultInjector(at, late=late))

                posted = list(deployed.world.messenger.posted.values())
                reports = [one for one in posted if "デプロイ前チェック: acme/app" in str(one.message.blocks)]
                told = [one for one in posted if not one.message.blocks]
                assert 1 >= len(reports), (at, name, late)
                assert reports or told, (at, name, late)
                assert 1 >= len(deployed.world.messenger.files), (at, name, late)
                assert deployed.world.checks.states, (at, name, late)


class TestRefused:
    """Objects that somebody has forged."""

    @pytest.mark.parametrize(
        "data", [b"", b"{}", b"[" * 1_000_000, b" " * (MOST_BYTES + 1), b'{"version": 1, "<!channel>": 1}']
    )
    def test_forged_object_is_refused_and_told(self, deployed: Deployed, data: bytes) -> None:
        """Nothing of the object is posted; the report's channel is told once, and the job fails."""
        job = deployed.put_bytes(data)

        for delivery in range(2):
            with pytest.raises(InvalidCheckError):
                deployed.run(job)
            (told,) = deployed.world.messenger.posted.values()
            assert "acme/app" in told.message.text, delivery
            assert "<!" not in told.message.text

    def test_key_of_no_check_is_refused(self, deployed: Deployed) -> None:
        """A key that the role of a repository cannot write is refused unread."""
        job = replace(deployed.put(FAILED), object_key="reports/acme/app/main.json")

        with pytest.raises(InvalidCheckError):
            deployed.run(job)


class TestRoute:
    """The channel of a repository."""

    def test_route_names_the_channel(self, deployed: Deployed) -> None:
        """The repository of the key decides, in any case of its letters."""
        deployed.world.routing_file.data = ROUTE.encode()

        (posted,) = deployed.check(FAILED)

        assert "C0TEAM0000" == posted.channel

    def test_other_repository_goes_to_the_reports_channel(self, deployed: Deployed) -> None:
        """Without a route of its own a repository is reported in SLACK_CHANNEL."""
        deployed.world.routing_file.data = ROUTE.replace("Acme/*", "acme/application").encode()

        (posted,) = deployed.check(FAILED)

        assert "C0SECURITY" == posted.channel

    def test_broken_routing_file_is_told(self, deployed: Deployed) -> None:
        """The report is posted all the same, and says so."""
        deployed.world.routing_file.data = b"version = 1\n[people"

        (posted,) = deployed.check(FAILED)

        assert "routing file is not in force" in str(posted.message.blocks)


class TestOwners:
    """The owners of new failures, by the template's tags."""

    @pytest.fixture(autouse=True)
    def _people(self, deployed: Deployed) -> None:
        deployed.world.people.emails = {"alice@example.com": "U0ALICE00"}

    def test_owners_are_mentioned_in_the_thread(self, deployed: Deployed) -> None:
        """If the routing file says so, the owner of a new failure is mentioned, without a button."""
        deployed.world.routing_file.data = (MENTION % "thread").encode()

        _, mention = deployed.check(OWNED)

        assert "<@U0ALICE00>" in str(mention.message.blocks)
        assert mention.thread_ts
        assert not [block for block in mention.message.blocks if block["type"] == "actions"]

    def test_owners_of_known_failures_are_left_alone(self, deployed: Deployed) -> None:
        """Another's new failure mentions nobody for an old one."""
        deployed.world.routing_file.data = (MENTION % "thread").encode()
        deployed.check(OWNED)

        messages = deployed.check(OWNED, a_failure(2))

        assert "U0ALICE00" not in str([message.message for message in messages])

    def test_only_failures_count_for_nobody(self, deployed: Deployed) -> None:
        """Of the results without an owner, one is a failure; the others are unknown or suppressed."""
        deployed.world.routing_file.data = (MENTION % "thread").encode()

        _, notice = deployed.check(*EVERY, a_failure(2))

        assert "Without an owner: 1 " in str(notice.message.blocks)

    def test_owners_get_their_rows_directly(self, deployed: Deployed) -> None:
        """A direct message names the repository, and has the owner's rows."""
        deployed.world.routing_file.data = (MENTION % "dm").encode()

        messages = deployed.check(OWNED, a_failure(2))

        (direct,) = [message for message in messages if message.channel == "D0ALICE00"]
        assert "acme/app" in direct.message.text
        files = {channel: data for channel, _, _, data in deployed.world.messenger.files}
        assert b"Bucket2" not in files["D0ALICE00"]
        assert b"alice@example.com" in files["D0ALICE00"]

    def test_nobody_is_mentioned_without_the_file(self, deployed: Deployed) -> None:
        """Mentions are the choice of the routing file."""
        assert 1 == len(deployed.check(OWNED))

    def test_other_tags_are_not_kept(self, deployed: Deployed) -> None:
        """Only the tags that may name an owner are in the stored report."""
        deployed.check(OWNED)

        assert "not an owner" not in str(deployed.world.reports.summaries) + str(deployed.world.reports.lines)


def test_status_of_other_results_is_not_new(deployed: Deployed) -> None:
    """Only new failures are NEW rows, which alone are told to owners."""
    job = deployed.put(*EVERY)
    deployed.run(job)

    rows = list(deployed.world.reports.rows(job_id(job)))
    assert ["NEW", "SUPPRESSED", "SUPPRESSED", "SUPPRESSED"] == [row.status for row in rows]
    assert Status.FAILED == EVERY[0].status


class TestStacks:
    """The stacks of a check, by which a later report leads from a resource to its line."""

    STACK = CheckedStack("app-prod", "template.yaml", {"Logs": 4})

    @pytest.mark.parametrize(
        ("hosts", "files"),
        [("github.com", "https://github.com/acme/app/blob/0123abc/"), ("ci.example", "")],
    )
    def test_stacks_are_kept_for_the_repository_of_the_key(
        self, deployed: Deployed, hosts: str, files: str
    ) -> None:
        """Each check keeps its stacks, also without news; lines are linked on configured hosts only."""
        deployed.hosts = hosts
        data = write_check(CheckDocument(ORIGIN, (), stacks=(self.STACK,)))

        assert not deployed.run(deployed.put_bytes(data))

        stacks = deployed.world.checked_stacks
        assert {"app-prod": ("acme/app",)} == stacks.repositories()
        assert files == stacks.load("app-prod", "acme/app").files
