"""The fields of a JSON object that comes from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from bot.errors import InvalidJobError

E = TypeVar("E", bound=StrEnum)

MOST_CHARACTERS = 8_000
"""Of a text that somebody typed, and of a text in a document. The IDs of all controls take 5,000."""


class JsonReader:
    """The fields of a JSON object, which name themselves when they are wrong."""

    def __init__(self, path: str, document: object) -> None:
        if not isinstance(document, Mapping):
            raise InvalidJobError(field=path or "(document)", problem="not a JSON object")
        self._path = path
        self._document = document

    def get(self, name: str, kind: type[Any]) -> Any:
        """Give a field that must be there and not empty."""
        value = self.optional(name, kind)
        if value is None or value == "":
            raise InvalidJobError(field=self._name(name), problem="missing")
        return value

    def optional(self, name: str, kind: type[Any]) -> Any:
        """Give a field, None where there is none."""
        value = self._document.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise InvalidJobError(field=self._name(name), problem=f"not of type {kind.__name__}")
        self._check_length(name, value)
        return value

    def texts(self, name: str) -> list[str]:
        """Give a list of texts, empty where there is none."""
        values = self.optional(name, list) or []
        if not all(isinstance(value, str) for value in values):
            raise InvalidJobError(field=self._name(name), problem="not a list of strings")
        for value in values:
            self._check_length(name, value)
        return values

    def day(self, name: str) -> date | None:
        """Give a day, written 2026-12-31."""
        text = self.optional(name, str)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise InvalidJobError(field=self._name(name), problem="not a day") from error

    def one_of(self, name: str, choices: type[E]) -> E:
        """Give a field that is one of an enumeration's values."""
        return self._chosen(name, self.get(name, str), choices)

    def many_of(self, name: str, choices: type[E]) -> list[E]:
        """Give a list of an enumeration's values, empty where there is none."""
        return [self._chosen(name, text, choices) for text in self.texts(name)]

    def _chosen(self, name: str, text: str, choices: type[E]) -> E:
        try:
            return choices(text)
        except ValueError as error:
            problem = f"none of {', '.join(choices)}"
            raise InvalidJobError(field=self._name(name), problem=problem) from error

    def _check_length(self, name: str, value: object) -> None:
        if isinstance(value, str) and len(value) > MOST_CHARACTERS:
            raise InvalidJobError(field=self._name(name), problem=f"longer than {MOST_CHARACTERS} characters")

    def _name(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name
