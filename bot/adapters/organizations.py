"""
AWS Organizations: the tags of accounts.

"You can only call this operation from the management account or a member account that is a delegated
administrator": ListTagsForResource in botocore's service model. Security Hub's own will do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors
from bot.domain.finding import MOST_TAG_CHARACTERS

ABSENT = "TargetNotFoundException"
"""The answer for an account that is not in the organization."""


@dataclass(frozen=True)
class OrganizationAccounts:
    """The accounts of the organization."""

    make_client: Callable[[], Any]
    """Makes the client at the first look-up: most deployments need none."""

    @cached_property
    def _client(self) -> Any:
        return self.make_client()

    def tag(self, account_id: str, key: str) -> str:
        """Return the value of an account's tag (see the port)."""
        with aws_errors("organizations", "ListTagsForResource"):
            try:
                pages = self._client.get_paginator("list_tags_for_resource").paginate(ResourceId=account_id)
                tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
            except ClientError as error:
                if error.response["Error"]["Code"] == ABSENT:
                    return ""
                raise
        values = [tags[name] for name in sorted(tags) if name.lower() == key.lower()]
        return str(values[0])[:MOST_TAG_CHARACTERS] if values else ""
