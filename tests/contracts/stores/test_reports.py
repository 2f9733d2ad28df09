"""Stored reports, in the fake and in the bucket."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import Stubber

from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.reports import BucketReports
from bot.domain.finding import Finding, FindingIdentifier, Resource, WorkflowStatus
from bot.domain.query import Query
from bot.domain.report import Part, PostedReport, PostFault, Tally, Unread
from bot.domain.row import Row
from bot.errors import AccessDeniedError, ReportGoneError, UnexpectedResponseError
from bot.ports import Reports
from tests.builders import a_csv, a_finding, a_summary, seen_in, some_findings
from tests.contracts.answers import answer
from tests.contracts.places import BUCKET
from tests.fakes.reports import FakeReports

REPORT_ID = "0123456789abcdef"
PART = PostedReport("c", "C0WEB00000", "3.000001")


@pytest.fixture(params=["fake", "bucket"])
def reports(request: pytest.FixtureRequest) -> Reports:
    """Return the port."""
    if request.param == "fake":
        return FakeReports()
    return BucketReports(Bucket(request.getfixturevalue("bucket"), BUCKET))


def kept(reports: Reports, findings: list[Finding]) -> None:
    """Keep a report of findings."""
    with TemporaryDirectory() as folder:
        csv_file, seen_file = Path(folder) / "csv", Path(folder) / "jsonl"
        csv_file.write_bytes(a_csv(findings))
        seen_file.write_text("".join(f"{Row([f]).line()}\n" for f in findings))
        reports.save(a_summary(findings), csv_file, seen_file)


class TestKept:
    """A report that is kept."""

    @pytest.mark.parametrize(
        "summary",
        [
            a_summary(),
            a_summary(some_findings(25)),
            a_summary([a_finding(1, resources=(), workflow_status=WorkflowStatus.NOTIFIED)]),
            a_summary([a_finding(1, title="日本語 🎉 <!here>", resources=(Resource("a", "b"),) * 2)]),
            a_summary([], (Unread(("S3.1",), "throttled", {"service": "AWS", "call": "x"}),)),
            a_summary(requester_id=None, query=Query(controls=("S3.1",), statuses=(WorkflowStatus.NEW,))),
            a_summary(parts=(Part("C0WEB", "fedc", 3, PostFault("x", "y")),), whole=Tally(3)),
            a_summary(part=Part("C0WEB", "fedc", 3), part_of="C0SECURITY"),
        ],
    )
    def test_what_is_read_is_what_was_written(self, reports: Reports, summary: Any, tmp_path: Path) -> None:
        """What is read is what was written, to the last part."""
        (tmp_path / "empty").touch()
        reports.save(summary, tmp_path / "empty", tmp_path / "empty")

        assert summary == reports.summary(REPORT_ID)

    def test_saved_summary_is_replaced_alone(self, reports: Reports) -> None:
        """Another summary leaves the rows as they are."""
        kept(reports, some_findings(3))
        changed = a_summary(some_findings(3), part_of="C0SECURITY")
        reports.save_summary(changed)

        assert changed == reports.summary(REPORT_ID)
        assert 3 == len(list(reports.rows(REPORT_ID)))

    def test_rows_come_in_order_with_all_identifiers(self, reports: Reports) -> None:
        """Each problem comes in the report's order, with all its identifiers."""
        many = tuple(FindingIdentifier(f"id-{n}", f"arn-{n}") for n in range(7))
        findings = [*some_findings(3), a_finding(9, identifiers=many)]
        kept(reports, findings)

        assert list(map(seen_in, findings)) == list(reports.rows(REPORT_ID))

    def test_report_of_no_findings_is_a_report(self, reports: Reports) -> None:
        """A report of no findings is a report."""
        kept(reports, [])

        assert [] == list(reports.rows(REPORT_ID))
        assert 0 == reports.summary(REPORT_ID).finding_count

    def test_file_comes_back_byte_for_byte(self, reports: Reports, tmp_path: Path) -> None:
        """The file comes back byte for byte."""
        (tmp_path / "in").write_bytes(bytes(range(256)) * 9000)
        (tmp_path / "ids").touch()
        reports.save(a_summary(), tmp_path / "in", tmp_path / "ids")
        reports.fetch_csv(REPORT_ID, tmp_path / "out")

        assert (tmp_path / "in").read_bytes() == (tmp_path / "out").read_bytes()

    def test_repeated_scan_replaces_its_report(self, reports: Reports) -> None:
        """A scan that is done again after a crash leaves one report."""
        kept(reports, some_findings(3))
        kept(reports, some_findings(1))

        assert 1 == reports.summary(REPORT_ID).finding_count
        assert 1 == len(list(reports.rows(REPORT_ID)))

    def test_report_is_found_by_its_message(self, reports: Reports) -> None:
        """Of which report a message is, is remembered; of another message nothing."""
        reports.add_thread("C0SECURITY", "1.000001", REPORT_ID)

        found = [
            reports.report_in(*place) for place in (("C0SECURITY", "1.000001"), ("C0PLATFORM", "1.000001"))
        ]
        assert [REPORT_ID, None] == found

    def test_link_to_the_csv_expires(self, reports: Reports) -> None:
        """The link leads to the CSV without an account, for an hour."""
        kept(reports, some_findings(1))
        link = urlsplit(reports.csv_link(REPORT_ID))

        assert link.path.endswith(f"reports/{REPORT_ID}/findings.csv")
        assert ["3600"] == parse_qs(link.query)["X-Amz-Expires"]
        assert "X-Amz-Signature" in parse_qs(link.query)


