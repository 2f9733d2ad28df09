"""
The errors that the hub answers with.

Codes and statuses are those of botocore's service model. Two are not in it: TooManyRequestsException, which
the gateway in front of Security Hub sends (https://github.com/prowler-cloud/prowler/issues/5004), and
NotModelled, which is ours.
"""

from __future__ import annotations

from http import HTTPStatus


class HubError(Exception):
    """A refusal of the whole call."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = int(status)


def invalid(parameter: str, problem: str) -> HubError:
    """
    Say that a parameter breaks a rule.

    Security Hub names the place as a path below `data`, as seen in
    https://github.com/aquasecurity/kube-bench/issues/903.
    """
    return HubError("InvalidInputException", f"Invalid parameter '{parameter}'. {problem}")


def invalid_token(reason: str = "") -> HubError:
    """Say that a NextToken is none, or not one for this query."""
    return HubError("InvalidInputException", f"Invalid NextToken{': ' if reason else ''}{reason}")


def not_modelled(what: str) -> HubError:
    """Say that AWS knows this and the local hub does not, so that nobody takes its silence for an answer."""
    message = f"playground.hub does not model {what}; AWS may well accept it"
    return HubError("NotModelled", message, HTTPStatus.NOT_IMPLEMENTED)


def not_found(what: str) -> HubError:
    """Say that a resource does not exist."""
    return HubError("ResourceNotFoundException", f"{what} not found", HTTPStatus.NOT_FOUND)


def denied(operation: str, arn: str) -> HubError:
    """
    Say that a policy of the caller's organization denies an operation.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    action = f"securityhub:{operation} on resource: {arn} with an explicit deny in a service control policy"
    return HubError(
        "AccessDeniedException", f"User is not authorized to perform: {action}", HTTPStatus.FORBIDDEN
    )
