"""The stream that tells the page of changes."""

from __future__ import annotations

import requests

from playground.slack import LocalSlack

HOME = "C0SECURITY"


ME = "U0SECURITY"


class TestChanges:
    """The stream of changes."""

    def test_each_change_is_told_with_its_number(self, slack: LocalSlack) -> None:
        """Each change is told with its number, the present one first; the end of the server is its end."""
        with requests.get(f"{slack.url}/changes", stream=True, timeout=5) as stream:
            lines = stream.iter_lines(chunk_size=1)
            first = next(lines)
            slack.say(ME, HOME, "x")
            next(lines)
            second = next(lines)
            slack.workspace.close()
            rest = list(lines)

        assert "text/event-stream; charset=utf-8" == stream.headers["Content-Type"]
        assert [b"data: 0", b"data: 1"] == [first, second]
        assert set(rest) <= {b"", b"data: 2"}  # the end may come before it is told of
