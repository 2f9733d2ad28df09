"""A long scan that is read in several Regions side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.coverage import Coverage
from bot.domain.finding import Finding
from bot.domain.query import Query, chosen
from bot.errors import (
    AccessDeniedError,
    BotError,
    CredentialsError,
    PageLostError,
    RegionError,
    SecurityHubDisabledError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.i18n import Locale
from bot.usecases.scanning import spreading
from bot.usecases.scanning.scan import scan
from bot.usecases.steps import UnfinishedError
from tests.builders import NOW, a_finding
from tests.fakes import FakeControls, FakeRegions
from tests.fakes.findings import FakeFindings
from tests.fakes.reports import FakeCheckpoints
from tests.unit.world.scan import Countdown, scanned

HOME, REGIONS = "ap-northeast-1", ("eu-west-1", "us-east-1", "us-west-2")
CONTROLS = ("EC2.19", "S3.1", "S3.8")
CALL = "securityhub:GetFindings"

ERRORS: dict[str, BotError] = {
    "disabled": SecurityHubDisabledError(region="us-east-1"),
    "denied": AccessDeniedError(action=CALL),
    "credentials": CredentialsError(problem="UnrecognizedClientException"),
    "throttled": ThrottledError(service="AWS", call=CALL),
    "unavailable": UnavailableError(service="AWS", call=CALL),
    "odd": UnexpectedResponseError(service="AWS", call=CALL, reason="odd"),
    "lost": PageLostError(service="AWS", call=CALL),
}


@pytest.fixture(autouse=True)
def _ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the Regions be known before the second page is read."""
    monkeypatch.setattr(spreading, "beside", lambda ask: ask())


