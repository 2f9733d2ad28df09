"""The run of `python -m bot check`: templates in, results out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

from bot.check.baseline import accept_known, read_baseline, write_baseline
from bot.check.engine import check
from bot.check.explain import explanation, listing
from bot.check.outputs import OUTPUTS
from bot.check.outputs.annotations import github_annotations
from bot.check.outputs.report import address_of, put_report
from bot.check.rule import Rule
from bot.check.rules import RULES
from bot.check.rules.tagging import tagging_rules
from bot.domain.check_result import STACK_NAME, CheckReport, Result, Status
from bot.domain.command import listed
from bot.domain.control import bundled_catalogue
from bot.domain.finding import Severity
from bot.errors import CommandError
from bot.i18n import Locale
from bot.render.check import gap_line, notice_line, result_line, totals_line, vanished_line
from bot.shell import CLEAN, FOUND, PARTIAL, piped

NEVER = "never"


def run(options: argparse.Namespace, locale: Locale) -> int:
    """
    Check, write the results, and return the exit code.

    1 if a control of at least the severity --fail-on has failed; 5, which wins, if a part could not be read.

    Raises:
        UserError: an argument is wrong, or nothing can be checked.
        CheckNotPutError: the results are written, and could not be put for --report.
    """
    rules = _chosen(listed(options.control, "--control"), is_list=options.list_rules)
    severities = {_severity(text) for text in listed(options.severity, "--severity")}
    least = None if options.fail_on.lower() == NEVER else _severity(options.fail_on)
    if options.list_rules or options.explain:
        described = explanation(_chosen([options.explain]), locale) if options.explain else None
        with piped():
            sys.stdout.writelines(described or listing(rules, locale))
        return CLEAN
    paths, overrides = _paths_and_overrides(options)
    if not paths:
        raise CommandError(text="", hint="no-path")
    _refuse_two_documents(options)
    address = address_of(options, os.environ) if options.report else None
    known = read_baseline(options.baseline) if options.baseline else frozenset()
    report = check(
        paths,
        read_overrides(overrides),
        rules,
        foreign_marks=not options.no_foreign_suppressions,
        stack_name=_stack_name(options.stack_name),
    )
    sys.stderr.writelines(notice_line(notice, locale) for notice in report.notices)
    if options.write_baseline:
        _write_text(options.write_baseline, write_baseline(report.results))
    report, vanished = accept_known(report, known, frozenset(rule.control for rule in rules))
    counted = [one for one in report.results if not severities or one.control.severity in severities]
    shown = [one for one in counted if options.all or one.status is not Status.PASSED]
    totals = totals_line(report, counted, shown, locale)
    with piped():
        is_quiet = _write_outputs(report, shown, options, locale) or options.write_baseline == "-"
        _write(report, shown, totals, options.output, locale, is_quiet=is_quiet)
    sys.stderr.writelines(vanished_line(key, locale) for key in vanished)
    if address:
        put_report(report, shown, address, options.put)
    return exit_code(report, shown, least)


def exit_code(report: CheckReport, results: Iterable[Result], least: Severity | None) -> int:
    """Return the exit code: 5 if the check is incomplete, 1 if a failed control is at least that severe."""
    if report.gaps:
        return PARTIAL
    if least is None:
        return CLEAN
    failed = (result for result in results if result.status is Status.FAILED)
    return FOUND if any(result.control.severity.rank >= least.rank for result in failed) else CLEAN


def _paths_and_overrides(options: argparse.Namespace) -> tuple[list[Path], list[str]]:
    """Tell paths from values of parameters: --parameter-overrides takes the paths after it as well."""
    overrides, paths = [], list(map(Path, options.paths))
    for text in options.parameter_overrides:
        if "=" in text or text.startswith("file://") or text.lower().endswith(".json"):
            overrides.append(text)
        else:
            paths.append(Path(text))
    return paths, overrides


def read_overrides(texts: Sequence[str]) -> dict[str, str]:
    """
    Read values of parameters: `K=V`, or the name of a JSON file.

    The file has one of the forms of `aws cloudformation deploy --parameter-overrides file://…`: a list of
    `{"ParameterKey": …, "ParameterValue": …}`, a list of `"K=V"`, `{"Parameters": {…}}` or `{"K": "V"}`.

    Raises:
        CommandError: a text or a file has another form.
    """
    read: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if equals and name:
            read[name] = value
        else:
            read.update(_overrides_of_file(text.removeprefix("file://")))
    return read


def _overrides_of_file(name: str) -> dict[str, str]:
    try:
        content = json.loads(Path(name).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(text=name, hint="parameter") from error
    if isinstance(content, dict):
        content = content.get("Parameters", content)
    pairs = (
        list(content.items()) if isinstance(content, dict) else [_pair(each, name) for each in _list(content)]
    )
    return {str(key): _text(value) for key, value in pairs}


def _list(content: object) -> list[object]:
    return content if isinstance(content, list) else [None]


def _pair(each: object, name: str) -> tuple[object, object]:
    if isinstance(each, dict) and "ParameterKey" in each and "ParameterValue" in each:
        return each["ParameterKey"], each["ParameterValue"]
    if isinstance(each, str) and "=" in each:
        key, _, value = each.partition("=")
        return key, value
    raise CommandError(text=name, hint="parameter")


def _text(value: object) -> str:
    """Write a value of JSON as a template would: true as `true`."""
    return value if isinstance(value, str) else json.dumps(value)


def _chosen(control_ids: Sequence[str], *, is_list: bool = False) -> tuple[Rule, ...]:
    """
    Return the rules of some controls; if none is named, all but those of tags, or really all for the list.

    Raises:
        UnknownControlError: there is no such control.
        CommandError: a control has no rule, because no template can show it.
    """
    if not control_ids:
        return (*RULES, *tagging_rules()) if is_list else RULES
    resolved = bundled_catalogue().resolve(control_ids)
    every = (*RULES, *tagging_rules())
    known = {rule.control for rule in every}
    for control_id in resolved:
        if control_id not in known:
            raise CommandError(text=control_id, hint="no-rule")
    return tuple(rule for rule in every if rule.control in resolved)


def _stack_name(text: str) -> str:
    if text and not STACK_NAME.fullmatch(text):
        raise CommandError(text=text[:100], hint="stack-name")
    return text


def _severity(text: str) -> Severity:
    if text.upper() not in Severity.__members__:
        raise CommandError(text=text[:100], hint="severity")
    return Severity(text.upper())


def _refuse_two_documents(options: argparse.Namespace) -> None:
    """
    Refuse arguments that put two documents on standard output, where no program could tell them apart.

    Raises:
        CommandError: there are two.
    """
    names = [*OUTPUTS, "output", "write-baseline"]
    taken = [f"--{name}" for name in names if getattr(options, name.replace("-", "_")) == "-"]
    if len(taken) > 1:
        raise CommandError(text=" ".join(taken), hint="two-documents")


def _write_outputs(
    report: CheckReport, shown: Sequence[Result], options: argparse.Namespace, locale: Locale
) -> bool:
    """
    Write the machine-readable outputs; return whether one of them is on standard output.

    GitHub reads its annotations among other lines; a document has to be alone.
    """
    is_taken = False
    for name, render in OUTPUTS.items():
        file = getattr(options, name.replace("-", "_"))
        if file is not None:
            _write_text(file, render(report, shown, locale))
            is_taken |= file == "-" and render is not github_annotations
    return is_taken


def _write_text(file: str, text: str) -> None:
    """Write a text to a file, or to standard output if its name is `-`."""
    with nullcontext(sys.stdout.buffer) if file == "-" else open(file, "wb") as out:
        out.write(text.encode(errors="replace"))
        out.flush()


def _write(
    report: CheckReport,
    shown: Sequence[Result],
    totals: str,
    output: str | None,
    locale: Locale,
    *,
    is_quiet: bool,
) -> None:
    """
    Write the results to the terminal, or as a CSV to a file with the totals on standard error.

    Args:
        is_quiet: whether standard output belongs to another output.
    """
    summary = [gap_line(gap, locale) for gap in report.gaps] + [totals]
    if output is None and is_quiet:
        sys.stderr.writelines(summary)
        return
    if output is None:
        sys.stdout.writelines(result_line(result, locale) for result in shown)
        sys.stdout.writelines(summary)
        return
    from bot.render.check_csv import csv_text
    from bot.render.csv_file import encoded

    with nullcontext(sys.stdout.buffer) if output == "-" else open(output, "wb") as out:
        out.writelines(encoded(line) for line in csv_text(shown, locale))
        out.flush()
    sys.stderr.writelines(summary)
