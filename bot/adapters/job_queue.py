"""The queue of jobs: an asynchronous invocation of the job function."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors
from bot.domain.job import Job, job_id, to_document


@dataclass(frozen=True)
class LambdaJobs:
    """Jobs handed to a Lambda function, which Lambda runs, again if it fails, and dead-letters."""

    client: Any
    function: str
    is_durable: bool = True
    """Whether its executions have names. Lambda's documents do not say how it treats a name otherwise."""

    def dispatch(self, job: Job) -> None:
        """
        Queue a job: 202 means that Lambda has it, not that it has run.

        An asynchronous payload is at most 1 MB (botocore's Lambda model); a command of Slack's is at most
        a few kilobytes. Lambda begins one execution of a name. An existing one with another document is no
        error: jobs with one key are one job.
        """
        name = {"DurableExecutionName": job_id(job)} if self.is_durable else {}
        payload = json.dumps(to_document(job)).encode()
        with aws_errors("lambda", "InvokeFunction"):
            try:
                answer = self.client.invoke(
                    FunctionName=self.function, InvocationType="Event", Payload=payload, **name
                )
                answer[
                    "Payload"
                ].read()  # it is empty; unread, it would keep the connection from the next call
            except ClientError as error:
                if error.response["Error"]["Code"] != "DurableExecutionAlreadyStartedException":
                    raise
