"""The origin of a check: repository, branch, commit and run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.domain.check_result import fingerprint

FOLDER = "checks/"
"""The folder of the bucket into which CI may put."""

SUFFIX = ".json"

MOST_REPOSITORY, MOST_BRANCH, MOST_RUN = 200, 255, 500

_REPOSITORY = re.compile(
    r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.-]{1,100}(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.-]{1,100}){0,19}"
)
_FILE = re.compile(r"[A-Za-z0-9_.-]{1,120}\.json")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_RUN = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/[A-Za-z0-9._~/%?=&#:@!+-]*")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


class Origin(NamedTuple):
    """The origin of a check, as the run in CI has told it; all but the repository are claims of that run."""

    branch: str
    commit: str = ""
    """Hexadecimal, of 7 to 64 digits; empty if it is not known."""
    run: str = ""
    """The address of the run; empty if it is not known."""


def is_repository(text: str) -> bool:
    """Return whether a text is the name of a repository, such as `acme/app`; GitLab's may have more parts."""
    return len(text) <= MOST_REPOSITORY and _REPOSITORY.fullmatch(text) is not None


def is_commit(text: str) -> bool:
    """Return whether a text is the ID of a commit."""
    return _COMMIT.fullmatch(text) is not None


def is_run(text: str) -> bool:
    """Return whether a text may be the address of a run: HTTPS, without user and password."""
    return len(text) <= MOST_RUN and _RUN.fullmatch(text) is not None


def host_of(run: str) -> str:
    """Return the host of an address, with its port if it has one, in lower case."""
    return urlsplit(run).netloc.lower()


def repository_of(key: str) -> str | None:
    """
    Return the repository of an object's key, None if the key is of no check.

    The key is `checks/<repository>/<file>.json`. The role of a repository in CI may put objects into its own
    folder and into none below, so the folder proves the repository.
    """
    folder, _, file = key.removeprefix(FOLDER).rpartition("/")
    if not (key.startswith(FOLDER) and is_repository(folder) and _FILE.fullmatch(file)):
        return None
    return folder


def object_key(repository: str, branch: str) -> str:
    """
    Return the key of a branch's check: one object for each branch, which the next check replaces.

    A branch whose name cannot be a file's has its hash in it.
    """
    name = _UNSAFE.sub("-", branch)[:100]
    if name != branch or not name:
        name = f"{name or 'check'}-{fingerprint(branch)[:12]}"
    return f"{FOLDER}{repository}/{name}{SUFFIX}"


def origin_in_ci(environ: Mapping[str, str]) -> tuple[str, Origin]:
    """
    Read the repository and the origin from the variables of GitHub Actions, GitLab or CodeBuild.

    A value that is absent, or has an unexpected form, is empty.

    Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/variables,
    https://docs.gitlab.com/ci/variables/predefined_variables and
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    if environ.get("GITHUB_ACTIONS"):
        repository, origin = _in_github(environ)
    elif environ.get("GITLAB_CI"):
        repository, origin = _in_gitlab(environ)
    elif environ.get("CODEBUILD_BUILD_ID"):
        repository, origin = _in_codebuild(environ)
    else:
        return "", Origin("")
    return (repository if is_repository(repository) else ""), valid(origin)


def valid(origin: Origin) -> Origin:
    """Return an origin without the parts that have an unexpected form."""
    commit = origin.commit.lower()
    return Origin(
        branch=origin.branch[:MOST_BRANCH],
        commit=commit if is_commit(commit) else "",
        run=origin.run if is_run(origin.run) else "",
    )


def _in_github(environ: Mapping[str, str]) -> tuple[str, Origin]:
    repository = environ.get("GITHUB_REPOSITORY", "")
    run = (
        f"{environ.get('GITHUB_SERVER_URL', '')}/{repository}/actions/runs/{environ.get('GITHUB_RUN_ID', '')}"
    )
    branch = environ.get("GITHUB_HEAD_REF") or environ.get("GITHUB_REF_NAME", "")
    return repository, Origin(branch, environ.get("GITHUB_SHA", ""), run)


def _in_gitlab(environ: Mapping[str, str]) -> tuple[str, Origin]:
    branch = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or environ.get("CI_COMMIT_REF_NAME", "")
    origin = Origin(branch, environ.get("CI_COMMIT_SHA", ""), environ.get("CI_JOB_URL", ""))
    return environ.get("CI_PROJECT_PATH", ""), origin


def _in_codebuild(environ: Mapping[str, str]) -> tuple[str, Origin]:
    """Read CodeBuild's variables; the repository is the path of its address, without `.git`."""
    path = urlsplit(environ.get("CODEBUILD_SOURCE_REPO_URL", "")).path
    branch = environ.get("CODEBUILD_WEBHOOK_HEAD_REF") or environ.get("CODEBUILD_SOURCE_VERSION", "")
    origin = Origin(
        branch.removeprefix("refs/heads/"),
        environ.get("CODEBUILD_RESOLVED_SOURCE_VERSION", ""),
        environ.get("CODEBUILD_BUILD_URL", ""),
    )
    return path.strip("/").removesuffix(".git"), origin
