"""
Nested stacks: the templates that other templates deploy, and the values that these give to their parameters.

The resource of a nested stack leads to its template by CDK's metadata, by the hash of CDK's asset, or by a
local path, which `aws cloudformation package` and `sam package` replace by an address in S3.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bot.check.document import BrokenError, parse
from bot.check.files import NESTED_SUFFIX, Source
from bot.check.manifest import MANIFEST, mapping, read_json
from bot.check.template import Resource, Template
from bot.check.values import MISSING, Block, Unknown, Value, follow
from bot.domain.check_result import Gap, Reason
from bot.errors import PathError

TYPES = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")

MOST_LEVELS = 20
"""A nested stack in a nested stack; a deeper one is read as if it were none."""

_MARKS = tuple(kind.encode() for kind in TYPES)
_HASH = re.compile(r"[0-9a-f]{64}")
"""The hash of an asset in its address."""


class Given(NamedTuple):
    """The circumstances in which a template is deployed."""

    values: Mapping[str, Value]
    """Of its parameters, by name."""
    doubt: Reason | None = None
    """The reason why it may not be deployed, or with other values."""


Read = Callable[[Source, Given], Template | None]
"""Reads a template; it raises BrokenError."""


class Nesting:
    """The files of a check, and the nested stacks among their templates."""

    def __init__(self, sources: Sequence[Source], overrides: Mapping[str, str], read: Read) -> None:
        """Find the nested stacks; `overrides` are the values that the requester gives to parameters."""
        self._sources = {source.name: source for source in sources}
        self._overrides = overrides
        self._read = read
        self._parents: dict[str, list[tuple[str, str]]] = {}
        """The file and the logical ID of the stacks that deploy a file."""
        self._loose: set[Path] = set()
        """The folders with a nested stack whose template is not known."""
        self._opened: list[str] = []
        self._made: dict[str, Template | None] = {}
        """The templates that have nested stacks."""
        for source in sources:
            if any(mark in source.content.replace(b"\0", b"") for mark in _MARKS):
                self._note_stacks(source)

    def template(self, source: Source) -> Template | None:
        """
        Read a template; None if the file is none, or is not deployed.

        Raises:
            BrokenError: it cannot be read.
        """
        if source.name in self._made:
            return self._made[source.name]
        if self._is_former(source):
            return None
        self._opened.append(source.name)
        given = self._given(source.name)
        template = self._read(source, given) if given else None
        self._opened.pop()
        if template and any(template.of_type(*TYPES)):
            self._made[source.name] = template
        return template

    def is_nested(self, file: str) -> bool:
        """Return whether another template deploys a file, so that it gets no values from the requester."""
        return file in self._parents

    def gaps(self, template: Template) -> Iterator[Gap]:
        """Yield the nested stacks of CDK whose template is not in the folder of the parent's."""
        for stack in template.of_type(*TYPES):
            name = _asset_path(stack.declared)
            if name is not None and not (_is_nested_name(name) and _beside(template.file, name).is_file()):
                yield Gap(template.file, stack.line, Reason("check.broken.artifact", stack.id))

    def notices(self, template: Template) -> Iterator[Gap]:
        """Yield the nested stacks whose template is not among the files."""
        for stack in template.of_type(*TYPES):
            if _file_of(template.file, stack.declared) not in self._sources:
                yield Gap(template.file, stack.line, Reason("check.nested", stack.id))

    def _note_stacks(self, source: Source) -> None:
        """Note the nested stacks of a template, by its text alone."""
        folder = Path(source.name).parent
        try:
            document = parse(source.text())
        except BrokenError:
            self._loose.add(folder)
            return
        resources = document.get("Resources") if isinstance(document, Block) else None
        for logical_id, declared in resources.items() if isinstance(resources, Block) else ():
            if follow(declared, ("Type",)) in TYPES:
                file = _file_of(source.name, declared)
                if file in self._sources:
                    self._parents.setdefault(file, []).append((source.name, logical_id))
                else:
                    self._loose.add(folder)

    def _is_former(self, source: Source) -> bool:
        """Return whether a nested template of an assembly is of a former synthesis: no stack names it."""
        path = Path(source.name)
        is_free = source.name not in self._parents and not source.is_named and _is_nested_name(path.name)
        return is_free and path.parent not in self._loose and (path.parent / MANIFEST).is_file()

    def _given(self, file: str) -> Given | None:
        """Return the circumstances of a template; None if no stack deploys it."""
        if file not in self._parents or len(self._opened) > MOST_LEVELS:
            return Given(self._overrides)
        stacks = []
        for parent, logical_id in self._parents[file]:
            if parent in self._opened:  # a template that deploys itself
                return Given({}, Reason("check.why.nested", logical_id))
            with suppress(BrokenError, PathError):
                template = self.template(self._sources[parent])
                if template and logical_id in template.resources:
                    stacks.append(template.resources[logical_id])
        if not stacks:
            return None
        doubts = [stack.doubt for stack in stacks]
        return _values(stacks, doubts[0] if all(doubts) else None)


