"""What keeps web pages from elsewhere away."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
import requests

from playground.slack import LocalSlack

HOME = "C0SECURITY"


ME = "U0SECURITY"


class TestGuard:
    """Web pages from elsewhere."""

    def ask(self, slack: LocalSlack, method: str, path: str, body: str = "{}", **headers: str) -> int:
        """Ask with any headers; give the status."""
        connection = http.client.HTTPConnection(urlsplit(slack.url).netloc, timeout=5)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        with connection.getresponse() as answer:
            status = answer.status
        connection.close()
        return status

    @pytest.mark.parametrize("path", ["/", "/workspace", "/api/auth.test", "/changes"])
    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"])
    def test_foreign_host_name_is_not_served(self, slack: LocalSlack, path: str, host: str) -> None:
        """A name that is not the loopback's is not served."""
        assert self.ask(slack, "GET", path, Host=host) == 421

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
    def test_loopback_names_are_served(self, slack: LocalSlack, host: str) -> None:
        """The loopback's names are."""
        assert self.ask(slack, "GET", "/workspace", Host=host) == 200

    @pytest.mark.parametrize("path", ["/do/say", "/api/auth.test", "/commands/T0LOCAL/1/x", "/upload/v1/x"])
    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
    def test_request_of_foreign_page_is_refused(self, slack: LocalSlack, path: str, origin: str) -> None:
        """What a page from elsewhere sends, one on another port too, is refused."""
        assert self.ask(slack, "POST", path, Origin=origin, Content_Type="application/json") == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_image_load_of_foreign_page_is_refused(self, slack: LocalSlack, site: str) -> None:
        """So is what one loads; a link to the page itself works."""
        assert self.ask(slack, "GET", "/api/auth.test", Sec_Fetch_Site=site) == 403
        assert self.ask(slack, "GET", "/", Sec_Fetch_Site=site) != 403

    def test_only_json_is_taken(self, slack: LocalSlack) -> None:
        """A form, which any page can send, does nothing, and a request without an origin neither."""
        body = json.dumps({"as": ME, "channel": HOME, "text": "x"})
        host = {"Origin": slack.url}

        assert self.ask(slack, "POST", "/do/say", body, Content_Type="text/plain", **host) == 415
        assert self.ask(slack, "POST", "/do/say", body, Content_Type="application/json") == 403
        assert self.ask(slack, "POST", "/do/say", "[]", Content_Type="application/json", **host) == 400
        assert list(slack.workspace.messages) == []

    def test_scripts_and_styles_come_from_here_alone(self, slack: LocalSlack) -> None:
        """Scripts and styles come from here alone, and no page frames this one."""
        policy = requests.get(f"{slack.url}/workspace", timeout=5).headers["Content-Security-Policy"]

        assert {"default-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
        assert "unsafe" not in policy

    def test_static_files_come_from_pages_folder_and_from_nowhere_else(self, slack: LocalSlack) -> None:
        """Static files come from the page's folder and from nowhere else."""
        for path in ("/page/../local.py", "/page/%2e%2e/local.py", "/page/..%2flocal.py"):
            assert self.ask(slack, "GET", path) == 404
