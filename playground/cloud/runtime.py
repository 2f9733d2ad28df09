"""How a function's handler comes to run: in this process, or as playground/cloud/emulator.py does it."""

from __future__ import annotations

import importlib
from typing import Protocol

from playground.cloud.environment import Handler


class Runtime(Protocol):
    """Where handlers run."""

    def start(self, module: str) -> Handler:
        """Start anew, with the settings that this process's environment holds now."""

    def stop(self) -> None:
        """End what was started."""


class InProcess:
    """Handlers of the checkout, in this process."""

    def start(self, module: str) -> Handler:
        """Import a handler anew, as a cold start does."""
        loaded = importlib.reload(importlib.import_module(module))
        handler: Handler = loaded.handler
        return handler

    def stop(self) -> None:
        """Close the event loop of the ack; whoever uses the handler next gets another."""
        event_loop = importlib.import_module("handlers.slack").event_loop
        event_loop().close()
        event_loop.cache_clear()
