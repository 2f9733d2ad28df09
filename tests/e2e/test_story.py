"""The README's story, in a real browser."""

from __future__ import annotations

import csv
import io
import itertools
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from playground import seed
from playground.deployment import ROOT
from playground.world import World

pytestmark = pytest.mark.xdist_group("browser-story")


def type_command(page: Page, text: str) -> None:
    """Type into the composer of the channel, and send."""
    box = page.get_by_role("textbox", name="Message #security")
    box.fill(text)
    box.press("Enter")


def report(page: Page) -> Locator:
    """Find the last report in the channel."""
    return (
        page.get_by_role("log", name="Messages in #security")
        .locator("[data-ts]")
        .filter(has=page.get_by_role("heading"))
        .last
    )


def statuses(world: World, *controls: str) -> list[str]:
    """Return the workflow status of every failed, active finding of some controls, as Security Hub has it."""
    now = [world.hub.finding(finding["Id"], finding["ProductArn"]) for finding in seed.findings()]
    return [
        finding["Workflow"]["Status"]
        for finding in now
        if finding.get("Compliance", {}).get("SecurityControlId") in controls
        and (finding["Compliance"]["Status"], finding["RecordState"]) == ("FAILED", "ACTIVE")
    ]


class TestStory:
    """A new user tries the bot."""

    def test_new_user_scans_marks_and_gets_scheduled_report(self, page: Page, world: World) -> None:
        """They scan, read, mark one finding and all, scan again, and let the schedule run."""
        type_command(page, "/sechub-scan S3.8 EC2.19")
        expect(page.get_by_text("Only visible to you")).to_be_visible()
        expect(page.get_by_text("Scanning")).to_be_visible()

        message = report(page)
        expect(message.get_by_role("button", name="Mark NOTIFIED").first).to_be_visible()
        expect(message).to_contain_text("in playground. See the attached CSV file for details.")
        count = int(re.search(r"Found (\d+) violations", message.inner_text())[1])  # type: ignore[index]
        expect(message).to_contain_text("CRITICAL")

        message.get_by_role("button", name="1 reply").click()
        thread = page.get_by_role("complementary", name="Thread")
        with page.expect_download() as download:
            thread.get_by_role("link", name=re.compile("Download")).first.click()
        rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))
        assert count == len(rows) - 1

        new = statuses(world, "S3.8", "EC2.19").count("NEW")
        message.get_by_role("button", name="Mark NOTIFIED").first.click()
        expect(message).to_contain_text("marked it NOTIFIED")
        assert statuses(world, "S3.8", "EC2.19").count("NEW") < new

        message.get_by_role("button", name=re.compile(r"^Mark \d+ NOTIFIED$")).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(re.compile(r"Mark \d+ findings NOTIFIED\?"))
        dialog.get_by_role("button", name="Mark NOTIFIED", exact=True).click()
        expect(message).to_contain_text(re.compile(r"marked \d+ findings NOTIFIED"))
        assert "NEW" not in statuses(world, "S3.8", "EC2.19")

        type_command(page, "/sechub-scan S3.8 EC2.19 status:new")
        expect(page.get_by_text("Found no violations in playground (0) that match:")).to_be_visible()

        page.get_by_role("button", name="Run the schedule now").click()
        expect(page.get_by_text("Scheduled report")).to_be_visible()
        world.invocations.drain()
        assert [] == world.invocations.dead_letters

    def test_form_scans_chosen_control(self, page: Page, world: World) -> None:
        """They choose a control in the form, by a part of its title."""
        type_command(page, "/sechub-scan")
        dialog = page.get_by_role("dialog", name="Scan Security Hub")
        dialog.get_by_role("combobox", name="Controls").fill("block public access")
        page.get_by_role("option", name=re.compile(r"^S3\.8 ")).click()
        dialog.get_by_role("textbox", name=re.compile("Accounts")).fill("12")
        dialog.get_by_role("button", name="Scan").click()
        expect(dialog).to_contain_text("“12” is not an account")
        dialog.get_by_role("textbox", name=re.compile("Accounts")).fill("123456789012")
        dialog.get_by_role("button", name="Scan").click()

        expect(page.get_by_role("dialog")).to_contain_text("The report will be posted to")
        expect(report(page)).to_contain_text("S3.8")
        world.invocations.drain()
        assert [] == world.invocations.dead_letters

    def test_person_whose_slack_is_japanese_is_answered_in_japanese(self, page: Page, world: World) -> None:
        """A person whose Slack is Japanese is answered in Japanese."""
        page.get_by_role("radio", name=re.compile("Platform engineer")).check()
        box = page.get_by_role("textbox", name="#security へのメッセージ")
        box.fill("/sechub-scan CR.1")
        box.press("Enter")

        expect(page.get_by_text("ECR.1")).to_be_visible()
        expect(page.get_by_text("というコントロールやサービスは Security Hub にありません")).to_be_visible()
        world.invocations.drain()


class TestPlayground:
    """`python -m playground`."""

    def test_playground_prints_its_address_and_ends(self) -> None:
        """It prints the address of its page, and ends when it is told to."""
        command = [sys.executable, "-m", "playground", "--port", "0"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            assert process.stdout
            shown = list(itertools.islice(process.stdout, 5))
            process.send_signal(signal.SIGTERM)

        assert 0 == process.returncode
        assert re.search(r"http://127\.0\.0\.1:[0-9]+$", shown[1])
        assert "/sechub-scan S3.8 EC2.19" in shown[3]

    def test_playground_says_that_the_port_is_taken(self) -> None:
        """Where its port is taken it says how to choose another."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            command = [sys.executable, "-m", "playground", "--port", port]
            ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603

        assert 1 == ran.returncode
        assert "make playground PORT=" in ran.stderr
        assert "Traceback" not in ran.stderr
