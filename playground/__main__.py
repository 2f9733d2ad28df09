"""
`python -m playground`: the local world, until Ctrl-C.

It needs no account, and nothing of it listens anywhere but on this machine.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading

from playground import seed
from playground.deployment import BUCKET
from playground.suppressed import seed_suppressions
from playground.world import World

DEFAULT_PORT = 8700


def main() -> int:
    """Start the world, print where its page is, and wait for a signal to end it."""
    options = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = {"ENVIRONMENT_NAME": "playground", "REPORT_LOCALE": options.locale}
    world = World(settings, port=options.port)
    try:
        world.start()
    except OSError as error:
        sys.stderr.write(
            f"Port {options.port}: {error.strerror}. Choose another: make playground PORT=8701\n"
        )
        return 1
    seed.seed(world.hub)
    seed_suppressions(world.hub, BUCKET)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    sys.stdout.write(_welcome(world.slack.url))
    sys.stdout.flush()
    ended.wait()
    world.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground", description="The local world.")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"of the page (default: {DEFAULT_PORT})"
    )
    parser.add_argument(
        "--locale", choices=["ja", "en"], default=_own_locale(), help="of channel reports (default: yours)"
    )
    return parser


def _own_locale() -> str:
    name = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "ja" if name.startswith("ja") else "en"


def _welcome(url: str) -> str:
    return (
        f"\nA local Slack, with the bot and Security Hub behind it: {url}\n\n"
        "Open it and type:  /sechub-scan S3.8 EC2.19\n"
        "Ctrl-C ends it; nothing is kept.\n\n"
    )


if __name__ == "__main__":
    sys.exit(main())