class TestShared:
    """A file that somebody is given a link to."""

    def test_link_to_a_file_expires(self, reports: Reports, tmp_path: Path) -> None:
        """The link leads to the CSV without an account, for an hour."""
        file = tmp_path / "in.csv"
        file.write_bytes(b"at\r\n")
        link = urlsplit(reports.share("job", "mine.csv", file))

        assert link.path.endswith("shared/job.csv")
        assert ["3600"] == parse_qs(link.query)["X-Amz-Expires"]
        assert "X-Amz-Signature" in parse_qs(link.query)
        assert "mine.csv" in link.query

    def test_link_leads_to_the_bytes_of_a_file(self, bucket: Any, tmp_path: Path) -> None:
        """The object has the file's bytes."""
        file = tmp_path / "in.csv"
        file.write_bytes(b"at\r\n")
        BucketReports(Bucket(bucket, BUCKET)).share("job", "history.csv", file)

        answer = bucket.get_object(Bucket=BUCKET, Key="parts/shared/job.csv")
        assert b"at\r\n" == answer["Body"].read()


class TestLatest:
    """The last report of each schedule."""

    def test_latest_report_is_the_one_saved_last(self, reports: Reports) -> None:
        """At first there is none."""
        before = reports.latest()
        reports.set_latest("daily", PostedReport("a", "C0SECURITY", "1.000001"))
        reports.set_latest("daily", latest := PostedReport("b", "C0SECURITY", "2.000001", (PART,)))

        assert [] == before
        assert [latest] == reports.latest()

    def test_each_schedule_has_its_own_and_the_newest_is_first(self, reports: Reports) -> None:
        """By the times of their messages, of which the text has fewer digits earlier."""
        times = {"a": "99.000001", "b": "1000.000001", "c": "100.000001"}
        for schedule, ts in times.items():
            reports.set_latest(schedule, PostedReport(schedule, "C0SECURITY", ts))

        assert ["b", "c", "a"] == [latest.report_id for latest in reports.latest()]


