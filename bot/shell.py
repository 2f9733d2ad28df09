"""
The frame of a command in a shell: its language, its errors and its exit code.

A command that needs neither AWS nor Slack starts with this alone.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bot.errors import BotError, ConfigurationError, UserError
from bot.i18n import Locale, translate
from bot.render.errors import explain_in_shell
from bot.settings import Settings

CLEAN, FOUND, BAD_INPUT, CONFIGURATION, FAILED, PARTIAL = range(6)
INTERNAL = 70
"""EX_SOFTWARE of sysexits.h: a fault of the bot's own, not to be taken for findings."""
INTERRUPTED = 130
"""128 and SIGINT, as shells have it."""

MODULE = "python -m bot"
"""The command's name in a checkout, where nothing is installed."""


def run_command(options: argparse.Namespace) -> int:
    """Run `options.run(options, locale)`, and explain its errors on standard error. Return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    locale = _readable(Locale(options.locale or Locale.EN))
    try:
        locale = _readable(asked_locale(options))
        code: int = options.run(options, locale)
    except BotError as error:
        _tell(explain_in_shell(error, locale))
        return _failure(error)
    except OSError as error:
        _tell(str(error))
        is_named = error.filename is not None and error.filename in vars(options).values()
        return BAD_INPUT if is_named else CONFIGURATION
    except KeyboardInterrupt:
        _tell(translate(locale, "cli.interrupted"))
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - Python's own exit code for it, 1, means that something was found
        _tell(traceback.format_exc())
        return INTERNAL
    return code


def add_locale(command: argparse.ArgumentParser) -> None:
    """Add the option that chooses the language."""
    command.add_argument("--locale", choices=list(map(str, Locale)), help="default: REPORT_LOCALE")


def asked_locale(options: argparse.Namespace) -> Locale:
    """Return the language that the requester has chosen, else that of the deployment."""
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
def piped() -> Iterator[None]:
    """Let a reader of standard output leave early, as `head` does: the rest goes nowhere."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failure(error: BotError) -> int:
    if isinstance(error, UserError):
        return BAD_INPUT
    return CONFIGURATION if isinstance(error, ConfigurationError) else FAILED
