"""The addresses at which Slack takes an answer to one request, for the ack and the job alike."""

from __future__ import annotations

from urllib.parse import urlsplit

HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""
Hosts of Slack's response URLs: of the commercial Slack, and of GovSlack.

Source: https://docs.slack.dev/govslack, read 2026-11.
"""


def is_slacks(url: str, api_url: str) -> bool:
    """Tell whether an address is one of Slack's, by https; or beside `api_url`, as in the local world."""
    try:
        given, api = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    is_hook = given.scheme == "https" and given.netloc in HOSTS
    return is_hook or (given.scheme, given.netloc) == (api.scheme, api.netloc)