def findings_of_four(count: int) -> list[Finding]:
    """Make findings of three controls in three accounts and four Regions."""
    places = (HOME, *REGIONS)
    return [
        a_finding(n, control_id=CONTROLS[n % 3], account_id=f"{n % 5 % 3:012}", region=places[n // 3 % 4])
        for n in range(count)
    ]


def readable(*regions: str) -> FakeRegions:
    """Make Regions that show the same findings."""
    return FakeRegions(Coverage(HOME, HOME, (*REGIONS, "sa-east-1")), set(regions))


def asked_regions(hub: FakeFindings) -> set[str]:
    """Return the Regions in which something was read."""
    return {region for region, other in hub.regions.items() if other.queries}


def answered(hub: FakeFindings) -> int:
    """Return the number of pages that all Regions have answered."""
    return hub._pages + sum(other._pages for other in hub.regions.values())


class TestSpread:
    """A scan that is worth it."""

    @pytest.mark.parametrize("controls", [("S3.8",), CONTROLS, ("S3.*", "EC2.19"), ("all",)])
    def test_each_region_reads_its_own_findings(self, controls: Sequence[str]) -> None:
        """Each linked Region is asked for its own findings, and this one for those of the others."""
        findings = [f for f in findings_of_four(400) if controls != ("S3.8",) or f.control_id == "S3.8"]
        hub = FakeFindings(findings)
        spread = scanned(hub, controls, regions=readable(*REGIONS[:2]))

        assert set(REGIONS[:2]) == asked_regions(hub)
        for region, other in hub.regions.items():
            assert {(region,)} == {query.regions for query in other.queries}
        assert {REGIONS[:2]} == {query.not_regions for query in hub.queries if query.not_regions}
        assert scanned(FakeFindings(findings), controls).rows == spread.rows

    def test_scan_that_fits_twenty_calls_stays_here(self) -> None:
        """Twenty pages are twenty calls in this Region; with one more, other Regions are read."""
        short, long = (
            FakeFindings([a_finding(n, region=REGIONS[n % 2]) for n in range(2 * pages)])
            for pages in (20, 21)
        )
        for hub in (short, long):
            scanned(hub, regions=readable(*REGIONS))

        assert ({}, 20, 1) == (short.regions, answered(short), len(short.queries))
        assert set(REGIONS) == asked_regions(long)

    def test_split_scan_of_twenty_calls_stays_here(self) -> None:
        """Several readers that finish at the same time count no call twice."""
        numbers = (*range(36), 36, 39)  # of 6, 6 and 7 pages
        hub = FakeFindings([a_finding(n, control_id=CONTROLS[n % 3], region=REGIONS[n % 2]) for n in numbers])
        scanned(hub, CONTROLS, regions=readable(*REGIONS))

        assert ({}, 20) == (hub.regions, answered(hub))

    def test_region_with_other_accounts_is_not_asked(self) -> None:
        """A Region that is not readable is never asked."""
        hub = FakeFindings(findings_of_four(200))
        scanned(hub, CONTROLS, regions=readable(REGIONS[1]))

        assert {REGIONS[1]} == set(hub.regions)

    def test_chosen_findings_are_read_here(self) -> None:
        """Findings by their Ids are read here."""
        findings = findings_of_four(900)
        hub = FakeFindings(findings)
        scanned(
            hub,
            query=chosen(finding.identifiers[0] for finding in findings),
            regions=readable(*REGIONS),
        )

        assert {} == hub.regions

    def test_named_regions_are_not_widened(self) -> None:
        """A scan of two Regions reads the linked one there, and only the other here."""
        hub = FakeFindings(findings_of_four(600))
        query = Query(CONTROLS, regions=(HOME, REGIONS[0]))
        found = scanned(hub, query=query, regions=readable(*REGIONS))

        assert {REGIONS[0]} == asked_regions(hub)
        assert {(HOME, REGIONS[0]), (HOME,)} == {query.regions for query in hub.queries}
        assert 300 == len(found.rows)

    @pytest.mark.parametrize("change", [-1, 0, 1])
    def test_region_is_believed_about_its_findings(self, change: int) -> None:
        """If a Region is ahead of or behind this one, its findings are reported as the Region has them."""
        findings = findings_of_four(240)
        hub = FakeFindings(findings)
        own = [f for f in findings_of_four(240 + 12 * change) if f.region == REGIONS[1]]
        hub.at(REGIONS[1]).findings = [replace(finding, title="newer") for finding in own]
        found = scanned(hub, CONTROLS, regions=readable(REGIONS[1]))

        of_region = [row for row in found.rows if row["region"] == REGIONS[1]]
        assert 180 == len(found.rows) - len(of_region)
        assert 60 + 3 * change == len(of_region)
        assert {"newer"} == {row["title"] for row in of_region}

    def test_pages_read_before_are_not_counted_twice(self) -> None:
        """Progress counts the pages that are read again once."""
        counts: list[int] = []
        scanned(
            FakeFindings(findings_of_four(400)), CONTROLS, regions=readable(*REGIONS), progress=counts.append
        )

        assert 400 == counts[-1] == max(counts)


class TestFailing:
    """A Region that fails."""

    @pytest.mark.parametrize("page", [0, 3])
    @pytest.mark.parametrize("name", ERRORS)
    def test_failing_region_is_read_here(self, name: str, page: int) -> None:
        """What a Region does not give, at once or in the middle, is read here from its start."""
        hub = FakeFindings(findings_of_four(400))
        failing = hub.at(REGIONS[1])
        failing.error, failing.fail_at_page = ERRORS[name], page
        regions = readable(*REGIONS)
        found = scanned(hub, CONTROLS, regions=regions)

        assert scanned(FakeFindings(findings_of_four(400)), CONTROLS).rows == found.rows
        assert () == found.report.unread
        refuses = name in ("disabled", "denied", "credentials")
        assert [REGIONS[1]] * refuses == regions.refusing

    def test_unreachable_region_is_read_here(self) -> None:
        """A Region of which there is no client is read here."""
        hub = FakeFindings(findings_of_four(400))
        hub.region_errors[REGIONS[0]] = RegionError(region=REGIONS[0])
        found = scanned(hub, CONTROLS, regions=readable(*REGIONS))

        assert scanned(FakeFindings(findings_of_four(400)), CONTROLS).rows == found.rows

    def test_failing_home_is_an_error(self) -> None:
        """An error of this Region reaches the report as before."""
        hub = FakeFindings(findings_of_four(400))
        hub.fail_at_page, hub.error = 30, ERRORS["throttled"]
        found = scanned(hub, CONTROLS, regions=readable(*REGIONS))

        assert {"throttled"} == {unread.code for unread in found.report.unread}
        named = [control for unread in found.report.unread for control in unread.controls]
        assert len(set(named)) == len(named)


class CrashError(Exception):
    """The process has ended."""


@dataclass
class CrashingStore(FakeCheckpoints):
    """Checkpoints of a process that ends at some of its writes, counted from 1."""

    crashes: set[int] = field(default_factory=set)
    writes: int = 0

    def save(self, name: str, file: Path) -> None:
        """Keep a file, or crash before."""
        self.writes += 1
        if self.writes in self.crashes:
            raise CrashError
        super().save(name, file)


@dataclass
class Files:
    """The files of a report."""

    csv: bytes
    seen: bytes
    attempts: int


def scan_to_end(
    hub: FakeFindings,
    regions: FakeRegions | None = None,
    store: FakeCheckpoints | None = None,
    slices: Iterable[int] = (),
) -> Files:
    """Scan in attempts with time for so many pages, until it is done."""
    left = list(slices)
    for attempt in range(1, 200):
        has_time = Countdown(left.pop(0) if left else 100_000)
        with TemporaryDirectory() as folder:
            try:
                report = scan(
                    Query(CONTROLS),
                    folder=Path(folder),
                    locale=Locale.EN,
                    findings=hub,
                    controls=FakeControls(),
                    now=lambda: NOW,
                    regions=regions,
                    store=store,
                    time_left=has_time,
                    resumable=store is not None,
                )
            except (UnfinishedError, CrashError):
                continue
            assert not report.unread
            return Files(report.csv_file.read_bytes(), report.seen_file.read_bytes(), attempt)
    raise AssertionError("it does not end")


class TestAttempts:
    """A spread scan that takes several attempts."""

    def test_next_attempt_continues_in_each_region(self) -> None:
        """The pages of the first attempt are not read again: each token is used in its own Region."""
        hub, store = FakeFindings(findings_of_four(400)), FakeCheckpoints()
        files = scan_to_end(hub, readable(*REGIONS), store, [90])
        before = {name for name in store.files if name.endswith(".plan")}

        assert 2 == files.attempts
        assert 1 == len(before)
        assert scan_to_end(FakeFindings(findings_of_four(400))).csv == files.csv
        once = FakeFindings(findings_of_four(400))
        scan_to_end(once, readable(*REGIONS))
        assert answered(hub) <= answered(once) + 2 * 16

    def test_partition_that_was_finished_before_is_kept(self) -> None:
        """A control that was read to its end before the scan was spread is in the next attempt's report."""
        findings = [a_finding(n, region=REGIONS[n % 3], control_id=CONTROLS[n > 1]) for n in range(200)]
        findings.append(a_finding(200, control_id=CONTROLS[2]))
        plain = scan_to_end(FakeFindings(findings))

        for _ in range(5):  # readers end in another order each time
            files = scan_to_end(FakeFindings(findings), readable(*REGIONS), FakeCheckpoints(), [60])
            assert (2, plain.csv) == (files.attempts, files.csv)

    def test_region_that_is_not_readable_any_more_is_read_here(self) -> None:
        """If a Region is switched off between two attempts, its partitions are read here from the start."""
        hub, store = FakeFindings(findings_of_four(400)), FakeCheckpoints()
        regions = readable(*REGIONS)
        with pytest.raises(AssertionError):
            scan_to_end(hub, regions, store, [90] + [0] * 199)
        assert asked_regions(hub)
        for other in hub.regions.values():
            other.queries.clear()

        assert scan_to_end(FakeFindings(findings_of_four(400))).csv == scan_to_end(hub, None, store).csv
        assert set() == asked_regions(hub)


BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(CONTROLS),
        st.sampled_from(["111111111111", "222222222222", "333333333333"]),
        st.sampled_from((HOME, *REGIONS)),
        st.integers(1, 40),
    ),
    max_size=10,
)
"""Control, account and Region of some findings that come one after the other, and their number."""
FAULTS = st.dictionaries(
    st.sampled_from(REGIONS), st.tuples(st.sampled_from(sorted(ERRORS)), st.integers(0, 12))
)


class TestLaw:
    """The law of scans."""

    @given(
        blocks=BLOCKS,
        faults=FAULTS,
        same=st.sets(st.sampled_from(REGIONS)),
        slices=st.lists(st.integers(5, 80), max_size=6),
        crashes=st.sets(st.integers(1, 40), max_size=4),
    )
    def test_report_does_not_depend_on_where_it_was_read(
        self,
        blocks: list[tuple[str, str, str, int]],
        faults: dict[str, tuple[str, int]],
        same: set[str],
        slices: list[int],
        crashes: set[int],
    ) -> None:
        """Faults of Regions, crashes and ends of time: the files are those of one reading in one Region."""
        places = [place for *place, count in blocks for _ in range(count)]
        findings = [
            a_finding(number, control_id=control, account_id=account, region=region)
            for number, (control, account, region) in enumerate(places)
        ]
        hub = FakeFindings(findings)
        for region, (name, page) in faults.items():
            failing = hub.at(region)
            failing.error, failing.fail_at_page = ERRORS[name], page
        files = scan_to_end(hub, readable(*same), CrashingStore(crashes=crashes), slices)
        plain = scan_to_end(FakeFindings(findings, page_size=1000))

        assert plain.csv == files.csv
        assert plain.seen == files.seen
