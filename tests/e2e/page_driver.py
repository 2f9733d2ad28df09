"""People at the page."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from playground.slack import LocalSlack
from playground.slack.workspace.messages import Message
from tests.scenarios.driver import labelled


class PageDriver:
    """Drivers that type and click, in the language of the acting person."""

    def __init__(self, page: Page, slack: LocalSlack) -> None:
        self._page = page
        self._slack = slack

    def type(self, user: str, channel: str, text: str) -> None:
        """Type into a channel's composer, and send; come back when the app has answered."""
        self._close_form()
        self._act_as(user)
        self._go(channel)
        name = self._slack.workspace.channels[channel].name
        composer = self._page.get_by_role("textbox", name=re.compile(rf"#{name}"))
        composer.fill(text)
        with self._page.expect_response("**/do/command"):
            composer.press("Enter")

    def press(self, user: str, message: Message, label: str) -> None:
        """Press a button and confirm, or choose from a menu; come back when the app has answered."""
        self._close_form()
        self._act_as(user)
        if message.thread_ts:
            self._open_thread(message.thread_ts)
        shown = self._page.locator(f'[data-ts="{message.ts}"]').first
        named = re.compile(f"^{re.escape(label)}")
        _, element, _ = labelled(message, label)
        if element["type"] == "overflow":
            shown.locator(".overflow", has_text=label).first.get_by_role("button").first.click()
            answer = self._page.get_by_role("menuitem", name=named).first
        else:
            answer = shown.get_by_role("button", name=named).first
        if "confirm" in element:
            answer.click()
            answer = self._page.get_by_role("dialog").get_by_role("button").last
        with self._page.expect_response("**/do/act"):
            answer.click()

    def drop(self, user: str, channel: str, thread_ts: str | None, name: str, content: bytes) -> None:
        """Choose a file beside a thread's composer, or a channel's; come back when it is there."""
        self._close_form()
        self._act_as(user)
        self._go(channel)
        place = self._page.locator(".thread" if thread_ts else "main")
        if thread_ts:
            self._open_thread(thread_ts)
        file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
        with self._page.expect_response("**/do/drop"):
            place.locator(".composer input[type=file]").first.set_input_files(file)

    def fill(self, user: str, values: dict[str, str]) -> list[str]:
        """Fill the open form by the labels of its inputs, and send it; give what it says beside them."""
        self._act_as(user)
        dialog = self._page.get_by_role("dialog")
        dialog.wait_for()
        for label, value in values.items():
            self._fill_one(dialog, label, value)
        send = dialog.locator("button[type=submit]")
        if self._leaves_empty(user, values):
            send.click()
            said = dialog.locator(".input-error:visible")
            expect(said).not_to_have_count(0)
            return said.all_inner_texts()
        with self._page.expect_response("**/do/submit") as sent:
            send.click()
        errors = sent.value.json().get("errors") or {}
        for text in errors.values():
            expect(dialog).to_contain_text(text)
        return list(errors.values())

    def _leaves_empty(self, user: str, values: dict[str, str]) -> bool:
        """Return whether a required input stays empty: the page says so by itself, and sends nothing."""
        inputs = [
            b for b in self._slack.workspace.views.stack(user)[-1].body["blocks"] if b["type"] == "input"
        ]
        return any(
            not block.get("optional")
            and block["label"]["text"] not in values
            and not any(name.startswith("initial") for name in block["element"])
            for block in inputs
        )

    def _fill_one(self, dialog: Locator, label: str, value: str) -> None:
        choice = dialog.get_by_role("radiogroup", name=re.compile(f"^{label}")).get_by_role(
            "radio", name=value, exact=True
        )
        if choice.count():
            choice.check()
            return
        day = dialog.get_by_label(re.compile(f"^{label}")).and_(dialog.locator("input[type=date]"))
        if day.count():
            day.fill(value)
            return
        search = dialog.get_by_role("combobox", name=re.compile(f"^{label}"))
        if search.count():
            search.fill(value)
            self._page.get_by_role("option", name=re.compile(re.escape(value))).first.click()
        else:
            dialog.get_by_role("textbox", name=re.compile(f"^{label}")).fill(value)

    def _go(self, channel: str) -> None:
        """Show a channel, or the direct messages with the bot."""
        if channel.startswith("D"):
            self._page.get_by_role("list", name=re.compile("^(Apps|アプリ)$")).get_by_role("button").click()
            self._page.get_by_role("tab").nth(1).click()
        else:
            name = self._slack.workspace.channels[channel].name
            self._page.get_by_role("listitem").filter(has_text=name).get_by_role("button").first.click()

    def _open_thread(self, ts: str) -> None:
        if not self._page.locator(f'.thread [data-ts="{ts}"]').is_visible():
            self._page.locator(f'[data-ts="{ts}"] .thread-line').first.click()

    def _close_form(self) -> None:
        """Close what a form has come to, which lies over the page."""
        dialog = self._page.locator("dialog[open]")
        if dialog.count():
            self._page.keyboard.press("Escape")
            dialog.wait_for(state="detached")

    def _act_as(self, user: str) -> None:
        person = self._slack.workspace.people[user]
        choice = self._page.get_by_role("radio", name=re.compile(person.real_name))
        if not choice.is_checked():
            choice.check()
        self._page.locator(f'body[data-me="{user}"]').wait_for()
