"""
The command line: the same scan with the AWS credentials at hand, and the check of a deployment.

Exit codes: 0 nothing found, 1 findings found, 2 bad input, 3 configuration (credentials, Region, permission,
Security Hub not enabled; a check of the deployment failed), 4 AWS failed, 5 partial, or a check could not be
made, 70 a fault of the bot's own, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TextIO

from bot import cli_routing
from bot.adapters.sdk import client
from bot.adapters.security_hub import SecurityHubControls, security_hub_findings
from bot.bootstrap.doctor import check_stack
from bot.bootstrap.job import utc_now
from bot.domain.command import listed, parse_query
from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_file import parse_routing
from bot.domain.query import Query
from bot.domain.report import Report
from bot.errors import BotError, ConfigurationError, UserError
from bot.i18n import Locale, translate
from bot.probes import State
from bot.render.csv_file import read_rows
from bot.render.doctor import terminal_line
from bot.render.errors import explain_in_shell
from bot.render.terminal import terminal_lines, totals
from bot.settings import Settings
from bot.usecases.owners.complete import complete_owners
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.scanning.scan import scan

CLEAN, FOUND, BAD_INPUT, CONFIGURATION, FAILED, PARTIAL = range(6)
INTERNAL = 70
"""EX_SOFTWARE of sysexits.h: a fault of the bot's own, not to be taken for findings."""
INTERRUPTED = 130
"""128 and SIGINT, as shells have it."""

STACK = "sechub-bot"
"""The stack's name in samconfig.toml."""

MODULE = "python -m bot"
"""The command's name in a checkout, where nothing is installed."""


def main(arguments: Sequence[str], program: str = MODULE) -> int:
    """Run the command line; `program` is its name in the usage. Return the exit code."""
    options = _parser(program).parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    locale = _readable(Locale(options.locale or Locale.EN))
    try:
        locale = _readable(_asked(options))
        code: int = options.run(options, locale)
    except BotError as error:
        _tell(explain_in_shell(error, locale))
        return _failure(error)
    except OSError as error:
        _tell(str(error))
        named = [getattr(options, name, None) for name in ("output", "routing", "file")]
        return BAD_INPUT if error.filename is not None and error.filename in named else CONFIGURATION
    except KeyboardInterrupt:
        _tell(translate(locale, "cli.interrupted"))
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - Python's own exit code for it, 1, means that something was found
        _tell(traceback.format_exc())
        return INTERNAL
    return code


def sechub() -> int:
    """Run the command that the package installs (pyproject.toml, project.scripts)."""
    return main(sys.argv[1:], program="sechub")


def _asked(options: argparse.Namespace) -> Locale:
    return Locale(options.locale or Settings(os.environ).get("REPORT_LOCALE"))


def _readable(locale: Locale) -> Locale:
    """Choose English where a terminal's encoding lacks a language's characters."""
    text = translate(locale, "cli.interrupted")
    try:
        for stream in (sys.stdout, sys.stderr):
            text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return Locale.EN
    return locale


def _tell(text: str) -> None:
    """Write a line to standard error, where there may be nobody to read it."""
    with suppress(OSError):
        sys.stderr.write(f"{text.rstrip()}\n")


