"""The rules: a table for each area of services, in which most rules are one line."""

from bot.check.rule import Rule
from bot.check.rules import s3

RULES: tuple[Rule, ...] = (*s3.RULES,)
"""All rules. A control may have several, for different types of resources."""
