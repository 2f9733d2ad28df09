"""The files that the page is made of."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from playground.slack import LocalSlack
from playground.slack.browser import api as page_api


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put another page in the page's place."""
    folder = tmp_path / "page"
    (folder / "style").mkdir(parents=True)
    (folder / "index.html").write_text("<title>page</title>", encoding="utf-8")
    (folder / "style" / "base.css").write_text("body {}", encoding="utf-8")
    (folder / "app.js").write_text("1;", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    monkeypatch.setattr(page_api, "PAGE", folder)
    return folder


class TestFiles:
    """Static files."""

    @pytest.mark.parametrize(
        ("path", "kind", "text"),
        [
            ("/", "text/html", "<title>page</title>"),
            ("/page/style/base.css", "text/css", "body {}"),
            ("/page/app.js", "text/javascript", "1;"),
        ],
    )
    def test_file_comes_with_its_type(self, slack: LocalSlack, path: str, kind: str, text: str) -> None:
        """A file comes with its type, and is asked for anew each time, since it may have changed."""
        answer = requests.get(slack.url + path, timeout=5)

        assert kind == answer.headers["Content-Type"].partition(";")[0]
        assert text == answer.text
        assert answer.headers["Cache-Control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/page/", "/page/style", "/page/none.js", "/page/..%2fsecret.txt"])
    def test_folder_is_not_served(self, slack: LocalSlack, path: str) -> None:
        """A folder, what is not there, and what lies outside, do not."""
        assert requests.get(slack.url + path, timeout=5).status_code == 404