@contextmanager
def _piped() -> Iterator[None]:
    """Let a reader of standard output leave early, as `head` does: the rest goes nowhere."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(program: str = MODULE) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="AWS Security Hub by control.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_scan(commands)
    _add_doctor(commands)
    _add_check(commands)
    _add_routing(commands)
    return parser


def _add_scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("scan", help="list the failed findings of controls or services")
    command.add_argument(
        "controls", nargs="+", metavar="CONTROL", help="control IDs and services, such as S3.1 IAM"
    )
    command.add_argument("--severity", action="append", default=[], metavar="LABEL", help="HIGH,CRITICAL …")
    command.add_argument("--account", action="append", default=[], metavar="ID", help="12 digits")
    command.add_argument("--region", action="append", default=[], metavar="REGION", help="of the finding")
    command.add_argument(
        "--status", action="append", default=[], metavar="STATUS", help="new, notified, suppressed"
    )
    command.add_argument("--owner", metavar="NAME", default="", help="only the rows of this owner")
    command.add_argument("--routing", metavar="FILE", help="the routing file that names owners")
    command.add_argument("--output", metavar="FILE", help="write a CSV there; - is standard output")
    _add_locale(command)
    command.set_defaults(run=_run_scan)


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("doctor", help="check a deployment, one line for each check")
    command.add_argument("--stack", default=STACK, metavar="NAME", help=f"default: {STACK}")
    _add_locale(command)
    command.set_defaults(run=_run_doctor)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.check.arguments import add_arguments, run_check  # Lambda's package does not have it

    command = commands.add_parser("check", help="check templates before they are deployed")
    add_arguments(command)
    _add_locale(command)
    command.set_defaults(run=run_check)


def _add_routing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("routing", help="check, explain and put the routing file")
    _add_locale(command)
    cli_routing.add_arguments(command, STACK)
    command.set_defaults(run=cli_routing.run_routing)


def _add_locale(command: argparse.ArgumentParser) -> None:
    command.add_argument("--locale", choices=list(map(str, Locale)), help="default: REPORT_LOCALE")


def _run_scan(options: argparse.Namespace, locale: Locale) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = _scan(options, locale, Path(folder))
        with _piped():
            _write(report, options.output, locale)
    if report.is_partial:
        return PARTIAL
    return FOUND if report.tally.finding_count else CLEAN


def _run_doctor(options: argparse.Namespace, locale: Locale) -> int:
    """Print each line as soon as it is known."""
    states = set()
    for check, verdict in check_stack(options.stack):
        with _piped():
            sys.stdout.write(terminal_line(check, verdict, locale))
        states.add(verdict.state)
    if State.WRONG in states:
        return CONFIGURATION
    return PARTIAL if State.UNKNOWN in states else CLEAN


def _scan(options: argparse.Namespace, locale: Locale, folder: Path) -> Report:
    query = _query(options)
    routing = parse_routing(cli_routing.read_file(options.routing)) if options.routing else Routing()
    progress = _progress_line(sys.stderr, locale) if sys.stderr.isatty() else no_progress
    try:
        return scan(
            query,
            folder=folder,
            locale=_asked(options),
            findings=security_hub_findings(Settings(os.environ)).keeping(routing.kept_tags),
            controls=SecurityHubControls(client("securityhub")),
            now=utc_now,
            progress=progress,
            complete=complete_owners(routing.lookup(), only=options.owner),
        )
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _query(options: argparse.Namespace) -> Query:
    names = ("severity", "account", "region", "status")
    narrowing = {name: listed(getattr(options, name), f"--{name}") for name in names}
    return parse_query(" ".join(options.controls), narrowing)


def _progress_line(out: TextIO, locale: Locale) -> OnProgress:
    def progress(count: int) -> None:
        out.write(f"\r\x1b[K{translate(locale, 'cli.progress', count=count)}")
        out.flush()

    return progress


def _write(report: Report, output: str | None, locale: Locale) -> None:
    if output is None:
        with report.csv_file.open(encoding="utf-8-sig", newline="") as lines:
            sys.stdout.writelines(terminal_lines(read_rows(lines)))
        sys.stdout.write(totals(report, locale))
        return
    with (
        report.csv_file.open("rb") as rows,
        nullcontext(sys.stdout.buffer) if output == "-" else open(output, "wb") as out,
    ):
        shutil.copyfileobj(rows, out)
        out.flush()
    sys.stderr.write(totals(report, locale))


def _failure(error: BotError) -> int:
    if isinstance(error, UserError):
        return BAD_INPUT
    return CONFIGURATION if isinstance(error, ConfigurationError) else FAILED
