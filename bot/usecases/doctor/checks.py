"""The table of checks, in the order of the lines."""

from __future__ import annotations

from bot.probes import Timer
from bot.usecases.doctor import deployment, hub, slack
from bot.usecases.doctor.exam import NamedCheck

CHECKS = (
    NamedCheck("secret", slack.secret, is_needed=True),
    NamedCheck("token", slack.token),
    NamedCheck("scopes", slack.scopes),
    NamedCheck("channel", slack.channel),
    NamedCheck("layout", slack.layout),
    NamedCheck("hub", hub.hub),
    NamedCheck("aggregation", hub.aggregation),
    NamedCheck("read", hub.read, is_needed=True),
    NamedCheck("update", hub.update, is_needed=True),
    NamedCheck("guard", hub.guard),
    NamedCheck("bucket", deployment.bucket, is_needed=True),
    NamedCheck("once", deployment.once, is_needed=True),
    NamedCheck("job", deployment.job),
    NamedCheck("report-schedule", deployment.schedule(Timer.REPORT)),
    NamedCheck("expiry-schedule", deployment.schedule(Timer.EXPIRY)),
    NamedCheck("action", hub.action),
    NamedCheck("rule", deployment.rule),
)
