"""The arguments of `python -m bot check`, which can be described without what the check needs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from bot.domain.finding import Severity
from bot.errors import CommandError
from bot.i18n import Locale
from bot.shell import add_locale, run_command

OUTPUT_OPTIONS = {
    "sarif": "write SARIF 2.1.0 there, for GitHub's code scanning; - is standard output",
    "junit": "write JUnit XML there, for CodeBuild and GitLab",
    "code-quality": "write GitLab's Code Quality report there",
    "annotations": "write GitHub's annotations there; mostly to -",
    "json": "write a JSON document there",
}
"""The machine-readable outputs, by the names of bot/check/outputs."""


Put = Callable[[str, str, bytes], None]
"""Puts an object, by bucket and key, for `--report`. Raises CheckNotPutError."""


def add_arguments(command: argparse.ArgumentParser, put: Put) -> None:
    """Describe the arguments of the command, and set what runs it."""
    add_locale(command)
    command.set_defaults(run=run_check, put=put)
    command.add_argument("paths", nargs="*", metavar="PATH", help="a template, or a folder that has some")
    command.add_argument(
        "--control", action="append", default=[], metavar="ID", help="only these, such as S3.8,EC2.19"
    )
    command.add_argument("--severity", action="append", default=[], metavar="LABEL", help="HIGH,CRITICAL …")
    command.add_argument(
        "--parameter-overrides",
        nargs="+",
        action="extend",
        default=[],
        metavar="K=V",
        help="values of parameters, or a JSON file of them as the AWS CLI reads it",
    )
    command.add_argument("--all", action="store_true", help="show also the controls that passed")
    command.add_argument("--fail-on", default=Severity.LOW, metavar="LABEL", help="or never; default: LOW")
    for name, help_text in OUTPUT_OPTIONS.items():
        command.add_argument(f"--{name}", metavar="FILE", help=help_text)
    command.add_argument("--baseline", metavar="FILE", help="known failures, which do not count")
    command.add_argument("--write-baseline", metavar="FILE", help="write the failures there, as a baseline")
    command.add_argument("--output", metavar="FILE", help="write a CSV there; - is standard output")
    command.add_argument(
        "--stack-name", default="", metavar="NAME", help="of templates outside of cdk.out; default: SAM's"
    )
    command.add_argument(
        "--report", metavar="ADDRESS", help="put the result there for Slack: s3://BUCKET/checks/REPOSITORY/"
    )
    command.add_argument("--branch", default="", metavar="NAME", help="of the report; default: the CI's")
    command.add_argument("--commit", default="", metavar="ID", help="the same")
    command.add_argument("--run-url", default="", metavar="URL", help="the same")
    command.add_argument(
        "--no-foreign-suppressions",
        action="store_true",
        help="ignore the suppressions of cdk-nag, cfn_nag, checkov and Guard",
    )
    command.add_argument("--list-rules", action="store_true", help="list the controls that can be checked")
    command.add_argument("--explain", metavar="ID", help="explain the rule of a control")


def main(arguments: Sequence[str], program: str, put: Put) -> int:
    """Run `check` by itself, without the other commands. Return the exit code."""
    parser = argparse.ArgumentParser(prog=f"{program} check")
    add_arguments(parser, put)
    return run_command(parser.parse_args(arguments))


def run_check(options: argparse.Namespace, locale: Locale) -> int:
    """
    Load the check and run it; return the exit code.

    Raises:
        UserError: an argument is wrong, nothing can be checked, or the extra `check` is not installed.
    """
    try:
        from bot.check.cli import run
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        raise CommandError(text="", hint="no-check") from error
    return run(options, locale)
