"""The places of deployed resources in templates."""

from __future__ import annotations

import io
from typing import Any

import pytest

from bot.domain.check_result import CheckedStack
from bot.domain.checks.places import KeptStack, Place, files_address, kept_stack
from bot.domain.finding import LOGICAL_ID_TAG, STACK_TAG, Finding
from bot.errors import UnavailableError
from bot.render.csv_file import read_rows
from bot.usecases.scanning import places
from bot.usecases.scanning.places import Places
from tests.builders import a_finding
from tests.delivery import deliver_once
from tests.fakes.checked_stacks import FakeCheckedStacks
from tests.unit.world.scan import JOB, a_world, reports

FILES = "https://github.com/example/shop/blob/0123abc/"
SHOP = KeptStack("example/shop", "orders/my template.yaml", {"Logs": 7, "Queue": 12}, FILES)
COMMIT = "0123abc"


def tagged(logical_id: str, stack: str = "orders", number: int = 1) -> Finding:
    """Make a finding of a resource that CloudFormation has tagged."""
    return a_finding(number, tags=((STACK_TAG, stack), (LOGICAL_ID_TAG, logical_id)))


def kept(*stacks: KeptStack, name: str = "orders") -> FakeCheckedStacks:
    """Make a bucket with stacks of one name."""
    return FakeCheckedStacks({(name, stack.repository): stack for stack in stacks})


class TestPlace:
    """The place of one finding."""

    def test_place_is_the_line_of_the_last_check(self) -> None:
        """With its address, in which the file's name is escaped."""
        place = Places(kept(SHOP)).place_of(tagged("Queue"))

        link = f"{FILES}orders/my%20template.yaml#L12"
        assert Place("example/shop", "orders/my template.yaml", 12, link) == place

    def test_place_without_an_address_has_no_link(self) -> None:
        """The repository's host may be unknown."""
        place = Places(kept(KeptStack("example/shop", "t.yaml", {"Logs": 7}))).place_of(tagged("Logs"))

        assert Place("example/shop", "t.yaml", 7) == place

    @pytest.mark.parametrize(
        "finding",
        [
            tagged("Gone"),
            tagged("Logs", "other"),
            tagged("Logs", "../orders"),
            tagged("", "orders"),
            a_finding(1, tags=((STACK_TAG, "orders"),)),
            a_finding(1, tags=((LOGICAL_ID_TAG, "Logs"),)),
            a_finding(1),
        ],
    )
    def test_unknown_resource_has_no_place(self, finding: Finding) -> None:
        """Neither a guess nor another stack's."""
        assert None is Places(kept(SHOP)).place_of(finding)

    def test_stack_of_two_repositories_has_no_place(self) -> None:
        """Nobody knows from which of them it was deployed."""
        other = KeptStack("example/other", "template.yaml", {"Logs": 1})

        assert None is Places(kept(SHOP, other)).place_of(tagged("Logs"))


class TestCalls:
    """The calls of a job."""

    def test_untagged_findings_cost_nothing(self) -> None:
        """Neither does a tag that can be of no stack."""
        stacks = kept(SHOP)
        look_up = Places(stacks)
        look_up.place_of(a_finding(1))
        look_up.place_of(tagged("Logs", "no stack's name"))

        assert [] == stacks.calls

    def test_each_stack_is_read_once(self) -> None:
        """However many findings it has; a stack that nobody has checked is not read at all."""
        stacks = kept(SHOP)
        look_up = Places(stacks)
        for number in range(9):
            look_up.place_of(tagged("Logs", number=number))
            look_up.place_of(tagged("Logs", "other", number))

        assert ["repositories", "load"] == stacks.calls

    def test_job_reads_a_bounded_number_of_stacks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The resources of further stacks have no place."""
        monkeypatch.setattr(places, "MOST_READ", 2)
        names = [f"s{number}" for number in range(3)]
        stacks = FakeCheckedStacks({(name, "example/shop"): SHOP for name in names})
        look_up = Places(stacks)

        assert [7, 7, None] == [place and place.line for place in map(look_up.place_of, map(in_stack, names))]
        assert 2 == stacks.calls.count("load")

    def test_error_ends_the_look_ups(self) -> None:
        """A report does without places; the bucket is not asked for each row again."""
        stacks = kept(SHOP)
        stacks.error = UnavailableError(service="AWS", call="s3:ListBucket")
        look_up = Places(stacks)

        assert [None] * 3 == [look_up.place_of(in_stack(f"s{number}")) for number in range(3)]
        assert ["repositories"] == stacks.calls


def in_stack(name: str) -> Finding:
    """Make a finding of a stack."""
    return tagged("Logs", name)


class TestReport:
    """The places in a report."""

    def test_report_names_the_line_of_each_resource(self) -> None:
        """The message links to it, and the CSV has it; a resource without tags has none."""
        world = a_world(0)
        world.findings.findings = [tagged("Queue"), a_finding(2)]
        world.checked_stacks.save("orders", SHOP)
        deliver_once(JOB, world)

        (posted, *_) = world.messenger.posted.values()
        link = f"{FILES}orders/my%20template.yaml#L12"
        assert 1 == str(posted.message.blocks).count(f"テンプレート: <{link}|orders/my template.yaml:12>")
        ((*_, content),) = world.messenger.files
        rows = [*read_rows(io.StringIO(content.decode("utf-8-sig"), newline=""))]
        assert [link, ""] == [row["template"] for row in rows]

    def test_report_does_without_places_if_the_bucket_fails(self) -> None:
        """The findings count, and the places are an extra."""
        world = a_world(0)
        world.findings.findings = [tagged("Queue"), a_finding(2)]
        world.checked_stacks.error = UnavailableError(service="AWS", call="s3:ListBucket")
        deliver_once(JOB, world)

        assert 1 == len(reports(world))
        assert ["repositories"] == world.checked_stacks.calls


class TestAddress:
    """The address of a repository's files."""

    @pytest.mark.parametrize(
        ("run", "address"),
        [
            ("https://github.com/example/shop/actions/runs/7", FILES),
            (
                "https://git.example.com/example/shop/-/jobs/7",
                "https://git.example.com/example/shop/-/blob/0123abc/",
            ),
            (
                "https://git.example.com:8443/example/shop/-/pipelines/7",
                "https://git.example.com:8443/example/shop/-/blob/0123abc/",
            ),
            ("https://github.com/example/shopping/actions/runs/7", ""),
            ("https://github.com/other/shop/actions/runs/7", ""),
            ("https://console.aws.amazon.com/codesuite/codebuild/projects/shop/build/7", ""),
            ("", ""),
        ],
    )
    def test_address_is_that_of_the_runs_site(self, run: str, address: str) -> None:
        """GitHub's and GitLab's, and of no other repository."""
        assert address == files_address("example/shop", COMMIT, run)

    def test_address_needs_the_commit(self) -> None:
        """A branch moves on, and its lines move with it."""
        assert "" == files_address("example/shop", "", "https://github.com/example/shop/actions/runs/7")

    @pytest.mark.parametrize(
        ("values", "files"),
        [
            ({}, FILES),
            ({"file": "/tmp/template.yaml"}, ""),  # noqa: S108 - a path outside the repository
            ({"file": "../other/template.yaml"}, ""),
            ({"is_synthesized": True}, ""),
        ],
    )
    def test_file_outside_the_repository_has_no_address(self, values: dict[str, Any], files: str) -> None:
        """Nor has one that CDK makes."""
        stack = CheckedStack("orders", "template.yaml", {"Logs": 7})._replace(**values)

        assert files == kept_stack(stack, "example/shop", FILES).files
