"""
The manifest of a cloud assembly of CDK, such as `cdk.out`: the stacks and the stages that it has.

What its files say is hostile: they name no file outside the folder of the assembly.

Source: https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/cloud-assembly-schema.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bot.check.document import MOST_BYTES, BrokenError, decode

MANIFEST = "manifest.json"

STACK = "aws:cloudformation:stack"
STAGE = "cdk:cloud-assembly"


class Stack(NamedTuple):
    """A stack of the manifest."""

    id: str
    """The artifact's ID."""
    path: str
    """The construct path, such as `Prod/App`."""
    name: str
    template: Path | None
    """None if the manifest names none that is in the folder."""
    metadata: tuple[dict[str, Any], ...]
    """Lists of entries by construct path: those of the manifest, and those of a file of their own."""


class Manifest(NamedTuple):
    """The stacks of an assembly, and the folders of its stages by the IDs of their artifacts."""

    stacks: tuple[Stack, ...]
    stages: dict[str, Path | None]
    """None if the manifest names no folder in this one."""


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest in a folder; None if it is none of a cloud assembly, or cannot be read."""
    artifacts = read_json(folder, MANIFEST).get("artifacts")
    if not isinstance(artifacts, dict):
        return None
    stacks: list[Stack] = []
    stages: dict[str, Path | None] = {}
    for artifact_id, value in artifacts.items():
        artifact = mapping(value)
        properties = mapping(artifact.get("properties"))
        if artifact.get("type") == STAGE:
            stages[artifact_id] = inside(folder, properties.get("directoryName"))
        elif artifact.get("type") == STACK:
            stacks.append(_stack(folder, artifact_id, artifact, properties))
    return Manifest(tuple(stacks), stages)


def _stack(folder: Path, artifact_id: str, artifact: dict[str, Any], properties: dict[str, Any]) -> Stack:
    return Stack(
        id=artifact_id,
        path=str(artifact.get("displayName") or artifact_id).partition(" ")[0],
        name=str(properties.get("stackName") or artifact_id),
        template=inside(folder, properties.get("templateFile")),
        metadata=(
            mapping(artifact.get("metadata")),
            read_json(folder, artifact.get("additionalMetadataFile")),
        ),
    )


def inside(folder: Path, name: object) -> Path | None:
    """Return a file or a folder directly in a folder; None if the name leads anywhere else."""
    is_plain = isinstance(name, str) and name not in {"", ".", ".."} and not set(name) & set("/\\\0")
    return folder / str(name) if is_plain else None


def read_json(folder: Path, name: object) -> dict[str, Any]:
    """Read a mapping of JSON directly in a folder; an empty one if there is none that can be read."""
    path = inside(folder, name)
    if path is not None:
        with suppress(BrokenError, OSError, ValueError, RecursionError):
            return mapping(json.loads(decode(read_bytes(path))))
    return {}


def read_bytes(path: Path) -> bytes:
    """Read a file, and of one that is too large one byte more than MOST_BYTES."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def mapping(value: object) -> dict[str, Any]:
    """Return a value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}
