"""
files.*: uploads in three steps, and the files.

Source: https://docs.slack.dev/reference/methods/files.getUploadURLExternal and files.completeUploadExternal,
read 2026-11. That the answer to the last step has no shares yet, python-slack-sdk's issues tell.
"""

from __future__ import annotations

from typing import Any

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.api.chat import content
from playground.slack.api.shapes import file_shape
from playground.slack.workspace.faults import FILE_KINDS
from playground.slack.workspace.files import File
from playground.slack.workspace.people import BOT, Channel

MOST_BYTES = 1 << 30
COMPLETE = "files.completeUploadExternal"


def get_upload_url(call: Call) -> Answer:
    """files.getUploadURLExternal: announce a file; an empty one is refused."""
    length = call.required("length")
    if not length.isdecimal() or not int(length):
        raise ApiError("invalid_arguments", ["must be greater than 0 [json-pointer:/length]"])
    if int(length) > MOST_BYTES:
        raise ApiError("file_upload_size_restricted")
    file = call.workspace.files.announce(call.required("filename"), int(length))
    return {"upload_url": f"{call.url}/upload/v1/{file.upload_token}", "file_id": file.id}


def complete_upload(call: Call) -> Answer:
    """files.completeUploadExternal: share files. The answer does not tell the message that they are on."""
    titles = _titles(call)
    files = [_uploaded(call, file_id) for file_id in titles]
    channels = _channels(call)
    thread_ts = _thread(call, channels)
    text, blocks = _comment(call)
    for file in files:
        file.is_complete = True
        file.title = titles[file.id] or file.name
    answer = {"files": [file_shape(file, call.url) for file in files]}
    if not call.workspace.faults.take(COMPLETE, FILE_KINDS):
        for channel in channels:
            message = call.workspace.messages.add(channel.id, BOT, text, blocks=blocks, thread_ts=thread_ts)
            for file in files:
                call.workspace.share(file, message)
    return answer


def info(call: Call) -> Answer:
    """files.info: tell of a file, and where it is shared."""
    file = call.workspace.files.find(call.required("file"))
    if file is None or not file.is_complete:
        raise ApiError("file_not_found")
    return {"file": file_shape(file, call.url)}


def _titles(call: Call) -> dict[str, str]:
    """Read the files to share: file ID and title."""
    given = call.json("files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(f, dict) and "id" in f for f in given):
        raise ApiError("invalid_arguments", ["must provide at least 1 items [json-pointer:/files]"])
    return {str(file["id"]): str(file.get("title") or "") for file in given}


def _uploaded(call: Call, file_id: str) -> File:
    file = call.workspace.files.find(file_id)
    if file is None or file.content is None or file.is_complete:
        raise ApiError("file_not_found")
    return file


def _channels(call: Call) -> list[Channel]:
    """Find the channels by their IDs: here, neither a name nor a person's ID will do."""
    names = [name for name in (call.text("channel_id"), *call.text("channels").split(",")) if name]
    found = []
    for name in names:
        channel = call.workspace.channels.get(name)
        if channel is None:
            raise ApiError("channel_not_found")
        if not channel.bot_is_member:
            raise ApiError("not_in_channel")
        found.append(channel)
    return found


def _thread(call: Call, channels: list[Channel]) -> str | None:
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    if len(channels) != 1:
        raise ApiError("invalid_arguments", ["thread_ts needs exactly one channel"])
    parent = call.workspace.messages.find(channels[0].id, thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    return parent.thread_ts or parent.ts


def _comment(call: Call) -> tuple[str, list[dict[str, Any]]]:
    """Read the text and blocks of the message; blocks count only without initial_comment."""
    comment = call.text("initial_comment")
    if comment or not call.json("blocks", "invalid_blocks_format"):
        return comment, []
    _, blocks = content(call)
    if any(block["type"] == "markdown" for block in blocks):
        raise ApiError("internal_error")  # https://github.com/slackapi/python-slack-sdk/issues/1756
    return "", blocks


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    COMPLETE: Method(complete_upload, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
