"""
users.* and usergroups.*.

Source: https://docs.slack.dev/reference/methods/users.info and its neighbours, read 2026-11.
"""

from __future__ import annotations

from typing import Any

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.api.shapes import person_shape
from playground.slack.workspace.people import TEAM, Person, UserGroup

DISABLED_AT = 1_700_000_000
"""When the disabled groups were, in seconds since 1970."""


def info(call: Call) -> Answer:
    """users.info: tell of a person; their locale only if asked."""
    return {"user": _shape(call, call.person("user"))}


def list_people(call: Call) -> Answer:
    """users.list: tell of everybody, bots and deactivated people too; of all at once without a limit."""
    people, more = call.page(list(call.workspace.people.values()), default=len(call.workspace.people))
    return {"members": [_shape(call, person) for person in people], **more}


def lookup_by_email(call: Call) -> Answer:
    """users.lookupByEmail: find who is active, guests too; others are not told apart from nobody."""
    email = call.required("email").lower()
    for person in call.workspace.people.values():
        if person.email == email and person.is_active:
            return {"user": _shape(call, person)}
    raise ApiError("users_not_found")


def list_groups(call: Call) -> Answer:
    """usergroups.list: tell of the groups, in one answer; of disabled ones only if asked."""
    return {"usergroups": [_group_shape(call, group) for group in _groups(call)]}


def list_group_people(call: Call) -> Answer:
    """usergroups.users.list: tell who is in a group."""
    group_id = call.required("usergroup")
    for group in _groups(call):
        if group.id == group_id:
            return {"users": list(group.users)}
    raise ApiError("no_such_subteam")


def _groups(call: Call) -> list[UserGroup]:
    with_disabled = call.flag("include_disabled")
    return [group for group in call.workspace.usergroups if with_disabled or not group.is_disabled]


def _group_shape(call: Call, group: UserGroup) -> dict[str, Any]:
    """Write a group: https://docs.slack.dev/reference/objects/usergroup-object, read 2026-11."""
    shape: dict[str, Any] = {
        "id": group.id,
        "team_id": TEAM,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": DISABLED_AT if group.is_disabled else 0,
    }
    if call.flag("include_users"):
        shape["users"] = list(group.users)
    if call.flag("include_count"):
        shape["user_count"] = len(group.users)
    return shape


def _shape(call: Call, person: Person) -> dict[str, Any]:
    with_email = call.token.may(("users:read.email",))
    return person_shape(person, with_locale=call.flag("include_locale"), with_email=with_email)


METHODS = {
    "users.info": Method(info, ("users:read",)),
    "users.list": Method(list_people, ("users:read",)),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",)),
    "usergroups.list": Method(list_groups, ("usergroups:read",)),
    "usergroups.users.list": Method(list_group_people, ("usergroups:read",)),
}
