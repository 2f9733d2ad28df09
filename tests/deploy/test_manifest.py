"""The Slack app's manifest: what its form is not checked for before Slack reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from bot.domain.slack import SCOPES
from bot.listeners.subcommands import COMMAND, usage_hint

MANIFEST = Path(__file__).resolve().parents[2] / "manifest.yml"


KEYS = {
    "_metadata": {"major_version", "minor_version"},
    "display_information": {"name", "description", "background_color", "long_description"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands"},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name", "always_online"},
    "features.slash_commands": {"command", "url", "description", "usage_hint", "should_escape"},
    "oauth_config": {"redirect_urls", "scopes", "token_management_enabled", "pkce_enabled"},
    "oauth_config.scopes": {"bot", "bot_optional", "user", "user_optional"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
    "settings.event_subscriptions": {"request_url", "bot_events", "user_events", "metadata_subscriptions"},
    "settings.interactivity": {"is_enabled", "request_url", "message_menu_options_url"},
}
"""
What may stand in the sections that this manifest has, or may come to have: Slack refuses an unknown key.

Source: https://github.com/slackapi/manifest-schema, schemas/manifest.schema.2.0.0.json, read 2026-11.
"""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Return the manifest."""
    document: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return document


def addresses(value: Any) -> Iterator[str]:
    """Find every value whose key ends in url, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from addresses(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key.endswith("url"):
                yield item
            else:
                yield from addresses(item)


def sections(value: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Return the path and the keys of each section; those of a list are its items'."""
    if isinstance(value, list):
        for item in value:
            yield from sections(item, path)
    if isinstance(value, dict):
        yield path, set(value)
        for key, item in value.items():
            yield from sections(item, f"{path}.{key}".lstrip("."))


class TestManifest:
    """The Slack app."""

    def test_manifest_has_only_slacks_keys(self, manifest: dict[str, Any]) -> None:
        """No section has a key that Slack's own schema does not know."""
        for path, keys in sections(manifest):
            known = KEYS.get(path, {name for name in KEYS if "." not in name})

            assert keys <= known, path

    def test_manifest_asks_for_few_scopes(self, manifest: dict[str, Any]) -> None:
        """The bot may take commands, write messages and files, and look up channels, people and groups."""
        scopes = manifest["oauth_config"]["scopes"]

        about = ["users:read", "users:read.email", "channels:read", "groups:read", "usergroups:read"]
        assert scopes == {"bot": ["commands", "chat:write", "files:write", "files:read", *about]}

    def test_doctor_checks_the_manifests_scopes(self, manifest: dict[str, Any]) -> None:
        """The package, which lacks the manifest, has the same list."""
        assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)

    def test_addresses_are_the_route(self, manifest: dict[str, Any]) -> None:
        """Commands, clicks, searches and events all go to the API's one route, over https."""
        found = {urlsplit(address) for address in addresses(manifest)}

        assert len(list(addresses(manifest))) == 4
        assert {(url.scheme, url.path) for url in found} == {("https", "/slack/events")}

    def test_addresses_are_one_placeholder(self, manifest: dict[str, Any]) -> None:
        """A person replaces the same words everywhere, and no real address has slipped in."""
        hosts = {urlsplit(address).netloc for address in addresses(manifest)}

        assert hosts == {"REPLACE-WITH-API-ID.execute-api.REPLACE-WITH-REGION.amazonaws.com"}

    def test_sechub_scan_is_one_command(self, manifest: dict[str, Any]) -> None:
        """/sechub-scan is the one command, and its text arrives as it was typed."""
        commands = manifest["features"]["slash_commands"]

        assert [(c["command"], c["should_escape"]) for c in commands] == [(COMMAND, False)]
        assert [usage_hint()] == [c["usage_hint"] for c in commands]

    def test_interactivity_is_switched_on(self, manifest: dict[str, Any]) -> None:
        """Buttons, modals and the search for controls are switched on; Socket Mode is not."""
        settings = manifest["settings"]

        assert settings["interactivity"]["is_enabled"] is True
        assert settings["socket_mode_enabled"] is False

    def test_direct_messages_go_both_ways(self, manifest: dict[str, Any]) -> None:
        """The bot may write to a person, and a person to the bot; a Home tab, which it has not, is off."""
        assert manifest["features"]["app_home"] == {
            "home_tab_enabled": False,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        }

    def test_manifest_subscribes_to_no_messages(self, manifest: dict[str, Any]) -> None:
        """The bot reads nobody's messages: of all that happens it is told that a file is there."""
        assert manifest["settings"]["event_subscriptions"]["bot_events"] == [
            "file_shared",
            "channel_id_changed",
        ]

    def test_texts_of_manifest_fit_their_limits(self, manifest: dict[str, Any]) -> None:
        """Texts keep within the limits of https://docs.slack.dev/reference/app-manifest (2026-11)."""
        app, bot = manifest["display_information"], manifest["features"]["bot_user"]
        (command,) = manifest["features"]["slash_commands"]
        texts = [(app["name"], 35), (app["description"], 140), (bot["display_name"], 80)]
        texts += [(command["command"], 32), (command["description"], 2000), (command["usage_hint"], 1000)]

        assert not [text for text, limit in texts if not 0 < len(text) <= limit]
