"""
The tags of resources, by Security Hub's resource tagging standard.

A deployment can add the tags of its stack to all resources, which a template does not show. So these controls
are judged only if the requester names them.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/standards-tagging.html
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from bot.check.predicates import is_given
from bot.check.rule import Property, Rule

TITLE = "should be tagged"
"""The end of the title of each control of the standard."""

NOT_DECLARED = frozenset(
    {
        "AWS::Backup::RecoveryPoint",
        "AWS::DMS::Certificate",
        "AWS::IoTEvents::AlarmModel",
        "AWS::IoTEvents::DetectorModel",
        "AWS::IoTEvents::Input",
        "AWS::RDS::DBClusterSnapshot",
        "AWS::Redshift::ClusterSnapshot",
    }
)
"""The types of Security Hub that CloudFormation does not have, or does not tag."""

TYPES = {
    "AWS::ACM::Certificate": "AWS::CertificateManager::Certificate",
    "AWS::OpenSearch::Domain": "AWS::OpenSearchService::Domain",
}
"""CloudFormation's names of types that Security Hub names otherwise."""

PROPERTIES = {
    "AWS::Backup::BackupPlan": "BackupPlan.BackupPlanTags",
    "AWS::Backup::BackupVault": "BackupVaultTags",
    "AWS::Backup::ReportPlan": "ReportPlanTags",
    "AWS::EFS::AccessPoint": "AccessPointTags",
    "AWS::Route53::HealthCheck": "HealthCheckTags",
}
"""The properties that are not called Tags."""


@cache
def tagging_rules() -> tuple[Rule, ...]:
    """Return the rules of the standard, of which the bundled catalogue has the controls and their types."""
    text = resources.files("bot").joinpath("data/controls.csv").read_text(encoding="utf-8")
    found = [row for row in csv.DictReader(text.splitlines()) if row["title"].endswith(TITLE)]
    pairs = [(row["control_id"], row["resource_type"]) for row in found]
    return tuple(
        Rule(
            control,
            (TYPES.get(kind, kind),),
            Property(PROPERTIES.get(kind, "Tags"), is_given),
            stricter="tags",
        )
        for control, kind in pairs
        if kind not in NOT_DECLARED
    )
