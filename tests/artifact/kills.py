"""
Processes that are killed at a call that they make, seen from where the call arrives.

tests/scenarios/crashes.py is the same for a function in this process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import botocore.session

from bot.adapters.sdk import client
from playground.deployment import BUCKET
from playground.http import HttpServer
from playground.world import World
from tests.artifact.functions import Built
from tests.scenarios.player import kept
from tests.scenarios.scenario import Crash


class Kills:
    """
    The kills that are still to come.

    Args:
        planned: at which calls, in a scenario's words.
        built: whose job function dies.
    """

    def __init__(self, planned: Iterable[Crash], built: Built) -> None:
        self.left = list(planned)
        self._built = built

    def watch(self, world: World) -> None:
        """See every request that reaches AWS or Slack in a world that has been started."""
        for server in (world._moto, world.slack._server):
            assert server is not None
            self._watch(server)

    def _watch(self, server: HttpServer) -> None:
        answer = server._server.app

        def app(environ: dict[str, Any], start_response: Any) -> Any:
            crash = self._planned(call_of(environ["REQUEST_METHOD"], environ["PATH_INFO"]))
            if crash is None:
                return answer(environ, start_response)
            if crash.late:
                answered = answer(environ, start_response)
                self._kill()
                return answered
            self._kill()
            start_response("503 Service Unavailable", [])
            return [b""]

        server._server.app = app

    def _kill(self) -> None:
        self._built.functions["JobFunction"].kill()

    def _planned(self, call: str) -> Crash | None:
        crash = next((crash for crash in self.left if call.endswith(crash.call)), None)
        if crash:
            self.left.remove(crash)
        return crash


def call_of(method: str, path: str) -> str:
    """Name a request: a method of Slack's, an operation of Security Hub's, or the path of what is in S3."""
    named = (name for name, (verb, form) in _operations().items() if verb == method and form.fullmatch(path))
    return next(named, path.rpartition("/api/")[2])


@cache
def _operations() -> dict[str, tuple[str, re.Pattern[str]]]:
    """Return the method and path of Security Hub's operations, from botocore's service model."""
    model = botocore.session.get_session().get_service_model("securityhub")
    bindings = {name: model.operation_model(name).http for name in model.operation_names}
    return {
        name: (http["method"], re.compile(re.sub(r"\{.*?\}", "[^/]+", http["requestUri"])))
        for name, http in bindings.items()
    }


def age(seconds: float) -> None:
    """Make what the ledger holds older, which to another process is the same as a wait."""
    for key in kept("ledger/"):
        entry = json.loads(client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
        older = {
            name: _older(value, seconds) if name.endswith("_at") else value for name, value in entry.items()
        }
        if older != entry:
            client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(older).encode())


def _older(time: str, seconds: float) -> str:
    return (datetime.fromisoformat(time) - timedelta(seconds=seconds)).isoformat()
