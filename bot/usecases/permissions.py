"""
Authorization: checked when a job runs, not when its button was shown.

If the answer cannot be found out, the job is refused. Refusals are logged, and only the requester sees them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from bot.domain.job import ActJob, CancelJob, ContinueJob, Job, Requester, job_id
from bot.domain.permission import IDS, SETTINGS, Allowed, Permission, Standing, parse_allowed
from bot.domain.slack import is_direct
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
    if requester and permission and not _is_own_scan(job, requester):
        require(permission, job, ports, settings)


def require(permission: Permission, job: Job, ports: Ports, settings: Settings) -> None:
    """Return if the requester of a job has a permission. Raises the same as `authorize`."""
    requester = job.requester
    if requester is None:
        return
    channel = (job.asked_in if isinstance(job, ActJob) else "") or job.channel or ""
    try:
        allowed = _allowed(settings, permission)
        if reason := _refusal(requester, permission, channel, allowed, ports.people):
            raise NotAllowedError(
                hint=_hint(permission, reason, channel),
                setting=SETTINGS.get(permission, ""),
                user_id=requester.user_id,
                here=channel,
            )
    except BotError as error:
        logged = {  # not the response URL, which is a secret
            "error_code": error.code,
            "reason": error.values.get("hint") or str(error),
            "permission": permission,
            "user_id": requester.user_id,
            "team_id": requester.team_id,
            "channel": channel,
            "report_id": getattr(job, "report_id", "") or job_id(job),
        }
        LOG.warning("refused %s", type(job).__name__, extra=logged)
        raise


def _hint(permission: Permission, reason: str, channel: str) -> str:
    """Return the key of a hint; that of a direct message does not offer to allow the channel."""
    words = ["not-allowed", permission, reason]
    if is_direct(channel) and reason in ("unset", "member"):
        words.append("direct")
    return ".".join(words)


def _is_own_scan(job: Job, requester: Requester) -> bool:
    """Return whether a person cancels or continues their own scan."""
    return isinstance(job, CancelJob | ContinueJob) and job.asked_by == requester.user_id


def _allowed(settings: Settings, permission: Permission) -> Allowed:
    if permission not in SETTINGS:
        return Allowed()
    setting = SETTINGS[permission]
    try:
        return parse_allowed(settings.get(setting))
    except ValueError:
        raise InvalidSettingError(setting=setting, choices=IDS) from None


def _refusal(
    requester: Requester, permission: Permission, channel: str, allowed: Allowed, people: People
) -> str:
    """
    Return the reason to refuse a person, empty if there is none.

    If the setting is empty, every member may read and nobody may act. OWN has no setting: every member has
    it. Guests and externals may read if they are listed themselves; others decide on groups and channels.
    """
    if allowed.is_empty and permission is Permission.ACT:
        return "unset"
    user_id = requester.user_id
    is_named = user_id in allowed.people
    standing = people.standing(requester)
    if standing is not Standing.MEMBER:
        may_be_named = permission is Permission.READ and standing is not Standing.INACTIVE
        return "" if may_be_named and is_named else standing
    is_allowed = (
        allowed.is_empty
        or is_named
        or channel in allowed.channels
        or _is_in_one(user_id, allowed.groups, people)
    )
    return "" if is_allowed else "member"


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
