"""The origin of a check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checks.origin import (
    MOST_BRANCH,
    Origin,
    host_of,
    is_repository,
    object_key,
    origin_in_ci,
    repository_of,
)
from tests.unit.checks.samples import GITHUB, GITLAB, SHA

CODEBUILD = {
    "CODEBUILD_BUILD_ID": "app:17",
    "CODEBUILD_SOURCE_REPO_URL": "https://github.com/acme/app.git",
    "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/main",
    "CODEBUILD_SOURCE_VERSION": SHA,
    "CODEBUILD_RESOLVED_SOURCE_VERSION": SHA,
    "CODEBUILD_BUILD_URL": "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/1/projects/app/build/app%3A17",
}


class TestInCI:
    """The variables of CI systems."""

    @pytest.mark.parametrize(
        ("environ", "repository", "run"),
        [
            (GITHUB, "acme/app", "https://github.com/acme/app/actions/runs/17"),
            (GITLAB, "acme/app", GITLAB["CI_JOB_URL"]),
            (CODEBUILD, "acme/app", CODEBUILD["CODEBUILD_BUILD_URL"]),
        ],
    )
    def test_each_system_names_all(self, environ: dict[str, str], repository: str, run: str) -> None:
        """Repository, branch, commit and run are known without an option."""
        assert (repository, Origin("main", SHA, run)) == origin_in_ci(environ)

    @pytest.mark.parametrize(
        "environ",
        [
            GITHUB | {"GITHUB_REF_NAME": "12/merge", "GITHUB_HEAD_REF": "fix"},
            GITLAB | {"CI_COMMIT_REF_NAME": "main", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix"},
            CODEBUILD | {"CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/fix"},
        ],
    )
    def test_branch_of_a_pull_request_is_its_source(self, environ: dict[str, str]) -> None:
        """The branch is the one that the change is on."""
        assert "fix" == origin_in_ci(environ)[1].branch

    def test_values_of_another_form_are_left_out(self) -> None:
        """What is no name of a repository, no commit and no address is not put into an object."""
        odd = {"GITHUB_REPOSITORY": "../x", "GITHUB_SHA": "HEAD", "GITHUB_SERVER_URL": "http://internal"}

        assert ("", Origin("main")) == origin_in_ci(GITHUB | odd)

    def test_shell_of_a_person_names_nothing(self) -> None:
        """Outside of CI the options have to."""
        assert ("", Origin("")) == origin_in_ci({"GITHUB_REPOSITORY": "acme/app"})


class TestKey:
    """The key of the object, which proves the repository."""

    @pytest.mark.parametrize("branch", ["main", "feature/a b", "..", "", "日本語", "a" * 300])
    def test_repository_is_read_from_the_key(self, branch: str) -> None:
        """Every branch of a repository has a key in its folder, and in none below."""
        key = object_key("acme/app", branch)

        assert "acme/app" == repository_of(key)
        assert 3 == key.count("/")

    @given(st.text(max_size=MOST_BRANCH), st.text(max_size=MOST_BRANCH))
    def test_branches_have_keys_of_their_own(self, one: str, other: str) -> None:
        """Two branches never share an object."""
        assert (one == other) == (object_key("a/b", one) == object_key("a/b", other))

    @pytest.mark.parametrize(
        "key",
        [
            "reports/acme/app/main.json",
            "checks/main.json",
            "checks/acme/app/main.txt",
            "checks/acme/../app/main.json",
            "checks//app/main.json",
            "checks/acme/app/.json",
            "checks/acme/app/a b.json",
            "checks/acme app/main.json",
            "checks/acme/<!channel>/main.json",
            "checks/" + "a/" * 21 + "main.json",
            "checks/" + "a" * 101 + "/main.json",
            "checks/acme/app/main.json\n",
        ],
    )
    def test_other_keys_are_of_no_repository(self, key: str) -> None:
        """A key that the writer does not write is of no check."""
        assert None is repository_of(key)

    def test_names_of_repositories(self) -> None:
        """GitHub's, GitLab's and CodeCommit's names are names."""
        assert all(map(is_repository, ("acme/app", "a/b/c/d", "app", "acme/.github", "_a/b.c-d")))


def test_host_has_its_port() -> None:
    """A host on another port is another host."""
    assert ("github.com", "ci.example:8443") == (
        host_of("https://GitHub.com/a"),
        host_of("https://ci.example:8443/"),
    )
