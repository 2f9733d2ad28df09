"""The command `routing`, and owners in `scan`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import cli, cli_routing
from bot.domain.finding import Severity
from bot.domain.owners.routing_file import MOST_BYTES, check_routing
from bot.errors import AccessDeniedError
from tests.builders import a_finding
from tests.fakes import FakeControls, FakeRoutingFile
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
    monkeypatch.setattr(cli, "client", lambda service: service)
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
