"""Templates: functions, parameters, conditions, and the parts that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent

import pytest

from bot.check.engine import check
from bot.check.values import MISSING, Reference, Text, Unknown, Value
from bot.domain.check_result import Status
from tests.unit.check.templates import a_template, results_of, statuses_of

SECTIONS = """\
Parameters:
  P: {Type: String}
  D: {Type: String, Default: d}
  One: {Type: String, AllowedValues: [only]}
  Many: {Type: CommaDelimitedList, Default: "a, b"}
  Ssm: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
  Secret: {Type: String, Default: "{{resolve:ssm:x}}"}
Mappings:
  M: {a: {x: 1, y: same, s: "{{resolve:ssm:x}}", l: ["{{resolve:ssm:x}}"]}, b: {x: 2, y: same}}
Conditions:
  Yes: !Equals [a, a]
  No: !Not [!Condition Yes]
  ByDefault: !Equals [!Ref D, d]
  Unknown: !Equals [!Ref P, d]
  Both: !And [!Condition Unknown, !Condition No]
  Either: !Or [!Condition Unknown, !Condition Yes]
  Circle: !Not [!Condition Circle]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/8}}
  R:
    Type: A::B::C
    Properties:
      V: """


def value_of(expression: str, **overrides: str) -> Value:
    """Resolve an expression in a template with all sections."""
    return a_template(SECTIONS + expression, overrides).resources["R"].properties.get("V", MISSING)


class TestFunctions:
    """What a template alone decides."""

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("!Ref D", "d"),
            ("!Ref One", "only"),
            ("!Ref Many", ["a", "b"]),
            ("!Ref AWS::NoValue", MISSING),
            ("!Ref Vpc", Reference("Vpc")),
            ("!GetAtt Vpc.CidrBlock", "10.0.0.0/8"),
            ("!GetAtt Vpc.VpcId", Reference("Vpc", "VpcId")),
            ("!Sub 'x-${D}-${!D}'", "x-d-${D}"),
            ("!Sub ['${A}/', {A: !Ref D}]", "d/"),
            ("!Sub '${Vpc}/*'", Text((Reference("Vpc"), "/*"))),
            ("!Join ['-', [a, !Ref D, !Ref AWS::NoValue]]", "a-d"),
            ("!Join ['', ['arn:', !Ref AWS::Region]]", Text(("arn:", Reference("AWS::Region")))),
            ("!Select [1, !Ref Many]", "b"),
            ("!Select ['0', !Split [',', 'x,y']]", "x"),
            ("!FindInMap [M, a, x]", "1"),
            ("!FindInMap [M, !Ref P, y]", "same"),
            ("!FindInMap [M, a, z, {DefaultValue: other}]", "other"),
            ("!If [Yes, a, b]", "a"),
            ("!If [No, a, b]", "b"),
            ("!If [Both, a, b]", "b"),
            ("!If [Either, a, b]", "a"),
            ("!If [Unknown, a, a]", "a"),
            ("!If [No, a, !Ref AWS::NoValue]", MISSING),
            ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ],
    )
    def test_decides(self, expression: str, value: Value) -> None:
        """A function of known values has a known value."""
        assert value == value_of(expression)

    @pytest.mark.parametrize(
        ("expression", "kind", "name"),
        [
            ("!Ref P", "parameter", "P"),
            ("!Ref Ssm", "parameter", "Ssm"),
            ("!Ref Secret", "parameter", "Secret"),
            ("!Ref Nobody", "undefined", "Nobody"),
            ("!If [Unknown, a, b]", "condition", "Unknown"),
            ("!If [Circle, a, b]", "condition", "Circle"),
            ("!If [a]", "function", "Fn::If"),
            ("!FindInMap [M, !Ref P, x]", "map", "M"),
            ("!FindInMap [M, a, s]", "dynamic", "{{resolve:ssm:x}}"),
            ("!FindInMap [M, a, l]", "dynamic", "{{resolve:ssm:x}}"),
            ("!ImportValue x", "function", "Fn::ImportValue"),
            ("!Cidr [a, b, c]", "function", "Fn::Cidr"),
            ("!GetAZs ''", "function", "Fn::GetAZs"),
            ("!Select [7, !Ref Many]", "function", "Fn::Select"),
            ("'{{resolve:secretsmanager:x}}'", "dynamic", "{{resolve:secretsmanager:x}}"),
            ("!Sub '{{resolve:ssm:/${D}/x}}'", "dynamic", "{{resolve:ssm:/d/x}}"),
            ("!Sub '{{resolve:ssm:/${AWS::Region}/x}}'", "dynamic", "{{resolve:ssm:/"),
            ("!Join ['', ['{{resolve:ssm:/', !Ref D, '}}']]", "dynamic", "{{resolve:ssm:/"),
            ("{Fn::Transform: {Name: x}}", "function", "Fn::Transform"),
        ],
    )
    def test_does_not_know(self, expression: str, kind: str, name: str) -> None:
        """A value that only a deployment can know is Unknown, with the reason."""
        value = value_of(expression)

        assert isinstance(value, Unknown)
        assert (f"check.why.{kind}", name) == value.reason

    @pytest.mark.parametrize("cidr", ["!Sub '{{resolve:ssm:/${D}/cidr}}'", "anywhere", "[0.0.0.0/0]"])
    def test_network_that_cannot_be_read_is_unknown(self, cidr: str) -> None:
        """A rule of a security group for a network that is no CIDR does not pass."""
        rule = f"{{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: {cidr}}}"
        group = f"{{Type: AWS::EC2::SecurityGroup, Properties: {{SecurityGroupIngress: [{rule}]}}}}"

        assert {"G": "UNKNOWN"} == statuses_of(f"{SECTIONS}x\n  G: {group}\n", "EC2.19")

    def test_override_replaces_default(self) -> None:
        """A value that the requester gives replaces the default, but not the name of an SSM parameter."""
        assert "e" == value_of("!Ref D", D="e")
        assert isinstance(value_of("!Ref Ssm", Ssm="/other"), Unknown)

    def test_undecided_choice_keeps_its_options(self) -> None:
        """If both branches give the same verdict, it is the verdict."""
        table = "Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: !If [Unknown, %s, %s]}"
        template = SECTIONS + "x\n  T: {" + table + "}\n"

        assert {"T": "PASSED"} == statuses_of(template % ("true", "'true'"), "DynamoDB.6")
        assert {"T": "FAILED"} == statuses_of(template % ("false", "!Ref AWS::NoValue"), "DynamoDB.6")
        assert {"T": "UNKNOWN"} == statuses_of(template % ("true", "false"), "DynamoDB.6")

    def test_item_of_a_list_gives_the_reason(self) -> None:
        """A list that is undecided because of one of its items has the reason of that item."""
        template = f"{SECTIONS}x\n  A: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{%s}}}}\n"
        zones = "AvailabilityZones: [a, !Ref P]"
        (found,) = [each for each in results_of(template % zones) if each.control.id == "AutoScaling.2"]

        assert ("check.why.parameter", "P") == found.reason

    def test_default_is_named_in_the_reason(self) -> None:
        """A result that a default decides, also through a condition, names the parameter."""
        for value in ("!Ref D", "!If [ByDefault, OPTIONAL, REQUIRE]"):
            options = f"{{DeliveryOptions: {{TlsPolicy: {value}}}}}"
            template = f"{SECTIONS}x\n  S: {{Type: AWS::SES::ConfigurationSet, Properties: {options}}}\n"
            (found,) = [each for each in results_of(template) if each.control.id == "SES.3"]

            assert (Status.FAILED, ("check.why.default", "D")) == (found.status, found.reason)

    @pytest.mark.parametrize("name", ["Subnets", "AvailabilityZones"])
    def test_line_is_that_of_the_property_that_is_there(self, name: str) -> None:
        """If one of two properties has to be right, the one that the template has is shown."""
        template = f"""\
        Resources:
          B:
            Type: AWS::ElasticLoadBalancing::LoadBalancer
            Properties:
              {name}: [a]
        """
        (found,) = [each for each in results_of(template) if each.control.id == "ELB.10"]

        assert (Status.FAILED, name, 5) == (found.status, found.path, found.line)


class TestConditions:
    """Resources that may not exist."""

    def test_resource_without_condition_fulfilled_has_no_result(self) -> None:
        """A resource whose condition is false does not exist."""
        assert {} == statuses_of(
            SECTIONS + "x\n  T: {Type: AWS::DynamoDB::Table, Condition: No}\n", "DynamoDB.6"
        )

    def test_resource_that_may_not_exist_fails_nothing(self) -> None:
        """A resource whose condition is not decided is UNKNOWN where it would fail."""
        template = SECTIONS + "x\n  T: {Type: AWS::DynamoDB::Table, Condition: Unknown}\n"

        assert {"T": "UNKNOWN"} == statuses_of(template, "DynamoDB.6")


class TestAssumptions:
    """Verdicts that are the same whether a condition holds or not."""

    @pytest.mark.parametrize(
        ("resources", "expected"),
        [
            (
                "B: &b {Type: AWS::S3::Bucket, Condition: Unknown}, P: &p {<<: *policy, Condition: Unknown}",
                "PASSED",
            ),
            ("B: {Type: AWS::S3::Bucket}, P: {<<: *policy, Condition: Unknown}", "UNKNOWN"),
            ("B: {Type: AWS::S3::Bucket, Condition: Unknown}", "UNKNOWN"),
            ("B: *bucket, P: {<<: *policy, Condition: Unknown}, Q: {<<: *policy, Condition: Not}", "PASSED"),
        ],
    )
    def test_resources_of_one_condition_belong_together(self, resources: str, expected: str) -> None:
        """A bucket whose policy exists whenever the bucket does is judged with it."""
        template = f"""\
        Parameters: {{P: {{Type: String}}}}
        Conditions: {{Unknown: !Equals [!Ref P, a], Not: !Not [!Condition Unknown]}}
        Bucket: &bucket {{Type: AWS::S3::Bucket}}
        Policy: &policy
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref B
            PolicyDocument:
              Statement:
                - Effect: Deny
                  Principal: "*"
                  Action: s3:*
                  Resource: "*"
                  Condition: {{Bool: {{"aws:SecureTransport": false}}}}
        Resources: {{{resources}}}
        """

        assert {"B": expected} == statuses_of(template, "S3.5")

    def test_number_of_assumptions_is_bounded(self) -> None:
        """A template of many conditions is judged without assumptions in the end, and nothing fails."""
        names = [f"C{number}" for number in range(50)]
        conditions = "".join(f"  {name}: !Equals [!Ref P, {name}]\n" for name in names)
        tables = "".join(
            f"  T{name}: {{Type: AWS::DynamoDB::Table, Properties: {{DeletionProtectionEnabled: "
            f"!If [{name}, true, false], Tags: [!If [{name}, a, b]]}}}}\n"
            for name in names
        )
        template = f"Parameters: {{P: {{Type: String}}}}\nConditions:\n{conditions}Resources:\n{tables}"

        assert {"UNKNOWN"} == set(statuses_of(template, "DynamoDB.6").values())


class TestLoops:
    """Fn::ForEach."""

    LOOP = """\
    Transform: AWS::LanguageExtensions
    Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}, None: {Type: CommaDelimitedList}}
    Resources:
      Fn::ForEach::Buckets:
        - Name
        - !Ref %s
        - "Bucket${Name}":
            Type: AWS::DynamoDB::Table
            Properties: {TableName: !Ref Name, DeletionProtectionEnabled: false}
    """

    def test_loop_is_written_out(self) -> None:
        """Each turn of a loop makes a resource, on its line of the template."""
        found = [each for each in results_of(self.LOOP % "Names") if each.control.id == "DynamoDB.6"]

        assert [("Bucketa", 9), ("Bucketb", 9)] == [(each.logical_id, each.line) for each in found]

    def test_unknown_list_is_partial(self) -> None:
        """A loop over a list that is not known hides resources."""
        assert ["check.gap.loop"] == [gap.reason.key for gap in a_template(self.LOOP % "None").gaps]

    def test_loop_of_loops_is_bounded(self) -> None:
        """Loops within loops end, and the result is partial."""
        items = json.dumps([str(n) for n in range(100)])
        body = "{'T${A}${B}${C}${D}': {Type: 'AWS::DynamoDB::Table'}}"
        for name in "DCBA":
            body = f"{{'Fn::ForEach::L{name}': [{name}, {items}, {body}]}}"

        assert ["check.gap.loop"] == [gap.reason.key for gap in a_template(f"Resources: {body}").gaps]


class TestGaps:
    """Parts that cannot be read."""

    @pytest.mark.parametrize(
        ("text", "kind", "line"),
        [
            ("Resources:\n  Fn::Transform: {Name: AWS::Include}\n", "macro", 2),
            ("Fn::Transform: {Name: AWS::Include}\nResources: {A: {Type: A::B}}\n", "macro", 1),
            ("Transform: [AWS::LanguageExtensions, Own]\nResources: {A: {Type: A::B}}\n", "macro", 1),
            ("Resources:\n  A: {Type: A::B}\n  B: {Type: Own::S3::Bucket::MODULE}\n", "module", 3),
            ("Resources:\n  A: {Type: A::B}\n  B:\n", "resource", 3),
            ("Resources:\n  A: {Type: A::B, Properties: [1]}\n", "resource", 2),
            ("Resources:\n  A: {Properties: {}}\n  B: {Type: A::B}\n", "resource", 2),
        ],
    )
    def test_gap_has_its_line(self, text: str, kind: str, line: int) -> None:
        """What cannot be read is told with its line."""
        gaps = a_template(text).gaps

        assert [(f"check.gap.{kind}", line)] == [(gap.reason.key, gap.line) for gap in gaps]

    @pytest.mark.parametrize(
        "text",
        [
            "Transform: [Own]\nResources: {T: {Type: AWS::DynamoDB::Table}}\n",
            "Fn::Transform: {Name: Own}\nResources: {T: {Type: AWS::DynamoDB::Table}}\n",
            "Resources: {T: {Type: AWS::DynamoDB::Table, Fn::Transform: {Name: AWS::Include}}}\n",
        ],
    )
    def test_macro_leaves_failures_unknown(self, text: str) -> None:
        """A macro can correct what the template has, so that nothing fails for certain."""
        assert {"T": "UNKNOWN"} == statuses_of(text, "DynamoDB.6")

    @pytest.mark.parametrize("properties", ["", "null", "{}"])
    def test_no_properties_is_no_gap(self, properties: str) -> None:
        """A resource without properties is one with AWS's defaults."""
        template = f"Resources: {{1: {{Type: AWS::DynamoDB::Table, Properties: {properties}}}}}"

        assert not a_template(template).gaps
        assert {"1": "FAILED"} == statuses_of(template, "DynamoDB.6")

    def test_circle_of_references_ends(self) -> None:
        """Resources, subnets and conditions that lead to one another end somewhere."""
        template = """\
        Resources:
          A: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !Sub "${B.CidrBlock}${B.CidrBlock}"}}
          B: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !Sub "${A.CidrBlock}${A.CidrBlock}"}}
          G:
            Type: AWS::EC2::SecurityGroup
            Properties: {SecurityGroupIngress: [{CidrIp: !GetAtt A.CidrBlock, IpProtocol: -1}]}
        """

        assert {"G": "UNKNOWN"} == statuses_of(template, "EC2.19")

    def test_text_that_grows_is_bounded(self) -> None:
        """Joined texts do not fill the memory."""
        long = "x" * 4000
        template = f"""\
        Parameters: {{P: {{Type: String, Default: {long}}}}}
        Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {{KmsMasterKeyId: !Sub "{"${P}" * 1000}"}}}}}}
        """

        assert {"T": "UNKNOWN"} == statuses_of(template, "SNS.1")


def test_lines_of_json_and_yaml_agree(tmp_path: Path) -> None:
    """The same template in JSON and in YAML has the same results, but for the lines."""
    found = []
    document = {
        "Resources": {
            "T": {"Type": "AWS::DynamoDB::Table", "Properties": {"DeletionProtectionEnabled": False}}
        }
    }
    yaml_text = "Resources:\n" + indent(
        "T:\n  Type: AWS::DynamoDB::Table\n  Properties:\n    DeletionProtectionEnabled: 'false'\n", "  "
    )
    for name, text in {"a.json": json.dumps(document, indent=1), "a.yaml": dedent(yaml_text)}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        report = check([tmp_path / name], {})
        found.append([(each.control.id, each.status, each.path) for each in report.results])

    assert found[0] == found[1]
