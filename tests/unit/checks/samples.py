"""A check of one template, and the run in GitHub Actions that has made it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.check_result import Reason, Result, Status, Suppression
from bot.domain.checks.origin import Origin
from bot.domain.control import Control, bundled_catalogue
from bot.domain.finding import Severity

SHA = "0123456789abcdef0123456789abcdef01234567"

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/app",
    "GITHUB_REF_NAME": "main",
    "GITHUB_SHA": SHA,
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_RUN_ID": "17",
}

GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_PATH": "acme/app",
    "CI_COMMIT_REF_NAME": "main",
    "CI_COMMIT_SHA": SHA,
    "CI_JOB_URL": "https://gitlab.com/acme/app/-/jobs/17",
}

ORIGIN = Origin("main", "0123abc", "https://github.com/acme/app/actions/runs/1")
S3_8 = bundled_catalogue().get("S3.8")
assert S3_8

FAILED = Result(S3_8, Status.FAILED, "template.yaml", 7, "Logs", "AWS::S3::Bucket")
EVERY = (
    replace(FAILED, reason=Reason("check.why.default", "Stage"), tags=(("Owner", "team-a"),)),
    replace(FAILED, status=Status.UNKNOWN, reason=Reason("check.why.parameter", "Stage"), path="A.B"),
    replace(FAILED, status=Status.SUPPRESSED, suppression=Suppression("cdk_nag", "")),
    replace(
        FAILED,
        control=Control("AwsSolutions-IAM4", "Managed policy", Severity.INFORMATIONAL),
        status=Status.SUPPRESSED,
        suppression=Suppression("sechub-bot", "accepted"),
        sources=("cdk-nag AwsSolutions-IAM4",),
    ),
)
