"""Where an answer may go."""

from __future__ import annotations

import pytest

from bot.adapters.slack import is_response_url

SLACK, LOCAL = "https://slack.com/api/", "http://127.0.0.1:4000/api/"


class TestIsSlacks:
    """Response URLs."""

    @pytest.mark.parametrize(
        ("url", "api_url"),
        [
            ("https://hooks.slack.com/commands/T1/1/x", SLACK),
            ("https://hooks.slack-gov.com/actions/T1/1/x", "https://slack-gov.com/api/"),
            ("http://127.0.0.1:4000/response/x", LOCAL),
        ],
    )
    def test_slacks_govslacks_and_local_ones_are_taken(self, url: str, api_url: str) -> None:
        """Slack's, GovSlack's and the local one's are taken."""
        assert is_response_url(url, api_url)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "hooks.slack.com/x",
            "http://hooks.slack.com/x",
            "https://hooks.slack.com.evil.example/x",
            "https://hooks.slack.com@evil.example/x",
            "https://hooks.slack.com:8443/x",
            "https://evil.example/https://hooks.slack.com/",
            "https://[hooks.slack.com/x",
            "http://127.0.0.1:4001/response/x",
            "https://127.0.0.1:4000/response/x",
        ],
    )
    @pytest.mark.parametrize("api_url", [SLACK, LOCAL])
    def test_other_host_port_or_scheme_is_refused(self, url: str, api_url: str) -> None:
        """Another host, port or scheme is not."""
        assert not is_response_url(url, api_url)
