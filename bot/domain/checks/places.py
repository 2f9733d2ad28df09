"""
The way back from a deployed resource: the line of the template from which its stack was deployed.

CloudFormation tags a resource with its stack and logical ID. A template of the same name may have changed
since, so a place is that of the last check, and names the repository.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from bot.domain.check_result import STACK_NAME, CheckedStack
from bot.domain.finding import LOGICAL_ID_TAG, STACK_TAG, Finding

MOST_STACKS = 100
"""Of one check."""
MOST_RESOURCES = 1_000
"""Of a stack: CloudFormation allows 500 in a template ("Understand CloudFormation quotas")."""

_GITHUB = re.compile(r"/actions/runs/.*")
_GITLAB = re.compile(r"/-/(?:jobs|pipelines)/.*")


class Place(NamedTuple):
    """A line of a template."""

    repository: str
    file: str
    line: int
    link: str = ""
    """The address of the line; empty if it is not known."""


@dataclass(frozen=True, slots=True)
class KeptStack:
    """A stack, as the last check of it in a repository found it."""

    repository: str
    file: str
    lines: dict[str, int]
    """Logical ID to line."""
    files: str = ""
    """The address of the repository's files at the commit, with a slash at its end; empty: not known."""

    def place_of(self, logical_id: str) -> Place | None:
        """Return the place of a resource; None if the template did not have it."""
        line = self.lines.get(logical_id)
        if line is None:
            return None
        link = f"{self.files}{quote(self.file)}#L{line}" if self.files else ""
        return Place(self.repository, self.file, line, link)


def kept_stack(stack: CheckedStack, repository: str, files: str) -> KeptStack:
    """Return a stack as it is kept; a template that CDK has made is at no address."""
    first, *rest = stack.file.split("/")
    is_there = bool(first) and ".." not in (first, *rest) and not stack.is_synthesized
    return KeptStack(repository, stack.file, dict(stack.lines), files if is_there else "")


def files_address(repository: str, commit: str, run: str) -> str:
    """
    Return the address of a repository's files at a commit, with a slash at its end; empty if it is not known.

    Args:
        run: the address of a run in CI, whose host may be linked to: it tells GitHub from GitLab.

    Sources: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/
    creating-a-permanent-link-to-a-code-snippet and https://docs.gitlab.com/user/project/repository/files/
    """
    address, begin = urlsplit(run), f"/{repository}"
    if not (commit and address.netloc and address.path.startswith(begin)):
        return ""
    rest = address.path.removeprefix(begin)
    site = f"https://{address.netloc}{begin}"
    if _GITHUB.fullmatch(rest):
        return f"{site}/blob/{commit}/"
    return f"{site}/-/blob/{commit}/" if _GITLAB.fullmatch(rest) else ""


def stack_resource(finding: Finding) -> tuple[str, str] | None:
    """Return the stack and the logical ID that the tags of a resource name; None if they do not name both."""
    tags = dict(finding.tags)
    name, logical_id = tags.get(STACK_TAG, ""), tags.get(LOGICAL_ID_TAG, "")
    return (name, logical_id) if STACK_NAME.fullmatch(name) and logical_id else None
