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


def expand(document: Block, overrides: Mapping[str, str]) -> Block:
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
    made = _translated(plain, dict(overrides))
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


def _plain(value: Value) -> Any:
    """Return a value as YAML would type it: the translator tells `true` from a text."""
    if isinstance(value, Block):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, str):
        return value
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return int(value) if _INTEGER.fullmatch(value) else str(value)


def _packaged(resource: Any) -> Any:
    """Replace a local file by an object in S3, and a nested application by a nested stack."""
    kind = resource.get("Type") if isinstance(resource, dict) else None
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    if kind == "AWS::Serverless::Application":
        return {**resource, "Type": "AWS::CloudFormation::Stack", "Properties": {}}
    if kind not in LOCAL or not isinstance(properties, dict):
        return resource
    if isinstance(properties.get(LOCAL[kind]), str):
        properties[LOCAL[kind]] = PACKAGED
    if kind == "AWS::Serverless::Function" and properties.get("PackageType") == "Image":
        properties.setdefault("ImageUri", "packages")
    elif kind == "AWS::Serverless::Function" and "InlineCode" not in properties:
        properties.setdefault("CodeUri", PACKAGED)
    return resource


def _package_globals(template: dict[str, Any]) -> None:
    section = template.get("Globals")
    function = section.get("Function") if isinstance(section, dict) else None
    if isinstance(function, dict) and isinstance(function.get("CodeUri"), str):
        function["CodeUri"] = PACKAGED


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
            origin, origin_line = _origin(name, document, resources)
            block.add(name, _lined(resource, origin, origin_line), origin_line)
        result.add(key, block, line)
    return result


def _origin(name: str, document: Block, resources: Block) -> tuple[Value, int]:
    """Return the resource of which another one is made, and its line: of the same ID, or of its beginning."""
    if name in resources:
        return resources[name], resources.line_of(name)
    sources = [source for source in resources if name.startswith(source)]
    if sources:
        return None, resources.line_of(max(sources, key=len))
    return None, document.line_of("Globals") if "Globals" in document else 1


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
