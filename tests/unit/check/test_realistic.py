"""Templates as people write them, with functions around the properties of security: realistic.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.check.templates import a_template, results_of

TEMPLATES = yaml.safe_load(Path(__file__).with_name("realistic.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", TEMPLATES, ids=[entry["name"] for entry in TEMPLATES])
def test_template_gets_the_expected_verdicts(entry: dict[str, Any]) -> None:
    """Each control gives the expected verdict on each resource; NONE is no verdict."""
    overrides = entry.get("overrides", {})
    found = {
        f"{each.control.id} {each.logical_id}": str(each.status)
        for each in results_of(entry["template"], overrides)
    }

    assert entry["expected"] == {name: found.get(name, "NONE") for name in entry["expected"]}
    assert not a_template(entry["template"], overrides).gaps
