"""Our rules beside AWS Control Tower's Guard rules: each difference has an explanation."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.missing import stop_without
from tests.peers.guard import Judgement, all_cases, is_installed, judge, template_of

EXPLAINED = yaml.safe_load(Path(__file__).with_name("guard.yaml").read_text(encoding="utf-8"))

CASES = {f"Case{number}x": case for number, case in enumerate(all_cases())}


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    """Judge all cases that pass or fail, in one template."""
    if not is_installed():
        stop_without("Control Tower's Guard rules are")
    return judge(template_of({name: (kind, case) for name, (_, _, kind, case) in CASES.items()}))


def test_each_difference_is_explained(judgement: Judgement) -> None:
    """Where Guard answers otherwise, the list says why; and nothing else is in the list."""
    different = [
        name
        for logical_id, (name, control, _, case) in CASES.items()
        if control in judgement.controls
        and (case.status == "FAILED") is not ((control, logical_id) in judgement.failed)
    ]

    assert sorted(different) == sorted(case for entry in EXPLAINED for case in entry["cases"])
    assert all(entry["why"] for entry in EXPLAINED)


def test_most_rules_agree(judgement: Judgement) -> None:
    """The cases are about more than a hundred of Guard's controls, and most of the answers are the same."""
    compared = [control for _, control, _, _ in CASES.values() if control in judgement.controls]
    explained = sum(len(entry["cases"]) for entry in EXPLAINED)

    assert len(set(compared)) > 100
    assert explained < len(compared) / 4
