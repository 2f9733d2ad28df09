"""A template: its resources with resolved properties, and the parts that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import partial

from bot.check import sam
from bot.check.document import BrokenError
from bot.check.intrinsics import Resolver
from bot.check.links import Links
from bot.check.loops import PREFIX, LoopError
from bot.check.values import Block, Unknown, Value, follow, items_of
from bot.domain.check_result import Gap, Reason

HARMLESS = frozenset(
    {
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::Serverless-2016-10-31",
    }
)
"""The macros that do not change a resource which the template has (AWS, "Transform reference")."""


MOST_ASSUMED = 32
"""The times that a template is resolved with assumptions about its conditions, two for each."""

MOST_RESOURCES = 1000
"""The resources of a template about which assumptions are made; CloudFormation takes 500."""

_INCLUDED = Unknown(Reason("check.why.function", "Fn::Transform"))
"""The properties of a resource to which a macro adds, such as AWS::Include."""


@dataclass(slots=True, eq=False)
class Resource:
    """A resource of a template; two are the same only if they are one object."""

    id: str
    """The logical ID."""
    type: str
    declared: Block
    """As the template has it, with its metadata."""
    line: int
    template: Template = field(repr=False)
    doubt: Reason | None
    """The reason why it may be absent or different: an undecided condition, or a macro."""
    _resolve: Callable[[], Value] = field(repr=False)
    _properties: Value = field(default=None, repr=False)

    @property
    def properties(self) -> Value:
        """Its resolved properties: a Block, or Unknown. They are resolved when they are first asked for."""
        if self._properties is None:
            self._properties = self._resolve()
        return self._properties

    @property
    def tags(self) -> tuple[tuple[str, str], ...]:
        """The tags whose keys and values are known; most types have a list of them, some a mapping."""
        tags = follow(self.properties, ("Tags",))
        pairs = tags.items() if isinstance(tags, Block) else map(_tag, items_of(tags))
        return tuple((str(k), str(v)) for k, v in pairs if isinstance(k, str) and isinstance(v, str))


def _tag(value: Value) -> tuple[Value, Value]:
    return follow(value, ("Key",)), follow(value, ("Value",))


class Template:
    """The resources of one template."""

    def __init__(
        self, file: str, document: Block, overrides: Mapping[str, Value], doubt: Reason | None = None
    ) -> None:
        """
        Resolve a document.

        Args:
            overrides: values of parameters.
            doubt: the reason why it may not be deployed.
        """
        self.file = file
        self.metadata = document.get("Metadata")
        """The Metadata of the template as it is written."""
        self.gaps: list[Gap] = []
        self._doubt = doubt
        """There if the template may not be deployed, or a macro can change every resource."""
        self._note_macros(document)
        self._document = self._expanded(document, overrides)
        self._overrides = overrides
        self._budget = iter(range(MOST_ASSUMED))
        """It is shared with the templates that are made with assumptions."""
        self.assume({})

    def assume(self, assumed: Mapping[str, bool]) -> None:
        """Resolve the resources, with assumed answers of conditions that the template does not decide."""
        self._assumed = assumed
        self._others: dict[tuple[str, bool], Template] = {}
        self._resolver = Resolver(self._document, self._overrides, assumed)
        self.resources = {resource.id: resource for resource in self._read()}
        self.links = Links(self.resources)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types."""
        return (resource for resource in self.resources.values() if resource.type in types)

    def assuming(self, condition: str, *, holds: bool) -> Template | None:
        """Return the template as it is if a condition holds, or does not; None if that is too much work."""
        key = (condition, holds)
        if key not in self._others:
            if len(self.resources) > MOST_RESOURCES or next(self._budget, None) is None:
                return None
            other = copy(self)
            other.gaps = []
            other.assume({**self._assumed, condition: holds})
            self._others[key] = other
        return self._others[key]

    def takes(self, name: str) -> bool:
        """Return whether the template has a parameter."""
        return self._resolver.has_parameter(name)

    def declares(self, logical_id: str) -> bool:
        """Return whether the template has a resource, even one whose condition is false."""
        return logical_id in self._resolver.resources

    def _note_macros(self, document: Block) -> None:
        for name in items_of(document.get("Transform")):
            if name not in HARMLESS:
                self._note_macro(document.line_of("Transform"), name if isinstance(name, str) else "")
        if "Fn::Transform" in document:
            self._note_macro(document.line_of("Fn::Transform"), "Fn::Transform")

    def _note_macro(self, line: int, name: str) -> None:
        self._note(line, "macro", name)
        self._doubt = self._doubt or Reason("check.why.macro", name)

    def _expanded(self, document: Block, overrides: Mapping[str, Value]) -> Block:
        """Expand SAM's resources; if that fails, the others are still checked."""
        if not sam.has_serverless(document):
            return document
        try:
            return sam.expand(document, overrides)
        except sam.SamError as error:
            self.gaps.append(Gap(self.file, document.line_of("Transform"), error.reason))
            return document

    def _read(self) -> Iterator[Resource]:
        for name, declared, line in self._declared():
            if name.startswith(PREFIX):
                self._note(line, "loop", name)
            elif name.startswith("Fn::"):
                self._note(line, "macro", name)
            elif not isinstance(declared, Block) or not isinstance(declared.get("Type"), str):
                self._note(line, "resource", name)
            elif declared["Type"].endswith("::MODULE"):
                self._note(line, "module", name)
            elif resource := self._resource(name, declared, line):
                yield resource

    def _declared(self) -> Iterator[tuple[str, Value, int]]:
        """Yield the entries of Resources, with loops written out if that is possible."""
        resolver = self._resolver
        made = Block(resolver.resources.line)
        for key, value, line in resolver.resources.entries():
            one = Block(line)
            one.add(key, value, line)
            with suppress(LoopError):
                one = resolver.loops.expand(one)
            for entry in one.entries():
                if entry[0] in made:
                    raise BrokenError(line, Reason("check.broken.duplicate", entry[0]))
                made.add(*entry)
        resolver.resources = made
        return made.entries()

    def _resource(self, name: str, declared: Block, line: int) -> Resource | None:
        condition = declared.get("Condition")
        exists = True if condition is None else self._resolver.condition(condition)
        if exists is False:
            return None
        properties = declared.get("Properties")
        if properties is None:
            properties = Block(line)
        if not isinstance(properties, Block):
            self._note(declared.line_of("Properties"), "resource", name)
            return None
        resolve = self._resolver.resolve
        return Resource(
            id=name,
            type=declared["Type"],
            declared=declared,
            line=line,
            template=self,
            doubt=exists.reason if isinstance(exists, Unknown) else self._doubt,
            _resolve=(lambda: _INCLUDED) if "Fn::Transform" in declared else partial(resolve, properties),
        )

    def _note(self, line: int, kind: str, name: str) -> None:
        """Note a gap; the texts of the kinds are `check.gap.<kind>`."""
        self.gaps.append(Gap(self.file, line, Reason(f"check.gap.{kind}", name)))


def is_template(document: Value) -> bool:
    """Return whether a document is a template: it says so, or has a type such as `AWS::S3::Bucket`."""
    resources = document.get("Resources") if isinstance(document, Block) else None
    if not isinstance(resources, Block):
        return False
    return "AWSTemplateFormatVersion" in document or any(
        key.startswith("Fn::") or (isinstance(value, Block) and "::" in str(value.get("Type")))
        for key, value in resources.items()
    )


def claims_to_be_template(document: Value) -> bool:
    """Return whether a document says that it is a template, even if it has no resources that can be read."""
    if not isinstance(document, Block):
        return False
    macros = items_of(document.get("Transform"))
    return "AWSTemplateFormatVersion" in document or any(str(name).startswith("AWS::") for name in macros)
