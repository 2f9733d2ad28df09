"""
The cloud assembly around a report, `cdk.out`: the template and the logical ID of a construct path.

Templates that the CDK CLI synthesizes have the path of each resource in `Metadata.aws:cdk:path`. Without it,
the assembly's `*.metadata.json` and `tree.json` have the logical IDs, and its manifest the stacks.

Source: the output of aws-cdk-lib 2.275.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.check.manifest import Stack, inside, mapping, read_json, read_manifest
from bot.check.nag.report import MOST_TEXT

MOST_LEVELS = 20
"""A stage in a stage is a folder in a folder."""

_ACKNOWLEDGED = re.compile(r"(?:Annotation|(?P<pack>[^:]+))::(?P<rule>(?!@)[^:\s-]+-[^\s\[]+(?:\[.*\])?)")
"""An acknowledged rule: `Annotation::AwsSolutions-S1`, or `AwsSolutions::AwsSolutions-S1`."""


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
    _read_stacks(folder, assembly, 0)
    tree = mapping(read_json(folder, "tree.json").get("tree"))
    for node in _nodes(tree):
        logical_id = mapping(node.get("attributes")).get("aws:cdk:cloudformation:logicalId")
        if isinstance(logical_id, str):
            assembly.logical_ids.setdefault(str(node.get("path")), logical_id)
    return assembly


def _read_stacks(folder: Path, assembly: Assembly, level: int) -> None:
    manifest = read_manifest(folder)
    if manifest is None:
        return
    for stage in manifest.stages.values():
        if stage and level < MOST_LEVELS and stage.is_dir():
            _read_stacks(stage, assembly, level + 1)
    for stack in manifest.stacks:
        if stack.template:
            assembly.stacks.append(stack)
            assembly.templates[stack.path] = stack.template
            for metadata in stack.metadata:
                for construct, entries in metadata.items():
                    for entry in entries if isinstance(entries, list) else ():
                        _add_entry(folder, assembly, construct.lstrip("/"), mapping(entry))


def _add_entry(folder: Path, assembly: Assembly, construct: str, entry: dict[str, Any]) -> None:
    data = entry.get("data")
    kind = entry.get("type")
    if kind == "aws:cdk:logicalId" and isinstance(data, str):
        assembly.logical_ids[construct] = data
    elif kind == "aws:cdk:templateFile" and (template := inside(folder, data)):
        assembly.templates[construct] = template
    elif kind == "aws:cdk:acknowledged-rules":
        for key, reason in mapping(data).items():
            found = _ACKNOWLEDGED.fullmatch(key)
            if found and (found["pack"] is None or found["rule"].startswith(f"{found['pack']}-")):
                assembly.acknowledged.append((construct, found["rule"], str(reason)[:MOST_TEXT]))


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(map(mapping, mapping(node.get("children")).values()))
