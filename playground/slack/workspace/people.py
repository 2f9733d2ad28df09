"""Who is in the workspace, and where they talk. People are called by their role."""

from __future__ import annotations

from dataclasses import dataclass, field

TEAM = "T0LOCAL"
TEAM_NAME = "Local workspace"
PARTNER_TEAM = "T0PARTNER"
"""The workspace of another organization."""
APP = "A0SECHUB"
BOT = "U0SECHUB"
BOT_ID = "B0SECHUB"
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True)
class Person:
    """A user: a person, or an app's."""

    id: str
    name: str
    real_name: str
    locale: str = "en-US"
    time_zone: str = "Etc/UTC"
    is_bot: bool = False
    is_deleted: bool = False
    is_guest: bool = False
    """Invited to some channels: Slack's multi-channel guest."""
    is_single_channel_guest: bool = False
    """Invited to one channel only; `is_guest` is true as well."""
    team: str = TEAM
    """Another one's is of people in shared channels."""
    organization: str = ""
    """ID of their Enterprise organization, in which IDs of people begin with W."""

    @property
    def email(self) -> str:
        """Where lookups by address find them."""
        return f"{self.name}@example.com"

    @property
    def is_active(self) -> bool:
        """Return whether it is a person who can use this workspace: no bot, no stranger, not deactivated."""
        return not self.is_bot and not self.is_deleted and self.team == TEAM


@dataclass
class Channel:
    """A channel, or the direct messages between the bot and one person."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    person: str | None = None
    """Of direct messages."""
    is_private: bool = False
    is_archived: bool = False
    shared: str = ""
    """With whom: `external` another organization, `pending` one that is invited, `organization` its own."""

    @property
    def bot_is_member(self) -> bool:
        """Return whether the bot may post here without chat:write.public."""
        return BOT in self.members

    @property
    def kind(self) -> str:
        """Slack's word for the kind of conversation."""
        if self.person:
            return "im"
        return "private_channel" if self.is_private else "public_channel"


@dataclass(frozen=True)
class UserGroup:
    """A group that can be mentioned."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]
    is_disabled: bool = False


def first_people(bot_name: str) -> dict[str, Person]:
    """Make everybody."""
    people = [
        Person("U0SECURITY", "security", "Security engineer", "en-US", "America/New_York"),
        Person("U0PLATFORM", "platform", "Platform engineer", "ja-JP", "Asia/Tokyo"),
        Person("U0AUDITOR", "auditor", "Auditor", "en-GB", "Europe/London"),
        Person("U0ANALYST", "analyst", "Data analyst", "en-US", "America/Los_Angeles"),
        Person("U0CONTRACTOR", "contractor", "Guest contractor", "en-US", "Europe/Berlin", is_guest=True),
        Person("U0FORMER", "former", "Former engineer", is_deleted=True),
        Person("U0PARTNER", "partner", "Partner's engineer", team=PARTNER_TEAM),
        Person("U0DEPLOY", "deploy", "Deploy bot", is_bot=True),
        Person(BOT, bot_name, bot_name, is_bot=True),
        Person(SLACKBOT, "slackbot", "Slackbot", is_bot=True),
    ]
    return {person.id: person for person in people}


def first_channels() -> dict[str, Channel]:
    """Make the channels: two with the bot, one without. The data analyst is in one of the bot's only."""
    everybody = {"U0SECURITY", "U0PLATFORM", "U0AUDITOR"}
    channels = [
        Channel("C0SECURITY", "security", everybody | {BOT, "U0CONTRACTOR"}),
        Channel("C0PLATFORM", "platform", everybody | {BOT, "U0ANALYST"}),
        Channel("C0RANDOM", "random", everybody | {"U0ANALYST"}),
    ]
    return {channel.id: channel for channel in channels}


def direct_messages(person: str) -> Channel:
    """Make the channel of the bot's direct messages with one person."""
    return Channel("D" + person[1:], person, {person, BOT}, person=person)


FIRST_GROUPS = (
    UserGroup("S0SECURITY", "security-team", "Security team", ("U0SECURITY", "U0PLATFORM")),
    UserGroup("S0DATATEAM", "data-team", "データ基盤チーム", ("U0ANALYST", "U0PLATFORM")),
    UserGroup("S0LEGACY", "legacy-team", "Legacy team", ("U0AUDITOR",), is_disabled=True),
)
"""A handle is unique among those of channels, users and groups."""
