"""The command `routing`, and owners in `scan`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import cli, cli_routing
from bot.domain.finding import Severity
from bot.domain.owners.routing_file import MOST_BYTES, check_routing
from bot.domain.permission import Standing
from bot.domain.slack import Channel
from bot.errors import AccessDeniedError, MissingScopeError
from tests.builders import a_finding
from tests.fakes import FakeChannels, FakeControls, FakePeople, FakeRegions, FakeRoutingFile
from tests.fakes.findings import FakeFindings

FILE = """\
version = 1
[owner]
tags = ["CostCenter"]
[people]
finance = "S0123456789"
[accounts]
123456789012 = "finance"
[[route]]
owners = ["finance"]
severities = ["HIGH"]
channel = "C0123456789"
"""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeFindings:
    """Put a fake Security Hub where the command line makes its own."""
    fake = FakeFindings([a_finding(1), a_finding(2, tags=(("CostCenter", "web"), ("Owner", "Platform; x")))])
    here = SimpleNamespace(meta=SimpleNamespace(region_name="ap-northeast-1"))
    monkeypatch.setattr(cli, "client", lambda service: here)
    monkeypatch.setattr(cli, "aggregated_regions", lambda settings, region, now: FakeRegions())
    monkeypatch.setattr(cli, "SecurityHubControls", lambda client: FakeControls())
    for module in (cli, cli_routing):
        monkeypatch.setattr(module, "security_hub_findings", lambda settings: fake)
    return fake


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> FakeRoutingFile:
    """Put a fake where the command line finds the file of a stack."""
    fake = FakeRoutingFile(FILE.encode())
    monkeypatch.setattr(cli_routing, "_file_of", lambda stack: fake)
    return fake


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a file."""
    path = tmp_path / "routing.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


