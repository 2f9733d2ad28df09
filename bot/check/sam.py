"""
SAM templates, expanded as CloudFormation expands them when they are deployed.

aws-sam-translator makes plain resources of those of SAM. It takes and gives values without lines, so each
resource that it makes gets the lines of the one that it comes from.

Source: https://github.com/aws/serverless-application-model, of which aws-sam-translator is the translator.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.check.intrinsics import Resolver
from bot.check.loops import LoopError
from bot.check.values import Block, Value, follow, items_of
from bot.domain.check_result import Reason

TRANSFORM = "AWS::Serverless-2016-10-31"
TYPES = "AWS::Serverless::"

REGION = "us-east-1"
"""The Region whose partition and services the translator assumes if the environment names none."""

MOST_MESSAGE = 300
"""The characters of an error of the translator's that are shown: it may quote the template."""

PACKAGED = {"Bucket": "packages", "Key": "package"}
"""An object in S3, as `sam package` puts it in the place of a local file."""

LOCAL = {
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::GraphQLApi": "SchemaUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
"""The property of each type that may be a local file. The translator takes only what has been packaged."""

INTEGERS = frozenset(
    {
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "MinimumCompressionSize",
        "ParallelizationFactor",
        "Timeout",
        "TimeoutInMillis",
        "TumblingWindowInSeconds",
    }
)
"""The properties that the translator refuses as texts; others, such as StageName, it refuses as numbers."""

ALIAS = "published"
"""The alias of a function if its name is only known at deployment; the translator has to have one."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")


class SamError(Exception):
    """A template that cannot be expanded."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


def has_serverless(document: Block) -> bool:
    """Return whether a template has a resource of SAM."""
    resources = document.get("Resources")
    kinds = (follow(each, ("Type",)) for each in resources.values()) if isinstance(resources, Block) else ()
    return any(isinstance(kind, str) and kind.startswith(TYPES) for kind in kinds)


def expand(document: Block, overrides: Mapping[str, Value]) -> Block:
    """
    Expand a template that has resources of SAM.

    Raises:
        SamError: it does not name SAM's macro, the translator is not installed or refuses it.
    """
    if TRANSFORM not in items_of(document.get("Transform")):
        raise SamError(Reason("check.gap.no-transform"))
    resolver = Resolver(document, overrides)
    try:
        resources = resolver.loops.expand(resolver.resources)
    except LoopError as error:
        raise SamError(Reason("check.gap.loop", "Resources")) from error
    plain = _plain(document)
    plain["Resources"] = {name: _packaged(_plain(each)) for name, each in resources.items()}
    _package_globals(plain)
    texts = {name: str(value) for name, value in overrides.items() if isinstance(value, str)}
    made = _translated(plain, texts)
    return _with_lines(document, resources, made)


def _translated(template: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    try:
        from samtranslator.translator.transform import transform
    except ModuleNotFoundError as error:
        raise SamError(Reason("check.gap.no-translator")) from error
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL + 1)  # it warns of its own metrics
    try:
        with _without_account():
            made: dict[str, Any] = transform(template, parameters, _NoPolicies(), passthrough_metadata=True)
    except Exception as error:
        causes = getattr(error, "causes", None) or [error]
        message = str(getattr(causes[0], "message", "") or causes[0])
        raise SamError(Reason("check.gap.sam", message[:MOST_MESSAGE])) from error
    return made


class _NoPolicies:
    """Knows no managed policy's ARN: the translator would ask IAM."""

    def load(self) -> dict[str, str]:
        return {}


@contextmanager
def _without_account() -> Iterator[None]:
    """Hide the configuration of the AWS CLI from boto3, which the translator asks for a Region."""
    before = dict(os.environ)
    os.environ.pop("AWS_PROFILE", None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _plain(value: Value, key: str = "") -> Any:
    """Return the value of a key as YAML would type it: the translator tells `true` and numbers from texts."""
    if isinstance(value, Block):
        return {name: _plain(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(each, key) for each in value]
    if not isinstance(value, str):
        return value
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return int(value) if key in INTEGERS and _INTEGER.fullmatch(value) else str(value)


def _packaged(resource: Any) -> Any:
    """Replace a local file by an object in S3, and a nested application by a nested stack."""
    kind = resource.get("Type") if isinstance(resource, dict) else None
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    if kind == "AWS::Serverless::Application":
        return {**resource, "Type": "AWS::CloudFormation::Stack", "Properties": _stack(properties)}
    if kind not in LOCAL or not isinstance(properties, dict):
        return resource
    if isinstance(properties.get(LOCAL[kind]), str):
        properties[LOCAL[kind]] = PACKAGED
    if not isinstance(properties.get("AutoPublishAlias", ""), str):
        properties["AutoPublishAlias"] = ALIAS
    if kind == "AWS::Serverless::Function" and properties.get("PackageType") == "Image":
        properties.setdefault("ImageUri", "packages")
    elif kind == "AWS::Serverless::Function" and "InlineCode" not in properties:
        properties.setdefault("CodeUri", PACKAGED)
    return resource


def _stack(properties: Any) -> dict[str, Any]:
    """Return the properties of the nested stack that a nested application becomes."""
    names = {"Location": "TemplateURL", "Parameters": "Parameters"}
    found = properties if isinstance(properties, dict) else {}
    return {new: found[name] for name, new in names.items() if name in found}


def _package_globals(template: dict[str, Any]) -> None:
    section = template.get("Globals")
    function = section.get("Function") if isinstance(section, dict) else None
    if isinstance(function, dict) and isinstance(function.get("CodeUri"), str):
        function["CodeUri"] = PACKAGED
    if isinstance(function, dict) and not isinstance(function.get("AutoPublishAlias", ""), str):
        function["AutoPublishAlias"] = ALIAS


def _with_lines(document: Block, resources: Block, made: dict[str, Any]) -> Block:
    """Return the expanded template, with the lines of the source."""
    result = Block(document.line)
    for key, value in made.items():
        line = document.line_of(key)
        if key != "Resources":
            result.add(key, document[key] if key in document else _lined(value, None, line), line)
            continue
        block = Block(resources.line)
        for name, resource in value.items():
            source = _source(name, resources)
            origin = resources.get(name)
            at = resources.line_of(source) if source else document.line_of("Globals")
            lined = _lined(resource, origin, at)
            if source and "Metadata" in lined:  # one mapping for all, so that a mark in it is one mark
                lined["Metadata"] = resources[source].get("Metadata")
            block.add(name, lined, at)
        result.add(key, block, line)
    return result


def _source(name: str, resources: Block) -> str:
    """Return the ID of the resource of which SAM has made another one: its beginning; it may be empty."""
    if name in resources:
        return name
    return max((source for source in resources if name.startswith(source)), key=len, default="")


def _lined(value: Any, origin: Value, line: int) -> Value:
    """Return a plain value with the lines of the one that it comes from, or all on one line."""
    if isinstance(value, dict):
        has_lines = isinstance(origin, Block)
        made = Block(origin.line if has_lines else line)
        for key, inner in value.items():
            is_there = has_lines and key in origin
            at = origin.line_of(key) if is_there else line
            made.add(str(key), _lined(inner, origin[key] if is_there else None, at), at)
        return made
    if isinstance(value, list):
        origins = origin if isinstance(origin, list) and len(origin) == len(value) else [None] * len(value)
        return [_lined(each, of, line) for each, of in zip(value, origins, strict=True)]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
