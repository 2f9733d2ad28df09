"""
Whether somebody may do what they ask for: looked at when their job runs, not when a button was drawn.

Whatever cannot be found out counts as no. A refusal is told to that person alone, and logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.job import CancelJob, Job, Requester, job_id
from bot.domain.permission import IDS, SETTINGS, Allowed, Permission, Standing, parse_allowed
from bot.errors import BotError, InvalidSettingError, NotAllowedError
from bot.ports import People, Ports
from bot.settings import Settings

LOG = logging.getLogger(__name__)


def authorize(job: Job, ports: Ports, settings: Settings) -> None:
    """
    Let a job pass if its requester may do it; one without a requester, which only AWS can start, passes.

    So does one for a file that somebody has shared: most are none of the bot's business, and whoever shared
    one would hear that they may not. It reads what the channel has, and changes nothing.

    Raises:
        NotAllowedError: they may not.
        InvalidSettingError: the setting that would say so cannot be read.
        BotError: Slack cannot tell who they are; the errors of `People`.
    """
    requester, permission = job.requester, job.permission
    if requester is None or permission is None or _is_own_scan(job, requester):
        return
    request = _Request(requester, job.channel or "", permission)
    try:
        _check(request, _allowed(settings, permission), ports.people)
    except BotError as error:
        report_id = getattr(job, "report_id", "") or job_id(job)
        LOG.warning("refused %s", type(job).__name__, extra=request.logged(error, report_id))
        raise


def _is_own_scan(job: Job, requester: Requester) -> bool:
    """Tell whether a person cancels their own scan."""
    return isinstance(job, CancelJob) and job.asked_by == requester.user_id


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asks for what, and where."""

    requester: Requester
    channel: str
    permission: Permission

    def logged(self, error: BotError, report_id: str) -> dict[str, str]:
        """Give what the log tells of a refusal: no response URL, which is a secret."""
        return {
            "error_code": error.code,
            "reason": error.values.get("hint") or str(error),
            "permission": self.permission,
            "user_id": self.requester.user_id,
            "team_id": self.requester.team_id,
            "channel": self.channel,
            "report_id": report_id,
        }

    def refusal(self, hint: str) -> NotAllowedError:
        """Make the error that says why not, and what would have to be set."""
        return NotAllowedError(
            hint=f"not-allowed.{self.permission}.{hint}",
            setting=SETTINGS[self.permission],
            user_id=self.requester.user_id,
            here=self.channel,
        )


def _allowed(settings: Settings, permission: Permission) -> Allowed:
    setting = SETTINGS[permission]
    try:
        return parse_allowed(settings.get(setting))
    except ValueError:
        raise InvalidSettingError(setting=setting, choices=IDS) from None


def _check(request: _Request, allowed: Allowed, people: People) -> None:
    """Without a list every member may read, and nobody may act."""
    if allowed.is_empty and request.permission is Permission.ACT:
        raise request.refusal("unset")
    user_id = request.requester.user_id
    standing = people.standing(request.requester)
    if standing is not Standing.MEMBER:
        _check_outsider(request, standing, is_named=user_id in allowed.people)
    elif not (
        allowed.is_empty
        or user_id in allowed.people
        or request.channel in allowed.channels
        or _is_in_one(user_id, allowed.groups, people)
    ):
        raise request.refusal("member")


def _check_outsider(request: _Request, standing: Standing, *, is_named: bool) -> None:
    """Let a guest or a stranger read who is named; not by a group or channel, into which others put them."""
    may_be_named = request.permission is Permission.READ and standing is not Standing.INACTIVE
    if not (may_be_named and is_named):
        raise request.refusal(standing)


def _is_in_one(user_id: str, groups: Iterable[str], people: People) -> bool:
    """Look into one group after the other; one that cannot be read matters only where no other has them."""
    failure: BotError | None = None
    for group in sorted(groups):
        try:
            if user_id in people.group_members(group):
                return True
        except BotError as error:
            failure = failure or error
    if failure:
        raise failure
    return False
