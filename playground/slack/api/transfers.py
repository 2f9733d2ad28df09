"""
The bytes of files: uploads to the URL that files.getUploadURLExternal gave, downloads with a token.

Source: https://docs.slack.dev/messaging/working-with-files, read 2026-11.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request

from playground.slack.api.reply import Reply, reply
from playground.slack.api.web_api import bearer
from playground.slack.workspace.files import File
from playground.slack.workspace.people import TEAM
from playground.slack.workspace.workspace import Workspace

SIGN_IN = "<!doctype html><title>Sign in</title><h1>Sign in to the workspace</h1>"
"""Slack's answer, with status 200, in place of a file that the token may not read."""


def transfers(workspace: Workspace) -> Blueprint:
    """Make the upload URLs and the addresses of files."""
    blueprint = Blueprint("transfers", __name__)

    @blueprint.post("/upload/v1/<token>")
    def upload(token: str) -> Response:
        content = _uploaded()
        return reply(workspace, "upload_url", {"content": content}, lambda: _store(workspace, token, content))

    @blueprint.get(f"/files-pri/{TEAM}-<file_id>/<path:name>")
    def download(file_id: str, name: str) -> Response:
        token = workspace.tokens.find(bearer(request))
        file = workspace.files.find(file_id)
        if token is None or not token.may(("files:read",)):
            return Response(SIGN_IN, content_type="text/html; charset=utf-8")
        return file_response(file)

    return blueprint


def file_response(file: File | None) -> Response:
    """Send a file's bytes as a download that no browser takes for anything else."""
    if file is None or not file.is_complete:
        return Response("file_not_found", 404, content_type="text/plain")
    response = Response(file.content, mimetype=file.mimetype)
    named = {"filename": file.name} if file.name.isascii() else {"filename*": f"UTF-8''{quote(file.name)}"}
    response.headers.set("Content-Disposition", "attachment", **named)
    return response


def _uploaded() -> bytes:
    """Read a body's bytes, or those of the file in a form; urllib calls any body a form."""
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    part = next(iter(request.files.values()), None)
    return part.read() if part else b""


def _store(workspace: Workspace, token: str, content: bytes) -> Reply:
    file = workspace.files.awaited(token)
    if file is None:
        return Reply("not found", 404)
    if len(content) != file.length:
        return Reply(f"expected {file.length} bytes, got {len(content)}", 400)
    file.content = content
    return Reply(f"OK - {len(content)}")
