"""The check of templates beside PyYAML, which only reads them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figure import Figure, seconds_of
from bot.check.engine import check
from tests.peers.guard import judge

STARTS = 11
SECOND = 0.5
"""The seconds that 500 resources may take."""

_IMPORTS = "import yaml, csv, argparse, json"

_PEAK = "import tracemalloc; tracemalloc.start()\n{code}\nprint(tracemalloc.get_traced_memory()[1])"
"""Prints the most bytes of Python that the code had at a time."""

_CHECK = """
from pathlib import Path
from bot.check.engine import check
report = check([Path({path!r})], {{}})
"""
_YAML = """
import yaml
text = open({path!r}, encoding="utf-8").read()
node = yaml.compose(text, Loader=yaml.CSafeLoader)
value = yaml.constructor.SafeConstructor().construct_document(node)
"""


def figures() -> Iterator[Figure]:
    """Compare time, growth, start and memory."""
    with TemporaryDirectory() as folder:
        small, large = (_written(Path(folder), count) for count in (500, 5_000))
        ours, more = seconds_of(lambda: check([small], {}), lambda: check([large], {}), times=5)
        yield Figure("check, 500 resources", ours, "half a second", SECOND, 1.0)
        yield Figure("check, 5,000 resources", more, "check, 500 resources", ours, 12.0)
        theirs = judge(small.read_bytes()).seconds
        yield Figure("check, 500 resources", ours, "Control Tower's Guard rules, evaluated", theirs, 1 / 20)
        one = _written(Path(folder), 1)
        start, bare = _starts(["-m", "bot", "check", str(one), "--fail-on", "never"], ["-c", _IMPORTS])
        yield Figure("check of one resource, with the start", start, _IMPORTS, bare, 7.0)
        peaks = (_peak(code.format(path=str(large))) for code in (_CHECK, _YAML))
        yield Figure(
            "check, memory, 5,000 resources", *_pair(peaks, "PyYAML, compose and construct"), 1.5, "MB"
        )


def _pair(values: Iterator[float], baseline: str) -> tuple[float, str, float]:
    ours, theirs = values
    return ours, baseline, theirs


def _starts(*commands: list[str]) -> list[float]:
    """Time processes by turns, from their start to their end."""
    rounds = [[_once(command) for command in commands] for _ in range(STARTS)]
    return [median(times) for times in zip(*rounds, strict=True)]


def _once(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our words
    return time.perf_counter() - begun


def _peak(code: str) -> float:
    """Return the most memory of a process that runs some code, in MB."""
    command = [sys.executable, "-c", _PEAK.format(code=code)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our words
    return int(ran.stdout.split()[-1]) / 1e6


def _written(folder: Path, count: int) -> Path:
    """Write a template of resources that name one another, in JSON with lines."""
    resources = {f"R{number}": _resource(number) for number in range(count)}
    document = {"Parameters": {"P": {"Type": "String"}}, "Resources": resources}
    path = folder / f"{count}.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


def _resource(number: int) -> dict[str, Any]:
    """Make one resource; five in a row belong together."""
    before = f"R{number - 1}"
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("AWS::S3::Bucket", {"BucketName": f"bucket-{number}", "Tags": [{"Key": "a", "Value": "b"}]}),
        (
            "AWS::S3::BucketPolicy",
            {
                "Bucket": {"Ref": before},
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": [
                                {"Fn::GetAtt": [before, "Arn"]},
                                {"Fn::Sub": f"${{{before}.Arn}}/*"},
                            ],
                            "Condition": {"Bool": {"aws:SecureTransport": False}},
                        }
                    ]
                },
            },
        ),
        ("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [_ingress(443), _ingress(22)]}),
        (
            "AWS::EC2::SecurityGroupIngress",
            {"GroupId": {"Fn::GetAtt": [before, "GroupId"]}, **_ingress(3306)},
        ),
        ("AWS::RDS::DBInstance", {"Engine": "MySQL", "StorageEncrypted": {"Ref": "P"}, "MultiAZ": True}),
    ]
    kind, properties = kinds[number % len(kinds)]
    return {"Type": kind, "Properties": properties}


def _ingress(port: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "0.0.0.0/0"}
