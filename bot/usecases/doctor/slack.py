"""The checks of Slack: the secret, the token and its scopes, the channel, the layouts."""

from __future__ import annotations

import json

from bot.domain.check import Verdict, ok, unknown, wrong
from bot.domain.slack import SCOPES, SIGNING_SECRET, TOKEN
from bot.i18n import Locale
from bot.usecases.channels import named_channels
from bot.usecases.doctor.exam import Exam
from bot.usecases.doctor.layouts import layouts


def secret(exam: Exam) -> Verdict:
    """Check the form of the secret, without white space, as the bot reads it. No part of it is shown."""
    try:
        document = json.loads(exam.probes.secret())
    except ValueError:
        return wrong("doctor.secret.json")
    texts = [
        document.get(name) if isinstance(document, dict) else None for name in ("token", "signing_secret")
    ]
    token, signing_secret = (text.strip() if isinstance(text, str) else "" for text in texts)
    exam.token = token
    if not TOKEN.fullmatch(token):
        return wrong("doctor.secret.token")
    if not SIGNING_SECRET.fullmatch(signing_secret):
        return wrong("doctor.secret.signing")
    return ok("doctor.secret.ok")


def token(exam: Exam) -> Verdict:
    """Check that Slack accepts the token."""
    exam.identity = exam.slack().identity()
    return ok("doctor.token.ok", user=exam.identity.user, team=exam.identity.team)


def scopes(exam: Exam) -> Verdict:
    """Check that the token has each scope of the manifest."""
    exam.require("token")
    granted = exam.identity.scopes if exam.identity else None
    if granted is None:
        return unknown("doctor.scopes.unknown")
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        return wrong("doctor.scopes.missing", scopes=", ".join(missing))
    return ok("doctor.scopes.ok", count=len(SCOPES))


def channel(exam: Exam) -> Verdict:
    """Check that the bot can post in the channel of the scheduled report."""
    exam.probes.settings.require(["SLACK_CHANNEL"])
    exam.require("token")
    channel_id = exam.probes.settings.get("SLACK_CHANNEL")
    found = exam.slack().channel(channel_id)
    if found is None:
        return wrong("doctor.channel.unseen", channel=channel_id)
    if found.is_archived:
        return wrong("doctor.channel.archived", channel=channel_id)
    if not found.is_member:
        return wrong("doctor.channel.not-in", channel=channel_id)
    if found.is_shared_outside and channel_id not in named_channels(exam.probes.settings):
        return wrong("doctor.channel.shared", channel=channel_id)
    return ok("doctor.channel.ok", channel=channel_id)


def layout(exam: Exam) -> Verdict:
    """Let Slack validate each kind of message and form, without posting it."""
    exam.require("token")
    slack, judged, refused = exam.slack(), 0, {}
    for name, kind, payload in layouts(Locale(exam.probes.settings.get("REPORT_LOCALE"))):
        judged += 1
        if found := slack.problems(kind, payload):
            refused[name] = found[0]
    if refused:
        problem = next(iter(refused.values()))[:200]
        return wrong("doctor.layout.refused", name=", ".join(refused)[:200], problem=problem)
    return ok("doctor.layout.ok", count=judged)
