"""
The least that could stand in the ack's place: Bolt, Mangum and one botocore client, which invokes a function.

Copied as one file into a package of its own, with the bot's dependencies and none of its code.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from botocore.session import Session
from mangum import Mangum
from slack_bolt import Ack, App
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

functions: Any = Session().create_client("lambda")

app = App(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    authorize=lambda enterprise_id, team_id: AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_token="xoxb-local",  # noqa: S106 - no secret
    ),
    process_before_response=True,
)


@app.command("/sechub-scan")
def hello(ack: Ack) -> None:
    """Hand something over, and say hello."""
    functions.invoke(FunctionName=os.environ["JOB_FUNCTION"], InvocationType="Event", Payload=b"{}")
    ack("hello")


asyncio.set_event_loop(asyncio.new_event_loop())
asgi: Any = SlackRequestHandler(app, path="/slack/events")
handler = Mangum(asgi, lifespan="off")
