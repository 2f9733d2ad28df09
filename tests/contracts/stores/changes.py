"""Changes that the contracts share."""

from __future__ import annotations

from bot.domain.finding import FindingIdentifier, Note, WorkflowStatus
from bot.domain.triage import Change, FindingState, Location

IDENTIFIER = FindingIdentifier("arn:日本\n", "arn:product")


PLACE = Location("S3.8", "123456789012", "eu-west-1", "arn:aws:s3:::🎉")


BEFORE = FindingState(WorkflowStatus.NEW, Note("Ours", "auditor"), {"ticket": "A-1"})


AFTER = FindingState(WorkflowStatus.SUPPRESSED, None, {})


CHANGES = [Change(0, IDENTIFIER, PLACE, BEFORE, AFTER, 0), Change(3, IDENTIFIER, PLACE, AFTER, BEFORE, -1)]
