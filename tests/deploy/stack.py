"""The stack that template.yaml becomes: SAM's macro applied, every reference written as <Name.Attribute>."""

from __future__ import annotations

from playground import stack
from tools.expand import REGION, expanded

PARAMETERS = {"SlackChannel": "C0123456789", "TargetControlIds": "S3.1,IAM.1"}
"""Those that have no default."""

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "sechub-bot",
    "AWS::URLSuffix": "amazonaws.com",
}


class Stack(stack.Stack):
    """The stack, with some parameters set."""

    def __init__(self, **parameters: str) -> None:
        super().__init__(expanded(), PSEUDO | PARAMETERS | parameters)
