"""A large scan in four Regions of moto's Security Hub, which this project did not write."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.security_hub import security_hub_findings
from bot.domain.control import Catalogue, Standard, bundled_catalogue
from bot.domain.coverage import Coverage
from bot.domain.finding import Finding, FindingIdentifier
from bot.domain.query import Query
from bot.domain.report import Report
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.scanning.scan import scan
from playground.http import HttpServer
from tests.builders import NOW, a_finding, an_asff
from tests.fakes import FakeRegions
from tests.peers.regions import HOME, LINKED, REGIONS, Front, moto_client, stock_moto

COUNT, PAGE = 12_000, 100
BURST = 6
"""Calls that AWS takes at once of an account in a Region."""
RATE = 20.0
"""Calls a second of a Region; AWS's 3 would take a minute."""
CONTROLS = tuple(control.id for control in bundled_catalogue().controls[:20])
ACCOUNTS = ("111111111111", "222222222222", "333333333333")


class BundledControls:
    """The controls of the bot's own catalogue; moto has none."""

    def catalogue(self) -> Catalogue:
        """Return the catalogue."""
        return bundled_catalogue()

    def standards(self) -> tuple[Standard, ...]:
        """Return no standard."""
        return ()


def numbered(number: int) -> Finding:
    """Make a finding; each Region has as many of each control and account."""
    region, control = REGIONS[number % 4], CONTROLS[number // 4 % 20]
    account = ACCOUNTS[number // 80 % 3]
    name = f"arn:aws:securityhub:{region}:{account}:security-control/{control}/finding/{number}"
    identifier = FindingIdentifier(name, f"arn:aws:securityhub:{region}::product/aws/securityhub")
    places = {"region": region, "account_id": account, "control_id": control}
    return a_finding(number, identifiers=(identifier,), **places)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """Return the address of moto with COUNT findings, shared out evenly among REGIONS."""
    with stock_moto() as url:
        for at, region in enumerate(REGIONS):
            client = moto_client(url, region)
            findings = [an_asff(numbered(number)) for number in range(at, COUNT, len(REGIONS))]
            for start in range(0, len(findings), PAGE):
                answer = client.batch_import_findings(Findings=findings[start : start + PAGE])
                assert 0 == answer["FailedCount"]
        yield url


@pytest.fixture
def front(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """Put AWS's limits and aggregation in front of moto, and the bot's settings into the environment."""
    front = Front(moto, RATE)
    server = HttpServer(front, "front")
    for name, value in {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": HOME,
        "AWS_ENDPOINT_URL": server.url,
        "GET_FINDINGS_RATE": str(RATE),
    }.items():
        monkeypatch.setenv(name, value)
    yield front
    server.stop()


def scanned(folder: Path, *regions: str) -> Report:
    """Scan all controls in the home Region and in others."""
    return scan(
        Query(CONTROLS),
        folder=folder,
        locale=Locale.EN,
        findings=security_hub_findings(Settings(os.environ)),
        controls=BundledControls(),
        now=lambda: NOW,
        regions=FakeRegions(Coverage(HOME, HOME, regions), set(regions)),
    )


def ids(report: Report) -> list[str]:
    """Return the Ids in the CSV of a report."""
    with report.csv_file.open(encoding="utf-8-sig", newline="") as text:
        return [row["Finding ID"] for row in csv.DictReader(text)]


class TestLargeScan:
    """12,000 findings in a home Region and three linked ones."""

    def test_no_region_answers_more_than_a_third_of_calls(self, front: Front, tmp_path: Path) -> None:
        """
        Of the calls that a Region answers after its burst, none answers more than a third of all pages.

        AWS's limit is for each Region, so that the scan takes at most a third of the time of one Region.
        """
        report = scanned(tmp_path, *LINKED)
        longest = max(front.answered.values()) - BURST

        assert longest <= (COUNT / PAGE - BURST) / 3
        assert not report.is_partial
        assert [numbered(number).identifiers[0].id for number in range(COUNT)] == sorted(
            ids(report), key=number_of
        )

    def test_report_is_the_same_in_one_region(self, front: Front, tmp_path: Path) -> None:
        """A scan in the home Region alone writes the same CSV, byte for byte."""
        for name in ("alone", "spread"):
            (tmp_path / name).mkdir()
        alone = scanned(tmp_path / "alone")
        calls = front.answered.copy()
        spread = scanned(tmp_path / "spread", *LINKED)

        assert [HOME] == list(calls)
        assert calls[HOME] >= COUNT / PAGE
        assert alone.csv_file.read_bytes() == spread.csv_file.read_bytes()


def number_of(finding_id: str) -> int:
    """Return the number of a finding."""
    return int(finding_id.rpartition("/")[2])
