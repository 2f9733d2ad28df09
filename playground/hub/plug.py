"""
Our Security Hub in the place of moto's.

It stands on private seams of moto 5.2.5, hence the exact pin and the canary in tests/hub/test_plug.py: the
BackendDict that moto.backends.get_backend reads from the module `moto.securityhub`, BaseBackend._url_module
and BaseResponse.call_action. Error answers are made here, since moto turns a code that is not in the service
model into HTTP 400.
"""

from __future__ import annotations

import importlib
import json
import uuid
from types import SimpleNamespace
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import BaseResponse

from playground.hub.errors import HubError
from playground.hub.front import Answer, answer, refusal
from playground.hub.hub import Hub
from playground.hub.requests import parameters_of
from playground.hub.shapes import operation_model

Wire = tuple[int, dict[str, str], bytes]
"""Status, headers and body, as moto's dispatchers want them."""

_HUBS: dict[tuple[str, str], Hub] = {}
"""A hub outlives moto's backend, which a reset throws away: a caller that holds the hub still has it."""


class HubResponse(BaseResponse):
    """One request on its way in and out."""

    def __init__(self) -> None:
        super().__init__(service_name="securityhub")

    def call_action(self) -> Wire:
        """Answer the request (moto calls this)."""
        # By method and path alone: moto would take a body with `&Action=` in it for a query request.
        operation = self._get_action_from_method_and_request_uri(self.normalized_request)
        if not operation:
            return _wire(refusal(HubError("UnknownOperationException", "no such path", 404)))
        try:
            parameters = parameters_of(
                operation_model(operation), path=self.uri_match, query=self.parsed_url.query, body=self.body
            )
        except HubError as error:
            return _wire(refusal(error))
        given = answer(hub(self.current_account, self.region), operation, parameters)
        return self._cut(_wire(given)) if given.is_cut else _wire(given)

    def _cut(self, wire: Wire) -> Wire:
        """
        Promise more than is sent, and hang up.

        Under mock_aws there is no connection to cut; but botocore 1.44 takes a body that ends early for a
        whole one, cannot read it and gives an empty answer, and half a body does the same to it.
        """
        status, headers, body = wire
        promise = {"Content-Length": str(len(body)), "Connection": "close"}
        half = body[: len(body) // 2]
        # Of bytes, werkzeug would send the true length; of a list it keeps the one promised.
        return status, {**headers, **promise}, [half] if self.is_werkzeug_request else half  # type: ignore[return-value]


class HubBackend(BaseBackend):
    """Moto's backend for an account and a Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        key = (account_id, region_name)
        if key not in _HUBS:
            _HUBS[key] = Hub(account_id, region_name)
        self.hub = _HUBS[key]

    def reset(self) -> None:
        """Begin anew (moto calls this when a mock starts and for /moto-api/reset)."""
        self.hub.clear()

    @property
    def _url_module(self) -> Any:
        """Moto would look for a module `urls` beside this one; every path is ours, known or not."""
        return SimpleNamespace(
            url_bases=[r"https?://securityhub\.(.+)\.amazonaws\.com"],
            url_paths={"{0}/.*": HubResponse.dispatch},
        )


BACKENDS = BackendDict(HubBackend, "securityhub")


def install() -> None:
    """
    Put our Security Hub into moto, once and for all, for mock_aws and for ThreadedMotoServer.

    A server that has answered a securityhub request before keeps moto's own.
    """
    for name in ("moto.securityhub", "moto.securityhub.models", "moto.securityhub.responses"):
        module: Any = importlib.import_module(name)
        module.securityhub_backends = BACKENDS


def hub(account_id: str, region: str) -> Hub:
    """
    Return the hub of an account in a Region, the same object each time; a moto reset empties it.

    Raises:
        KeyError: AWS has no Security Hub in that Region.
    """
    return BACKENDS[account_id][region].hub


def _wire(given: Answer) -> Wire:
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid.uuid4())}
    if given.code:
        headers["x-amzn-ErrorType"] = given.code
    return given.status, headers, json.dumps(given.body, ensure_ascii=False).encode()
