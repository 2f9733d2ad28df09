"""The resources of templates that construct paths name, and the resource that Security Hub names instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Final

from bot.check.nag.assembly import Assembly, read_assembly
from bot.check.template import Resource, Template
from bot.check.values import Block, Value, follow, items_of

ReadTemplate = Callable[[Path], Template | None]
"""Reads a template that the check has not read itself; None if it cannot be read."""

PARENTS: dict[str, tuple[str, ...]] = {
    "AWS::EC2::NetworkAclEntry": ("NetworkAclId",),
    "AWS::EC2::SecurityGroupIngress": ("GroupId",),
    "AWS::ElasticLoadBalancingV2::Listener": ("LoadBalancerArn",),
    "AWS::IAM::Policy": ("Groups", "Roles", "Users"),
    "AWS::Lambda::Permission": ("FunctionName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::SecretsManager::RotationSchedule": ("SecretId",),
}
"""The properties in which a resource names the one that Security Hub reports."""

_NAMES = ("Arn", "Arns", "Id", "Ids", "Name", "Names", "Url", "Zone", "Zones", "Groups", "Description")
"""The ends of the properties that only name other things, so that no rule depends on their text."""


class Absent(Enum):
    """The type of ABSENT."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""A resource that the template declares, and whose condition is false."""


class Places:
    """The resources of the templates at hand, by construct path."""

    def __init__(self, templates: Mapping[str, Template], read: ReadTemplate) -> None:
        """Begin with the templates that the check has read, by file."""
        self.checked = frozenset(templates)
        self._templates: dict[str, Template | None] = dict(templates)
        self._read = read
        self._assemblies: dict[Path, Assembly] = {}
        self._by_path: dict[str, Resource | None] = {}
        """By `aws:cdk:path`; None if several resources have it."""
        for template in templates.values():
            self._index(template)

    @property
    def count(self) -> int:
        """The number of templates that were read."""
        return sum(template is not None for template in self._templates.values())

    @property
    def unchecked(self) -> tuple[Template, ...]:
        """The templates that were read for their places only."""
        found = (template for file, template in self._templates.items() if file not in self.checked)
        return tuple(filter(None, found))

    def assembly(self, folder: Path) -> Assembly:
        """Return the assembly in a folder, with its templates read."""
        if folder not in self._assemblies:
            self._assemblies[folder] = read_assembly(folder)
            for path in self._assemblies[folder].templates.values():
                self.template(path)
        return self._assemblies[folder]

    def find(self, construct: str, folder: Path) -> Resource | Absent | None:
        """Return the resource of a construct; None if it is not known, ABSENT if its condition is false."""
        assembly = self.assembly(folder)
        logical_id = assembly.logical_ids.get(construct)
        path = assembly.template_of(construct)
        if logical_id is None or path is None:
            return self._by_path.get(construct)
        template = self.template(path)
        if template and logical_id in template.resources:
            return template.resources[logical_id]
        if template and template.declares(logical_id):
            return ABSENT
        return self._nested(path.parent, logical_id) or self._by_path.get(construct)

    def _nested(self, folder: Path, logical_id: str) -> Resource | None:
        """Find the resource in the nested template that has it, if it is only one."""
        nested = filter(None, map(self.template, sorted(folder.glob("*.nested.template.json"))))
        found = [one.resources[logical_id] for one in nested if logical_id in one.resources]
        return found[0] if len(found) == 1 else None

    def template(self, path: Path) -> Template | None:
        """Return the template in a file; None if it cannot be read."""
        file = path.as_posix()
        if file not in self._templates:
            self._templates[file] = self._read(path)
            self._index(self._templates[file])
        return self._templates[file]

    def _index(self, template: Template | None) -> None:
        for resource in template.resources.values() if template else ():
            path = follow(resource.declared, ("Metadata", "aws:cdk:path"))
            if isinstance(path, str):
                self._by_path[path] = None if path in self._by_path else resource


def parents(resource: Resource, types: frozenset[str]) -> Iterator[Resource]:
    """Yield the resources of some types of which this one is a part, such as the bucket of a policy."""
    for name in PARENTS.get(resource.type, ()):
        for value in items_of(follow(resource.properties, (name,))):
            parent = resource.template.links.resource(value, *types)
            if parent:
                yield parent


def is_undecided(resource: Resource) -> bool:
    """
    Return whether a rule of cdk-nag may not have been able to evaluate a resource.

    A rule throws if a property that it reads is a function, even of a parameter with a default. The name of
    another resource does not count, or hardly any resource would be decided.
    """
    return any(
        _has_function(value, resource) for key, value in _properties(resource) if not key.endswith(_NAMES)
    )


def _properties(resource: Resource) -> Iterator[tuple[str, Value]]:
    declared = resource.declared.get("Properties")
    yield from declared.items() if isinstance(declared, Block) else ()


def _has_function(value: Value, resource: Resource) -> bool:
    if isinstance(value, list):
        return any(_has_function(item, resource) for item in value)
    if not isinstance(value, Block):
        return False
    if len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref":
            is_name = str(argument).startswith("AWS::") or argument in resource.template.resources
            return not is_name
        if name == "Fn::GetAtt":
            return not str(items_of(argument)[-1:]).rstrip("']").endswith(_NAMES)
        if name.startswith("Fn::") and name not in {"Fn::Join", "Fn::Sub", "Fn::Base64"}:
            return True
    return any(_has_function(each, resource) for key, each in value.items() if not key.endswith(_NAMES))
