"""The ack in its environment, and the jobs that it dispatches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.world import World


def keep_jobs(world: World) -> list[Any]:
    """Let the job function keep its events instead of doing them."""
    kept: list[Any] = []
    function = world.invocations.functions["JobFunction"]
    keeping = replace(function, handler=lambda job, _context: kept.append(job))
    world.invocations.functions["JobFunction"] = keeping
    return kept


def ask(world: World, request: dict[str, Any]) -> dict[str, Any]:
    """Hand an event to the real handler, in its environment."""
    answer: dict[str, Any] = world.invocations.functions["SlackFunction"].start(request).result(30)
    world.invocations.drain()
    return answer
