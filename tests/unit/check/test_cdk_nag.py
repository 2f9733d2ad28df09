"""The reports of cdk-nag beside our own rules."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from bot import cli
from bot.check.engine import check
from bot.check.nag.report import MOST_ROWS
from bot.check.rules import RULES
from bot.domain.check_result import CheckReport, Result, Status
from bot.domain.control import bundled_catalogue
from bot.domain.finding import Severity

SAMPLES = Path(__file__).parent / "cdk_nag"

HEADER = "Rule ID,Resource ID,Compliance,Exception Reason,Rule Level,Rule Info\n"

RESOURCES = """\
Logs: {Type: AWS::S3::Bucket}
Policy:
  Type: AWS::S3::BucketPolicy
  Properties: {Bucket: !Ref Logs, PolicyDocument: {Statement: []}}
Group:
  Type: AWS::EC2::SecurityGroup
  Properties: {VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, CidrIp: %s}]}
Never: {Type: AWS::S3::Bucket, Condition: No}
Database: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql, DeletionProtection: true}}
"""


@dataclass
class App:
    """A `cdk.out` with one stack, `Stack`, whose constructs have the names of their resources."""

    folder: Path

    def write(self, name: str, content: object) -> Path:
        """Write a file, as JSON if it is no text."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def template(self, cidr: str = "0.0.0.0/0") -> None:
        """Write the template."""
        indented = "".join(f"  {line}\n" for line in (RESOURCES % cidr).splitlines())
        conditions = (
            'Conditions: {No: !Equals [a, b]}\nParameters: {Cidr: {Type: String, Default: "10.0.0.0/8"}}\n'
        )
        self.write("Stack.template.json", f"{conditions}Resources:\n{indented}")

    def table(self, *rows: tuple[str, str, str, str]) -> Path:
        """Write a report of version 2: the rule, the resource, the compliance and the reason."""
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([*row, "Error", "Info"] for row in rows)
        return self.write("AwsSolutions--Stack-NagReport.csv", HEADER + out.getvalue())

    def violations(self, *rows: tuple[str, str], info: str = "Info", **more: Any) -> Path:
        """Write a report of version 3: the rule and the construct path."""
        found = [
            {"ruleName": rule, "description": info, "violatingConstructs": [{"constructPath": path}]}
            for rule, path in rows
        ]
        plugin = {"pluginName": "AwsSolutions", "conclusion": "failure", "violations": found} | more
        return self.write("validation-report.json", {"pluginReports": [plugin]})

    def acknowledge(self, path: str, rule: str, reason: str) -> None:
        """Write an acknowledgement as version 3 keeps it."""
        entry = {"type": "aws:cdk:acknowledged-rules", "data": {rule: reason}}
        self.write("Stack.metadata.json", {f"/{path}": [entry]})

    def result(self, control: str, logical_id: str, *paths: Path) -> Result | None:
        """Check the folder, or some paths, and return one result."""
        return found(check(paths or [self.folder], {}), control, logical_id)


def found(report: CheckReport, control: str, logical_id: str) -> Result | None:
    """Return the result of a control and a resource."""
    key = (control, logical_id)
    results = [each for each in report.results if (each.control.id, each.logical_id) == key]
    assert len(results) <= 1
    return results[0] if results else None


