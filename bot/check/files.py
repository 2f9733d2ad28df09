"""
The files of a check: those that are named, and those that a search of a folder finds.

A folder may hold anything. A file in it that is no template is passed over, and one that cannot be read but
looks like a template is broken. A file that is named must be a template.

A cloud assembly of CDK, such as `cdk.out`, is walked by its manifest: it may hold templates of former stacks,
and in the folders of its assets those of other people.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.check.document import decode
from bot.check.manifest import MANIFEST, read_bytes, read_manifest
from bot.domain.check_result import Reason
from bot.errors import PathError

SUFFIXES = (".yaml", ".yml", ".json", ".template")
"""Of templates, as CloudFormation's, SAM's and CDK's tools write them."""

TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfstate", ".tfplan", ".hcl")

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
    manifest = read_manifest(folder)
    if manifest is None and (folder / MARKER).is_file():
        yield Reason("check.broken.manifest")
    if manifest is None:
        return
    for stack in manifest.stacks:
        if stack.template is None or not _is_template(stack.template):
            yield Reason("check.broken.artifact", stack.id)
    for stage_id, stage in manifest.stages.items():
        if stage is None or not (stage / MANIFEST).is_file():
            yield Reason("check.broken.artifact", stage.name if stage else stage_id)


def _is_template(path: Path) -> bool:
    """Return whether a file has the name of a template."""
    return path.name.lower().endswith(SUFFIXES)


def files_in(folder: Path) -> Iterator[Path]:
    """
    Search a folder for files, in the order of their names, but for those that are passed over.

    Of a cloud assembly the templates are those of its manifest, of which one may not exist.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in PASSED_OVER)
        found = {name for name in names if Path(place, name).is_file()}
        manifest = read_manifest(Path(place)) if MANIFEST in found else None
        if manifest is not None:
            stages = {stage.name for stage in manifest.stages.values() if stage}
            folders[:] = [name for name in folders if name in stages]
            found = {
                name for name in found if not name.endswith(STACK_SUFFIX) or name.endswith(NESTED_SUFFIX)
            }
            templates = filter(None, (stack.template for stack in manifest.stacks))
            found |= {path.name for path in templates if _is_template(path)}
        yield from (Path(place, name) for name in sorted(found))
