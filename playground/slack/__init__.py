"""A Slack of one workspace and one app, on this machine, that refuses what the real one refuses."""

from __future__ import annotations

from playground.slack.local import LocalSlack
from playground.slack.surfaces.panel import PanelAction

__all__ = ["LocalSlack", "PanelAction"]
