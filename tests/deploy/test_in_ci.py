"""The check in pipelines: the action, the hook and the snippets of docs/before-deployment.md."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto.s3.models import s3_backends

from bot import cli
from bot.__main__ import sechub
from bot.domain.checks.document import CheckDocument, read_check
from bot.domain.owners.routing_file import parse_routing
from playground.cloud.moto import start_moto
from playground.deployment import ACCOUNT
from tests.docs.markdown import ROOT, text_of
from tests.unit.checks.samples import GITHUB, GITLAB

PROJECT: dict[str, Any] = tomllib.loads(text_of("pyproject.toml"))
ACTION: Any = yaml.safe_load(text_of("action.yml"))
(HOOK,) = yaml.safe_load(text_of(".pre-commit-hooks.yaml"))
INSTALL, CHECK = ACTION["runs"]["steps"]

PAGES = ("docs/before-deployment.md", "docs/ja/before-deployment.md")

RECORDER = """\
#!/bin/sh
echo "$@" >>"$LOG"
[ "$2" != venv ] || { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; }
"""
"""A Python that writes down its arguments, and makes an environment with itself in it."""

FAILING = """\
Resources:
  Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref AWS::StackName}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a repository with a template and a `cdk.out`, each with a bucket that fails S3.5 (MEDIUM)."""
    folder = tmp_path / "project"
    for name in ("template.yaml", "cdk.out/App.template.json", "bot/__main__.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FAILING if path.suffix != ".py" else "raise SystemExit('not ours')", encoding="utf-8")
    return folder


def snippet(page: str, name: str) -> Any:
    """Return the YAML of a document that stands behind a comment with a name."""
    found = re.search(rf"<!-- {name} -->\n```yaml\n(.*?)```", text_of(page), re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


def run(script: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub's runner does."""
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(  # noqa: S603 - our own words
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def s3() -> Iterator[dict[str, str]]:
    """Start S3 with the bucket `reports`; return the environment that points a process to it."""
    server = start_moto()
    environment = {
        "AWS_ACCESS_KEY_ID": "ci",
        "AWS_SECRET_ACCESS_KEY": "ci",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server.url,
    }
    s3_backends[ACCOUNT]["aws"].create_bucket("reports", "us-east-1")
    yield environment
    server.stop()


def kept(key: str) -> CheckDocument:
    """Read the result of a check in that bucket."""
    found = s3_backends[ACCOUNT]["aws"].get_object("reports", key)
    assert found
    return read_check(found.value)


def check(
    project: Path, inputs: Mapping[str, str], ci: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the action's check with some inputs, in the environment that the tests have."""
    temporary = project.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {"GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(temporary), **(ci or {})}
    if not (temporary / "sechub-bot").exists():
        (temporary / "sechub-bot").symlink_to(sys.prefix)
    assert set(inputs) <= set(ACTION["inputs"])
    for name, expression in CHECK["env"].items():
        (key,) = re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", expression)
        environment[name] = inputs.get(key, ACTION["inputs"][key]["default"])
    return run(CHECK["run"], project, environment)


class TestAction:
    """action.yml."""

    def test_no_input_is_in_a_script(self) -> None:
        """Scripts have no expressions, and each input comes as one environment variable."""
        assert not [step for step in ACTION["runs"]["steps"] if "${{" in step["run"]]
        assert set(ACTION["inputs"]) == {
            re.sub(r"\$\{\{ inputs\.(.*) \}\}", r"\1", expression) for expression in CHECK["env"].values()
        }

    def test_fails_and_annotates(self, project: Path) -> None:
        """A failed control is an annotation at its line, and fails the job."""
        done = check(project, {"paths": "template.yaml"})

        assert 1 == done.returncode, done.stderr
        assert "::warning file=template.yaml,line=2,title=S3.5 MEDIUM::Logs" in done.stdout

    def test_every_input_arrives(self, project: Path) -> None:
        """Inputs reach the command, each in its own option."""
        outputs = {"sarif": "a.sarif", "junit": "b.xml", "csv": "c.csv"}
        (project / "known.json").write_text('{"version": 1, "known": []}', encoding="utf-8")
        inputs = {
            "paths": "template.yaml\ncdk.out\n",
            "control": "S3.5",
            "parameter-overrides": "A=1\nB=2 3\n",
            "fail-on": "HIGH",
            "baseline": "known.json",
            "locale": "ja",
        }

        done = check(project, inputs | outputs)

        assert 0 == done.returncode, done.stderr
        assert all((project / name).exists() for name in outputs.values())
        results = json.loads((project / "a.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        assert ["S3.5", "S3.5"] == [result["ruleId"] for result in results]
        assert "テンプレート 2 個" in done.stderr

    @pytest.mark.parametrize(
        "text", ["$(touch injected)", "`touch injected`", "; touch injected #", "--help"]
    )
    def test_input_is_no_command(self, project: Path, text: str) -> None:
        """An input with a command or an option in it is a value and nothing else."""
        done = check(project, dict.fromkeys(ACTION["inputs"], text))

        assert 2 == done.returncode
        assert not (project / "injected").exists()
        assert not done.stdout

    def test_report_is_put(self, project: Path, s3: dict[str, str]) -> None:
        """The result is put into the bucket, with what GitHub says of the run."""
        inputs = {"paths": "template.yaml", "report": "s3://reports", "stack-name": "app-prod"}

        done = check(project, inputs, s3 | GITHUB)

        assert 1 == done.returncode, done.stderr
        document = kept("checks/acme/app/main.json")
        assert ["app-prod"] == [stack.name for stack in document.stacks]
        assert "https://github.com/acme/app/actions/runs/17" == document.origin.run
        assert "S3.5" in [result.control.id for result in document.results]

    def test_denied_report_is_told(self, project: Path, s3: dict[str, str]) -> None:
        """A bucket that there is not is told, with the remedy, after the other outputs."""
        inputs = {"paths": "template.yaml", "report": "s3://other", "fail-on": "never"}

        done = check(project, inputs, s3 | GITHUB)

        assert 3 == done.returncode
        assert "title=S3.5 MEDIUM" in done.stdout
        assert "was not put into s3://other/checks/acme/app/main.json" in done.stderr

    def test_installs_what_is_pinned(self, tmp_path: Path) -> None:
        """The first step makes an environment, and installs by hashes only."""
        for name in ("tools/find-python", "bin/python"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / "tools/find-python").write_text(f"echo {tmp_path}/bin/python", encoding="utf-8")
        (tmp_path / "bin/python").write_text(RECORDER, encoding="utf-8")
        (tmp_path / "bin/python").chmod(0o755)
        names = {"GITHUB_ACTION_PATH": tmp_path, "RUNNER_TEMP": tmp_path, "LOG": tmp_path / "log"}

        done = run(INSTALL["run"], tmp_path, {name: str(path) for name, path in names.items()})

        assert 0 == done.returncode, done.stderr
        venv, pip = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
        assert f"-m venv {tmp_path}/sechub-bot" == venv
        assert pip.endswith(f"--require-hashes --requirement {tmp_path}/requirements/check.txt")

    def test_requirements_have_the_extra(self) -> None:
        """requirements/check.txt has the dependencies and the extra, each with a hash."""
        pinned = dict(re.findall(r"^([\w.-]+)==\S+(.*)$", text_of("requirements/check.txt"), re.MULTILINE))
        wanted = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["check"]]

        assert {re.match(r"[\w-]+", need)[0] for need in wanted} <= set(pinned)  # type: ignore[index]
        assert all(rest.endswith("\\") for rest in pinned.values())


class TestHook:
    """.pre-commit-hooks.yaml."""

    def test_installs_the_extra(self) -> None:
        """pre-commit installs the package without extras, so the hook names what the check needs."""
        assert PROJECT["project"]["optional-dependencies"]["check"] == HOOK["additional_dependencies"]

    def test_checks_the_repository(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its command finds the templates of the repository, and fails."""
        monkeypatch.chdir(project)
        monkeypatch.setattr("sys.argv", [*shlex.split(HOOK["entry"]), *HOOK["args"]])

        assert 1 == sechub()

    @pytest.mark.parametrize("name", ["a/template.yaml", "x.yml", "cdk.json", "app.template"])
    def test_runs_when_a_template_may_have_changed(self, name: str) -> None:
        """It runs after a change of a file that can be a template."""
        assert re.search(HOOK["files"], name)
        assert HOOK["pass_filenames"] is False


@pytest.mark.parametrize("page", PAGES)
class TestSnippets:
    """docs/before-deployment.md and its Japanese twin."""

    def test_mark_accepts(self, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The mark suppresses its control, and is not told."""
        monkeypatch.chdir(tmp_path)
        Path("template.yaml").write_text(yaml.safe_dump(snippet(page, "mark")), encoding="utf-8")

        assert 0 == cli.main(["check", "template.yaml", "--control", "S3.9"])

    @pytest.mark.parametrize("name", ["github", "github-cdk"])
    def test_workflow_fails(self, page: str, name: str, project: Path) -> None:
        """The step of the action fails, and writes the file that a later step takes."""
        steps = snippet(page, name)["jobs"]["check"]["steps"]
        (step,) = [step for step in steps if "sechub-bot@" in step.get("uses", "")]

        assert 1 == check(project, step["with"]).returncode
        written = [step["with"][key] for key in ("sarif", "csv") if key in step["with"]]
        assert all((project / file).exists() for file in written)
        uploaded = [step["with"]["sarif_file"] for step in steps if "sarif_file" in step.get("with", {})]
        assert set(uploaded) <= set(written)

    def test_gitlab_job_fails(self, page: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The script fails, and writes the reports that GitLab reads."""
        job = snippet(page, "gitlab")["sechub-check"]

        assert 1 == last(job["script"], project, monkeypatch)
        assert all((project / file).exists() for file in job["artifacts"]["reports"].values())

    def test_workflow_reports(self, page: str, project: Path, s3: dict[str, str]) -> None:
        """The workflow may have a token, and puts the result."""
        job = snippet(page, "github-slack")["jobs"]["check"]
        (step,) = [step for step in job["steps"] if "sechub-bot@" in step.get("uses", "")]
        report = step["with"]["report"].replace("BUCKET", "reports")

        assert 0 == check(project, step["with"] | {"report": report}, s3 | GITHUB).returncode
        assert kept("checks/acme/app/main.json").results
        assert "write" == job["permissions"]["id-token"]

    @pytest.mark.parametrize("name", ["gitlab", "codebuild"])
    def test_script_reports(
        self,
        page: str,
        name: str,
        project: Path,
        s3: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The last command of GitLab's and of CodeBuild's script puts the result."""
        for variable in GITHUB:
            monkeypatch.delenv(variable, raising=False)
        for variable, value in (s3 | (GITLAB if name == "gitlab" else {})).items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr("bot.adapters.sdk.session", boto3.Session)
        document = snippet(page, f"{name}-slack")
        job = document["sechub-report"] if name == "gitlab" else document["phases"]["build"]
        *_, command = job["script"] if name == "gitlab" else job["commands"]

        assert 0 == last([command.replace("BUCKET", "reports")], project, monkeypatch)
        assert kept("checks/acme/app/main.json").results

    def test_route_is_one(self, page: str) -> None:
        """The route of the text is taken by the routing file's reader."""
        found = re.search(r"<!-- route -->\n```toml\n(.*?)```", text_of(page), re.DOTALL)
        assert found

        routing = parse_routing(f"version = 1\n{found[1]}".encode())

        assert "C0123456789" == routing.channel_of_repository("acme/web-shop")

    def test_codebuild_fails(self, page: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The build fails, and writes the report that CodeBuild reads."""
        build = snippet(page, "codebuild")
        (report,) = build["reports"].values()

        assert 1 == last(build["phases"]["build"]["commands"], project, monkeypatch)
        assert (project / report["files"]).exists()

    def test_hook_has_its_id_and_options(
        self, page: str, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The hook exists, and takes the arguments."""
        (hook,) = snippet(page, "pre-commit")["repos"][0]["hooks"]

        assert HOOK["id"] == hook["id"]
        assert 0 == last([shlex.join([HOOK["entry"], *hook["args"]]).replace("'", "")], project, monkeypatch)

    def test_commands_are_those_of_the_command_line(self, page: str) -> None:
        """Each command in the text has options that exist."""
        blocks = re.findall(r"```console\n(.*?)```", text_of(page), re.DOTALL)
        commands = [line for block in blocks for line in block.splitlines() if line.startswith("sechub ")]

        assert len(commands) > 5
        for command in commands:
            cli._parser().parse_args(shlex.split(command, comments=True)[1:])


def last(script: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the last command of a script, which is `sechub check …`; return its exit code."""
    monkeypatch.chdir(folder)
    program, *arguments = shlex.split(script[-1])
    assert "sechub" == program
    return cli.main(arguments, program)


def test_twins_have_the_same_snippets() -> None:
    """The Japanese twin has the same code."""
    english, japanese = (re.findall(r"```yaml\n.*?```", text_of(page), re.DOTALL) for page in PAGES)

    assert english == japanese