def status(result: Result | None) -> Status | None:
    """Return the status of a result; None if there is none."""
    return result.status if result else None


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Write an application."""
    made = App(tmp_path)
    names = [line.partition(":")[0] for line in RESOURCES.splitlines() if line[0] != " "]
    attribute = "aws:cdk:cloudformation:logicalId"
    nodes = {name: {"path": f"Stack/{name}", "attributes": {attribute: name}} for name in names}
    made.write(
        "tree.json", {"tree": {"path": "", "children": {"Stack": {"path": "Stack", "children": nodes}}}}
    )
    artifact = {
        "type": "aws:cloudformation:stack",
        "displayName": "Stack",
        "additionalMetadataFile": "Stack.metadata.json",
        "properties": {"templateFile": "Stack.template.json", "stackName": "Stack"},
    }
    made.write("manifest.json", {"artifacts": {"Stack": artifact}})
    made.template()
    return made


class TestMerge:
    """One row for each control and resource."""

    def test_row_names_all_sources_and_the_place(self) -> None:
        """A bucket without logs has one row of S3.9, with its template, its logical ID and all sources."""
        results = [
            each
            for each in check([SAMPLES / "v3/tree"], {}).results
            if (each.control.id, each.logical_id) == ("S3.9", "Data")
        ]

        assert ["Plain", "DevAppF437F5B9", "ProdAppB2A2DCC5"] == [
            Path(each.file).name.partition(".")[0] for each in results
        ]
        rules = ("cdk-nag AwsSolutions-S1", "cdk-nag NIST.800.53.R5-S3BucketLoggingEnabled")
        assert {("sechub-bot", *rules)} == {each.sources for each in results}

    def test_our_verdict_counts(self, app: App) -> None:
        """If cdk-nag differs, our verdict stands, and the source has that of cdk-nag."""
        app.table(("AwsSolutions-S2", "Stack/Logs", "Non-Compliant", "N/A"))

        result = app.result("S3.8", "Logs")

        assert result
        assert Status.PASSED is result.status
        assert ("sechub-bot", "cdk-nag AwsSolutions-S2: FAILED") == result.sources

    def test_all_compliant_hides_no_failure(self, app: App) -> None:
        """A report that finds everything compliant changes no status."""
        before = {each.key: each.status for each in check([app.folder], {}).results}
        app.table(
            *((f"AwsSolutions-{rule}", "Stack/Logs", "Compliant", "N/A") for rule in ("S1", "S2", "S10"))
        )

        assert before == {each.key: each.status for each in check([app.folder], {}).results}

    def test_policy_is_moved_to_its_bucket(self, app: App) -> None:
        """A rule on a bucket policy is a result of the bucket."""
        app.table(("AwsSolutions-S10", "Stack/Policy", "Non-Compliant", "N/A"))

        result = app.result("S3.5", "Logs")

        assert result
        assert "cdk-nag AwsSolutions-S10" in result.sources
        assert not [each for each in check([app.folder], {}).results if each.logical_id == "Policy"]

    def test_control_is_only_of_its_types(self, app: App) -> None:
        """A rule of two controls is on a DB instance only the one of instances."""
        report = app.table(("AwsSolutions-RDS10", "Stack/Database", "Non-Compliant", "N/A"))

        assert ["RDS.8"] == [each.control.id for each in check([report], {}).results]

    def test_control_that_does_not_apply_stands_under_the_rules_name(self, app: App) -> None:
        """Where our rule says that a control does not apply, the failure keeps the name of its rule."""
        app.write(
            "Stack.template.json",
            "Resources: {Database: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-mysql}}}",
        )
        report = app.table(("AwsSolutions-RDS3", "Stack/Database", "Non-Compliant", "N/A"))

        assert ["AwsSolutions-RDS3"] == [each.control.id for each in check([report], {}).results]

    def test_resource_of_a_false_condition_has_no_row(self, app: App) -> None:
        """A resource that will not exist has no result."""
        report = app.table(("AwsSolutions-S1", "Stack/Never", "Non-Compliant", "N/A"))

        assert () == check([report], {}).results

    def test_report_alone_shows_only_its_rows(self, app: App) -> None:
        """If only a report is named, its templates are read for places, and not checked beyond it."""
        report = app.table(("AwsSolutions-S1", "Stack/Logs", "Non-Compliant", "N/A"))

        outcome = check([report], {})

        assert [("S3.9", "Logs", 1)] == [
            (r.control.id, r.logical_id, outcome.file_count) for r in outcome.results
        ]

    def test_report_as_csv_and_json_counts_once(self, app: App) -> None:
        """A report that is there in both formats has one row."""
        app.folder.joinpath("tree.json").unlink()
        app.table(("AwsSolutions-S1", "Stack/Logs", "Non-Compliant", "N/A"))
        line = {"ruleId": "AwsSolutions-S1", "resourceId": "Stack/Logs", "compliance": "Non-Compliant"}
        app.write("AwsSolutions--Stack-NagReport.json", {"lines": [line]})

        assert status(app.result("S3.9", "Stack/Logs")) is Status.FAILED

    def test_template_of_the_cli_needs_no_tree(self, app: App) -> None:
        """`aws:cdk:path` in a template joins a report that lies elsewhere."""
        for name in ("tree.json", "manifest.json"):
            app.folder.joinpath(name).unlink()
        bucket = {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "Stack/Logs/Resource"}}
        template = app.write("Stack.template.json", {"Resources": {"Logs123": bucket}})
        report = app.table(("AwsSolutions-S1", "Stack/Logs/Resource", "Non-Compliant", "N/A"))

        result = app.result("S3.9", "Logs123", template, report)

        assert result
        assert ("sechub-bot", "cdk-nag AwsSolutions-S1") == result.sources


class TestUnknown:
    """Values that only a deployment can know."""

    @pytest.mark.parametrize(
        ("cidr", "info", "expected"),
        [
            ("0.0.0.0/0", "The group is open.", Status.FAILED),
            ("0.0.0.0/0", "Rule threw an error during validation.", Status.FAILED),
            ("!Ref Cidr", "The group is open.", Status.UNKNOWN),
            ("!GetAtt Vpc.CidrBlock", "The group is open.", Status.UNKNOWN),
        ],
    )
    def test_template_decides_and_not_the_text(
        self, app: App, cidr: str, info: str, expected: Status
    ) -> None:
        """Version 3 has one text for all resources of a rule, so the template says which is undecided."""
        app.template(cidr)
        app.violations(("AwsSolutions-EC23", "Stack/Group"), info=info)

        assert expected is status(app.result("AwsSolutions-EC23", "Group"))

    def test_text_decides_without_a_template(self, app: App) -> None:
        """Without a template, an error in the text leaves the row undecided."""
        app.folder.joinpath("manifest.json").unlink()
        report = app.violations(("AwsSolutions-EC23", "Stack/Group"), info="Rule threw an error during …")

        assert Status.UNKNOWN is status(app.result("AwsSolutions-EC23", "Stack/Group", report))


class TestSuppression:
    """What people have accepted."""

    @pytest.mark.parametrize("sample", ["v2/storage", "v3/storage"])
    def test_reason_is_kept(self, sample: str) -> None:
        """A reason with quotes, a newline and Japanese arrives as it was written, from both versions."""
        result = found(check([SAMPLES / sample], {}), "S3.5", "Plain")

        assert result
        assert result.suppression
        assert Status.SUPPRESSED is result.status
        reason = 'Legacy "public" bucket, TLS is enforced by the CDN,\nsee 運用手順書 §3'
        assert ("cdk_nag", reason) == result.suppression

    def test_acknowledgement_covers_constructs_below(self, app: App) -> None:
        """An acknowledgement that left no trace in the report suppresses our failure."""
        app.violations()
        app.acknowledge("Stack", "Annotation::AwsSolutions-S1", "public anyway")

        result = app.result("S3.9", "Logs")

        assert result
        assert (Status.SUPPRESSED, ("cdk_nag", "public anyway")) == (result.status, result.suppression)

    def test_mark_beside_a_report_that_is_named_alone_counts(self, app: App) -> None:
        """The template is read for its marks as well, and only what the report is about is told."""
        mark = {"suppress": [{"control": "S3.9", "reason": "only logs"}, {"control": "S3.8", "reason": "x"}]}
        bucket = {"Type": "AWS::S3::Bucket", "Metadata": {"sechub-bot": mark}}
        app.write("Stack.template.json", {"Resources": {"Logs": bucket}})
        report = app.table(("AwsSolutions-S1", "Stack/Logs", "Non-Compliant", "N/A"))

        outcome = check([report], {})

        assert [(Status.SUPPRESSED, ("sechub-bot", "only logs"))] == [
            (each.status, each.suppression) for each in outcome.results
        ]
        assert () == outcome.notices

    @pytest.mark.parametrize(
        "rule", ["CloudFormation-Validate::W3045", "Annotation::@aws-cdk/x:S1", "Other::AwsSolutions-S1"]
    )
    def test_acknowledgement_of_another_plugin_counts_not(self, app: App, rule: str) -> None:
        """Only rules of cdk-nag suppress."""
        app.violations()
        app.acknowledge("Stack/Logs", rule, "reason")

        assert Status.FAILED is status(app.result("S3.9", "Logs"))

    def test_one_accepted_finding_hides_no_other(self, app: App) -> None:
        """A rule with a failed finding is not suppressed by another finding's reason."""
        rule = "NIST.800.53.R5-RDSLoggingEnabled"
        app.table(
            (f"{rule}[LogExport::error]", "Stack/Database", "Suppressed", "no need"),
            (f"{rule}[LogExport::audit]", "Stack/Database", "Non-Compliant", "N/A"),
        )

        assert Status.FAILED is status(app.result("RDS.9", "Database"))


