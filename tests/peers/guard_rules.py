"""
AWS Control Tower's Guard rules on a template: `.venv-guard/bin/python tests/peers/guard_rules.py < template`.

It prints the controls of Security Hub that the rules stand for, the pairs of a control and a logical ID that
fail, and the CPU seconds of the evaluation. It runs in an environment of its own, without the project.
"""

from __future__ import annotations

import json
import re
import sys
import sysconfig
import tarfile
import time
from pathlib import Path

from cloudformation_validate import (  # type: ignore[import-not-found]
    CompositeEngine,
    CompositeEngineConfig,
    ExternalRuleSource,
    ValidateConfig,
)

PACKAGE = "cdklabs/cdk_validator_cfnguard/_jsii"
HUB = "SH."
"""What stands before a control of Security Hub in the metadata of a rule."""


def files() -> dict[str, str]:
    """Read the rules and their metadata out of the package, whose own code needs CDK."""
    (archive,) = Path(sysconfig.get_path("purelib"), PACKAGE).glob("*.tgz")
    with tarfile.open(archive) as opened:
        members = [each for each in opened if "/control-tower/" in each.name and each.isfile()]
        return {each.name: opened.extractfile(each).read().decode() for each in members}  # type: ignore[union-attr]


def controls_of(texts: dict[str, str]) -> dict[str, set[str]]:
    """Return the controls of each rule, by its name in Guard."""
    found: dict[str, set[str]] = {}
    for name, text in texts.items():
        if name.endswith(".metadata.json"):
            ids = [each["ControlId"] for each in json.loads(text).get("Relationships", [])]
            rule = texts[name.replace("/metadata/", "/cfn-guard/").replace(".metadata.json", ".guard")]
            for title in re.findall(r"^rule (\w+)", rule, re.MULTILINE):
                found[title] = {each.removeprefix(HUB) for each in ids if each.startswith(HUB)}
    return found


def main() -> None:
    """Judge the template on standard input."""
    texts = files()
    controls = controls_of(texts)
    rules = [
        ExternalRuleSource(name=name, content=text) for name, text in texts.items() if name.endswith(".guard")
    ]
    engine = CompositeEngine(CompositeEngineConfig(guard_rules=rules))
    template = sys.stdin.buffer.read()
    begun = time.process_time()
    report = engine.validate_template(template, ValidateConfig(disable_builtin_rules=True))
    seconds = time.process_time() - begun
    failed = {
        (control, diagnostic.entity.logical_id)
        for diagnostic in report.diagnostics
        if diagnostic.entity
        for control in controls.get(diagnostic.rule_id, ())
    }
    known = sorted(set().union(*controls.values()))
    json.dump({"controls": known, "failed": sorted(failed), "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
