"""`python -m bot check --report`: the object for Slack."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot import cli
from bot.domain.checks.document import CheckDocument, read_check
from bot.domain.checks.origin import Origin
from bot.errors import CheckNotPutError
from tests.unit.checks.samples import GITHUB, SHA

TEMPLATE = """\
Parameters: {Stage: {Type: String}}
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicAcls: false}
      Tags:
        - {Key: Owner, Value: team-a}
        - {Key: Stage, Value: !Ref Stage}
  Name: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x, Tags: {Owner: team-b}}}
"""
BUCKET = "s3://reports"


@dataclass
class Sent:
    """A stand-in for S3."""

    objects: dict[str, CheckDocument] = field(default_factory=dict)
    """By address."""
    error: CheckNotPutError | None = None

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Take an object."""
        if self.error:
            raise self.error
        self.objects[f"s3://{bucket}/{key}"] = read_check(body)


@pytest.fixture
def sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Return what is put, in a folder with a template, in a run of GitHub Actions."""
    stand_in = Sent()
    monkeypatch.setattr("bot.cli.put_check", stand_in.put)
    for name in ("GITLAB_CI", "CODEBUILD_BUILD_ID", "GITHUB_HEAD_REF"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GITHUB.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    return stand_in


class TestStacks:
    """The stacks in the object."""

    @pytest.mark.parametrize(("options", "names"), [((), []), (("--stack-name", "app-prod"), ["app-prod"])])
    def test_template_is_of_the_named_stack(
        self, sent: Sent, options: tuple[str, ...], names: list[str]
    ) -> None:
        """A template does not say as which stack it is deployed."""
        check("template.yaml", "--report", BUCKET, *options)

        (document,) = sent.objects.values()
        assert names == [stack.name for stack in document.stacks]

    def test_name_that_no_stack_can_have_is_refused(
        self, sent: Sent, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nothing is checked, and the error says which names there are."""
        assert 2 == check("template.yaml", "--report", BUCKET, "--stack-name", "app prod")
        assert "app prod is no name of a stack" in capsys.readouterr().err
        assert {} == sent.objects


def check(*arguments: str) -> int:
    """Run the command in English."""
    return cli.main(["check", "template.yaml", *arguments, "--locale", "en"])


class TestPut:
    """What is put, and where."""

    def test_ci_names_repository_branch_commit_and_run(self, sent: Sent) -> None:
        """The bucket is enough in CI; the exit code is that of the check."""
        assert 1 == check("--report", BUCKET)

        ((address, document),) = sent.objects.items()
        assert f"{BUCKET}/checks/acme/app/main.json" == address
        assert Origin("main", SHA, "https://github.com/acme/app/actions/runs/17") == document.origin
        assert 1 == document.file_count

    def test_options_win(self, sent: Sent) -> None:
        """Elsewhere, and where CI says something else, options name all."""
        run = "https://ci.example/1"
        named = ("--branch", "release/1", "--commit", "abcdef1", "--run-url", run)

        check("--report", f"{BUCKET}/checks/acme/other/", *named)

        ((address, document),) = sent.objects.items()
        assert address.startswith(f"{BUCKET}/checks/acme/other/release-1-")
        assert Origin("release/1", "abcdef1", run) == document.origin

    def test_shown_results_are_put_with_their_tags(self, sent: Sent) -> None:
        """Owners are found by tags whose values the template has; a result that passed is not put."""
        check("--report", BUCKET, "--control", "S3.8,S3.9", "--all")

        (document,) = sent.objects.values()
        assert [("S3.8", "Logs"), ("S3.9", "Logs")] == [
            (r.control.id, r.logical_id) for r in document.results
        ]
        assert all((("Owner", "team-a"),) == result.tags for result in document.results)

    def test_unread_parts_are_put(self, sent: Sent, tmp_path: Path) -> None:
        """An incomplete check is not clean in Slack either."""
        (tmp_path / "broken.yaml").write_text("Resources:\n  A: {Type: AWS::S3::Bucket\n", "utf-8")

        assert 5 == check("broken.yaml", "--report", BUCKET)

        (document,) = sent.objects.values()
        assert ["broken.yaml"] == [gap.file for gap in document.gaps]

    def test_nothing_is_put_without_the_option(self, sent: Sent) -> None:
        """A check needs no AWS."""
        check()

        assert not sent.objects


class TestRefused:
    """What is not put, and the way out."""

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("reports", "s3://BUCKET/checks/REPOSITORY/"),
            ("s3://", "s3://BUCKET/checks/REPOSITORY/"),
            ("s3://reports/other/acme/app/", "s3://BUCKET/checks/REPOSITORY/"),
            ("s3://reports/checks/../config/", "s3://BUCKET/checks/REPOSITORY/"),
        ],
    )
    def test_other_address_is_bad_input(
        self, sent: Sent, address: str, said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The form is explained before anything is checked."""
        assert 2 == check("--report", address)

        streams = capsys.readouterr()
        assert said in streams.err
        assert not streams.out

    @pytest.mark.parametrize(
        ("name", "said"), [("GITHUB_REPOSITORY", "name it in the address"), ("GITHUB_REF_NAME", "--branch")]
    )
    def test_unknown_origin_is_asked_for(
        self,
        sent: Sent,
        name: str,
        said: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Without a repository or a branch there is no place for the object."""
        monkeypatch.delenv(name)

        assert 2 == check("--report", BUCKET)
        assert said in capsys.readouterr().err

    def test_failed_put_is_an_error_of_its_own(self, sent: Sent, capsys: pytest.CaptureFixture[str]) -> None:
        """The results are written; the exit code and the sentence are about the put."""
        sent.error = CheckNotPutError(place="s3://reports/x", hint="put-denied", problem="AccessDenied")

        assert 3 == check("--report", BUCKET, "--fail-on", "never")

        streams = capsys.readouterr()
        assert "S3.8" in streams.out
        assert "The templates were checked" in streams.err
        assert "folder of its own repository" in streams.err
