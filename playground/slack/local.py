"""The local Slack: its server, around the actions of people."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from playground.http import HttpServer
from playground.slack.api.responses import responses
from playground.slack.api.transfers import transfers
from playground.slack.api.web_api import web_api
from playground.slack.browser.api import page_api
from playground.slack.browser.guard import guard
from playground.slack.surfaces.client import Client


class LocalSlack(Client):
    """A workspace on 127.0.0.1, between `start` and `stop`. For the arguments see Client."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        app_url: Callable[[], str] | str,
        signing_secret: str,
        token: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            manifest,
            app_url=app_url,
            signing_secret=signing_secret,
            token=token,
            url=lambda: self.url,
            clock=clock,
        )
        self.app = self._made_app()
        """The Web API and the page, as a WSGI application."""
        self._server: HttpServer | None = None

    def start(self, port: int = 0) -> None:
        """Listen; port 0 lets the system choose."""
        self._server = HttpServer(self.app, "slack", port)

    def stop(self) -> None:
        """Stop listening, and cancel requests that would be sent later."""
        self.events.stop()
        self.workspace.close()
        if self._server:
            self._server.stop()

    @property
    def url(self) -> str:
        """Where the page is, without a slash at the end."""
        if self._server is None:
            raise RuntimeError("the local Slack has not been started")
        return self._server.url

    @property
    def api_url(self) -> str:
        """Where the Web API is, for SLACK_API_URL."""
        return f"{self.url}/api/"

    def _made_app(self) -> Flask:
        app = Flask(__name__, static_folder=None)
        guard(app)
        for blueprint in (web_api, transfers, responses):
            app.register_blueprint(blueprint(self.workspace))
        app.register_blueprint(page_api(self))
        return app