def template_files(template: Template) -> Iterator[str]:
    """Yield the files of the templates of a template's nested stacks, those that are there."""
    for stack in template.of_type(*TYPES):
        file = _file_of(template.file, stack.declared)
        if file and Path(file).is_file():
            yield file


def _values(stacks: Sequence[Resource], doubt: Reason | None) -> Given:
    """Return the values that some stacks give to the parameters of one template."""
    given = [follow(stack.properties, ("Parameters",)) for stack in stacks]
    options = [option for each in given for option in _options(each)]
    blocks = [Block() if option is MISSING else option for option in options]
    if not all(isinstance(block, Block) for block in blocks):
        return Given(_Undecided(), doubt)
    values = {}
    for name in dict.fromkeys(name for block in blocks for name in block):
        found = [_text(name, block.get(name, MISSING)) for block in blocks]
        is_same = all(each == found[0] for each in found)
        values[name] = found[0] if is_same else Unknown(_unknown(name), repr(found), tuple(found))
    return Given(values, doubt)


class _Undecided(dict[str, Value]):
    """The values of all parameters, of which none is known."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Value:
        return Unknown(_unknown(name))


def _options(value: Value) -> tuple[Value, ...]:
    """Return the values that a value may have."""
    return value.options if isinstance(value, Unknown) and value.options else (value,)


def _text(name: str, value: Value) -> Value:
    """Return the value of a parameter as the nested stack gets it: a text, or Unknown."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.source, tuple(_text(name, option) for option in value.options))
    return Unknown(_unknown(name), repr(value))


def _unknown(name: str) -> Reason:
    return Reason("check.why.parameter", name)


def _file_of(parent: str, declared: Value) -> str:
    """Return the file of a nested stack's template; empty if nothing leads to it."""
    asset = _asset_path(declared)
    if asset is not None:
        return _beside(parent, asset).as_posix() if _is_nested_name(asset) else ""
    places = (follow(declared, ("Properties", name)) for name in ("TemplateURL", "Location"))
    url = next((place for place in places if place is not MISSING), "")
    if isinstance(url, str) and "://" not in url and "\0" not in url:
        return Path(os.path.normpath(Path(parent).parent / url)).as_posix()
    return _file_of_asset(Path(parent).parent, _HASH.findall(str(url)))


def _file_of_asset(folder: Path, hashes: Sequence[str]) -> str:
    """Return the file of one of CDK's assets, which are named by their hashes."""
    for path in sorted(folder.glob("*.assets.json")) if hashes else ():
        files = mapping(read_json(folder, path.name).get("files"))
        for each in hashes:
            name = mapping(mapping(files.get(each)).get("source")).get("path")
            if isinstance(name, str) and _is_nested_name(name):
                return _beside(path.as_posix(), name).as_posix()
    return ""


def _asset_path(declared: Value) -> str | None:
    name = follow(declared, ("Metadata", "aws:asset:path"))
    return name if isinstance(name, str) else None


def _is_nested_name(name: str) -> bool:
    return name.endswith(NESTED_SUFFIX) and "\0" not in name


def _beside(file: str, name: str) -> Path:
    """Return the path of a file in the folder of another one."""
    return Path(file).parent / Path(name).name
