"""
The command line: the same scan with the AWS credentials at hand, and the check of a deployment.

Exit codes: 0 nothing found, 1 findings found, 2 bad input, 3 configuration (credentials, Region, permission,
Security Hub not enabled; a check of the deployment failed), 4 AWS failed, 5 partial, or a check could not be
made, 70 a fault of the bot's own, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

from bot import cli_routing
from bot.adapters.check_sender import put_check
from bot.adapters.linked.regions import aggregated_regions
from bot.adapters.sdk import client
from bot.adapters.security_hub import SecurityHubControls, security_hub_findings
from bot.bootstrap.doctor import check_stack
from bot.bootstrap.job import utc_now
from bot.domain.command import bare_services, listed, parse_query
from bot.domain.coverage import Coverage
from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_file import parse_routing
from bot.domain.query import Query
from bot.domain.report import Report
from bot.i18n import Locale, translate
from bot.probes import State
from bot.render.csv_file import read_rows
from bot.render.doctor import terminal_line
from bot.render.terminal import terminal_lines, totals
from bot.settings import Settings
from bot.shell import (
    CLEAN,
    CONFIGURATION,
    FOUND,
    MODULE,
    PARTIAL,
    add_locale,
    asked_locale,
    piped,
    run_command,
)
from bot.usecases.owners.complete import complete_owners
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.scanning.covering import CoverageLookup
from bot.usecases.scanning.scan import scan

STACK = "sechub-bot"
"""The stack's name in samconfig.toml."""


def main(arguments: Sequence[str], program: str = MODULE) -> int:
    """Run the command line; `program` is its name in the usage. Return the exit code."""
    return run_command(_parser(program).parse_args(arguments))


def _parser(program: str = MODULE) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="AWS Security Hub by control.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_scan(commands)
    _add_doctor(commands)
    _add_check(commands)
    _add_routing(commands)
    return parser


def _add_scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("scan", help="list the failed findings of a query")
    command.add_argument(
        "controls", nargs="+", metavar="WORD", help="the words of Slack, such as S3.1 IAM tag:Team=web"
    )
    command.add_argument("--severity", action="append", default=[], metavar="LABEL", help="HIGH,CRITICAL …")
    command.add_argument("--account", action="append", default=[], metavar="ID", help="12 digits")
    command.add_argument("--region", action="append", default=[], metavar="REGION", help="of the finding")
    command.add_argument(
        "--status", action="append", default=[], metavar="STATUS", help="new, notified, suppressed"
    )
    command.add_argument(
        "--owner", action="append", default=[], metavar="NAME", help="of the resource; nobody: without one"
    )
    command.add_argument("--routing", metavar="FILE", help="the routing file that names owners")
    command.add_argument("--output", metavar="FILE", help="write a CSV there; - is standard output")
    add_locale(command)
    command.set_defaults(run=_run_scan)


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("doctor", help="check a deployment, one line for each check")
    command.add_argument("--stack", default=STACK, metavar="NAME", help=f"default: {STACK}")
    add_locale(command)
    command.set_defaults(run=_run_doctor)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.check.arguments import add_arguments  # Lambda's package does not have it

    add_arguments(commands.add_parser("check", help="check templates before they are deployed"), put_check)


def _add_routing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("routing", help="check, explain and put the routing file")
    add_locale(command)
    cli_routing.add_arguments(command, STACK)
    command.set_defaults(run=cli_routing.run_routing)


def _run_scan(options: argparse.Namespace, locale: Locale) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report, coverage = _scan(options, locale, Path(folder))
        with piped():
            _write(report, coverage, options.output, locale)
    if report.is_partial:
        return PARTIAL
    return FOUND if report.tally.finding_count else CLEAN


def _run_doctor(options: argparse.Namespace, locale: Locale) -> int:
    """Print each line as soon as it is known."""
    states = set()
    for check, verdict in check_stack(options.stack):
        with piped():
            sys.stdout.write(terminal_line(check, verdict, locale))
        states.add(verdict.state)
    if State.WRONG in states:
        return CONFIGURATION
    return PARTIAL if State.UNKNOWN in states else CLEAN


def _scan(options: argparse.Namespace, locale: Locale, folder: Path) -> tuple[Report, Coverage | None]:
    query = _query(options)
    routing = parse_routing(cli_routing.read_file(options.routing)) if options.routing else Routing()
    settings, hub = Settings(os.environ), client("securityhub")
    regions = aggregated_regions(settings, hub.meta.region_name, utc_now)
    coverage = CoverageLookup(regions)
    progress = _progress_line(sys.stderr, locale) if sys.stderr.isatty() else no_progress
    try:
        report = scan(
            query,
            folder=folder,
            locale=asked_locale(options),
            findings=security_hub_findings(settings).keeping(routing.kept_tags),
            controls=SecurityHubControls(hub),
            now=utc_now,
            regions=regions,
            progress=progress,
            bare=bare_services(" ".join(options.controls)),
            complete=complete_owners(routing.lookup()),
        )
        return report, coverage.result()
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _query(options: argparse.Namespace) -> Query:
    names = ("severity", "account", "region", "status", "owner")
    narrowing = {name: listed(getattr(options, name), f"--{name}") for name in names}
    return parse_query(" ".join(options.controls), narrowing)


def _progress_line(out: TextIO, locale: Locale) -> OnProgress:
    def progress(count: int) -> None:
        out.write(f"\r\x1b[K{translate(locale, 'cli.progress', count=count)}")
        out.flush()

    return progress


def _write(report: Report, coverage: Coverage | None, output: str | None, locale: Locale) -> None:
    if output is None:
        with report.csv_file.open(encoding="utf-8-sig", newline="") as lines:
            sys.stdout.writelines(terminal_lines(read_rows(lines)))
        sys.stdout.write(totals(report, coverage, locale))
        return
    with (
        report.csv_file.open("rb") as rows,
        nullcontext(sys.stdout.buffer) if output == "-" else open(output, "wb") as out,
    ):
        shutil.copyfileobj(rows, out)
        out.flush()
    sys.stderr.write(totals(report, coverage, locale))