class TestRuleWithoutControl:
    """Rules that stand for no control."""

    def test_has_its_own_name_and_no_severity(self, app: App) -> None:
        """It has its rule's name, and counts neither among the controls nor as a failure."""
        report = app.table(("AwsSolutions-EC23", "Stack/Group", "Non-Compliant", "N/A"))

        result = app.result("AwsSolutions-EC23", "Group", report)

        assert result
        assert (Severity.INFORMATIONAL, "Info") == (result.control.severity, result.control.title)
        assert 0 == cli.main(["check", str(report)])

    def test_is_counted_apart(self, app: App, capsys: pytest.CaptureFixture[str]) -> None:
        """The totals are those of controls."""
        cli.main(
            ["check", "--locale", "en", str(app.table(("AwsSolutions-EC23", "Stack/Group", "UNKNOWN", "")))]
        )

        *_, total, other = capsys.readouterr().out.splitlines()
        assert total.startswith("0 failed, 0 unknown")
        assert other.startswith("1 result of cdk-nag's rules")

    def test_is_left_out_if_controls_are_chosen(self, app: App) -> None:
        """`--control` shows nothing else."""
        app.table(
            ("AwsSolutions-EC23", "Stack/Group", "Non-Compliant", "N/A"),
            ("AwsSolutions-S2", "Stack/Logs", "Non-Compliant", "N/A"),
        )
        chosen = [rule for rule in RULES if rule.control == "S3.9"]

        assert {"S3.9"} == {each.control.id for each in check([app.folder], {}, chosen).results}


