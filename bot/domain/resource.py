"""Resources as people call them."""

from __future__ import annotations


def short_name(resource_id: str) -> str:
    """
    Shorten a resource ID to the part that people know it by.

    An ARN loses what comes before the resource; `AWS::::Account:123456789012`, which stands for an
    account in account-level controls, becomes `Account:123456789012`; anything else stays as it is.
    """
    if resource_id.startswith("AWS::::"):
        return resource_id.removeprefix("AWS::::")
    if resource_id.startswith("arn:") and resource_id.count(":") >= 5:
        return resource_id.split(":", 5)[5] or resource_id
    return resource_id


def product_name(product_arn: str) -> str:
    """Name the product of a ProductArn: `guardduty` of `arn:aws:securityhub:…::product/aws/guardduty`."""
    return product_arn.rpartition("/")[2]


def account(name: str, account_id: str) -> str:
    """Name an account: `prod (123456789012)`, or the ID alone where the name is not known."""
    return f"{name} ({account_id})" if name else account_id
