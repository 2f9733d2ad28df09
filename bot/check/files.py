"""
The files of a check: those that are named, and those that a search of a folder finds.

A folder may hold anything. A file in it that is no template is passed over, and one that cannot be read but
looks like a template is broken. A file that is named must be a template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.check.document import MOST_BYTES, decode
from bot.errors import PathError

SUFFIXES = (".yaml", ".yml", ".json", ".template")
"""Of templates, as CloudFormation's, SAM's and CDK's tools write them."""

TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfstate", ".tfplan", ".hcl")

PASSED_OVER = frozenset({"node_modules", "__pycache__"})
"""Folders that hold other people's files; folders with a dot in front are passed over as well."""

_LOOKS_LIKE_TEMPLATE = re.compile(r"""["']?Type["']?\s*:\s*["']?AWS::\w+::\w+""")


class Source(NamedTuple):
    """The text of a file that may be a template."""

    name: str
    """The path as it was given, or below the folder that was given."""
    content: bytes
    """At most one more byte than MOST_BYTES."""
    is_named: bool

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
            content = read_bytes(path)
            if b"AWS::" in content.replace(b"\0", b""):  # also in UTF-16
                yield Source(path.as_posix(), content, is_named=False)


def files_in(folder: Path) -> Iterator[Path]:
    """Search a folder for files, in the order of their names, but for those that are passed over."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in PASSED_OVER)
        yield from (path for name in sorted(names) if (path := Path(place, name)).is_file())


def read_bytes(path: Path) -> bytes:
    """Read a file, and of one that is too large one byte more than MOST_BYTES."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
