"""What the page talks to in its tests: its files, a workspace, and a record of what is posted."""

from __future__ import annotations

import copy
import json
import mimetypes
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "playground" / "slack" / "page"
WAIT_SECONDS = 10.0
"""How long an answer is held at most; a test lets it go long before."""

Shape = dict[str, Any]
Answer = Shape | Callable[[Shape], Any]

FIRST: Shape = json.loads((HERE / "fixtures" / "workspace.json").read_text(encoding="utf-8"))


class Gate:
    """Where a request waits: it tells that it has arrived, and goes on when the gate is opened."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.opened = threading.Event()


class Stub:
    """The page's HTTP API without anything behind it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.version = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything; the version goes on, so that open pages notice."""
        self.workspace: Shape = copy.deepcopy(FIRST)
        self.posts: list[tuple[str, Shape]] = []
        self.answers: dict[str, Answer] = {}
        self.files: dict[str, bytes] = {}
        self.late: dict[str, Gate] = {}
        """Whose workspace is answered only when the gate is opened."""
        self.is_closed = False
        self.change()

    def change(self, **fields: Any) -> None:
        """Replace fields of the workspace and tell the pages."""
        with self._changed:
            self.version += 1
            self.workspace |= {"version": self.version, **fields}
            self._changed.notify_all()

    def add(self, *messages: Shape) -> None:
        """Add messages."""
        self.change(messages=[*self.workspace["messages"], *messages])

    def seen_by(self, person: str) -> Shape:
        """Return the workspace as a person sees it; in `only` a message names who alone does."""
        messages = [m for m in self.workspace["messages"] if m.get("only", person) == person]
        return self.workspace | {"me": person, "messages": messages}

    def answer(self, action: str, body: Shape) -> Any:
        """Record what is posted and answer as the test wants it."""
        self.posts.append((action, body))
        answer = self.answers.get(action, {})
        return answer(body) if callable(answer) else answer

    def posted(self, action: str) -> list[Shape]:
        """Return the bodies of one kind."""
        return [body for name, body in self.posts if name == action]

    def hold(self, action: str) -> threading.Event:
        """Keep the page waiting for the answer until the event is set."""
        gate = threading.Event()

        def wait(_: Shape) -> Shape:
            gate.wait(WAIT_SECONDS)
            return {}

        self.answers[action] = wait
        return gate

    def close(self) -> None:
        """End the streams of changes."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def changes(self) -> Iterator[str]:
        """Tell each version."""
        version = 0
        while not self.is_closed:
            with self._changed:
                while not self.is_closed and self.version == version:
                    self._changed.wait(WAIT_SECONDS)
                version = self.version
            yield f"data: {version}\n\n"


def whole(path: Path, headers: Mapping[str, str] | None = None) -> Response:
    """Return a file, read whole: one that is streamed stays open if the page leaves in the middle of it."""
    kind = mimetypes.guess_type(path.name)[0]
    return Response(path.read_bytes(), mimetype=kind, headers=headers)


def make_app(stub: Stub) -> Flask:
    """Serve a stub."""
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def index() -> Response:
        return whole(PAGE / "index.html")

    @app.get("/page/<path:name>")
    def static(name: str) -> Response:
        return whole(PAGE / name, {"Cache-Control": "max-age=3600"})

    @app.get("/workspace")
    def workspace() -> Response:
        person = request.args.get("as", "U0SECURITY")
        if person in stub.late:
            stub.late[person].arrived.set()
            stub.late[person].opened.wait(WAIT_SECONDS)
        return jsonify(stub.seen_by(person))

    @app.get("/changes")
    def changes() -> Response:
        return Response(stub.changes(), mimetype="text/event-stream")

    @app.get("/files/<file_id>/<name>")
    def file(file_id: str, name: str) -> Response:
        return Response(stub.files[file_id], mimetype="text/csv")

    @app.post("/do/<action>")
    def do(action: str) -> Any:
        return stub.answer(action, request.get_json())

    return app
