"""The resources of template.yaml, with every Ref, Sub, GetAtt and If resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_ABSENT = object()

Reference = Callable[[str, str], str]
"""Returns the value of a logical name's attribute; an empty attribute is that of Ref."""


def marked(name: str, attribute: str) -> str:
    """Write a reference so that a reader sees who refers to whom: <Name>, or <Name.Attribute>."""
    return f"<{name}.{attribute}>" if attribute else f"<{name}>"


class Stack:
    """
    The resources of a template.

    Args:
        template: CloudFormation's, as a document.
        values: parameters without a default, parameters to set, and pseudo parameters (AWS::Region).
        reference: resolves names of resources.
    """

    def __init__(
        self, template: Mapping[str, Any], values: Mapping[str, str], reference: Reference = marked
    ) -> None:
        defaults = {name: parameter.get("Default") for name, parameter in template["Parameters"].items()}
        lists = {name for name, parameter in template["Parameters"].items() if "List" in parameter["Type"]}
        given = {**defaults, **values}
        self._values = {k: v.split(",") if k in lists and v else v for k, v in given.items()}
        self._conditions = template["Conditions"]
        self._reference = reference
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": lambda path: self._attribute(".".join(path) if isinstance(path, list) else path),
            "Fn::Sub": self._sub,
            "Fn::Join": lambda arguments: arguments[0].join(arguments[1]),
            "Fn::Split": lambda arguments: arguments[1].split(arguments[0]),
            "Fn::Select": lambda arguments: arguments[1][int(arguments[0])],
            "Fn::Equals": lambda arguments: arguments[0] == arguments[1],
            "Fn::And": all,
            "Fn::Not": lambda arguments: not arguments[0],
            "Fn::If": lambda arguments: arguments[1 if self._holds(arguments[0]) else 2],
        }
        self.resources: dict[str, Any] = {
            name: self._resolved(resource)
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }
        self.outputs: dict[str, Any] = self._resolved(template["Outputs"])

    def named(self, name: str) -> dict[str, Any]:
        """Return a resource's properties."""
        properties: dict[str, Any] = self.resources[name]["Properties"]
        return properties

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type, by logical name."""
        return {k: v.get("Properties", {}) for k, v in self.resources.items() if v["Type"] == kind}

    def reference(self, name: str) -> str:
        """Return a resource's name, as Ref does."""
        return self._reference(name, "")

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Return all statements of a role's policies, its own and those that are attached to it."""
        own = self._reference(role, "")
        attached = [p for p in self.of_type("AWS::IAM::Policy").values() if own in p["Roles"]]
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
        if name == "AWS::NoValue":
            return _ABSENT
        return self._values[name] if name in self._values else self._reference(name, "")

    def _attribute(self, path: str) -> str:
        name, _, attribute = path.partition(".")
        return self._reference(name, attribute)

    def _sub(self, argument: str | list[Any]) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        return re.sub(r"\$\{([\w:.]+)\}", lambda match: str(own.get(match[1]) or self._found(match[1])), text)

    def _found(self, name: str) -> Any:
        return self._attribute(name) if "." in name else self._ref(name)

    def _holds(self, condition: str) -> bool:
        return bool(self._resolved(self._conditions[condition]))
