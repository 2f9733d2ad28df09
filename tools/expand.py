"""
Write the template as CloudFormation gets it, with SAM's macro applied as after packaging.

    python -m tools.expand FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"

REGION = "ap-northeast-1"


def expanded() -> dict[str, Any]:
    """Apply SAM's macro to the template as it is after packaging, when CodeUri names an object in S3."""
    template = json.loads(json.dumps(yaml_parse(TEMPLATE.read_text(encoding="utf-8"))))
    template["Globals"]["Function"]["CodeUri"] = "s3://packages/package"
    with mock.patch.dict("os.environ", {"AWS_DEFAULT_REGION": REGION}):
        result: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return result


class _NoManagedPolicies:
    """The roles are written out: SAM need not look up a managed policy's ARN."""

    def load(self) -> dict[str, str]:
        return {}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(expanded(), indent=1), encoding="utf-8")
