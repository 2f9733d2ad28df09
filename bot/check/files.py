"""
The files of a check: those that are named, and those that a search of a folder finds.

A folder may hold anything. A file in it that is no template is passed over, and one that cannot be read but
looks like a template is broken. A file that is named must be a template.

A cloud assembly of CDK, such as `cdk.out`, is walked by its manifest: it may hold templates of former stacks,
and in the folders of its assets those of other people. Source:
https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/cloud-assembly-schema.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.check.document import MOST_BYTES, BrokenError, decode
from bot.domain.check_result import Reason
from bot.errors import PathError

SUFFIXES = (".yaml", ".yml", ".json", ".template")
"""Of templates, as CloudFormation's, SAM's and CDK's tools write them."""

TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfstate", ".tfplan", ".hcl")

MANIFEST = "manifest.json"
MARKER = "cdk.out"
"""The file that each cloud assembly has besides its manifest."""
STACK_SUFFIX = ".template.json"
NESTED_SUFFIX = ".nested.template.json"

PASSED_OVER = frozenset({"node_modules", "__pycache__"})
"""Folders that hold other people's files; folders with a dot in front are passed over as well."""

_FORMAT_VERSION = "AWSTemplateFormatVersion"
_LOOKS_LIKE_TEMPLATE = re.compile(
    r"""["']?Type["']?\s*:\s*["']?AWS::\w+::\w+"""
    r"""|AWSTemplateFormatVersion|\bTransform["']?\s*:[\s"'\[-]*AWS::"""
)


class Source(NamedTuple):
    """The text of a file that may be a template."""

    name: str
    """The path as it was given, or below the folder that was given."""
    content: bytes
    """At most one more byte than MOST_BYTES."""
    is_named: bool
    fault: Reason | None = None
    """The reason why there is no content, such as a template that is named by a manifest and is not there."""

    def text(self) -> str:
        """
        Decode the content.

        Raises:
            BrokenError: it is in no known encoding, or too large.
        """
        return decode(self.content)

    def looks_like_template(self) -> bool:
        """Return whether a file that cannot be read seems to be a template."""
        return self.is_named or bool(_LOOKS_LIKE_TEMPLATE.search(self.content.decode("utf-8", "replace")))


def find_sources(paths: Sequence[Path]) -> Iterator[Source]:
    """
    Read the named files, and those in the named folders, each once, in the order of their paths.

    Raises:
        PathError: a path does not exist, or cannot be read, or is of Terraform.
    """
    seen: set[str] = set()
    for path in paths:
        for source in _in_folder(path) if path.is_dir() else [_named(path)]:
            if source.name not in seen:
                seen.add(source.name)
                yield source


def _named(path: Path) -> Source:
    if path.name.lower().endswith(TERRAFORM):
        raise PathError(path=str(path), hint="path-terraform")
    try:
        return Source(path.as_posix(), read_bytes(path), is_named=True)
    except FileNotFoundError as error:
        raise PathError(path=str(path), hint="path-absent") from error
    except OSError as error:
        raise PathError(path=str(path), hint="path-unreadable") from error


def _in_folder(folder: Path) -> Iterator[Source]:
    for path in files_in(folder):
        if path.name.lower().endswith(SUFFIXES):
            yield from _found(path)


def _found(path: Path) -> Iterator[Source]:
    """Read a file that a search has found, and which may be no template."""
    try:
        content = read_bytes(path)
    except OSError:
        yield Source(path.as_posix(), b"", is_named=False, fault=Reason("check.broken.absent"))
        return
    if path.name == MANIFEST:
        faults = list(_faults(path.parent))
        yield from (Source(path.as_posix(), b"", is_named=False, fault=fault) for fault in faults)
        if faults:
            return
    plain = content.replace(b"\0", b"")  # also of UTF-16
    if b"AWS::" in plain or _FORMAT_VERSION.encode() in plain:
        yield Source(path.as_posix(), content, is_named=False)


def _faults(folder: Path) -> Iterator[Reason]:
    """Yield the reasons why the assembly in a folder cannot be read as a whole."""
    assembly = _manifest(folder)
    if assembly is None and (folder / MARKER).is_file():
        yield Reason("check.broken.manifest")
    if assembly is None:
        return
    absent = (name for name in sorted(assembly.folders) if not (folder / name / MANIFEST).is_file())
    yield from (Reason("check.broken.artifact", name) for name in (*sorted(assembly.unusable), *absent))


def files_in(folder: Path) -> Iterator[Path]:
    """
    Search a folder for files, in the order of their names, but for those that are passed over.

    Of a cloud assembly the templates are those of its manifest, of which one may not exist.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in PASSED_OVER)
        found = {name for name in names if Path(place, name).is_file()}
        assembly = _manifest(Path(place)) if MANIFEST in found else None
        if assembly is not None:
            folders[:] = [name for name in folders if name in assembly.folders]
            found = {
                name for name in found if not name.endswith(STACK_SUFFIX) or name.endswith(NESTED_SUFFIX)
            }
            found |= assembly.templates
        yield from (Path(place, name) for name in sorted(found))


class _Manifest(NamedTuple):
    """The names that the manifest of a cloud assembly has."""

    templates: frozenset[str]
    """Of the stacks, without nested ones: these lie beside them."""
    folders: frozenset[str]
    """Of the assemblies of stages."""
    unusable: frozenset[str]
    """The IDs of stacks and stages without such a name."""


def _manifest(folder: Path) -> _Manifest | None:
    """Read the manifest in a folder; None if it is none of a cloud assembly, or cannot be read."""
    try:
        document = json.loads(decode(read_bytes(folder / MANIFEST)))
    except (BrokenError, OSError, ValueError, RecursionError):
        return None
    artifacts = document.get("artifacts") if isinstance(document, dict) else None
    if not isinstance(artifacts, dict):
        return None
    templates = dict(_names(artifacts, "aws:cloudformation:stack", "templateFile"))
    folders = dict(_names(artifacts, "cdk:cloud-assembly", "directoryName"))
    return _Manifest(
        templates=frozenset(name for name in templates.values() if name.lower().endswith(SUFFIXES)),
        folders=frozenset(filter(None, folders.values())),
        unusable=frozenset(
            [key for key, name in templates.items() if not name.lower().endswith(SUFFIXES)]
            + [key for key, name in folders.items() if not name]
        ),
    )


def _names(artifacts: dict[str, Any], kind: str, key: str) -> Iterator[tuple[str, str]]:
    """Yield the artifacts of a kind with one of their properties; empty if it names nothing in the folder."""
    for artifact_id, artifact in artifacts.items():
        if isinstance(artifact, dict) and artifact.get("type") == kind:
            properties = artifact.get("properties")
            name = properties.get(key) if isinstance(properties, dict) else None
            is_plain = isinstance(name, str) and name not in {".", ".."} and not set(name) & set("/\\\0")
            yield artifact_id, str(name) if is_plain else ""


def read_bytes(path: Path) -> bytes:
    """Read a file, and of one that is too large one byte more than MOST_BYTES."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
