"""The pipeline of the sample application in the local world."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.check.engine import check
from playground import pipeline, seed
from playground.pipeline import PATHS, SAMPLE
from playground.world import World
from tests.docs.markdown import ROOT, text_of


class TestSample:
    """The sample application."""

    def test_sample_has_the_resources_that_the_findings_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each stack that the tags of a seeded finding name is there, and the resource fails the control."""
        monkeypatch.chdir(SAMPLE)
        report = check([SAMPLE / path for path in PATHS], {})
        stacks = {stack.name: stack for stack in report.stacks}
        failed = {(result.control.id, result.logical_id) for result in report.results}

        for control_id, (name, logical_id) in seed.STACKS.items():
            assert logical_id in stacks[name].lines
            assert (control_id, logical_id) in failed

    def test_sample_is_read_as_a_whole(self) -> None:
        """Nothing of it makes a check incomplete, and cdk-nag's report is among its sources."""
        report = check([SAMPLE / path for path in PATHS], {})

        assert () == report.gaps
        assert any(source.startswith("cdk-nag") for result in report.results for source in result.sources)


class TestButton:
    """The button of the page."""

    def test_each_press_brings_a_report(self, world: World) -> None:
        """A run is of a branch of its own, so that nothing is known already."""
        (button,) = (action for action in world.slack.panel if action.id == "check_sample")
        for _ in range(2):
            button.run("C0SECURITY")
            world.invocations.drain()

        posted = [message for message in world.slack.workspace.messages if not message.thread_ts]
        assert [True, True] == ["example/shop" in str(message.blocks) for message in posted]
        assert [] == world.invocations.dead_letters

    @pytest.mark.parametrize("page", ["docs/before-deployment.md", "docs/ja/before-deployment.md"])
    def test_check_of_ones_own_is_reported_as_the_document_says(
        self, world: World, tmp_path: Path, page: str
    ) -> None:
        """The words of the document, with the address that the world prints."""
        (words,) = re.findall(r"<!-- playground -->\n```console\n(.*?)```", text_of(page), re.DOTALL)
        assert "http://127.0.0.1:…" in words
        script = words.replace("http://127.0.0.1:…", world.aws_url).replace("sechub ", '"$PYTHON" -m bot ')
        (tmp_path / "template.yaml").write_text("Resources: {Logs: {Type: AWS::S3::Bucket}}")
        environ = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
        command = ["bash", "-c", script]
        ran = subprocess.run(  # noqa: S603 - the document's words
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        world.invocations.drain()

        assert (1, "") == (ran.returncode, ran.stderr)
        (posted,) = (message for message in world.slack.workspace.messages if not message.thread_ts)
        assert "acme/app" in posted.text

    def test_failure_is_told(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The page shows the words of the check."""
        monkeypatch.setattr(pipeline, "BUCKET", "absent")

        with pytest.raises(RuntimeError, match="s3://absent"):
            world.pipeline.run()

    def test_pipeline_may_report_for_its_own_repository_only(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its role is that of docs/ci-role.yaml."""
        monkeypatch.setattr(pipeline, "REPOSITORY", "example/other")

        with pytest.raises(RuntimeError, match=r"checks/example/other/change-1\.json"):
            world.pipeline.run()
