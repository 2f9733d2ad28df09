"""Suppressions that the bot has made some time ago: on findings of the local hub, and in the bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.suppressions import BucketSuppressions
from bot.domain.finding import BOT, FindingIdentifier, Note, WorkflowStatus
from bot.domain.suppression import AT, BY, CHANGE, REASON, UNTIL, Suppression
from bot.domain.triage import Change, FindingState, Location
from playground.hub import Hub

USER_ID, NAME = "U0PLATFORM", "platform"


def suppress(
    home: Hub, bucket: str, ids: Sequence[FindingIdentifier], until: date, *, name: str, reason: str
) -> None:
    """Let findings be suppressed by somebody since four weeks before their last day, or since yesterday."""
    last = datetime(until.year, until.month, until.day, 3, tzinfo=UTC)
    at = min(last - timedelta(days=28), datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
    note = Note(f"Suppressed by {NAME} in Slack on {at:%Y-%m-%d}, until {until.isoformat()}: {reason}", BOT)
    told = {BY: f"{NAME} ({USER_ID})", AT: at.isoformat(), REASON: reason, UNTIL: until.isoformat()}
    told[CHANGE] = "NEW -> SUPPRESSED"
    changes = []
    for number, identifier in enumerate(ids):
        asff = home.finding(*identifier)
        written = {"Text": note.text, "UpdatedBy": BOT, "UpdatedAt": f"{at:%Y-%m-%dT%H:%M:%S}.000Z"}
        status = {"Workflow": {"Status": "SUPPRESSED"}, "Note": written, "UserDefinedFields": told}
        key = identifier.product_arn, identifier.id
        holder = next(h for h in (home, *home.others) if h.findings.get(key))
        holder.load([asff | status])
        control = asff.get("Compliance", {}).get("SecurityControlId", "")
        place = Location(control, asff["AwsAccountId"], asff["Region"], asff["Resources"][0]["Id"])
        before, after = FindingState(WorkflowStatus.NEW), FindingState(WorkflowStatus.SUPPRESSED, note, told)
        changes.append(Change(number, identifier, place, before, after, 0))
    kept = BucketSuppressions(Bucket(client("s3"), bucket))
    kept.add(Suppression(name, until, USER_ID, reason, at, len(changes)), changes)


def seed_suppressions(home: Hub, bucket: str) -> None:
    """Suppress some of the seeded findings: until yesterday, for two days more, and for a month."""
    pages = (h.findings.select(()).page(0, len(h.findings)) for h in (home, *home.others))
    found = [finding for page in pages for finding in page if _may_be(finding)]
    ids = [FindingIdentifier(finding["Id"], finding["ProductArn"]) for finding in found]
    today = datetime.now(UTC).date()
    for number, (days, reason) in enumerate(
        ((-1, "移行が終わるまで"), (2, "Public by design"), (30, "SEC-12"))
    ):
        some = ids[3 * number : 3 * number + 3]
        suppress(home, bucket, some, today + timedelta(days=days), name=f"seed-{number}", reason=reason)


def _may_be(finding: Mapping[str, object]) -> bool:
    states = (finding["Workflow"], finding["RecordState"])
    compliance = finding.get("Compliance")
    is_failed = isinstance(compliance, dict) and compliance.get("Status") == "FAILED"
    return is_failed and states == ({"Status": "NEW"}, "ACTIVE")