class TestCoverage:
    """Stacks that version 2 has skipped."""

    def test_skipped_stage_is_never_clean(self) -> None:
        """The stack of a stage without a report is told, and the check is incomplete."""
        gaps = check([SAMPLES / "v2/tree"], {}).gaps

        (name,) = [gap.reason.name for gap in gaps if gap.reason.key == "check.gap.cdk-nag"]
        assert "Prod/App (AwsSolutions, NIST.800.53.R5)" == name

    def test_nested_stack_without_a_report_is_told(self, tmp_path: Path) -> None:
        """A nested stack without the report of a pack that its parent has makes the check incomplete."""
        folder = tmp_path / "tree"
        copytree(SAMPLES / "v2/tree", folder)
        template = folder / "Plain.template.json"
        document = json.loads(template.read_text(encoding="utf-8"))
        (stack,) = [each for each in document["Resources"].values() if each["Type"].endswith("::Stack")]
        stack["Metadata"] = {"aws:asset:path": "PlainNested161E127C.nested.template.json"}
        template.write_text(json.dumps(document), encoding="utf-8")
        before = len(check([folder], {}).gaps)
        for suffix in ("csv", "json"):
            (folder / f"AwsSolutions--PlainNested161E127C-NagReport.{suffix}").unlink()

        gaps = check([folder], {}).gaps

        assert before + 1 == len(gaps)
        assert "Plain PlainNested161E127C (AwsSolutions)" in [gap.reason.name for gap in gaps]

    def test_version_3_covers_stages(self) -> None:
        """Version 3 looks into stages."""
        assert () == check([SAMPLES / "v3/tree"], {}).gaps

    def test_empty_report_covers_its_stack(self, app: App) -> None:
        """A stack without anything to check has a report without rows."""
        app.table()

        assert () == check([app.folder], {}).gaps


def nested(depth: int) -> str:
    """Write a report of which a value is too deep."""
    return '{"pluginReports": ' + "[" * depth


