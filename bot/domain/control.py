"""Controls and services, and the catalogue that resolves their typed names and suggests the nearest."""

from __future__ import annotations

import csv
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from bot.domain.finding import Severity
from bot.errors import StandardDisabledError, UnknownControlError, UnknownStandardError

CONTROL_ID = re.compile(r"[A-Za-z0-9]+\.[0-9]+")
"""The form of every ID in ListSecurityControlDefinitions (bot/data/SOURCE.md)."""

ALL = "all"
"""The word for the findings of all controls, and of no control. No query means it unless it names it."""

EACH = ".*"
"""The end of a word for all controls of a service: `S3.*`."""

SERVICE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,29}")
"""The form of the services in the IDs of controls."""

SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,29}\.\*")
"""The form of such a word. The controls of a service have its name before the full stop, as `S3.8` does."""

OTHER_NAMES = {
    "alb": "ELB",
    "ami": "EC2",
    "bucket": "S3",
    "ebs": "EC2",
    "elasticsearch": "ES",
    "firehose": "DataFirehose",
    "kafka": "MSK",
    "nlb": "ELB",
    "sg": "EC2",
    "stepfunction": "StepFunctions",
    "vpc": "EC2",
}
"""Names, in lower case, of things whose controls are of a service with another name: for suggestions only."""

STANDARD_NAMES = {
    "fsbp": "aws-foundational-security-best-practices",
    "afsbp": "aws-foundational-security-best-practices",
    "cis": "cis-aws-foundations-benchmark",
    "nist": "nist-800-53",
    "nist171": "nist-800-171",
    "pci": "pci-dss",
    "tagging": "aws-resource-tagging-standard",
}
"""
Short names of standards to those in their StandardsIds
(https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html).
"""

_VERSION = re.compile(r"[-/]?v?/?(?P<version>[0-9]+(\.[0-9]+)*)")

MOST_SEARCHED = 1000
"""The characters of a search that count: more than any title has, so that a longer search finds nothing."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control of Security Hub."""

    id: str
    """SecurityControlId in its own spelling: `S3.1`, `Autoscaling.5`, `Opensearch.1`."""
    title: str
    severity: Severity

    @property
    def order(self) -> tuple[str, int]:
        """The service and the number, by which `S3.9` comes before `S3.10`."""
        service, _, number = self.id.partition(".")
        return service.lower(), int(number) if number.isdecimal() else 0


def service_of(word: str) -> str:
    """Return the service of a word for all its controls, such as `S3.*`; empty for any other word."""
    return word.removesuffix(EACH) if word.endswith(EACH) else ""


def covers(word: str, control_id: str) -> bool:
    """Return whether a control ID, or a word for a service or for all, means a control; case matters."""
    return word in (ALL, control_id) or (
        bool(service_of(word)) and control_id.startswith(word.removesuffix("*"))
    )


