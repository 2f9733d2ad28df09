"""The rules: a table for each area of services, in which most rules are one line."""

from bot.check.rule import Rule
from bot.check.rules import (
    compute,
    containers,
    databases,
    functions,
    iam,
    load_balancing,
    messaging,
    network,
    others,
    rds,
    s3,
    search,
    web,
)

RULES: tuple[Rule, ...] = (
    *compute.RULES,
    *containers.RULES,
    *databases.RULES,
    *functions.RULES,
    *iam.RULES,
    *load_balancing.RULES,
    *messaging.RULES,
    *network.RULES,
    *others.RULES,
    *rds.RULES,
    *s3.RULES,
    *search.RULES,
    *web.RULES,
)
"""All rules. A control may have several, for different types of resources."""
