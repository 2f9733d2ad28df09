"""
The owner of a row: names out of a tag or of the routing file, and the rule that decided.

Security Hub puts the tags of a resource on its control findings
(https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources-attributes.html). Everybody who may
tag a resource writes them: a name is text to compare and to show, never an address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from bot.domain.finding import MOST_TAG_CHARACTERS, Finding

SEPARATOR = "; "
"""Between the owners of one row."""

NOT_OWNERS = frozenset(
    {
        *("n/a", "na", "n.a.", "none", "null", "nil", "undefined", "unknown", "unassigned", "unowned"),
        *("nobody", "no owner", "tbd", "tba", "tbc", "todo", "不明", "なし", "未定", "未設定", "該当なし"),
        *("terraform", "opentofu", "cloudformation", "cfn", "cdk", "pulumi", "ansible", "karpenter"),
    }
)
"""Values that name nobody, and tools that create resources, each as `comparable` returns it."""

Names = tuple[str, ...]


class Source(StrEnum):
    """The rule that decided about an owner; the keys of the texts are `owner.<value>`."""

    RESOURCE = "resource"
    """An entry of [resources]; the detail is the entry."""
    TAG = "tag"
    """A tag of the resource; the detail is its key."""
    ACCOUNT = "account"
    """An entry of [accounts]; the detail is the account."""
    ACCOUNT_TAG = "account-tag"
    """A tag of the account in Organizations; the detail is its key."""
    NO_TAG = "no-tag"
    """Nobody: the resource has no such tag, and no other rule applies."""
    IGNORED = "ignored"
    """Nobody: a value that names nobody, and no other rule applies; the detail is the tag's key."""


class Ownership(NamedTuple):
    """The owners of a row, and the rule that decided."""

    names: Names
    """Each once, for people to read; empty if the row is nobody's."""
    source: Source
    detail: str = ""

    @property
    def is_from_tag(self) -> bool:
        """Whether somebody who may tag resources or accounts has written the names."""
        return self.source in (Source.TAG, Source.ACCOUNT_TAG)

    def has(self, name: str) -> bool:
        """Return whether a name is one of the owners, in any spelling."""
        return comparable(name) in map(comparable, self.names)


NOBODY = Ownership((), Source.NO_TAG)

_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""
Default_Ignorable_Code_Point without the category Cf, which `clean` removes anyway
(https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt).
"""

_BLANK = frozenset({"Cc", "Zl", "Zp", "Zs"})
_REMOVED = frozenset({"Cf", "Cs"})

_FIRST_SEPARATOR, _SECOND_SEPARATOR = re.compile("[,;、]"), re.compile("[/:]")
_MAILTO = re.compile("mailto:", re.IGNORECASE)
_WHOLE = re.compile(r"arn:|[a-z][a-z0-9+.-]*://", re.IGNORECASE)
"""The beginning of an ARN or a URL, whose slashes and colons separate nothing."""


def clean(text: str) -> str:
    """
    Return a name for people to read: NFKC, one line, of at most MOST_TAG_CHARACTERS.

    Control characters become spaces; invisible ones, such as marks of direction, are removed.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", text[:MOST_TAG_CHARACTERS])
        text = "".join([_shown(character) for character in _INVISIBLE.sub("", text)])
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text[:MOST_TAG_CHARACTERS].split())


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    return " " if category in _BLANK else "" if category in _REMOVED else character


@lru_cache(8192)
def comparable(name: str) -> str:
    """Return the form in which two spellings of a name are equal: clean and case-folded."""
    return unicodedata.normalize("NFKC", clean(name).casefold())


@lru_cache(8192)
def split_names(value: str, nobody: frozenset[str] = NOT_OWNERS) -> Names:
    """
    Split a tag's value into the names of owners.

    Commas, semicolons, slashes and colons separate; inside an ARN or a URL only commas and semicolons do.

    Args:
        nobody: values that name nobody, as `comparable` returns them. A value without a letter or a digit
            names nobody either.

    Returns:
        The names, clean, each once; none if the value names nobody.
    """
    names: dict[str, str] = {}
    for part in _parts(clean(value), nobody):
        key = comparable(part)
        if key not in nobody and any(map(str.isalnum, key)):
            names.setdefault(key, part)
    return tuple(names.values())


