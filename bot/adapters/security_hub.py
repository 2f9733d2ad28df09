"""
Security Hub: findings read and updated, and the control catalogue.

Limits and semantics: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html,
API_AwsSecurityFindingFilters, API_BatchUpdateFindings and API_ListSecurityControlDefinitions, in botocore's
service model of the pinned version.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count, groupby, islice, repeat
from operator import itemgetter
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from bot.adapters.asff import DEFAULT_TAGS, asff_values, has_tags, parse_finding
from bot.adapters.aws import PACED_CONFIG, aws_errors
from bot.adapters.sdk import client
from bot.adapters.token_bucket import TokenBucket
from bot.domain.control import ALL, Catalogue, Control, Standard, service_of
from bot.domain.finding import Finding, FindingIdentifier, Severity
from bot.domain.naming import is_whole, matches
from bot.domain.query import Query
from bot.domain.triage import FindingState, Refusal, refused_all
from bot.errors import ConfigurationError, PageLostError, UnavailableError, UnexpectedResponseError
from bot.ports import CheckCancelled, Page, never_cancelled
from bot.settings import Settings

LOG = logging.getLogger(__name__)

PAGE_SIZE = 100
"""The limit of MaxResults, for GetFindings and for ListSecurityControlDefinitions."""

READING_BURST, UPDATING_BURST = 2, 3
"""
The requests that Security Hub takes at once, in seconds of its rate: its limits are 3 a second and 6 at once
for GetFindings, 10 and 30 for BatchUpdateFindings
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html).
"""

SPARE = 1
"""Requests at once that are left unused: one that comes a moment early is refused, which costs more."""

RETRIABLE_REFUSALS = frozenset({"ConcurrentUpdateError", "InternalFailure"})
"""UnprocessedFindings[].ErrorCode that may pass; the others are about the finding itself."""

BATCHES_AT_ONCE = 64
"""The batches that are read from their file at a time."""

UPDATE_SIZE = 100
"""The most FindingIdentifiers that BatchUpdateFindings takes."""

UPDATE_ATTEMPTS = 4
UPDATERS = 16
"""Threads: at ten updates a second, enough for answers that take a second and a half."""

CATALOGUE_SECONDS = 3600
"""AWS adds controls every few weeks, so a catalogue may be an hour old."""

Batch = tuple[FindingState, list[FindingIdentifier]]
"""Findings that one call updates."""


@dataclass(frozen=True)
class SecurityHubFindings:
    """The findings in Security Hub of the client's account and Region."""

    client: Any
    reading: TokenBucket
    """Of GetFindings."""
    updating: TokenBucket
    """Of BatchUpdateFindings."""
    pause: Callable[[float], None] = time.sleep
    kept_tags: frozenset[str] = DEFAULT_TAGS
    others: Callable[[str], SecurityHubFindings] | None = None
    """Returns the findings of another Region, the same for each reader."""

    def at(self, region: str) -> SecurityHubFindings:
        """Return the findings of another Region (see the port)."""
        if self.others is None:
            raise NotImplementedError
        return replace(self.others(region), kept_tags=self.kept_tags)

    def keeping(self, tags: frozenset[str]) -> SecurityHubFindings:
        """Keep other tags (see the port); the rates are shared."""
        return replace(self, kept_tags=tags)

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Read findings a page at a time (see the port)."""
        request = {"Filters": filters(query), "MaxResults": PAGE_SIZE} | (
            {"NextToken": token} if token else {}
        )
        for number in count(1):
            answer = self.reading.call(lambda: self._get_findings(request), number / weight, check_cancelled)
            token = answer.get("NextToken") or ""
            tagged = (finding for finding in answer["Findings"] if has_tags(finding, query.tags))
            read = [parse_finding(finding, self.kept_tags) for finding in tagged]
            yield Page(_without_others(query, read), token)
            if not token:
                return
            request["NextToken"] = token

    def _get_findings(self, request: dict[str, Any]) -> dict[str, Any]:
        with aws_errors("securityhub", "GetFindings", self._region):
            try:
                answer: dict[str, Any] = self.client.get_findings(**request)
            except ClientError as error:
                if "NextToken" in request and "NextToken" in str(error):
                    raise PageLostError(service="AWS", call="securityhub:GetFindings") from error
                raise
        _required(answer, "Findings", "GetFindings")
        return answer

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Set values (see the port)."""
        batches = to_batches(updates)
        refusals: list[Refusal] = []
        denial: ConfigurationError | None = None
        updated_count = 0
        with ThreadPoolExecutor(UPDATERS, thread_name_prefix="updater") as updaters:
            while some := list(islice(batches, BATCHES_AT_ONCE)):
                outcomes = updaters.map(self._try_update, some) if denial is None else repeat(denial)
                for (_, identifiers), outcome in zip(some, outcomes, strict=False):
                    if isinstance(outcome, ConfigurationError):
                        denial = denial or _logged(outcome)
                        refusals += refused_all(identifiers, outcome)
                    else:
                        refusals += outcome
                        updated_count += len(identifiers) - len(outcome)
                if denial and not updated_count:
                    raise denial
        return refusals

    def _try_update(self, batch: Batch) -> list[Refusal] | ConfigurationError:
        try:
            return self._updated(batch)
        except ConfigurationError as error:
            return error

    def _updated(self, batch: Batch) -> list[Refusal]:
        """Update at most 100 findings, again those that Security Hub could not update for the moment."""
        values, left = batch
        final = []
        for attempt in range(UPDATE_ATTEMPTS):
            if not left:
                break
            if attempt:
                self.pause(2.0 ** (attempt - 1))
            refusals = self._update(left, values)
            may_pass = attempt + 1 < UPDATE_ATTEMPTS
            left = [r.identifier for r in refusals if r.code in RETRIABLE_REFUSALS and may_pass]
            final += [refusal for refusal in refusals if refusal.identifier not in left]
        return final

    def _update(self, identifiers: Sequence[FindingIdentifier], values: FindingState) -> list[Refusal]:
        named = [{"Id": identifier.id, "ProductArn": identifier.product_arn} for identifier in identifiers]
        request = {"FindingIdentifiers": named} | asff_values(values)
        try:
            return [_refusal(entry) for entry in self.updating.call(lambda: self._batch_update(request))]
        except UnexpectedResponseError as error:  # the call as a whole, for its content
            return refused_all(identifiers, error)

    def _batch_update(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        with aws_errors("securityhub", "BatchUpdateFindings", self._region):
            answer = self.client.batch_update_findings(**request)
        return _required(answer, "UnprocessedFindings", "BatchUpdateFindings")

    @property
    def _region(self) -> str:
        return str(self.client.meta.region_name)


def security_hub_findings(settings: Settings) -> SecurityHubFindings:
    """
    Make the adapter of the environment's account and Region, with the rates of the settings.

    Raises:
        InvalidSettingError: a rate is not a number above 0.
        CredentialsError: no Region is set.
    """
    reading, updating = settings.number("GET_FINDINGS_RATE"), settings.number("BATCH_UPDATE_FINDINGS_RATE")
    lock = Lock()

    @cache
    def make(region: str | None) -> SecurityHubFindings:
        return SecurityHubFindings(
            findings_client(region),
            TokenBucket(reading, max(1, reading * READING_BURST - SPARE)),
            TokenBucket(updating, max(1, updating * UPDATING_BURST - SPARE)),
        )

    def find(region: str) -> SecurityHubFindings:
        with lock:
            return make(region)

    return replace(make(None), others=find)


def findings_client(region: str | None = None) -> Any:
    """Make a client for a SecurityHubFindings. Raises CredentialsError: no Region is set, and RegionError."""
    hub = client("securityhub", PACED_CONFIG, region)
    hub.meta.events.register("before-parse.securityhub.GetFindings", _take_findings)
    return hub


@dataclass
class SecurityHubControls:
    """The controls of ListSecurityControlDefinitions, kept for an hour."""

    client: Any
    clock: Callable[[], float] = time.monotonic
    _kept: tuple[float, Catalogue] | None = field(default=None, init=False, repr=False)

    def catalogue(self) -> Catalogue:
        """Read the catalogue, at most once an hour (see the port)."""
        if self._kept is None or self.clock() - self._kept[0] > CATALOGUE_SECONDS:
            self._kept = (self.clock(), Catalogue(tuple(self._controls())))
        return self._kept[1]

    def standards(self) -> tuple[Standard, ...]:
        """Read the standards, with a call for all and one for the enabled ones (see the port)."""
        subscriptions = "StandardsSubscriptions"
        enabled = {
            entry["StandardsArn"]
            for entry in self._listed("GetEnabledStandards", "get_enabled_standards", subscriptions)
            if entry["StandardsStatus"] != "DELETING"
        }
        existing = self._listed("DescribeStandards", "describe_standards", "Standards")
        arns = [entry["StandardsArn"] for entry in existing]
        return tuple(Standard(arn.split(":", 5)[5], arn in enabled) for arn in arns)

    def _listed(self, operation: str, method: str, name: str) -> Iterator[dict[str, Any]]:
        with aws_errors("securityhub", operation, str(self.client.meta.region_name)):
            for page in self.client.get_paginator(method).paginate(PaginationConfig={"PageSize": PAGE_SIZE}):
                yield from _required(page, name, operation)

    def _controls(self) -> Iterator[Control]:
        operation = "ListSecurityControlDefinitions"
        listed = self._listed(operation, "list_security_control_definitions", "SecurityControlDefinitions")
        for entry in listed:
            yield Control(entry["SecurityControlId"], entry["Title"], Severity(entry["SeverityRating"]))


MOST_ATTRIBUTES = 10
"""The most attributes that GetFindings takes (API reference, AwsSecurityFindingFilters)."""

NARROWED_LATER = ("SeverityLabel", "Region")
"""The attributes that are left out, and narrowed while reading, if a query has more."""

Filters = dict[str, list[dict[str, Any]]]


def filters(query: Query) -> Filters:
    """
    Return a query as AwsSecurityFindingFilters: attributes are ANDed, the values of one are ORed.

    WorkflowStatus, because the deprecated WorkflowState lacks NOTIFIED and stays NEW for suppressed findings.
    All controls of a service are one PREFIX, which may stand beside EQUALS (shape StringFilter): n findings
    of it are ⌈n/100⌉ calls, as those of a control.

    The following are narrowed while reading, with ⌈m/100⌉ calls for the m findings of the rest of the query:
    resources of which one is a name, which may be anywhere in an ARN; tags of a second key, since the values
    of ResourceTags are ORed; NARROWED_LATER in a query of more than MOST_ATTRIBUTES.
    """
    whole = query.named_resources if all(map(is_whole, query.named_resources)) else ()
    services = tuple(f"{service_of(word)}." for word in query.controls if service_of(word))
    controls = tuple(word for word in query.controls if word != ALL and not service_of(word))
    included = {
        "ComplianceSecurityControlId": controls,
        "ComplianceStatus": ("FAILED",) if query.is_of_failed and not query.is_chosen else (),
        "WorkflowStatus": query.statuses,
        "RecordState": () if query.is_chosen else ("ACTIVE",),
        "SeverityLabel": query.severities,
        "ResourceId": (*query.resources, *(one for one in whole if not one.endswith("*"))),
        "AwsAccountId": query.accounts,
        "AwsAccountName": query.account_names,
        "Region": query.regions,
        "ComplianceAssociatedStandardsId": query.standards,
        "Id": tuple(dict.fromkeys(finding.id for finding in query.findings)),
        "ProductArn": tuple(dict.fromkeys(finding.product_arn for finding in query.findings)),
    }
    excluded = {"AwsAccountId": query.not_accounts, "Region": query.not_regions}
    prefixes = {
        "ComplianceSecurityControlId": services,
        "ResourceId": tuple(one.removesuffix("*") for one in whole if one.endswith("*")),
    }
    named = _compared(included, "EQUALS") | _compared(excluded, "NOT_EQUALS")
    for attribute, entries in _compared(prefixes, "PREFIX").items():
        named[attribute] = [*entries, *named.get(attribute, ())]
    named |= _of_tags(query.tags) | _of_days(query.since_days)
    for attribute in NARROWED_LATER[: max(0, len(named) - MOST_ATTRIBUTES)]:
        del named[attribute]
    return named


def _of_tags(tags: Sequence[str]) -> Filters:
    """Return the filter of the first key's tags."""
    pairs = [tag.partition("=") for tag in tags]
    first = [(key, value) for key, _, value in pairs if key == pairs[0][0]]
    entries = [{"Key": key, "Value": value, "Comparison": "EQUALS"} for key, value in first]
    return {"ResourceTags": entries} if entries else {}


def _of_days(days: int) -> Filters:
    """Return the filter of the last days: relative, since a NextToken is valid for the same filters only."""
    return {"FirstObservedAt": [{"DateRange": {"Value": days, "Unit": "DAYS"}}]} if days else {}


def _without_others(query: Query, findings: Iterable[Finding]) -> list[Finding]:
    """
    Leave out what the filters could not: see `filters`.

    For queried findings, these are such with the Id of one and the ProductArn of another.
    """
    return [
        one
        for one in findings
        if (not query.findings or one.identifiers[0] in query.findings)
        and (not query.severities or one.severity in query.severities)
        and (not query.regions or one.region in query.regions)
        and one.region not in query.not_regions
        and (not query.named_resources or _has_resource(one, query.named_resources))
    ]


def _has_resource(finding: Finding, patterns: Iterable[str]) -> bool:
    return any(matches(resource.id, pattern) for pattern in patterns for resource in finding.resources)


def _compared(attributes: Mapping[str, Sequence[str]], comparison: str) -> Filters:
    return {
        attribute: [{"Value": value, "Comparison": comparison} for value in values]
        for attribute, values in attributes.items()
        if values
    }


def _take_findings(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """
    Take the findings out of an answer before botocore walks over them, and return them as they came.

    The walk copies every value by the service model, omits null and unknown values, and takes more than half
    of botocore's time for a page (docs/decisions/0002-botocore.md). A malformed answer is left to botocore.
    """
    try:
        answer = json.loads(response_dict["body"])
    except ValueError:
        return
    if isinstance(answer, dict) and isinstance(answer.get("Findings"), list):
        customized_response_dict["Findings"] = answer.pop("Findings")
        response_dict["body"] = json.dumps(answer).encode()


def _logged(error: ConfigurationError) -> ConfigurationError:
    """Log an error that an operator has to fix, since the job itself does not fail."""
    LOG.error("no finding can be updated any more", extra={"error_code": error.code})
    return error


def _required(answer: dict[str, Any], name: str, operation: str) -> list[dict[str, Any]]:
    """Return a list that every answer has: botocore returns an answer without it if the body broke off."""
    if name not in answer:
        raise UnavailableError(service="AWS", call=f"securityhub:{operation}")
    entries: list[dict[str, Any]] = answer[name]
    return entries


def _refusal(entry: dict[str, Any]) -> Refusal:
    identifier = FindingIdentifier(entry["FindingIdentifier"]["Id"], entry["FindingIdentifier"]["ProductArn"])
    return Refusal(identifier, entry["ErrorCode"], entry.get("ErrorMessage") or "")


def to_batches(updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> Iterator[Batch]:
    """Join adjacent updates with the same values into batches of at most 100, each finding once."""
    for values, group in groupby(updates, key=itemgetter(1)):
        identifiers = (identifier for identifier, _ in group)
        while some := list(dict.fromkeys(islice(identifiers, UPDATE_SIZE))):
            yield values, some
