"""
Authorization: checked when a job runs, not when its button was shown.

If the answer cannot be found out, the job is refused. Refusals are logged, and only the requester sees them.
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
    Return if the requester has the permission of the job's kind.

    A job without a requester passes: only AWS can start it.

    Raises:
        NotAllowedError: the requester lacks the permission.
        InvalidSettingError: the setting of the permission cannot be read.
        BotError: the requester cannot be identified; the errors of `People`.
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
    """Return whether a person cancels their own scan."""
    return isinstance(job, CancelJob) and job.asked_by == requester.user_id


@dataclass(frozen=True, slots=True)
class _Request:
    """A requester, a permission, and the channel of the request."""

    requester: Requester
    channel: str
    permission: Permission

    def logged(self, error: BotError, report_id: str) -> dict[str, str]:
        """Return the fields that the log has of a refusal: not the response URL, which is a secret."""
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
        """Return the error that names the reason and the setting."""
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
    """If the setting is empty, every member may read and nobody may act."""
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
    """Let guests and externals read if listed themselves; others decide on groups and channels."""
    may_be_named = request.permission is Permission.READ and standing is not Standing.INACTIVE
    if not (may_be_named and is_named):
        raise request.refusal(standing)


def _is_in_one(user_id: str, groups: Iterable[str], people: People) -> bool:
    """Look into one group after another; an error counts only if no other group has the person."""
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
