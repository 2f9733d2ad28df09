"""The stack that template.yaml becomes: SAM's macro applied, every Ref, Sub, GetAtt and If resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tools.expand import REGION, expanded

PARAMETERS = {"SlackChannel": "C0123456789", "TargetControlIds": "S3.1,IAM.1"}
"""Those that have no default."""

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "sechub-bot",
    "AWS::URLSuffix": "amazonaws.com",
}

_ABSENT = object()


class Stack:
    """
    The resources of the stack.

    A resource's Ref is written <Name>, its attribute <Name.Attribute>: so a test sees who refers to whom.
    """

    def __init__(self, **parameters: str) -> None:
        template = expanded()
        defaults = {name: parameter.get("Default") for name, parameter in template["Parameters"].items()}
        values = defaults | PARAMETERS | parameters
        lists = {name for name, parameter in template["Parameters"].items() if "List" in parameter["Type"]}
        self._values = PSEUDO | {k: v.split(",") if k in lists else v for k, v in values.items()}
        self._conditions = template["Conditions"]
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": lambda path: f"<{'.'.join(path)}>",
            "Fn::Sub": self._sub,
            "Fn::Join": lambda arguments: arguments[0].join(arguments[1]),
            "Fn::Split": lambda arguments: arguments[1].split(arguments[0]),
            "Fn::Select": lambda arguments: arguments[1][int(arguments[0])],
            "Fn::Equals": lambda arguments: arguments[0] == arguments[1],
            "Fn::Not": lambda arguments: not arguments[0],
            "Fn::If": lambda arguments: arguments[1 if self._holds(arguments[0]) else 2],
        }
        self.resources: dict[str, Any] = self._resolved(template["Resources"])
        self.outputs: dict[str, Any] = self._resolved(template["Outputs"])

    def named(self, name: str) -> dict[str, Any]:
        """Give a resource's properties."""
        properties: dict[str, Any] = self.resources[name]["Properties"]
        return properties

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the properties of all resources of a type, by logical name."""
        return {k: v.get("Properties", {}) for k, v in self.resources.items() if v["Type"] == kind}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Give all statements of a role's policies, its own and those that are attached to it."""
        attached = [p for p in self.of_type("AWS::IAM::Policy").values() if f"<{role}>" in p["Roles"]]
        policies = [*self.named(role)["Policies"], *attached]
        return [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self._resolved, value) if item is not _ABSENT]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1 and (name := next(iter(value))) in self._functions:
            return self._called(name, value[name])
        resolved = {key: self._resolved(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _ABSENT}

    def _called(self, name: str, argument: Any) -> Any:
        """Call an intrinsic function; its list of arguments keeps its places, AWS::NoValue or not."""
        is_list = isinstance(argument, list)
        return self._functions[name](
            [*map(self._resolved, argument)] if is_list else self._resolved(argument)
        )

    def _ref(self, name: str) -> Any:
        return _ABSENT if name == "AWS::NoValue" else self._values.get(name, f"<{name}>")

    def _sub(self, argument: str | list[Any]) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        return re.sub(r"\$\{([\w:.]+)\}", lambda match: str(own.get(match[1]) or self._ref(match[1])), text)

    def _holds(self, condition: str) -> bool:
        return bool(self._resolved(self._conditions[condition]))
