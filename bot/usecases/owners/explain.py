"""Explain the owners of a resource or an account: the rule that decides, their contacts, and the channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain

from bot.domain.finding import Finding
from bot.domain.job import OwnerJob
from bot.domain.naming import is_named
from bot.domain.owners.contact import OwnerName
from bot.domain.owners.owner import Ownership
from bot.domain.owners.routing import RouteTable, Routing
from bot.domain.owners.routing_file import ACCOUNT_ID
from bot.domain.query import of_resource
from bot.domain.slack import Message
from bot.errors import ReportGoneError
from bot.i18n import translate
from bot.ports import Findings, Ports
from bot.render import mrkdwn
from bot.render.errors import explain_in_slack
from bot.render.limits import clip
from bot.render.owners import Channel, explanation
from bot.usecases.context import JobContext
from bot.usecases.owners.account_owners import AccountOwners
from bot.usecases.owners.contacts import ContactFinder

MOST_SUBJECT = 200
"""Characters of a resource that the answer repeats."""


def answer_owner(context: JobContext[OwnerJob]) -> None:
    """Tell a person the owners of a resource or an account. Raises BotError."""
    context.steps.run("owner", _answer, context)


def findings_of(resource_id: str, routing: Routing, findings: Findings) -> list[Finding]:
    """Read the first page of a resource's findings, with the tags that the routing file names."""
    page = next(iter(findings.keeping(routing.kept_tags).pages(of_resource(resource_id))))
    return [finding for finding in page.findings if finding.resource_id == resource_id]


def channels_of(findings: Iterable[Finding], owner: Ownership, routing: Routing) -> list[Channel]:
    """Return the channels of findings, each combination once, by control and severity."""
    channels, table = set(), RouteTable(routing.routes)
    for one in findings:
        route = table.first(owner.names, one.account_id, one.severity, one.control_id)
        channels.add(Channel(one.source, one.severity, route.channel if route else ""))
    return sorted(channels)


def _answer(context: JobContext[OwnerJob]) -> None:
    job, routing, locale = context.job, context.routing.routing, context.locale
    if ACCOUNT_ID.fullmatch(job.subject):
        text = _explanation(job.subject, [], context)
    else:
        resource_id = _resource_id(job.subject, context.ports)
        found = findings_of(resource_id, routing, context.ports.findings)
        named = mrkdwn.code(clip(resource_id, MOST_SUBJECT))
        missing = translate(locale, "routing.explain.no-finding", resource=named)
        text = _explanation(resource_id, found, context) if found else missing
    if fault := context.routing.fault:
        reason = explain_in_slack(fault, locale)
        text = f"{text}\n{translate(locale, 'report.fault.routing', reason=reason)}"
    context.ports.messenger.tell(job.requester, Message(text), job.channel)


def _explanation(subject: str, found: Sequence[Finding], context: JobContext[OwnerJob]) -> str:
    """Explain the owners of the findings of a resource; without any, those of an account."""
    routing, ports = context.routing.routing, context.ports
    accounts = AccountOwners(routing.owner, ports)
    lookup = routing.lookup(accounts.owners_of)
    owner = lookup.owners_of(found[0]) if found else lookup.owners_of_account(subject)
    accounts.save()
    entries, domain = routing.people, routing.owner.email_domain
    finder = ContactFinder(ports.people, ports.owner_memory, ports.now, entries, domain)
    looked_up = finder.find(OwnerName(name, not owner.is_from_tag) for name in owner.names)
    contacts = {owner_name.name: contact for owner_name, contact in looked_up.contacts.items()}
    ways = {owner_name.name: way for owner_name, way in looked_up.ways.items()}
    named = mrkdwn.code(clip(subject, MOST_SUBJECT))
    return explanation(named, owner, contacts, channels_of(found, owner, routing), context.locale, ways)


def _resource_id(subject: str, ports: Ports) -> str:
    """Return the ID of the resource that a name means in the last scheduled reports, or else the name."""
    if subject.startswith("arn:"):
        return subject
    for latest in ports.reports.latest():
        with suppress(ReportGoneError):
            rows = chain.from_iterable(ports.reports.rows(one.report_id) for one in (latest, *latest.parts))
            if row := next((row for row in rows if is_named(row.resource_id, subject)), None):
                return row.resource_id
    return subject
