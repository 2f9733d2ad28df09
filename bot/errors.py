"""
The errors that the bot raises on purpose.

`code` is the name of the class: `UnknownControlError` is `unknown-control`. It is stable: it is in the log,
is the key of the text in `bot/i18n` (`error.<code>`), and has an entry in `docs/operations.md`. `values` fill
the text; they are safe to log and to show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class BotError(Exception):
    """An error with a stable code and values that may be logged and shown."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """Derive the code from the name of the class."""
        cls.code = re.sub("(?<=[a-z])(?=[A-Z])", "-", cls.__name__.removesuffix("Error")).lower()

    def __init__(self, **values: str) -> None:
        super().__init__(", ".join([self.code, *(f"{name}={value}" for name, value in values.items())]))
        self.values = values


class UserError(BotError):
    """An error of a person's input; only that person sees it."""


class CommandError(UserError):
    """`text` does not parse; `hint` is the key of a text with the expected form."""


class UnknownControlError(UserError):
    """`control` is none of Security Hub's; `nearest` are the closest, possibly none."""


class CancelledError(UserError):
    """`user_id` has cancelled the scan."""


class AmbiguousError(UserError):
    """`word` of a query has several `meanings`, which are words with one meaning."""

    questions: Mapping[str, str] = MappingProxyType({})
    """Each of these words to the words of the query with it; empty if nobody is asked."""


class UnknownAccountError(UserError):
    """No finding is of an account with the name or ID `account`; `nearest` are of some, possibly none."""


class UnknownRegionError(UserError):
    """No finding is of the Region `region`; `nearest` are of some, possibly none."""


class UnknownStandardError(UserError):
    """Security Hub has no standard `standard`; it has `known`; `nearest` are similar, possibly none."""


class StandardDisabledError(UserError):
    """The standard `standard` is not enabled here; `enabled` are."""


class TooMuchError(UserError):
    """A person's question about everything has more answers; only `most` findings were read."""


class NotAllowedError(UserError):
    """`user_id` may not do this in the channel `here`; `hint` is the key of a text with the reason."""


class ReportGoneError(UserError):
    """The stored report behind a button has expired."""


class UndoTooLateError(UserError):
    """The action was too long ago to be undone."""


class ViewGoneError(UserError):
    """The form to be updated has been closed."""


class FileError(UserError):
    """An edited CSV cannot be read, and nothing was applied; `hint` is the key of a text with the reason."""


class RoutingError(UserError):
    """`entry` on `line` of the routing file is wrong; `hint` is the key of a text with the remedy."""


class RoutingFileError(UserError):
    """The routing file cannot be read; `hint` is the key of a text with the reason and the remedy."""


class PathError(UserError):
    """`path` cannot be checked before deployment; `hint` is the key of a text with the reason."""


class ConfigurationError(BotError):
    """The deployment is wrong, and only a person can put it right."""


class MissingSettingError(ConfigurationError):
    """`settings` are required here and absent or empty."""


class InvalidSettingError(ConfigurationError):
    """`setting` has a value that is none of `choices`."""


class InvalidJobError(ConfigurationError):
    """`field` of a Job document is absent or wrong; `problem` says how."""


class InvalidCheckError(ConfigurationError):
    """`field` of a check that CI has put into the bucket is absent or wrong; `problem` says how."""


class CheckNotPutError(ConfigurationError):
    """
    The result of a check is not at `place` in the bucket, for `problem`.

    `hint` is the key of a text with the remedy.
    """


class SecretError(ConfigurationError):
    """The Slack secret is absent or is not the JSON that it should be; never carries its value."""


class NotSignedError(ConfigurationError):
    """A request was refused for its signature. If Slack has sent it, the secret is not that of its app."""


class AccessDeniedError(ConfigurationError):
    """AWS denies `action`."""


class CredentialsError(ConfigurationError):
    """No AWS credentials or Region were found, AWS refuses them, or an AWS setting is wrong."""


class RegionError(ConfigurationError):
    """There is no AWS Region named `region`, or its host cannot be found."""


class SecurityHubDisabledError(ConfigurationError):
    """Security Hub is not enabled in `region`."""


class StackError(ConfigurationError):
    """There is no CloudFormation stack `stack` of the bot in `region`."""


class ChannelError(ConfigurationError):
    """The bot cannot post in `channel`; another channel may work."""


class NotInChannelError(ChannelError):
    """The bot is not a member of `channel`, or the channel does not exist."""


class ChannelClosedError(ChannelError):
    """The bot may not post in `channel`, or nobody may: `reason` is Slack's error."""


class ChannelSharedError(ChannelError):
    """People of another organization can read `channel`, and no setting allows it."""


class MissingScopeError(ConfigurationError):
    """The Slack app lacks `scope`."""


class SlackTokenError(ConfigurationError):
    """Slack refuses the bot token: `reason` is Slack's error."""


class InternalError(BotError):
    """A fault of the bot's own; `request` finds it in the log."""


class UpstreamError(BotError):
    """
    AWS or Slack failed, during `call`.

    `may_have_happened` is False only if the other side has said that it did nothing.
    """

    may_have_happened: ClassVar[bool] = False


class ThrottledError(UpstreamError):
    """`service` has refused `call` because there were too many."""

    retryable = True


class UnavailableError(UpstreamError):
    """`service` gave a server error, no answer, or no complete one."""

    retryable = True
    may_have_happened = True


class NotLookedUpError(UnavailableError):
    """`service` did not answer a lookup that precedes `call`, so `call` was not made."""

    may_have_happened = False


class SlackInternalError(UnavailableError):
    """
    Slack answered `call` with `reason`, an error of its own server.

    "It's possible some aspect of the operation succeeded" (https://docs.slack.dev/reference/methods/chat.postMessage).
    """


class OutOfTimeError(UpstreamError):
    """The time that one scan may take is up."""


class PageLostError(UpstreamError):
    """Security Hub does not know the token of the next page any more: restarts did not help."""

    retryable = True


class InvalidBlocksError(UpstreamError):
    """Slack refuses the layout of a message: `reason` is its explanation."""


class FileTooLargeError(UpstreamError):
    """Slack takes no file of that size: by its own limit or the workspace's."""


class FileNotSharedError(UpstreamError):
    """Slack has taken a file, and has not shared it."""


class OddRequestError(UpstreamError):
    """Slack has signed a request whose `field` is absent or not of the documented form."""


class UnexpectedResponseError(UpstreamError):
    """`service` refused `call` for `reason`, which the bot does not know."""
