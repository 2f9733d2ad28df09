"""The command `routing`: check a routing file, explain an owner, put a file in force, show an example."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.adapters.security_hub import security_hub_findings
from bot.adapters.stores.routing import BucketRouting
from bot.bootstrap.doctor import stack_bucket, stack_slack
from bot.domain.finding import Finding
from bot.domain.owners.contact import OwnerName, lookups
from bot.domain.owners.owner import Ownership
from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_file import ACCOUNT_ID, MOST_BYTES, check_routing, parse_routing
from bot.errors import RoutingFileError
from bot.i18n import Locale, translate
from bot.render.csv_file import owner_cells
from bot.render.errors import explain_in_shell
from bot.render.owners import way_text
from bot.settings import Settings
from bot.usecases.owners.contacts import ContactFinder, Found, NoMemory
from bot.usecases.owners.explain import channels_of, findings_of
from bot.usecases.owners.in_slack import SlackCheck

CLEAN, BAD_INPUT = 0, 2

EXAMPLE = Path(__file__).parent / "data" / "routing.example.toml"


def add_arguments(command: argparse.ArgumentParser, stack: str) -> None:
    """Add the commands of `routing`; `stack` is the name of the stack by default."""
    actions = command.add_subparsers(title="commands", required=True, metavar="COMMAND")
    check = actions.add_parser("check", help="list the errors of a routing file")
    check.add_argument("file", metavar="FILE")
    check.add_argument("--slack", action="store_true", help="look up each person, user group and channel")
    check.set_defaults(act=_check)
    explain = actions.add_parser("explain", help="name the owner of a resource or an account, and the rule")
    explain.add_argument("what", metavar="RESOURCE|ACCOUNT", help="an ARN, or 12 digits")
    explain.add_argument("--file", metavar="FILE", help="default: the file of the deployment")
    explain.add_argument("--slack", action="store_true", help="look the owner up in Slack")
    explain.set_defaults(act=_explain)
    put = actions.add_parser("put", help="check a routing file, and put it in force")
    put.add_argument("file", metavar="FILE")
    put.set_defaults(act=_put)
    for one in (check, explain, put):
        one.add_argument("--stack", default=stack, metavar="NAME", help=f"default: {stack}")
    actions.add_parser("example", help="write an example").set_defaults(act=_example)


def run_routing(options: argparse.Namespace, locale: Locale) -> int:
    """Run one of the commands; return the exit code. Raises the errors of `bot/errors.py`, and OSError."""
    code: int = options.act(options, locale)
    return code


def _check(options: argparse.Namespace, locale: Locale) -> int:
    data = read_file(options.file)
    code = _told(data, locale)
    if not options.slack:
        return code
    named, (people, channels) = check_routing(data).named, stack_slack(options.stack)
    errors = list(SlackCheck(named, people, channels).errors())
    for error in errors:
        sys.stderr.write(f"{explain_in_shell(error, locale)}\n")
    if not errors:
        count = len({one.contact for one in named})
        sys.stdout.write(f"{translate(locale, 'routing.slack.ok', count=count)}\n")
    return BAD_INPUT if errors else code


def _told(data: bytes, locale: Locale) -> int:
    """Write the errors of a file, or the counts of its entries."""
    checked = check_routing(data)
    for error in checked.errors:
        sys.stderr.write(f"{explain_in_shell(error, locale)}\n")
    if checked.errors:
        return BAD_INPUT
    routing = checked.routing
    counts = {
        "people": len(routing.people),
        "accounts": len(routing.accounts),
        "resources": len(routing.resources),
        "routes": len(routing.routes),
    }
    sys.stdout.write(f"{translate(locale, 'routing.ok', **counts)}\n")
    return CLEAN


def _put(options: argparse.Namespace, locale: Locale) -> int:
    data = read_file(options.file)
    code = _told(data, locale)
    if code == CLEAN:
        file = _file_of(options.stack)
        if not file.replace(data, file.read()):
            raise RoutingFileError(hint="routing-changed")
        sys.stdout.write(f"{translate(locale, 'routing.put')}\n")
    return code


def _example(options: argparse.Namespace, locale: Locale) -> int:
    del options, locale
    sys.stdout.write(EXAMPLE.read_text(encoding="utf-8"))
    return CLEAN


def _explain(options: argparse.Namespace, locale: Locale) -> int:
    data = read_file(options.file) if options.file else _file_of(options.stack).read()
    routing = parse_routing(data) if data is not None else Routing()
    if ACCOUNT_ID.fullmatch(options.what):
        owner = routing.lookup().owners_of_account(options.what)
        sys.stdout.writelines(_owner_lines(owner, routing, options, locale))
        return CLEAN
    found = findings_of(options.what, routing, security_hub_findings(Settings(os.environ)))
    if not found:
        sys.stdout.write(f"{translate(locale, 'routing.explain.no-finding', resource=options.what)}\n")
        return CLEAN
    owner = routing.lookup().owners_of(found[0])
    sys.stdout.writelines(_owner_lines(owner, routing, options, locale))
    sys.stdout.writelines(_channel_lines(found, owner, routing, locale))
    return CLEAN


def _owner_lines(
    owner: Ownership, routing: Routing, options: argparse.Namespace, locale: Locale
) -> Iterator[str]:
    names, rule = owner_cells(owner, locale)
    yield f"{translate(locale, 'routing.explain.owner', owner=names or '—')}\n"
    yield f"{translate(locale, 'routing.explain.rule', rule=rule)}\n"
    asked = [OwnerName(name, not owner.is_from_tag) for name in owner.names]
    found = _looked_up(asked, routing, options.stack) if options.slack else None
    for name in asked:
        yield f"{_contact_line(name, routing, found, locale)}\n"


def _looked_up(asked: Sequence[OwnerName], routing: Routing, stack: str) -> Found:
    people, _ = stack_slack(stack)
    now = partial(datetime.now, UTC)
    finder = ContactFinder(people, NoMemory(), now, routing.people, routing.owner.email_domain)
    found = finder.find(asked)
    if found.error:
        raise found.error
    return found


def _contact_line(name: OwnerName, routing: Routing, found: Found | None, locale: Locale) -> str:
    """Name the contact and the way; without Slack, the ways that the bot will try."""
    domain = routing.owner.email_domain
    ways = lookups(name.name, routing.people, domain, is_from_file=name.is_from_file)
    tried = ", ".join(f"{way.way} {way.value}" for way in ways) or "—"
    if found is None:
        return translate(locale, "routing.explain.contact", owner=name.name, contact=tried)
    contact = found.contacts[name]
    if contact.id:
        line = translate(locale, "routing.explain.contact", owner=name.name, contact=contact.id)
        return line + way_text(found.ways[name], locale)
    reason = translate(locale, f"owners.absent.{contact.absence}")
    return translate(locale, "routing.explain.absent", owner=name.name, reason=reason, tried=tried)


def _channel_lines(
    findings: list[Finding], owner: Ownership, routing: Routing, locale: Locale
) -> Iterator[str]:
    for control, severity, routed in channels_of(findings, owner, routing):
        channel = routed or translate(locale, "routing.explain.own-channel")
        values = {"control": control, "severity": severity, "channel": channel}
        yield f"{translate(locale, 'routing.explain.channel', **values)}\n"


def _file_of(stack: str) -> BucketRouting:
    return BucketRouting(stack_bucket(stack))


def read_file(name: str) -> bytes:
    """Read a file, and no more of it than is needed to refuse it as too large. Raises OSError."""
    with open(name, "rb") as file:
        return file.read(MOST_BYTES + 1)
