"""
The cloud assembly around a report, `cdk.out`: the template and the logical ID of a construct path.

Templates that the CDK CLI synthesizes have the path of each resource in `Metadata.aws:cdk:path`. Without it,
the assembly's `*.metadata.json` and `tree.json` have the logical IDs, and its `manifest.json` the stacks.
What its files say is hostile: they name no file outside the assembly.

Source: https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/cloud-assembly-schema, and the output of
aws-cdk-lib 2.275.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.check.document import BrokenError, decode
from bot.check.files import read_bytes
from bot.check.nag.report import MOST_TEXT

MOST_LEVELS = 20
"""A stage in a stage is a folder in a folder."""

_ACKNOWLEDGED = re.compile(r"(?:Annotation|(?P<pack>[^:]+))::(?P<rule>(?!@)[^:\s-]+-[^\s\[]+(?:\[.*\])?)")
"""An acknowledged rule: `Annotation::AwsSolutions-S1`, or `AwsSolutions::AwsSolutions-S1`."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of the manifest."""

    path: str
    """The construct path, such as `Prod/App`."""
    name: str
    template: Path


@dataclass(slots=True)
class Assembly:
    """The files around a report; empty if there are none."""

    stacks: list[Stack] = field(default_factory=list)
    templates: dict[str, Path] = field(default_factory=dict)
    """The template of the construct path of each stack, nested ones included."""
    logical_ids: dict[str, str] = field(default_factory=dict)
    """By construct path."""
    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)
    """A construct path, a rule and the reason, as version 3 keeps them."""

    def template_of(self, construct: str) -> Path | None:
        """Return the template of the innermost stack around a construct."""
        parts = construct.split("/")
        paths = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
        return next((self.templates[path] for path in paths if path in self.templates), None)


def read_assembly(folder: Path) -> Assembly:
    """Read the assembly in a folder; what is missing or cannot be read is left out."""
    assembly = Assembly()
    _read_manifest(folder, assembly, 0)
    tree = _mapping(_json(folder, "tree.json").get("tree"))
    for node in _nodes(tree):
        logical_id = _mapping(node.get("attributes")).get("aws:cdk:cloudformation:logicalId")
        if isinstance(logical_id, str):
            assembly.logical_ids.setdefault(str(node.get("path")), logical_id)
    return assembly


def _read_manifest(folder: Path, assembly: Assembly, level: int) -> None:
    artifacts = _mapping(_json(folder, "manifest.json").get("artifacts"))
    for name, artifact in artifacts.items():
        properties = _mapping(_mapping(artifact).get("properties"))
        if _mapping(artifact).get("type") == "cdk:cloud-assembly" and level < MOST_LEVELS:
            inner = _inside(folder, properties.get("directoryName"))
            if inner and inner.is_dir():
                _read_manifest(inner, assembly, level + 1)
        template = _inside(folder, properties.get("templateFile"))
        if _mapping(artifact).get("type") == "aws:cloudformation:stack" and template:
            _add_stack(folder, assembly, name, artifact, template)


def _add_stack(folder: Path, assembly: Assembly, name: str, artifact: dict[str, Any], template: Path) -> None:
    path = str(artifact.get("displayName") or name).partition(" ")[0]
    stack_name = str(_mapping(artifact.get("properties")).get("stackName") or name)
    assembly.stacks.append(Stack(path, stack_name, template))
    assembly.templates[path] = template
    for metadata in (
        _mapping(artifact.get("metadata")),
        _json(folder, artifact.get("additionalMetadataFile")),
    ):
        for construct, entries in metadata.items():
            for entry in entries if isinstance(entries, list) else ():
                _add_entry(folder, assembly, construct.lstrip("/"), _mapping(entry))


def _add_entry(folder: Path, assembly: Assembly, construct: str, entry: dict[str, Any]) -> None:
    data = entry.get("data")
    kind = entry.get("type")
    if kind == "aws:cdk:logicalId" and isinstance(data, str):
        assembly.logical_ids[construct] = data
    elif kind == "aws:cdk:templateFile" and (template := _inside(folder, data)):
        assembly.templates[construct] = template
    elif kind == "aws:cdk:acknowledged-rules":
        for key, reason in _mapping(data).items():
            found = _ACKNOWLEDGED.fullmatch(key)
            if found and (found["pack"] is None or found["rule"].startswith(f"{found['pack']}-")):
                assembly.acknowledged.append((construct, found["rule"], str(reason)[:MOST_TEXT]))


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(map(_mapping, _mapping(node.get("children")).values()))


def _inside(folder: Path, name: object) -> Path | None:
    """Return a file or a folder directly in the assembly; None if the name leads anywhere else."""
    is_plain = isinstance(name, str) and name not in {"", ".", ".."} and not re.search(r"[/\\\0]", name)
    return folder / str(name) if is_plain else None


def _json(folder: Path, name: object) -> dict[str, Any]:
    path = _inside(folder, name)
    if path is not None:
        with suppress(BrokenError, OSError, ValueError, RecursionError):
            return _mapping(json.loads(decode(read_bytes(path))))
    return {}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
