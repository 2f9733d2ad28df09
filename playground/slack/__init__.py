"""A Slack of one workspace and one app, on this machine, with the refusals of the real one."""

from __future__ import annotations

from playground.slack.local import LocalSlack
from playground.slack.surfaces.panel import PanelAction

__all__ = ["LocalSlack", "PanelAction"]
