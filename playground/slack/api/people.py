"""
users.* and usergroups.*.

Source: https://docs.slack.dev/reference/methods/users.info and its neighbours, read 2026-11.
"""

from __future__ import annotations

from typing import Any

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.api.shapes import person_shape
from playground.slack.workspace.people import TEAM, Person


def info(call: Call) -> Answer:
    """users.info: tell of a person; their locale only if asked."""
    return {"user": _shape(call, call.person("user"))}


def list_people(call: Call) -> Answer:
    """users.list: tell of everybody, bots too."""
    people, more = call.page(list(call.workspace.people.values()))
    return {"members": [_shape(call, person) for person in people], **more}


def lookup_by_email(call: Call) -> Answer:
    """users.lookupByEmail: find a person who is active."""
    email = call.required("email").lower()
    for person in call.workspace.people.values():
        if person.email == email and not person.is_bot and not person.is_deleted:
            return {"user": _shape(call, person)}
    raise ApiError("users_not_found")


def list_groups(call: Call) -> Answer:
    """usergroups.list: tell of the groups."""
    groups = []
    for group in call.workspace.usergroups:
        shape: dict[str, Any] = {"id": group.id, "team_id": TEAM, "name": group.name, "handle": group.handle}
        if call.flag("include_users"):
            shape["users"] = list(group.users)
        groups.append(shape)
    return {"usergroups": groups}


def list_group_people(call: Call) -> Answer:
    """usergroups.users.list: tell who is in a group."""
    group_id = call.required("usergroup")
    for group in call.workspace.usergroups:
        if group.id == group_id:
            return {"users": list(group.users)}
    raise ApiError("no_such_subteam")


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
