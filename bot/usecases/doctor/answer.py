"""`/sechub-scan doctor`: check the deployment. Only the requester sees the answer."""

from __future__ import annotations

import logging

from bot.domain.job import DoctorJob, job_id
from bot.domain.message import Message
from bot.errors import BotError, UserError
from bot.probes import Timer
from bot.render.doctor import doctor_message
from bot.usecases.context import JobContext
from bot.usecases.deliver import failure_text
from bot.usecases.doctor import deployment, hub, slack
from bot.usecases.doctor.exam import NamedCheck, examine
from bot.usecases.permissions import authorize

LOG = logging.getLogger(__name__)

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
"""All checks, in the order of the lines of the answer."""


def answer(context: JobContext[DoctorJob]) -> None:
    """
    Check the deployment. A job that is delivered twice answers twice, and changes nothing.

    Raises:
        BotError: the requester cannot be reached or identified.
    """
    job, ports, locale = context.job, context.ports, context.locale
    try:
        authorize(job, ports, context.deployment.settings)
    except BotError as error:
        ports.messenger.tell(job.requester, Message(failure_text(error, locale)), job.channel)
        if isinstance(error, UserError):
            return
        raise
    checked = list(examine(ports.probes(), CHECKS))
    for one in checked:
        LOG.info("check %s: %s", one.name, one.verdict.state, extra={"job_id": job_id(job)})
    ports.messenger.tell(job.requester, doctor_message(checked, locale), job.channel)
