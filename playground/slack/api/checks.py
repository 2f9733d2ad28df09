"""
auth.test, api.test and blocks.validate: the methods with which an app checks itself.

Source: https://docs.slack.dev/reference/methods/blocks.validate and its neighbours, read 2026-11.
"""

from __future__ import annotations

from typing import Any

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.blocks import problems, view_problems
from playground.slack.workspace.people import BOT, BOT_ID, TEAM, TEAM_NAME


def auth_test(call: Call) -> Answer:
    """auth.test: tell whose token it is."""
    organization = call.workspace.organization
    return {
        **({"enterprise_id": organization} if organization else {}),
        "url": f"{call.url}/",
        "team": TEAM_NAME,
        "team_id": TEAM,
        "user": call.workspace.people[BOT].name,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Answer:
    """api.test: give the arguments back, or the error that is asked for."""
    arguments = {name: value for name, value in call.arguments.items() if name != "token"}
    if call.text("error"):
        raise ApiError(call.text("error"), args=arguments)
    return {"args": arguments}


def validate(call: Call) -> Answer:
    """blocks.validate: judge blocks, a message or a view."""
    given = [name for name in ("blocks", "message", "view") if call.text(name)]
    if len(given) != 1:
        raise ApiError("invalid_arguments", ["provide exactly one of blocks, message and view"])
    found = _problems(given[0], call.json(given[0], "invalid_json"))
    if found:
        raise ApiError(f"invalid_{given[0]}", errors=[_explained(given[0], one) for one in found])
    return {}


def _explained(given: str, problem: str) -> dict[str, str]:
    """Write a violation as this method does: an object, whose pointer starts in the argument."""
    message, _, pointer = problem.removesuffix("]").partition(" [json-pointer:")
    return {"code": "failed_constraint", "message": message, "pointer": pointer.removeprefix(f"/{given}")}


def _problems(name: str, value: Any) -> list[str]:
    if name == "blocks" and isinstance(value, list):
        return problems(value, "message")
    if name == "blocks" or not isinstance(value, dict):
        return [f"must provide an {'array' if name == 'blocks' else 'object'} [json-pointer:/{name}]"]
    if name == "view":
        return view_problems(value)
    return problems(value["blocks"], "message") if value.get("blocks") else []


METHODS = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test),
    "blocks.validate": Method(validate),
}
