"""
AWS Organizations, as a member account sees it: the tags of accounts.

Source: botocore's service model: errors and patterns, and that only the management account "or a member
account that is a delegated administrator" may call the operation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.wrappers import Request, Response

TARGET = "AWSOrganizationsV20161128."

MANAGEMENT_ACCOUNT = "210987654321"
"""The account in the ARNs of everything in the organization: never the caller's, which is a member."""

Standing = Literal["administrator", "member", "alone"]
"""The caller's account: a delegated administrator, another member, or in no organization."""

_ACCOUNT = re.compile(r"\d{12}")

_DENIED = "You don't have permissions to access this resource."
_NOT_IN_USE = "Your account is not a member of an organization."
_NOT_FOUND = "You specified a target that doesn't exist."
_PATTERN = "You provided a value that does not match the required pattern."
_TOO_MANY = "You have sent too many requests in too short a period of time."


@dataclass
class Organizations:
    """A WSGI application for ListTagsForResource; tests change its fields."""

    standing: Standing = "administrator"
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """Account to its tags; an account that is not a key is not in the organization."""
    throttled: int = 0
    """How many calls to come are refused as too many."""
    calls: list[str] = field(default_factory=list)
    """The accounts that were asked about, refused calls too."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        operation = request.headers.get("X-Amz-Target", "").removeprefix(TARGET)
        if operation != "ListTagsForResource":
            return _refusal("UnknownOperationException", f"{operation} is not modelled here")(
                environ, start_response
            )
        return self._tags(request.get_json(force=True))(environ, start_response)

    def _tags(self, parameters: Mapping[str, Any]) -> Response:
        account = str(parameters.get("ResourceId", ""))
        self.calls.append(account)
        if self.throttled:
            self.throttled -= 1
            return _refusal("TooManyRequestsException", _TOO_MANY)
        if self.standing == "alone":
            return _refusal("AWSOrganizationsNotInUseException", _NOT_IN_USE)
        if self.standing == "member":
            return _refusal("AccessDeniedException", _DENIED)
        if not _ACCOUNT.fullmatch(account):
            return _refusal("InvalidInputException", _PATTERN, Reason="INVALID_PATTERN")
        if account not in self.tags:
            return _refusal("TargetNotFoundException", _NOT_FOUND)
        return _answer({"Tags": [{"Key": key, "Value": value} for key, value in self.tags[account].items()]})


def _answer(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/x-amz-json-1.1")


def _refusal(code: str, message: str, **fields: str) -> Response:
    return _answer({"__type": code, "Message": message, **fields}, 400)
