"""The names under which people look for a resource: its ID, its name, and each form of its ARN."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

MOST_NAMES = 16
"""Of one resource: the key of an object in a bucket has up to 1,024 characters, and any number of parts."""

_ARN = re.compile(r"arn:[^:]*:([^:]*):([^:]*):([^:]*):(.+)", re.DOTALL)
"""Service, Region, account, resource: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html."""

_TYPED = re.compile(r"AWS::[^:]*::(.+)", re.DOTALL)
"""An ID that is no ARN: `AWS::::Account:123456789012`, `AWS::IAM::AccessKey:AKIA…`."""

_IN_CLUSTER = re.compile(r"(?P<kind>service|task|container-instance)/((?P<version>[^/]+)/)?(?P<name>[^/]+)")
_TASK_DEFINITION = re.compile(r"(?P<kind>task-definition)/(?P<name>[^:]+)(:(?P<version>.+))?")
_FUNCTION = re.compile(r"(?P<kind>function|layer):(?P<name>[^:]+)(:(?P<version>.+))?")
_LOG_GROUP = re.compile(r"(?P<kind>log-group):(?P<name>.+?)(:\*|:(?P<version>log-stream:.*))?")
_SECRET = re.compile(r"(?P<kind>secret):(?P<name>.+?)(-(?P<version>[A-Za-z0-9]{6}))?")

_FORMS: dict[str, tuple[Callable[[str], re.Match[str] | None], ...]] = {
    "ecs": (_IN_CLUSTER.fullmatch, _TASK_DEFINITION.fullmatch),
    "lambda": (_FUNCTION.fullmatch,),
    "logs": (_LOG_GROUP.fullmatch,),
    "secretsmanager": (_SECRET.fullmatch,),
}
"""
The ARNs that AWS writes with and without a part, by service. Sources: the services' pages of the Service
Authorization Reference, "Resource types defined by", and for the cluster in an ECS ARN
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids.
"""

_DROPPED = dict.fromkeys(map(ord, " \"'`“”‘’「」"))
_LIST_MARKS = str.maketrans({"、": ",", ";": ","})
_ENDS = "[](){}<>【】〔〕『』《》〈〉*_~.。!?…/:,"


class Reference(NamedTuple):
    """An ARN, taken apart; each text spelled as it is looked up."""

    service: str
    region: str
    account: str
    core: str
    """The resource, without the part that AWS sometimes omits …"""
    version: str
    """… and that part: a function's qualifier, a service's cluster; empty if omitted here."""
    name: str
    """The last part of the core."""


def spelled(name: str) -> str:
    """
    Normalize a name for look-ups: case, width, spaces, quotes and marks around it do not matter.

    These are the keys of the audit log: after a change of this function, older entries would not be found.
    """
    text = plain(name)
    return text.strip(_ENDS) or text


def plain(part: str) -> str:
    """Normalize a part of a name, with the marks at its ends: they may belong to it."""
    usual = part if part.isascii() else unicodedata.normalize("NFKC", part)
    text = usual.lower().translate(_DROPPED).translate(_LIST_MARKS)
    return text if text.isprintable() else "".join(c for c in text if c.isprintable() and not c.isspace())


@lru_cache(4096)
def reference(text: str) -> Reference | None:
    """Take an ARN of any partition apart; return None for another text."""
    found = _ARN.fullmatch(text.strip())
    if not found:
        return None
    service, region, account, resource = found.groups()
    kind, name, version = _parts(service.lower(), resource)
    core = f"{kind}{resource[len(kind)]}{name}" if kind else resource
    return Reference(*map(spelled, (service, region, account, core, version, name)))


def names(resource_id: str) -> tuple[str, ...]:
    """
    Return the names of a resource, spelled, each once, at most MOST_NAMES.

    They are its ID without the beginning of an ARN, the same without a version, the rest after each `/` and
    `:`, and each part except the first, which is the type.
    """
    found, typed = _ARN.fullmatch(resource_id), _TYPED.fullmatch(resource_id)
    whole = found[4] if found else typed[1] if typed else resource_id
    texts = [whole]
    if found:
        kind, name, _ = _parts(found[1].lower(), whole)
        texts += [f"{kind}{whole[len(kind)]}{name}", name] if kind else [name]
    ends = [match.end() for match in re.finditer("[/:]", whole)][:MOST_NAMES]
    texts += [whole[end:] for end in ends]
    texts += re.split("[/:]", whole)[1:MOST_NAMES]
    return tuple(dict.fromkeys(filter(None, map(spelled, texts))))[:MOST_NAMES]


def is_named(resource_id: str, subject: str) -> bool:
    """
    Return whether an ID, a name or an ARN means a resource.

    Two ARNs are of one resource if they do not contradict each other: some have no Region, no account, or no
    version. Their partition does not matter, since an account has one.
    """
    asked = reference(subject)
    if asked is None:
        return spelled(subject) in names(resource_id)
    own = reference(resource_id)
    if own is None:
        return spelled(resource_id) in (asked.core, asked.name)
    pairs = zip(asked, own, strict=True)
    return all(one == other or not (one and other) for one, other in pairs)


def is_whole(pattern: str) -> bool:
    """Return whether a pattern of a resource is that of an ID as Security Hub has it, such as an ARN."""
    return pattern.startswith(("arn:", "AWS::"))


def matches(resource_id: str, pattern: str) -> bool:
    """
    Return whether a resource is one of those that a pattern means.

    An asterisk at the end makes it a beginning. A whole ID counts with its case, as in Security Hub's
    filters; a name, or the beginning of one, as in `is_named`.
    """
    begin = pattern.removesuffix("*")
    if is_whole(pattern):
        return resource_id == pattern if begin == pattern else resource_id.startswith(begin)
    if begin == pattern:
        return is_named(resource_id, pattern)
    return any(name.startswith(plain(begin)) for name in names(resource_id))


def look_up_keys(subject: str) -> tuple[str, ...]:
    """Return the names, one or two, under which a resource that people mean by a text is to be found."""
    asked = reference(subject)
    return tuple(dict.fromkeys((asked.core, asked.name))) if asked else (spelled(subject),)


def _parts(service: str, resource: str) -> tuple[str, str, str]:
    """Return the type, the name and the version of a resource; the type is empty if it has no known form."""
    for matched in _FORMS.get(service, ()):
        if found := matched(resource):
            return found["kind"], found["name"], found["version"] or ""
    return "", re.split("[/:]", resource.rstrip("*:/"))[-1], ""
