"""
The manifest of a cloud assembly of CDK, such as `cdk.out`: the stacks and the stages that it has.

What its files say is hostile: they name no file outside the folder of the assembly.

The tags of a finding name its stack; a template does not. The name is in the manifest, or in SAM's
configuration beside the template, or it is given.

Sources: https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/cloud-assembly-schema and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bot.check.document import MOST_BYTES, BrokenError, decode
from bot.check.template import Template
from bot.domain.check_result import STACK_NAME, CheckedStack

MANIFEST = "manifest.json"

SAM_CONFIG = "samconfig.toml"
SAM_TEMPLATES = frozenset({"template.yaml", "template.yml", "template.json"})
"""The names of the file that SAM deploys unless it is told otherwise."""

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


class Stacks:
    """
    Finds the stack of each template. Each folder is read once.

    Args:
        name: the name of the stack of each template outside of cloud assemblies; empty: it is not given.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._manifests: dict[Path, Manifest | None] = {}

    def stack_of(self, template: Template) -> CheckedStack | None:
        """Return the stack of a template; None if its name is not known."""
        file = Path(template.file)
        if file.parent not in self._manifests:
            self._manifests[file.parent] = read_manifest(file.parent)
        manifest = self._manifests[file.parent]
        if manifest:
            name = next((stack.name for stack in manifest.stacks if stack.template == file), "")
        else:
            name = self._name or _sam_name(file)
        if not STACK_NAME.fullmatch(name):
            return None
        lines = {resource.id: resource.line for resource in template.resources.values()}
        return CheckedStack(name, template.file, lines, is_synthesized=manifest is not None)


def _sam_name(template: Path) -> str:
    """Return the name by which `sam deploy` deploys a template; empty if it is not known."""
    if template.name not in SAM_TEMPLATES:
        return ""
    try:
        text = decode(read_bytes(template.parent / SAM_CONFIG))
    except (BrokenError, OSError):
        return ""
    import tomllib  # few templates need it

    try:
        environment = mapping(tomllib.loads(text).get("default"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    commands = (mapping(environment.get(command)) for command in ("deploy", "global"))
    names = (mapping(command.get("parameters")).get("stack_name") for command in commands)
    return next((name for name in names if isinstance(name, str)), "")


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
