"""What the roles of template.yaml allow is used: a permission that nobody needs is one too many."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import pytest

from playground.cloud.iam import listed
from playground.deployment import roles
from playground.world import World
from tests.scenarios import scenario
from tests.scenarios.driver import DirectDriver
from tests.scenarios.runner import failures
from tests.scenarios.scenario import PLAYED

BY_LAMBDA = "Lambda does it in the role's name, outside of the handler"
SLICES = "a job that goes on in another invocation needs Lambda's engine, which tests/artifact has"
UNUSED = {
    ("SlackFunction", "WriteLogs", "logs:CreateLogStream"): BY_LAMBDA,
    ("SlackFunction", "WriteLogs", "logs:PutLogEvents"): BY_LAMBDA,
    ("JobFunction", "WriteLogs", "logs:CreateLogStream"): BY_LAMBDA,
    ("JobFunction", "WriteLogs", "logs:PutLogEvents"): BY_LAMBDA,
    ("JobFunction", "HandOverDeadLetters", "sqs:SendMessage"): BY_LAMBDA,
    ("JobFunction", "KeepExecutionState", "lambda:CheckpointDurableExecution"): SLICES,
    ("JobFunction", "KeepExecutionState", "lambda:GetDurableExecutionState"): SLICES,
}
"""What no scenario uses, and why it is allowed all the same."""

Grants = set[tuple[str, str, str]]


def granted() -> Grants:
    """List what the roles allow."""
    return {
        (function, statement["Sid"], named(action, resource))
        for function, role in roles().items()
        for statement in role.statements
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def named(action: str, resource: str) -> str:
    """Name an action, and the folder of the bucket if it is for one."""
    folder = resource.partition("/")[2].removesuffix("*") if resource.startswith("arn:aws:s3:") else ""
    return f"{action} {folder}".strip()


class TestGrants:
    """The permissions of both functions."""

    def test_every_permission_is_used_or_has_a_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The scenarios hold, and use all permissions but those with a reason; no reason is left over."""
        worlds: list[World] = []

        def driver(world: World) -> AbstractContextManager[DirectDriver]:
            worlds.append(world)
            return nullcontext(DirectDriver(world.slack))

        for name in PLAYED:
            expected = scenario.load(name)
            assert [] == failures(expected, driver, monkeypatch), expected.claim

        used = {
            (function, grant.sid, named(grant.action, grant.resource))
            for world in worlds
            for function, role in world.roles.items()
            for grant in role.used
        }
        assert granted() - used == UNUSED.keys()