def without_covered(words: Iterable[str]) -> tuple[str, ...]:
    """
    Leave out repeated words, and controls of a service that is there as a whole: `S3.8` beside `S3.*`.

    `all` beside other words is left out itself: all of these, and not of everything.
    """
    unique = tuple(dict.fromkeys(words))
    if len(unique) > 1 and ALL in unique:
        return without_covered(word for word in unique if word != ALL)
    services = {service_of(word).lower() for word in unique} - {""}
    return tuple(
        word for word in unique if service_of(word) or word.partition(".")[0].lower() not in services
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """A control or service of a stored list that Security Hub lacks, such as a retired one."""

    control_id: str
    nearest: tuple[str, ...]
    """The most similar IDs, the nearest first; possibly none."""


@dataclass(frozen=True)
class Catalogue:
    """
    The controls of Security Hub.

    Filters are case-sensitive, so `s3.1` would find nothing. IDs are unique without regard to case, so a
    lower-case map finds the spelling of each.
    """

    controls: tuple[Control, ...]
    _by_lower: dict[str, Control] = field(init=False, repr=False, compare=False)
    _services: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """A service in lower case to its spellings, the most frequent first: `AutoScaling` and `Autoscaling`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_lower", {control.id.lower(): control for control in self.controls})
        services: dict[str, tuple[str, ...]] = {}
        for service, _ in Counter(control.id.partition(".")[0] for control in self.controls).most_common():
            services[service.lower()] = (*services.get(service.lower(), ()), service)
        object.__setattr__(self, "_services", services)

    def get(self, control_id: str) -> Control | None:
        """Find a control by its ID in any case."""
        return self._by_lower.get(control_id.lower())

    def canonical(self, word: str) -> str:
        """Return an ID, or a word for a service, in its own spelling; an unknown one stays as it is."""
        return next(iter(self._spellings(word)), word)

    def resolve(self, words: Iterable[str]) -> tuple[str, ...]:
        """
        Return IDs and words for services in their own spellings, each once, in the order given.

        Raises:
            UnknownControlError: names the first that is not in the catalogue, and the nearest.
        """
        found: list[str] = []
        for word in words:
            spellings = self._spellings(word)
            if not spellings:
                shown = service_of(word) or word
                raise UnknownControlError(control=shown, nearest=", ".join(self.nearest(word)))
            found += spellings
        return without_covered(found)

    def _spellings(self, word: str) -> Sequence[str]:
        """Return a word as filters have to spell it: one ID, or each spelling of a service; () if unknown."""
        if word == ALL:
            return [ALL]
        if service := service_of(word):
            return [f"{spelling}{EACH}" for spelling in self._services.get(service.lower(), ())]
        control = self.get(word)
        return [control.id] if control else ()

    def resolve_known(self, control_ids: Iterable[str]) -> tuple[tuple[str, ...], tuple[Missing, ...]]:
        """
        Resolve a stored list, of which AWS may have retired some: return the known and the missing controls.

        Raises:
            UnknownControlError: none of them is in the catalogue.
        """
        typed = tuple(dict.fromkeys(control_ids))
        known = tuple(word for word in typed if self._spellings(word))
        missing = tuple(word for word in typed if not self._spellings(word))
        found = self.resolve(known or typed)
        return found, tuple(Missing(service_of(each) or each, tuple(self.nearest(each))) for each in missing)

    def nearest(self, control_id: str, count: int = 3) -> list[str]:
        """Return at most `count` similar IDs, or services for a word of one, the nearest first."""
        if service := service_of(control_id).lower():
            other = OTHER_NAMES.get(service, "").lower()
            similar = difflib.get_close_matches(service, self._services, n=count, cutoff=0.6)
            named = dict.fromkeys([other, *similar] if other in self._services else similar)
            return [self._services[each][0] for each in named][:count]
        close = difflib.get_close_matches(control_id.lower(), self._by_lower, n=count, cutoff=0.7)
        return [self._by_lower[lower].id for lower in close]

    def services(self, text: str) -> list[tuple[str, int]]:
        """Return the services that begin with a text in any case, with the number of their controls."""
        typed = text[:MOST_SEARCHED].strip().lower()
        counts = Counter(control_id.partition(".")[0] for control_id in self._by_lower)
        return [
            (spellings[0], counts[lower])
            for lower, spellings in sorted(self._services.items())
            if typed and lower.startswith(typed.removesuffix(EACH))
        ]

    def search(self, text: str, count: int) -> list[Control]:
        """Return at most `count` controls with the text in ID or title; IDs that begin so come first."""
        typed = text[:MOST_SEARCHED].strip().lower()
        hits = [c for c in self.controls if typed in c.id.lower() or typed in c.title.lower()]
        return sorted(hits, key=lambda c: (not c.id.lower().startswith(typed), c.order))[:count]


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard of Security Hub in a version."""

    id: str
    """StandardsId, the resource part of its ARN: `standards/pci-dss/v/4.0.1`."""
    is_enabled: bool
    """Whether it is enabled in this account and Region."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its names in lower case, without a version; the shortest known first."""
        name = self.id.split("/")[1].lower()
        return *(short for short, long in STANDARD_NAMES.items() if long == name), name

    @property
    def version(self) -> str:
        """Its version: `4.0.1`."""
        return self.id.rpartition("/")[2]

    @property
    def short(self) -> str:
        """The shortest words for it: `pci-4.0.1`."""
        return f"{self.names[0]}-{self.version}"

    def is_named(self, word: str) -> bool:
        """Return whether a word means it: its ARN, ID or name, with any of its version or without."""
        text = word.lower().rpartition(":")[2].replace(" ", "-").replace("_", "-")
        if text == self.id.lower():
            return True
        for name in self.names:
            rest = text.removeprefix(name)
            found = _VERSION.fullmatch(rest) if rest != text else None
            if not rest or (found and f"{self.version}.".startswith(f"{found['version']}.")):
                return True
        return False


def resolve_standards(words: Iterable[str], standards: Sequence[Standard]) -> tuple[str, ...]:
    """
    Return the StandardsIds that words mean, each once; without a version, of each version that is enabled.

    Raises:
        UnknownStandardError: Security Hub has no standard of a name.
        StandardDisabledError: it is not enabled: no finding would be of it, and none must not look clean.
    """
    found: dict[str, None] = {}
    for word in words:
        named = [standard for standard in standards if standard.is_named(word)]
        enabled = [standard for standard in named if standard.is_enabled]
        if not named:
            known = [standard.short for standard in standards]
            names = [name for standard in standards for name in (standard.short, *standard.names)]
            nearest = difflib.get_close_matches(word.lower(), dict.fromkeys(names), n=3, cutoff=0.6)
            raise UnknownStandardError(standard=word, nearest=", ".join(nearest), known=", ".join(known))
        if not enabled:
            others = ", ".join(standard.short for standard in standards if standard.is_enabled)
            raise StandardDisabledError(standard=word, enabled=others or "-")
        found |= dict.fromkeys(standard.id for standard in enabled)
    return tuple(found)


@cache
def bundled_catalogue() -> Catalogue:
    """Read the catalogue that ships with the bot, which needs no call (bot/data/SOURCE.md)."""
    return Catalogue(tuple(_bundled_controls()))


@cache
def checked_controls() -> frozenset[str]:
    """Return the IDs of the controls that the check before deployment can decide (bot/data/SOURCE.md)."""
    text = resources.files("bot").joinpath("data/checked_controls.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def _bundled_controls() -> Iterator[Control]:
    text = resources.files("bot").joinpath("data/controls.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield Control(id=row["control_id"], title=row["title"], severity=Severity(row["severity"]))
