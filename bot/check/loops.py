"""
`Fn::ForEach` written out.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.check.values import Block, Value

PREFIX = "Fn::ForEach::"

MOST_COPIES = 100_000
"""The values that the loops of a template may become; CloudFormation takes 500 resources."""


class LoopError(Exception):
    """A loop that cannot be written out: its list is not known, its form is wrong, or it is too long."""


@dataclass(slots=True)
class Loops:
    """Writes loops out, within one budget for a whole template."""

    resolve: Callable[[Value], Value]
    """Resolves the list of a loop."""
    budget: int = MOST_COPIES

    def expand(self, block: Block) -> Block:
        """
        Replace the loops among a mapping's keys by the keys that they make.

        Raises:
            LoopError: one of them cannot be written out.
        """
        if not any(key.startswith(PREFIX) for key in block):
            return block
        made = Block(block.line)
        for key, value, line in block.entries():
            if not key.startswith(PREFIX):
                self._add(made, key, value, line)
                continue
            for name, item in self._round(value):
                inner = self.expand(self._copy(value[2], name, item))
                for inner_key, inner_value, inner_line in inner.entries():
                    self._add(made, inner_key, inner_value, inner_line)
        return made

    def _round(self, loop: Value) -> list[tuple[str, str]]:
        """Return the identifier of a loop with each item of its list."""
        if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[0], str)):
            raise LoopError
        items = self.resolve(loop[1])
        if not (isinstance(items, list) and isinstance(loop[2], Block)):
            raise LoopError
        if not all(isinstance(item, str) for item in items):
            raise LoopError
        return [(loop[0], item) for item in items]

    def _add(self, made: Block, key: str, value: Value, line: int) -> None:
        if key in made:
            raise LoopError
        made.add(key, value, line)

    def _copy(self, value: Value, name: str, item: str) -> Value:
        """Copy a value with the identifier replaced by the item."""
        self.budget -= 1
        if self.budget < 0:
            raise LoopError
        if isinstance(value, str):
            return _filled(value, name, item)
        if isinstance(value, list):
            return [self._copy(each, name, item) for each in value]
        if not isinstance(value, Block):
            return value
        if len(value) == 1 and value.get("Ref") == name:
            return item
        made = Block(value.line)
        for key, inner, line in value.entries():
            self._add(made, _filled(key, name, item), self._copy(inner, name, item), line)
        return made


def _filled(text: str, name: str, item: str) -> str:
    """Fill in the identifier; after an ampersand only the letters and digits of the item count."""
    if name not in text:
        return text
    letters = "".join(character for character in item if character.isalnum())
    return text.replace(f"${{{name}}}", item).replace(f"&{{{name}}}", letters)
