"""Stored reports whose rows have owners, and who was told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.finding import Finding
from bot.domain.job import ScanJob
from bot.domain.owners.owner import Ownership, Source
from bot.domain.owners.routing import How, Mention
from bot.domain.row import Row
from bot.errors import NotInChannelError, ThrottledError
from bot.ports import Ports
from bot.usecases.context import JobContext
from bot.usecases.owners.notify import Delivered, notify_owners
from bot.usecases.steps import Deadline, Steps
from tests.builders import NOW, a_csv, a_finding, a_summary
from tests.delivery import DEPLOYMENT, CrashError
from tests.fakes import FakeWorld

CHANNEL, TS = "C0SECURITY", "9.000001"
ALICE, BOB = "alice@example.com", "bob@example.com"
THREAD = Mention(How.THREAD)
DIRECT = Mention(How.DM)
SCHEDULE = ScanJob("schedule/1", None, CHANNEL)
THROTTLED = ThrottledError(service="Slack", call="users.lookupByEmail")


@dataclass
class OwnedReports:
    """Reports in one world whose rows have owners, and the notifications of their owners."""

    world: FakeWorld = field(default_factory=FakeWorld)
    deadline: Deadline = field(default_factory=Deadline)
    ports: Ports | None = None
    """Other ports than the world's."""

    def __post_init__(self) -> None:
        self.world.people.emails = {ALICE: "U0ALICE00", BOB: "U0BOB0000"}
        self.world.people.handles = {"web-team": "S0WEBTEAM"}

    def save(self, owned: Mapping[Finding, tuple[str, ...]], report_id: str = "0123456789abcdef") -> None:
        """Save a report of findings, each with the names in its tag."""
        rows = [Row([finding]) for finding in owned]
        for row, names in zip(rows, owned.values(), strict=True):
            row.owner = Ownership(names, Source.TAG, "Owner") if names else Ownership((), Source.NO_TAG)
        with TemporaryDirectory() as folder:
            csv_file, lines = Path(folder, "csv"), Path(folder, "lines")
            csv_file.write_bytes(a_csv(owned, report_id=report_id))
            lines.write_text("".join(f"{row.line()}\n" for row in rows))
            self.world.reports.save(a_summary(owned, report_id=report_id, scanned_at=NOW), csv_file, lines)

    def notify(
        self,
        mention: Mention = THREAD,
        job: ScanJob = SCHEDULE,
        report_id: str = "0123456789abcdef",
        domain: str = "",
    ) -> None:
        """Tell the owners of a report."""
        self.world.routing_file.data = routing_file(mention, domain)
        context = JobContext(
            job, self.ports or self.world.ports, self._steps(report_id), DEPLOYMENT, self.deadline
        )
        notify_owners([Delivered(report_id, TS, context)], context)

    def report(self, owned: Mapping[Finding, tuple[str, ...]], report_id: str) -> str:
        """Save the schedule's next report, tell its owners, and return the message; empty without one."""
        before = len(self.world.messenger.posted)
        self.save(owned, report_id)
        self.notify(report_id=report_id)
        posted = list(self.world.messenger.posted.values())[before:]
        sections = [block for each in posted for block in each.message.blocks if "text" in block]
        return "\n".join(block["text"]["text"] for block in sections)

    def _steps(self, report_id: str) -> Steps:
        ports = self.ports or self.world.ports
        return Steps(ports.ledger, report_id, self.world.clock)

    def refuse_next_post(self) -> None:
        """Let Slack refuse the next message to a channel."""
        self.world.messenger.errors["post"] = NotInChannelError(channel=CHANNEL)

    def dies(self, mention: Mention) -> bool:
        """Tell the owners; return whether the process died."""
        try:
            self.notify(mention)
        except CrashError:
            return True
        return False

    def faults(self) -> list[str]:
        """List the people who were told twice, and the rows that were marked without telling anybody."""
        posted = [posted for ts, posted in self.world.messenger.posted.items() if ts != TS]
        told: Counter[str] = Counter()
        for each in posted:
            texts = repr(each.message.blocks)
            told.update(user for user in ("U0ALICE00", "U0BOB0000") if f"<@{user}>" in texts)
            is_direct = each.channel.startswith("D") and not each.thread_ts
            told.update([f"U{each.channel[1:]}"] if is_direct else [])
        marked = {each.resource_id for each in self.world.findings.findings if not each.is_new}
        owners = {"arn:aws:s3:::bucket-0": "U0ALICE00", "arn:aws:s3:::bucket-1": "U0BOB0000"}
        twice = [f"{user} was told {count} times" for user, count in told.items() if count > 1]
        return twice + [f"{resource} was marked" for resource in marked if not told[owners[resource]]]

    @property
    def text(self) -> str:
        """The one message in the thread."""
        (posted,) = (posted for posted in self.world.messenger.posted.values() if posted.thread_ts == TS)
        assert CHANNEL == posted.channel
        *sections, buttons = posted.message.blocks
        assert ["show_mine"] == [element["action_id"] for element in buttons["elements"]]
        return "\n".join(block["text"]["text"] for block in sections)


def routing_file(mention: Mention, domain: str = "") -> bytes:
    """Write a routing file with this table."""
    owner = ["[owner]", f'email_domain = "{domain}"'] if domain else []
    lines = [f'how = "{mention.how}"', f"at_most = {mention.at_most}"]
    lines += [f'unowned = "{mention.unowned}"'] if mention.unowned else []
    lines += ["mark_notified = true"] if mention.mark_notified else []
    return "\n".join(["version = 1", *owner, "[mention]", *lines]).encode()


def findings(count: int) -> list[Finding]:
    """Make NEW findings of HIGH severity."""
    return [a_finding(number) for number in range(count)]