class TestCheckpoints:
    """The files of a job's checkpoints."""

    def test_file_comes_back_as_it_was_saved_last(self, reports: Reports, tmp_path: Path) -> None:
        """The second file of a name replaces the first."""
        for content in (b"first", b"second" * 1000):
            (tmp_path / "in").write_bytes(content)
            reports.checkpoints("a").save("one.rows", tmp_path / "in")
        reports.checkpoints("a").fetch("one.rows", tmp_path / "out")

        assert b"second" * 1000 == (tmp_path / "out").read_bytes()

    def test_absent_file_is_gone(self, reports: Reports, tmp_path: Path) -> None:
        """A file of another name, or of another job, is not there."""
        (tmp_path / "in").touch()
        reports.checkpoints("a").save("one.rows", tmp_path / "in")

        for job_id, name in (("a", "two.rows"), ("b", "one.rows")):
            with pytest.raises(ReportGoneError):
                reports.checkpoints(job_id).fetch(name, tmp_path / "out")

    def test_names_are_those_of_the_job(self, reports: Reports, tmp_path: Path) -> None:
        """Each file has the name that it was given."""
        (tmp_path / "in").touch()
        for name in ("one.rows", "two.store"):
            reports.checkpoints("a").save(name, tmp_path / "in")

        assert {"one.rows", "two.store"} == reports.checkpoints("a").names()
        assert frozenset() == reports.checkpoints("b").names()


class TestGone:
    """A report that is not kept any more."""

    def test_each_part_of_an_expired_report_is_gone(self, reports: Reports, tmp_path: Path) -> None:
        """Each part raises the same error."""
        with pytest.raises(ReportGoneError):
            reports.summary("gone")
        with pytest.raises(ReportGoneError):
            list(reports.rows("gone"))
        with pytest.raises(ReportGoneError):
            reports.fetch_csv("gone", tmp_path / "out")


class TestBucket:
    """What only the adapter can show."""

    def test_report_with_a_summary_is_whole(self, bucket: Any, tmp_path: Path) -> None:
        """A report that has a summary is whole: where the CSV cannot be written there is none."""
        reports = BucketReports(Bucket(bucket, BUCKET))
        with pytest.raises(FileNotFoundError):
            reports.save(a_summary(), tmp_path / "absent", tmp_path / "absent")

        with pytest.raises(ReportGoneError):
            reports.summary(REPORT_ID)

    def test_listing_reads_more_than_a_thousand_keys(self, bucket: Any) -> None:
        """S3 lists a thousand keys at once; the adapter asks for the rest."""
        with Stubber(bucket) as stubber:
            first = {"IsTruncated": True, "NextContinuationToken": "t", "Contents": [{"Key": "a"}]}
            where = {"Bucket": BUCKET, "Prefix": "reports/"}
            stubber.add_response("list_objects_v2", first, where)
            stubber.add_response(
                "list_objects_v2", {"Contents": [{"Key": "b"}]}, where | {"ContinuationToken": "t"}
            )

            assert ["a", "b"] == list(Bucket(bucket, BUCKET).keys("reports/"))

    def test_keys_are_as_documented(self, bucket: Any) -> None:
        """The bucket's layout is the one at the head of the module, on which the lifecycle rules rely."""
        reports = BucketReports(Bucket(bucket, BUCKET))
        kept(reports, some_findings(1))
        reports.add_thread("C0SECURITY", "1.000001", REPORT_ID)
        reports.set_latest("daily", PostedReport(REPORT_ID, "C0SECURITY", "1.000001"))

        assert [
            f"reports/{REPORT_ID}/findings.csv",
            f"reports/{REPORT_ID}/seen.jsonl",
            f"reports/{REPORT_ID}/summary.json",
            "reports/latest/daily.json",
            "threads/C0SECURITY/1.000001.json",
        ] == list(reports.bucket.keys(""))

    def test_missing_bucket_is_named(self, bucket: Any) -> None:
        """A bucket that does not exist is no report that is gone."""
        with pytest.raises(UnexpectedResponseError, match="NoSuchBucket"):
            BucketReports(Bucket(bucket, "another")).summary(REPORT_ID)

    def test_denied_action_is_named(self, bucket: Any) -> None:
        """What the role may not do is named."""
        bucket.meta.events.register("before-send.s3", _denied)

        with pytest.raises(AccessDeniedError, match="s3:GetObject"):
            BucketReports(Bucket(bucket, BUCKET)).summary(REPORT_ID)
        with pytest.raises(AccessDeniedError, match="s3:PutObject"):
            Bucket(bucket, BUCKET).put_json("key", a_summary())
        with pytest.raises(AccessDeniedError, match="s3:ListBucket"):
            list(Bucket(bucket, BUCKET).keys("reports/"))


def _denied(**_event: object) -> Any:
    return answer(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