class TestCheck:
    """Checking a file."""

    def test_good_file_is_counted(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file without errors is exit code 0, and its entries are counted."""
        assert 0 == cli.main(["routing", "--locale", "en", "check", str(file)])
        assert "No errors: 1 person, 1 account, 0 resources, 1 route\n" == capsys.readouterr().out

    def test_each_error_is_a_line(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Every error has a line with its place and the remedy, and the exit code is 2."""
        file.write_text(FILE.replace("S0123456789", "S01").replace("HIGH", "BAD"), encoding="utf-8")

        assert 2 == cli.main(["routing", "--locale", "en", "check", str(file)])
        out, err = capsys.readouterr()
        lines = err.splitlines()
        assert "" == out
        assert ["routing.toml, line 5, finance", "routing.toml, line 10, severities"] == [
            line.rpartition(": This must")[0] for line in lines
        ]

    @pytest.mark.parametrize("command", [["check"], ["put"], ["explain", "123456789012", "--file"]])
    def test_absent_file_is_bad_input(self, command: list[str], tmp_path: Path) -> None:
        """A file that is not there is exit code 2."""
        assert 2 == cli.main(["routing", *command, str(tmp_path / "none.toml")])

    def test_huge_file_is_refused(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A file of any size is refused by its beginning."""
        file.write_bytes(b"#" * 5 * MOST_BYTES)

        assert 2 == cli.main(["routing", "--locale", "en", "check", str(file)])
        assert "more than 1,000,000 bytes" in capsys.readouterr().err


NAMES = """\
version = 1
[people]
member = "U0MEMBER00"
guest = "U0GUEST000"
partner = "U0PARTNER0"
bot = "U0BOT00000"
group = "S0GROUP000"
old-group = "S0OLD00000"
mail = "alice@example.com"
typo = "alcie@example.com"
[accounts]
123456789012 = "alcie@example.com"
[resources]
"arn:aws:s3:::a" = ["web", "S0OLD00000"]
[[route]]
accounts = ["123456789012"]
channel = "C0ROUTE000"
[[route]]
owners = ["web"]
channel = "C0UNSEEN00"
[mention]
unowned = "C0ARCHIVED"
"""


class TestInSlack:
    """Checking a file against Slack."""

    @pytest.fixture
    def slack(self, monkeypatch: pytest.MonkeyPatch) -> tuple[FakePeople, FakeChannels]:
        """Put fakes where the command line finds the Slack of a stack."""
        standings = {
            "U0GUEST000": Standing.GUEST,
            "U0PARTNER0": Standing.EXTERNAL,
            "U0BOT00000": Standing.INACTIVE,
        }
        emails, handles = {"alice@example.com": "U0ALICE00"}, {"group": "S0GROUP000"}
        people = FakePeople(standings, emails=emails, handles=handles)
        archived = Channel("C0ARCHIVED", is_member=True, is_archived=True)
        left = Channel("C0ROUTE000", is_member=False)
        channels = FakeChannels({"C0UNSEEN00": None, "C0ARCHIVED": archived, "C0ROUTE000": left})
        monkeypatch.setattr(cli_routing, "stack_slack", lambda stack: (people, channels))
        return people, channels

    def test_each_name_that_cannot_be_reached_is_a_line(
        self, slack: object, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each has its line, its entry, the name and the remedy; the file itself has no error."""
        file.write_text(NAMES, encoding="utf-8")

        assert 2 == cli.main(["routing", "--locale", "en", "check", str(file), "--slack"])
        out, err = capsys.readouterr()
        assert out.startswith("No errors")
        assert [
            "line 4, guest: U0GUEST000 is a guest",
            "line 5, partner: U0PARTNER0 is not of this workspace",
            "line 6, bot: U0BOT00000 is a bot, or the account is deactivated",
            "line 8, old-group: Slack has no active user group S0OLD00000",
            "line 10, typo: Slack knows no active person with the address alcie@example.com",
            "line 12, 123456789012: Slack knows no active person with the address alcie@example.com",
            "line 14, arn:aws:s3:::a: Slack has no active user group S0OLD00000",
            "line 17, channel: The bot is not in the channel C0ROUTE000",
            "line 20, channel: The bot cannot see the channel C0UNSEEN00",
            "line 22, unowned: The channel C0ARCHIVED is archived",
        ] == [
            line.removeprefix("routing.toml, ").partition(". ")[0].partition(": the bot ")[0]
            for line in err.splitlines()
        ]

    def test_each_name_is_looked_up_once(self, slack: tuple[FakePeople, FakeChannels], file: Path) -> None:
        """A group that many accounts name costs no more than one that a single account names."""
        file.write_text(NAMES, encoding="utf-8")
        cli.main(["routing", "check", str(file), "--slack"])

        assert ["alcie@example.com", "alice@example.com", "group_handles"] == sorted(slack[0].looked_up)

    def test_file_whose_names_slack_knows_is_clean(
        self, slack: object, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Exit code 0, and the number of names."""
        file.write_text(
            'version = 1\n[people]\na = "U0MEMBER00"\nb = "a"\nc = "S0GROUP000"\n', encoding="utf-8"
        )

        assert 0 == cli.main(["routing", "--locale", "en", "check", str(file), "--slack"])
        assert "Slack knows all 2 names of the file." == capsys.readouterr().out.splitlines()[1]

    def test_refusing_slack_is_configuration(
        self, slack: tuple[FakePeople, FakeChannels], file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A missing scope is exit code 3, and says which; nobody is called absent for it."""
        slack[0].errors["alice@example.com"] = MissingScopeError(scope="users:read.email")
        file.write_text(NAMES, encoding="utf-8")

        assert 3 == cli.main(["routing", "--locale", "en", "check", str(file), "--slack"])
        assert "users:read.email" in capsys.readouterr().err

    def test_many_addresses_are_read_in_one_pass(
        self, slack: tuple[FakePeople, FakeChannels], file: Path
    ) -> None:
        """As in a report."""
        people = "".join(f'p{n} = "p{n}@example.com"\n' for n in range(151))
        slack[0].emails = {f"p{n}@example.com": f"U0P{n:06}" for n in range(151)}
        file.write_text(f"version = 1\n[people]\n{people}", encoding="utf-8")

        assert 0 == cli.main(["routing", "check", str(file), "--slack"])
        assert ["all_by_email"] == slack[0].looked_up

    def explained(
        self, owner: str, hub: FakeFindings, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> list[str]:
        """Explain the owner of a resource with this tag; return the lines about contacts."""
        hub.findings = [a_finding(1, tags=(("CostCenter", owner),))]
        arguments = ["explain", "arn:aws:s3:::bucket-1", "--file", str(file), "--slack"]
        assert 0 == cli.main(["routing", "--locale", "en", *arguments])
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith("contact")]

    def test_owner_is_explained_with_the_id_and_the_way(
        self, slack: object, hub: FakeFindings, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As the bot would find the owner at this moment."""
        assert [
            "contact of alice@example.com: U0ALICE00 (by the address alice@example.com)",
            "contact of finance: S0123456789 (an ID of the routing file)",
        ] == self.explained("alice@example.com; finance", hub, file, capsys)

    def test_owner_whom_slack_does_not_know_is_explained(
        self, slack: object, hub: FakeFindings, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With the reason and the look-ups that were tried."""
        assert ["contact of web: none (Not in Slack); tried: handle web"] == self.explained(
            "web", hub, file, capsys
        )


class TestPut:
    """Putting a file in force."""

    def test_good_file_is_put(self, file: Path, deployed: FakeRoutingFile) -> None:
        """A file without errors is in force."""
        file.write_text("version = 1\n", encoding="utf-8")

        assert 0 == cli.main(["routing", "put", str(file)])
        assert b"version = 1\n" == deployed.data

    def test_broken_file_is_not_put(self, file: Path, deployed: FakeRoutingFile) -> None:
        """A file with an error changes nothing."""
        file.write_text("version = 2\n", encoding="utf-8")

        assert 2 == cli.main(["routing", "put", str(file)])
        assert FILE.encode() == deployed.data


class TestExample:
    """The example."""

    def test_example_is_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The example is a file without errors that has every table."""
        assert 0 == cli.main(["routing", "example"])

        checked = check_routing(capsys.readouterr().out.encode())
        assert [] == checked.errors
        routing = checked.routing
        assert all((routing.people, routing.accounts, routing.resources, routing.routes, routing.sla))
        assert routing.mention.unowned


class TestExplain:
    """Who owns something, and why."""

    def test_account_is_explained(
        self, deployed: FakeRoutingFile, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An account's owner needs no call to Security Hub."""
        assert 0 == cli.main(["routing", "--locale", "en", "explain", "123456789012"])

        expected = ["owner: finance", "rule: account 123456789012", "contact of finance: id S0123456789"]
        assert expected == capsys.readouterr().out.splitlines()

    def test_resource_is_explained_by_its_findings(
        self, hub: FakeFindings, deployed: FakeRoutingFile, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A resource's tags are those of its findings; each control and severity has its channel."""
        hub.findings += [a_finding(1, control_id="S3.1", severity=Severity.LOW)]

        assert 0 == cli.main(["routing", "--locale", "en", "explain", "arn:aws:s3:::bucket-1"])
        lines = capsys.readouterr().out.splitlines()
        assert ["owner: finance", "rule: account 123456789012"] == lines[:2]
        assert ["S3.1 LOW: the report's own channel", "S3.8 HIGH: C0123456789"] == lines[3:]

    def test_file_decides_before_it_is_put(
        self, hub: FakeFindings, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With --file the deployment is not asked; the tags are those that the file names."""
        arguments = ["explain", "arn:aws:s3:::bucket-2", "--file", str(file)]

        assert 0 == cli.main(["routing", "--locale", "en", *arguments])
        assert ["owner: web", "rule: tag CostCenter"] == capsys.readouterr().out.splitlines()[:2]

    def test_tag_names_no_slack_id(
        self, hub: FakeFindings, deployed: FakeRoutingFile, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An ID that a tag names is looked up as a name, and never taken for an ID."""
        hub.findings = [a_finding(1, tags=(("CostCenter", "C0123456789"),))]

        assert 0 == cli.main(["routing", "--locale", "en", "explain", "arn:aws:s3:::bucket-1"])
        assert "contact of C0123456789: handle c0123456789" in capsys.readouterr().out.splitlines()

    def test_resource_without_finding_is_said(
        self, hub: FakeFindings, deployed: FakeRoutingFile, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without a finding the tags are not known."""
        assert 0 == cli.main(["routing", "--locale", "en", "explain", "arn:aws:s3:::other"])
        assert "no active finding of arn:aws:s3:::other" in capsys.readouterr().out

    def test_deployment_without_file_is_explained_by_tags(
        self, hub: FakeFindings, deployed: FakeRoutingFile, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without a file the defaults decide."""
        deployed.data = None

        assert 0 == cli.main(["routing", "--locale", "en", "explain", "arn:aws:s3:::bucket-2"])
        assert "owner: Platform; x" in capsys.readouterr().out

    def test_denied_bucket_is_configuration(self, deployed: FakeRoutingFile) -> None:
        """Credentials that may not read the file are exit code 3."""
        deployed.errors["read"] = AccessDeniedError(action="s3:GetObject")

        assert 3 == cli.main(["routing", "explain", "123456789012"])


class TestScan:
    """Owners in `scan`."""

    def scanned(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[list[str]]:
        """Return the resource and the last two cells of each row of the CSV."""
        cli.main(["scan", "S3.8", "--locale", "en", "--output", "-", *arguments])
        rows = capsys.readouterr().out.splitlines()[1:]
        return [[row.strip('"').split('","')[index] for index in (0, -3, -2)] for row in rows]

    def test_owner_narrows_rows(self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]) -> None:
        """Only rows of the owner are listed, in any spelling, also if others own them too."""
        expected = [["arn:aws:s3:::bucket-2", "Platform; x", "tag Owner"]]

        assert expected == self.scanned(capsys, "--owner", "PLATFORM")

    def test_owner_without_rows_is_clean(self, hub: FakeFindings) -> None:
        """Exit code 0 means that this owner has nothing to do."""
        assert 0 == cli.main(["scan", "S3.8", "--owner", "nobody else"])

    def test_routing_file_names_owners(
        self, hub: FakeFindings, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The file's tags and accounts decide."""
        assert [
            ["arn:aws:s3:::bucket-1", "finance", "account 123456789012"],
            ["arn:aws:s3:::bucket-2", "web", "tag CostCenter"],
        ] == self.scanned(capsys, "--routing", str(file))

    def test_broken_routing_file_is_bad_input(self, hub: FakeFindings, file: Path) -> None:
        """A wrong file is exit code 2, before anything is scanned."""
        file.write_text("version = 3\n", encoding="utf-8")

        assert 2 == cli.main(["scan", "S3.8", "--routing", str(file)])
        assert [] == hub.queries
