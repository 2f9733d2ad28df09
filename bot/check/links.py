"""
The links between the resources of a template.

An index answers one question: which resources of a type name another one at a path? It is made once and in
one pass, so that all links cost time in proportion to the size of the template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from bot.check.values import MISSING, Reference, Text, Unknown, Value, follow, joined
from bot.check.verdict import Answer, any_true
from bot.domain.check_result import Reason

if TYPE_CHECKING:
    from bot.check.template import Resource

NAMES = {
    "AWS::ECS::Service": "ServiceName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::Events::EventBus": "Name",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}
"""The property by which others may name a resource, instead of a reference."""


IMPORTED = Reason("check.why.function", "Fn::ImportValue")
"""The reason of a name that is of another stack, and of no resource of this one."""


class Linked(NamedTuple):
    """The resources that name another one."""

    resources: tuple[Resource, ...]
    """In the template's order; one with a doubt of its own may not exist."""
    doubt: Reason | None
    """The reason why there may be more: a name that cannot be resolved."""

    def some(self, test: Callable[[Resource], Answer] = lambda _: True) -> Answer:
        """Return whether one of them passes a test; Unknown if one that may exist or be linked could."""
        return any_true((*(self._answer(one, test) for one in self.resources), *self._doubts()))

    def _answer(self, one: Resource, test: Callable[[Resource], Answer]) -> Answer:
        answer = test(one)
        return Unknown(one.doubt) if answer is True and one.doubt else answer

    def _doubts(self) -> Iterator[Answer]:
        if self.doubt:
            yield Unknown(self.doubt)


class Links:
    """The indexes of one template, each made when it is first asked for."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        """Make no index yet."""
        self._resources = resources
        self._made: dict[tuple[str, str], _Index] = {}

    def to(self, target: Resource, kind: str, path: str) -> Linked:
        """Return the resources of a type that name the target at a path."""
        key = (kind, path)
        if key not in self._made:
            self._made[key] = _Index(self._resources.values(), kind, tuple(path.split(".")))
        return self._made[key].of(target)

    def resource(self, value: Value, *kinds: str) -> Resource | None:
        """Return the one resource of these types that a value refers to."""
        names = {key.name for key in _keys(value) if isinstance(key, Reference)}
        found = [self._resources[name] for name in names if name in self._resources]
        fitting = [one for one in found if one.type in kinds]
        return fitting[0] if len(fitting) == 1 else None


class _Index:
    """The resources of a type by the names that they have at a path."""

    def __init__(self, resources: Iterable[Resource], kind: str, path: tuple[str, ...]) -> None:
        self._by_key: dict[object, list[Resource]] = {}
        self._doubts: dict[object, Reason] = {}
        """The names that a value may be, of which only one is known to be it at deployment."""
        self._doubt: Reason | None = None
        """The reason why a name is not known at all."""
        self._has_texts = False
        """Whether a resource is named by a text, which may be a name that is not known."""
        for resource in resources:
            if resource.type == kind:
                self._add(resource, follow(resource.properties, path))

    def _add(self, resource: Resource, value: Value) -> None:
        for key in _keys(value):
            self._by_key.setdefault(key, []).append(resource)
            self._has_texts = self._has_texts or isinstance(key, str)
            if isinstance(key, Unknown) and key.reason != IMPORTED:
                self._doubt = self._doubt or key.reason
                for option in key.options:
                    self._doubts.update(dict.fromkeys(_keys(option), key.reason))

    def of(self, target: Resource) -> Linked:
        name = follow(target.properties, (NAMES.get(target.type, ""),))
        keys = [Reference(target.id), *_keys(name)]
        found = {one.id: one for key in keys for one in self._by_key.get(key, ())}
        # An ID that AWS chooses during the deployment is known to nobody before it.
        doubt = next((self._doubts[key] for key in keys if key in self._doubts), None)
        if name is not MISSING:
            doubt = doubt or self._doubt
        hidden = name if isinstance(name, Unknown) else name.unknown if isinstance(name, Text) else None
        if hidden and self._has_texts:
            doubt = doubt or hidden.reason
        return Linked(tuple(found.values()), doubt)


def _keys(value: Value) -> Iterator[Reference | Text | Unknown | str]:
    """
    Yield the names in a value: each reference without its attribute, and the text itself.

    An ARN, or a path such as `table/orders`, also names its last part.
    """
    if isinstance(value, Reference):
        if not value.name.startswith("AWS::"):
            yield Reference(value.name)
    elif isinstance(value, Text):
        yield value
        yield from (Reference(part.name) for part in value.parts if isinstance(part, Reference))
        end = value.parts[-1]
        if isinstance(end, str) and _last(end) != end:
            yield from _names(end)
        first = value.parts[0]
        if isinstance(first, str) and _last(first) != first:
            yield Text((_last(first), *value.parts[1:])) if _last(first) else joined(value.parts[1:])
    elif isinstance(value, Unknown):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, str) and value:
        yield from {str(value), *_names(value)}


def _names(text: str) -> Iterator[str]:
    """Yield the name at the end of an ARN, an address or a path; a function's may have an alias behind it."""
    yield _last(text)
    _, mark, name = text.partition(":function:")
    if mark:
        yield name.partition(":")[0]


def _last(text: str) -> str:
    """Return the last part of an ARN or a path."""
    return text.rpartition("/")[2].rpartition(":")[2]
