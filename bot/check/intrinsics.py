"""
The functions of CloudFormation, as far as a template alone decides them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.check.loops import PREFIX, LoopError, Loops
from bot.check.values import MISSING, Block, FromDefault, Reference, Text, Unknown, Value, follow, joined
from bot.domain.check_result import Reason

MOST_OPEN = 40
"""Conditions that may lead to one another; a longer chain, such as a circle, is not known."""

MOST_DEFAULT = 4096
"""The characters of a parameter's value ("AWS CloudFormation quotas")."""

_PLACEHOLDER = re.compile(r"\$\{(!?)([^{}]*)\}")
_DYNAMIC = "{{resolve:"

OWN_ATTRIBUTES = frozenset(
    {
        ("AWS::EC2::VPC", "CidrBlock"),
        ("AWS::EC2::Subnet", "AvailabilityZone"),
        ("AWS::EC2::Subnet", "CidrBlock"),
    }
)
"""The attributes that return a property of the same name ("Return values" of the resource types)."""


class Resolver:
    """Resolves the values of one template."""

    def __init__(
        self, document: Block, overrides: Mapping[str, Value], assumed: Mapping[str, bool] = {}
    ) -> None:
        """
        Begin to resolve a document.

        Args:
            overrides: the values that the requester, or the parent's stack, gives to parameters.
            assumed: the answers of conditions that the template alone does not decide.
        """
        self._parameters = _section(document, "Parameters")
        self._mappings = _section(document, "Mappings")
        self._conditions = _section(document, "Conditions")
        self.resources = _section(document, "Resources")
        self._overrides = overrides
        self._decided: dict[str, bool | Unknown] = dict(assumed)
        self._parameter_of: dict[str, str] = {}
        """The parameter whose default has decided a condition."""
        self._opened: list[str] = []
        """The conditions that are being decided."""
        self._is_inside = False
        """Whether an attribute is being resolved. Only one that leads to no other is: texts stay short."""
        self.loops = Loops(self.resolve)
        self._functions: dict[str, Callable[[Any], Value]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::FindInMap": self._find_in_map,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
        }

    def resolve(self, value: Value) -> Value:
        """Resolve a value and all in it; a value without functions is returned as it is."""
        if isinstance(value, str):
            return _unknown("dynamic", value) if _DYNAMIC in value else value
        if isinstance(value, list):
            return self._items(value)
        if not isinstance(value, Block):
            return value
        if len(value) == 1:
            (name,) = value
            if name in self._functions:
                return self._functions[name](value[name])
        return self._block(value)

    def _items(self, items: list[Value]) -> list[Value]:
        resolved = [self.resolve(item) for item in items]
        if all(new is old for new, old in zip(resolved, items, strict=True)):
            return items
        return [item for item in resolved if item is not MISSING]

    def _block(self, block: Block) -> Value:
        try:
            expanded = self.loops.expand(block)
        except LoopError:
            return _unknown("function", PREFIX.removesuffix("::"))
        made = Block(block.line)
        is_same = expanded is block
        for key, value, line in expanded.entries():
            if key.startswith("Fn::"):
                return Unknown(Reason("check.why.function", key), repr(value))
            resolved = self.resolve(value)
            is_same = is_same and resolved is value
            if resolved is not MISSING:
                made.add(key, resolved, line)
        return block if is_same else made

    def has_parameter(self, name: str) -> bool:
        """Return whether the template has a parameter."""
        return name in self._parameters

    def condition(self, name: Value) -> bool | Unknown:
        """Decide a condition by its name."""
        if not isinstance(name, str) or name not in self._conditions:
            return _unknown("condition", str(name))
        if name not in self._decided:
            if name in self._opened or len(self._opened) >= MOST_OPEN:
                return _unknown("circle", name)
            self._opened.append(name)
            answer = self._test(self._conditions[name], name)
            self._opened.pop()
            self._decided[name] = answer if isinstance(answer, bool) else _unknown("condition", name)
        return self._decided[name]

    def _test(self, value: Value, name: str) -> bool | Unknown:
        """Decide an expression of the condition with this name."""
        if not (isinstance(value, Block) and len(value) == 1):
            return _unknown("condition", name)
        ((function, argument),) = value.items()
        if function == "Condition":
            answer = self.condition(argument)
            if argument in self._parameter_of:
                self._parameter_of.setdefault(name, self._parameter_of[argument])
            return answer
        arguments = argument if isinstance(argument, list) else []
        if function == "Fn::Equals" and len(arguments) == 2:
            return self._equals(self.resolve(arguments[0]), self.resolve(arguments[1]), name)
        answers = [self._test(each, name) for each in arguments]
        if function == "Fn::Not" and len(answers) == 1:
            return answers[0] if isinstance(answers[0], Unknown) else not answers[0]
        if function in {"Fn::And", "Fn::Or"} and answers:
            return _combined(answers, ends_at=function == "Fn::Or")
        return _unknown("condition", name)

    def _equals(self, one: Value, other: Value, name: str) -> bool | Unknown:
        for side in (one, other):
            if isinstance(side, FromDefault):
                self._parameter_of.setdefault(name, side.parameter)
        if isinstance(one, str) and isinstance(other, str):
            return str(one) == str(other)
        return True if one == other else _unknown("condition", name)

    def _if(self, argument: Value) -> Value:
        if not (isinstance(argument, list) and len(argument) == 3):
            return _unknown("function", "Fn::If")
        name, *branches = argument
        holds = self.condition(name)
        if isinstance(holds, Unknown):
            options = tuple(self.resolve(branch) for branch in branches)
            if options[0] == options[1]:
                return options[0]
            return Unknown(holds.reason, repr(branches), options)
        value = self.resolve(branches[0 if holds else 1])
        is_plain = isinstance(value, str) and not isinstance(value, FromDefault)
        return (
            FromDefault(value, self._parameter_of[name]) if is_plain and name in self._parameter_of else value
        )

    def _ref(self, name: Value) -> Value:
        if not isinstance(name, str):
            return _unknown("function", "Ref")
        if name == "AWS::NoValue":
            return MISSING
        if name in self._parameters:
            return self._parameter(name, self._parameters[name])
        if name in self.resources or name.startswith("AWS::"):
            return Reference(name)
        return _unknown("undefined", name)

    def _parameter(self, name: str, declared: Value) -> Value:
        kind = follow(declared, ("Type",))
        if not isinstance(kind, str) or kind.startswith("AWS::SSM::Parameter::Value"):
            return _unknown("parameter", name)
        value = follow(declared, ("Default",))
        allowed = follow(declared, ("AllowedValues",))
        if name in self._overrides:
            value = self._overrides[name]
            if isinstance(value, Unknown):
                return value
        elif isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
            value = allowed[0]
        elif isinstance(value, str):
            value = FromDefault(value, name)
        if not isinstance(value, str) or len(value) > MOST_DEFAULT or _DYNAMIC in value:
            return _unknown("parameter", name)
        if not (kind == "CommaDelimitedList" or kind.startswith("List<")):
            return value
        items = [item.strip() for item in value.split(",")]
        return [FromDefault(item, name) for item in items] if isinstance(value, FromDefault) else items

    def _get_att(self, argument: Value) -> Value:
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        if not (isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str)):
            return _unknown("function", "Fn::GetAtt")
        name, attribute = argument[0], self.resolve(argument[1])
        if name not in self.resources or not isinstance(attribute, str):
            return _unknown("undefined", f"{name}.{attribute}")
        resource = self.resources[name]
        if self._is_inside or (follow(resource, ("Type",)), attribute) not in OWN_ATTRIBUTES:
            return Reference(name, attribute)
        self._is_inside = True
        value = self.resolve(follow(resource, ("Properties", attribute)))
        self._is_inside = False
        return Reference(name, attribute) if value is MISSING else value

    def _sub(self, argument: Value) -> Value:
        text, names = (argument, Block()) if isinstance(argument, str) else _pair(argument)
        if not (isinstance(text, str) and isinstance(names, Block)):
            return _unknown("function", "Fn::Sub")
        parts: list[Value] = []
        end = 0
        for found in _PLACEHOLDER.finditer(text):
            parts.append(text[end : found.start()])
            end = found.end()
            parts.append(self._filled(*found.groups(), names=names))
        parts.append(text[end:])
        return _static(joined(parts))

    def _filled(self, mark: str, name: str, *, names: Block) -> Value:
        """Resolve a placeholder of Fn::Sub; with an exclamation mark it stands for itself."""
        name = name.strip()
        if mark:
            return f"${{{name}}}"
        if name in names:
            return self.resolve(names[name])
        return self._get_att(name) if "." in name else self._ref(name)

    def _join(self, argument: Value) -> Value:
        between, items = _pair(argument)
        items = self.resolve(items)
        if isinstance(items, Unknown):
            return Unknown(items.reason, f"Fn::Join {items.source}")
        if not (isinstance(between, str) and isinstance(items, list)):
            return _unknown("function", "Fn::Join")
        parts = [part for item in items for part in (between, item)][1:]
        return _static(joined(parts))

    def _find_in_map(self, argument: Value) -> Value:
        if not (isinstance(argument, list) and len(argument) in {3, 4}):
            return _unknown("function", "Fn::FindInMap")
        name, first, second = (self.resolve(key) for key in argument[:3])
        table = self._mappings.get(name) if isinstance(name, str) else None
        if not isinstance(table, Block):
            return _unknown("function", "Fn::FindInMap")
        rows = [table.get(first)] if isinstance(first, str) else list(table.values())
        values = [_literal(follow(row, (second,))) if isinstance(second, str) else row for row in rows]
        if isinstance(second, str) and values and all(value == values[0] for value in values):
            return self._default(argument) if values[0] is MISSING else values[0]
        options = tuple(values) if isinstance(second, str) else ()
        return Unknown(Reason("check.why.map", name), repr(argument), options)

    def _default(self, argument: list[Value]) -> Value:
        """Return the default value of Fn::FindInMap, if it has one."""
        if len(argument) == 4 and isinstance(argument[3], Block) and "DefaultValue" in argument[3]:
            return self.resolve(argument[3]["DefaultValue"])
        return _unknown("function", "Fn::FindInMap")

    def _select(self, argument: Value) -> Value:
        index, items = _pair(argument)
        index, items = self.resolve(index), self.resolve(items)
        if isinstance(index, str) and index.isdecimal() and isinstance(items, list):
            place = int(index) if len(index) < 6 else len(items)
            return items[place] if place < len(items) else _unknown("function", "Fn::Select")
        return Unknown(Reason("check.why.function", "Fn::Select"), repr(argument))

    def _split(self, argument: Value) -> Value:
        between, text = _pair(argument)
        text = self.resolve(text)
        if isinstance(between, str) and between and isinstance(text, str):
            pieces = text.split(between)
            if isinstance(text, FromDefault):
                return [FromDefault(piece, text.parameter) for piece in pieces]
            return list(pieces)
        return Unknown(Reason("check.why.function", "Fn::Split"), repr(argument))


