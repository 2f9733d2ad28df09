"""Owners of findings, in a real browser: the mention in a thread, and the direct message."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bot.adapters.sdk import client
from bot.adapters.stores.routing import FILE
from playground.deployment import BUCKET
from playground.world import World

PLATFORM = "U0PLATFORM"


@pytest.fixture
def reported(world: World, request: pytest.FixtureRequest) -> World:
    """Let the schedule fire with a routing file in which owners are reached in one way."""
    routing = f'version = 1\n[mention]\nhow = "{request.param}"\n'
    client("s3").put_object(Bucket=BUCKET, Key=FILE, Body=routing.encode())
    world.fire_schedule()
    world.invocations.drain(120)
    return world


def act_as_platform(page: Page) -> None:
    """Look at the page as the platform engineer, whose Slack is Japanese."""
    page.get_by_role("radio", name=re.compile("Platform engineer")).check()
    page.locator(f'body[data-me="{PLATFORM}"]').wait_for()


class TestOwners:
    """A scheduled report, as one of its owners sees it."""

    @pytest.mark.parametrize("reported", ["thread"], indirect=True)
    def test_mention_in_the_thread_leads_to_own_rows(self, reported: World, page: Page) -> None:
        """They are mentioned, press the button beside, and see their own rows alone."""
        act_as_platform(page)
        page.locator("[data-ts] .thread-line").first.click()
        thread = page.locator(".thread")
        expect(thread).to_contain_text("@Platform engineer")
        thread.get_by_role("button", name="Show mine").last.click()

        expect(
            page.get_by_text(re.compile("のレポートの .* 件中、あなたの担当は .* 件です")).first
        ).to_be_visible()
        reported.invocations.drain()
        assert [] == reported.invocations.dead_letters

    @pytest.mark.parametrize("reported", ["dm"], indirect=True)
    def test_direct_message_is_in_the_apps_messages(self, reported: World, page: Page) -> None:
        """In the owner's language, with a CSV in its thread."""
        act_as_platform(page)
        page.get_by_role("list", name=re.compile("^(Apps|アプリ)$")).get_by_role("button").click()
        page.get_by_role("tab").nth(1).click()
        expect(page.get_by_text("環境にあなたが担当する違反が")).to_be_visible()
        page.locator(".thread-line:visible").first.click()

        expect(page.locator(".thread")).to_contain_text(".csv")
