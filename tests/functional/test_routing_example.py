"""The example of a routing file in the local world."""

from __future__ import annotations

import re

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.routing import BucketRouting
from bot.domain.owners.routing_file import parse_routing
from playground import seed
from playground.deployment import BUCKET
from playground.routing import local_example
from playground.slack.workspace.people import FIRST_GROUPS, first_channels, first_people
from playground.world import World


class TestExample:
    """The bot's own example, with this world's IDs."""

    def test_example_has_no_errors(self) -> None:
        """The bot reads it without an error."""
        assert parse_routing(local_example().encode()).people

    def test_each_name_of_example_exists_here(self) -> None:
        """Its people, groups and channels are the local Slack's, the rest is in the findings."""
        example = local_example()
        people = {person.email for person in first_people("").values() if person.is_active}
        groups, channels = {group.id for group in FIRST_GROUPS}, set(first_channels())

        assert set(re.findall(r'"(S[0-9A-Z]+)"', example)) <= groups
        assert set(re.findall(r'"(\S+@\S+)"', example)) <= people
        assert {"Contact": re.findall(r'"(\w+チーム)"', example)[0]} in seed.TAGS
        assert set(re.findall(r'channel = "(\w+)"', example)) <= channels
        assert set(re.findall(r'"(\d{12})"', example)) <= set(seed.ACCOUNTS)

    def test_button_puts_example_in_force(self, world: World) -> None:
        """A press of the button on the page puts it where the bot reads it."""
        (button,) = (action for action in world.slack.panel if action.id == "put_routing")
        button.run("C0SECURITY")

        assert local_example().encode() == BucketRouting(Bucket(client("s3"), BUCKET)).read()
