"""The roles of the functions, and their decisions about the functions' calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.cloud.calls import Call
from playground.cloud.iam import Grant, Statement, decide, listed

KEY_LENGTH = 20
"""Of an access key's ID; https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html"""


@dataclass
class Role:
    """A function's role."""

    name: str
    account_id: str
    statements: list[dict[str, Any]]
    """Of the role's policies."""
    of_resources: Sequence[Statement] = ()
    """The statements of resource policies whose principal is everybody."""
    used: set[Grant] = field(default_factory=set)
    """The permissions that have allowed a call so far."""

    @property
    def access_key(self) -> str:
        """The ID of the access key that the function gets; of a role's session it begins with ASIA."""
        return f"ASIA{self.name.upper():X<{KEY_LENGTH}}"[:KEY_LENGTH]

    def refusal(self, call: Call) -> str | None:
        """Decide about a call; return AWS's message if it is refused."""
        decision = decide([*self.statements, *self.of_resources], call.action, call.resource, call.context)
        if decision.is_allowed:
            self.used |= decision.grants
            return None
        return _message(self, call, decision.denied_by)

    def may(self, action: str, resource: str) -> bool:
        """Return whether an action without conditions is allowed."""
        return decide([*self.statements, *self.of_resources], action, resource, {}).is_allowed

    def take_away(self, action: str) -> None:
        """
        Remove an action from every statement that allows it, as an operator might.

        Raises:
            LookupError: no statement allows it by that name.
        """
        found = [s for s in self.statements if s["Effect"] == "Allow" and action in listed(s["Action"])]
        if not found:
            raise LookupError(f"{self.name} does not allow {action}")
        self.statements = [
            {**s, "Action": [a for a in listed(s["Action"]) if a != action]} if s in found else s
            for s in self.statements
        ]


def _message(role: Role, call: Call, denied_by: Statement | None) -> str:
    """
    Word a refusal.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    user = f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{role.name}"
    policy = "a resource-based" if denied_by in role.of_resources else "an identity-based"
    reason = (
        f"because no identity-based policy allows the {call.action} action"
        if denied_by is None
        else f"with an explicit deny in {policy} policy"
    )
    return f"User: {user} is not authorized to perform: {call.action} on resource: {call.resource} {reason}"
