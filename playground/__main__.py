"""
`python -m playground`: the local world, until Ctrl-C.

It needs no account, and nothing of it listens anywhere but on this machine.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys

from bot.i18n import Locale, locale_for
from playground import seed
from playground.deployment import ACCOUNT, BUCKET, CHANNEL, REGION
from playground.slack.browser.state import people_of
from playground.suppressed import seed_suppressions
from playground.world import World

DEFAULT_PORT = 8700
ENDINGS = {signal.SIGINT, signal.SIGTERM}
"""The signals that end the world."""


def main() -> int:
    """Start the world, print where its page is, and wait for a signal to end it."""
    options = _parser().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # Blocked before threads start: each inherits it, and none takes the signal away from this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    settings = {"ENVIRONMENT_NAME": "playground", "REPORT_LOCALE": options.locale}
    world = World(settings, port=options.port)
    try:
        world.start()
    except OSError as error:
        sys.stderr.write(
            f"Port {options.port}: {error.strerror}. Choose another: make playground PORT=8701\n"
        )
        return 1
    if not options.empty:
        seed.seed(world.hub)
        world.organizations.tags |= seed.ACCOUNT_TAGS
        seed_suppressions(world.hub, BUCKET)
    sys.stdout.write(_description(world) if options.describe else _welcome(world.slack.url, world.aws_url))
    sys.stdout.flush()
    signal.sigwait(ENDINGS)
    os._exit(0)  # nothing is kept, and a job that is at work would be waited for, without a Slack to talk to


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground", description="The local world.")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"of the page; 0 takes any (default: {DEFAULT_PORT})"
    )
    parser.add_argument(
        "--locale",
        choices=list(map(str, Locale)),
        default=_own_locale(),
        help="of channel reports (default: yours)",
    )
    parser.add_argument(
        "--describe", action="store_true", help="print where everything is, as one line of JSON"
    )
    parser.add_argument("--empty", action="store_true", help="no findings in Security Hub")
    return parser


def _own_locale() -> str:
    name = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return str(locale_for(name) or Locale.EN)


def _description(world: World) -> str:
    """Write where everything is, for programs: docs/local-world.md."""
    described = {
        "page": world.slack.url,
        "slack_api": world.slack.api_url,
        "aws_endpoint": world.aws_url,
        "region": REGION,
        "account": ACCOUNT,
        "bucket": BUCKET,
        "channel": CHANNEL,
        "people": people_of(world.slack.workspace),
    }
    return json.dumps(described, ensure_ascii=False) + "\n"


def _welcome(url: str, aws_url: str) -> str:
    return (
        f"\nA local Slack, with the bot and Security Hub behind it: {url}\n\n"
        "Open it and type:  /sechub-scan S3.8 EC2.19\n"
        f"Its AWS, for a check of your own with --report:  AWS_ENDPOINT_URL={aws_url}\n"
        "Ctrl-C ends it; nothing is kept.\n\n"
    )


if __name__ == "__main__":
    sys.exit(main())