class TestBadInput:
    """Reports are other people's files."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("AwsSolutions--Stack-NagReport.csv", HEADER + '"AwsSolutions-S1","Stack/Logs","Maybe"\n'),
            ("AwsSolutions--Stack-NagReport.csv", HEADER + '"AwsSolutions-S1"\n'),
            ("AwsSolutions--Stack-NagReport.csv", HEADER + '"AwsSolutions-S1","' + "a" * 200_000 + '"\n'),
            ("AwsSolutions--Stack-NagReport.csv", ""),
            ("AwsSolutions--Stack-NagReport.json", '{"lines": [{"ruleId": 1}]}'),
            ("AwsSolutions--Stack-NagReport.json", '{"lines": '),
            ("validation-report.json", '{"pluginReports": ['),
            ("validation-report.json", nested(100_000)),
            ("validation-report.json", '{"pluginReports": [{"pluginName": "AwsSolutions"}]}'),
            (
                "validation-report.json",
                '{"pluginReports": [{"pluginName": "A", "violations": [{"ruleName": "A-S1"}]}]}',
            ),
        ],
    )
    def test_broken_report_is_not_clean(self, app: App, name: str, content: str) -> None:
        """A report that cannot be read makes the check incomplete, also beside a good template."""
        path = app.write(name, content)

        assert ["check.broken.cdk-nag"] == [gap.reason.key for gap in check([app.folder], {}).gaps]
        assert 5 == cli.main(["check", str(path)])

    def test_endless_report_is_refused(self, app: App) -> None:
        """A report has a bounded number of rows."""
        path = app.write("AwsSolutions--Stack-NagReport.csv", HEADER + "a-b,c,compliant\n" * (MOST_ROWS + 1))

        assert ["check.broken.size"] == [gap.reason.key for gap in check([path], {}).gaps]

    def test_formula_and_newline_stay_text(
        self, app: App, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        """Cells that are formulas, or have newlines and control characters, run nothing anywhere."""
        rule = "AwsSolutions-X\n::error::\x1b[2J"
        path = app.table(
            (rule, "=cmd()", "Non-Compliant", ""), ("=A-1", "Stack/Logs", "Suppressed", "=cmd()\n+1")
        )

        cli.main(["check", str(path), "--output", "-"])
        cells = csv.reader(io.StringIO(capsysbinary.readouterr().out.decode("utf-8-sig")))
        assert not [cell for row in cells for cell in row if cell.startswith("=")]
        cli.main(["check", str(path), "--annotations", "-"])
        out = capsysbinary.readouterr().out
        assert b"\x1b" not in out
        assert b"\n::error::" not in out

    @pytest.mark.parametrize("name", ["../outside.json", "/etc/hosts", "..", ".", "", 7, None])
    def test_assembly_names_no_file_outside(self, app: App, name: object) -> None:
        """A forged manifest makes the check read nothing else, and does not lead in a circle."""
        app.folder.parent.joinpath("outside.json").write_text("Resources: {Logs: {Type: AWS::S3::Bucket}}")
        artifacts = {
            "a": {"type": "cdk:cloud-assembly", "properties": {"directoryName": name}},
            "Stack": {"type": "aws:cloudformation:stack", "properties": {"templateFile": name}},
        }
        app.write("manifest.json", {"artifacts": artifacts})
        path = app.table(("AwsSolutions-S1", "Stack/Logs", "Non-Compliant", "N/A"))

        assert [("Stack/Logs", path.as_posix())] == [
            (each.logical_id, each.file) for each in check([path], {}).results
        ]

    @pytest.mark.parametrize(
        "content", ["", "[]", '{"artifacts": []}', '{"artifacts": {"a": 1}}', "[" * 100_000]
    )
    @pytest.mark.parametrize("name", ["manifest.json", "tree.json", "Stack.metadata.json"])
    def test_broken_assembly_loses_no_row(self, app: App, name: str, content: str) -> None:
        """What cannot be joined keeps its construct path."""
        app.write(name, content)
        path = app.table(("AwsSolutions-S1", "Stack/Logs", "Non-Compliant", "N/A"))

        (result,) = check([path], {}).results

        assert (Status.FAILED, "S3.9") == (result.status, result.control.id)


class TestTable:
    """The table of rules and controls."""

    @pytest.fixture
    def rows(self) -> list[dict[str, str]]:
        """Read the table."""
        text = resources.files("bot").joinpath("data/cdk_nag.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    def test_controls_are_of_the_catalogue(self, rows: list[dict[str, str]]) -> None:
        """Each control exists, and no pair of a rule and a control is there twice."""
        assert not [row for row in rows if bundled_catalogue().get(row["control"]) is None]
        assert len(rows) == len({(row["rule"], row["control"]) for row in rows})

    def test_types_are_there_if_no_rule_of_ours_has_them(self, rows: list[dict[str, str]]) -> None:
        """A control's types come from one place: our rules, or else the table."""
        own = {rule.control for rule in RULES}

        assert not [row for row in rows if (row["control"] in own) is bool(row["types"])]
