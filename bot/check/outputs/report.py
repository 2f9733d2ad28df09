"""The result of a check as the object that `--report` puts into the bot's bucket."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.check.arguments import Put
from bot.domain.check_result import CheckReport, Result
from bot.domain.checks.document import CheckDocument, write_check
from bot.domain.checks.origin import FOLDER, Origin, is_repository, object_key, origin_in_ci, valid
from bot.errors import CommandError

SCHEME = "s3://"


class Address(NamedTuple):
    """The place of the object, and the origin that it names."""

    bucket: str
    key: str
    origin: Origin


def address_of(options: argparse.Namespace, environ: Mapping[str, str]) -> Address:
    """
    Return the place of the object: `--report s3://BUCKET/checks/REPOSITORY/`, or `s3://BUCKET` in CI.

    Branch, commit and run are those of the options, else of the environment of the CI.

    Raises:
        CommandError: the address has another form, or repository or branch are not known.
    """
    bucket, _, folder = options.report.removeprefix(SCHEME).partition("/")
    repository, origin = origin_in_ci(environ)
    named = folder.strip("/").removeprefix(FOLDER)
    is_folder = not folder or (folder.startswith(FOLDER) and is_repository(named))
    if not (options.report.startswith(SCHEME) and bucket and is_folder):
        raise CommandError(text=options.report[:200], hint="report-address")
    repository = named or repository
    if not repository:
        raise CommandError(text=options.report[:200], hint="report-repository")
    origin = valid(
        Origin(
            options.branch or origin.branch, options.commit or origin.commit, options.run_url or origin.run
        )
    )
    if not origin.branch:
        raise CommandError(text=options.report[:200], hint="report-branch")
    return Address(bucket, object_key(repository, origin.branch), origin)


def put_report(report: CheckReport, shown: Sequence[Result], address: Address, put: Put) -> None:
    """
    Put the results that are shown, without those that passed.

    Raises:
        CheckNotPutError: AWS has refused, or did not answer.
    """
    document = CheckDocument(
        address.origin, tuple(shown), report.gaps, report.file_count, stacks=report.stacks
    )
    put(address.bucket, address.key, write_check(document))