def _parts(value: str, nobody: frozenset[str]) -> Iterable[str]:
    for written in _FIRST_SEPARATOR.split(value):
        part = written.strip()
        if scheme := _MAILTO.match(part):
            part = part[scheme.end() :].strip()
        if _WHOLE.match(part) or comparable(part) in nobody:  # such as "n/a"
            yield part
        else:
            yield from map(str.strip, _SECOND_SEPARATOR.split(part))


@dataclass(frozen=True)
class OwnerLookup:
    """
    Looks up the owners of findings, by the first rule that names somebody: [resources], tags, the account.

    Names in it are clean; the keys of tags are in lower case.
    """

    tag_keys: tuple[str, ...] = ("owner", "team", "contact")
    """The keys of the tags that name owners, the most important first."""
    nobody: frozenset[str] = NOT_OWNERS
    """Values that name nobody, as `comparable` returns them."""
    resources: Mapping[str, Names] = field(default_factory=dict)
    """The owners of resource IDs; an ID with an asterisk at its end is of all that begin with it."""
    accounts: Mapping[str, Names] = field(default_factory=dict)
    account_tag: Callable[[str], Ownership] = lambda _account_id: NOBODY
    """Looks up the owners by the tag of an account; without `names` there are none."""
    _ranks: dict[str, int] = field(init=False, repr=False)
    _lengths: tuple[int, ...] = field(init=False, repr=False)
    """Of the beginnings in `resources`, the longest first."""
    _by_tag: Callable[[tuple[tuple[str, str], ...]], Ownership] = field(init=False, repr=False, compare=False)
    """`_read_tags`, of which many resources have the same: this saves a tenth of a report's CPU time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ranks", {key: rank for rank, key in enumerate(self.tag_keys)})
        lengths = {len(entry) - 1 for entry in self.resources if entry.endswith("*")}
        object.__setattr__(self, "_lengths", tuple(sorted(lengths, reverse=True)))
        object.__setattr__(self, "_by_tag", lru_cache(2048)(self._read_tags))

    def owners_of(self, finding: Finding) -> Ownership:
        """Look up the owners of a finding's resource."""
        if self.resources and (by_resource := self._by_resource(finding.resource_id)):
            return by_resource
        by_tag = self._by_tag(finding.tags)
        return by_tag if by_tag.names else self._by_account(finding.account_id, by_tag)

    def owners_of_account(self, account_id: str) -> Ownership:
        """Look up the owners of an account: of each of its resources that no other rule gives an owner."""
        return self._by_account(account_id, NOBODY)

    def _by_resource(self, resource_id: str) -> Ownership | None:
        if names := self.resources.get(resource_id):
            return Ownership(names, Source.RESOURCE, resource_id)
        for length in self._lengths:
            entry = f"{resource_id[:length]}*"
            if names := self.resources.get(entry):
                return Ownership(names, Source.RESOURCE, entry)
        return None

    def _read_tags(self, tags: tuple[tuple[str, str], ...]) -> Ownership:
        """Read tags in the order of their keys; of two that differ in case only, capitals come first."""
        ranks = self._ranks
        known = sorted((ranks[key.lower()], key, value) for key, value in tags if key.lower() in ranks)
        ignored = NOBODY
        for _, key, value in known:
            if names := split_names(value, self.nobody):
                return Ownership(names, Source.TAG, key)
            if ignored is NOBODY and value.strip():
                ignored = Ownership((), Source.IGNORED, key)
        return ignored

    def _by_account(self, account_id: str, by_tag: Ownership) -> Ownership:
        if names := self.accounts.get(account_id):
            return Ownership(names, Source.ACCOUNT, account_id)
        by_account_tag = self.account_tag(account_id)
        return by_account_tag if by_account_tag.names else by_tag