def _section(document: Block, name: str) -> Block:
    """Return a section of a template; an absent or malformed one is empty."""
    section = document.get(name)
    return section if isinstance(section, Block) else Block()


def _pair(argument: Value) -> tuple[Value, Value]:
    return (argument[0], argument[1]) if isinstance(argument, list) and len(argument) == 2 else (None, None)


def _unknown(kind: str, name: str) -> Unknown:
    """Make an unknown value; the texts of the kinds are `check.why.<kind>`."""
    return Unknown(Reason(f"check.why.{kind}", name))


def _literal(value: Value) -> Value:
    """Return a value of a mapping, which has no functions, or Unknown if it is a dynamic reference."""
    for text in value if isinstance(value, list) else (value,):
        if isinstance(text, str) and _DYNAMIC in text:
            return _unknown("dynamic", text)
    return value


def _static(made: Value) -> Value:
    """Return the value that a function has made, or Unknown if a part of it is a dynamic reference."""
    for part in made.parts if isinstance(made, Text) else (made,):
        if isinstance(part, str) and _DYNAMIC in part:
            return _unknown("dynamic", str(part))
        if isinstance(part, Unknown) and part.reason.key == "check.why.dynamic":
            return part
    return made


def _combined(answers: Sequence[bool | Unknown], *, ends_at: bool) -> bool | Unknown:
    """Combine answers by "or", which ends at the first True, or by "and", which ends at the first False."""
    if any(answer is ends_at for answer in answers):
        return ends_at
    return next((answer for answer in answers if isinstance(answer, Unknown)), not ends_at)
