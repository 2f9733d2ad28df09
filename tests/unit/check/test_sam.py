"""Templates of SAM."""

from __future__ import annotations

import logging
import os

import pytest

from tests.unit.check.templates import a_template, results_of, statuses_of

FUNCTION = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13, CodeUri: src}}
Parameters: {Old: {Type: String, Default: nodejs12.x}}
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs12.x
      Events:
        Upload: {Type: Api, Properties: {Path: /, Method: get}}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      SqsManagedSseEnabled: false
"""


class TestExpansion:
    """What the macro makes."""

    def test_function_is_checked_on_its_own_line(self) -> None:
        """A function of SAM is checked as a function of Lambda, on the line of its property."""
        (found,) = [each for each in results_of(FUNCTION) if each.control.id == "Lambda.2"]

        assert ("Function", "AWS::Lambda::Function", 9) == (found.logical_id, found.type, found.line)

    def test_made_resource_has_the_line_of_its_source(self) -> None:
        """The API that SAM makes of an event has the line of the Globals, as no resource is its source."""
        stages = [each for each in results_of(FUNCTION) if each.control.id == "APIGateway.3"]

        assert [("ServerlessRestApiProdStage", 2)] == [(each.logical_id, each.line) for each in stages]

    def test_plain_resources_keep_their_lines(self) -> None:
        """A resource that is not of SAM is checked as without the macro."""
        (found,) = [each for each in results_of(FUNCTION) if each.control.id == "SQS.1"]

        assert ("FAILED", "SqsManagedSseEnabled", 15) == (found.status, found.path, found.line)

    def test_nested_application_calls_nobody(self) -> None:
        """A nested application is not looked up in AWS's repository."""
        template = (
            FUNCTION
            + "  App: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a}}}\n"
        )

        assert not a_template(template).gaps

    def test_image_and_inline_code_need_no_file(self) -> None:
        """A function of an image and one of inline code are expanded."""
        template = """\
        Transform: AWS::Serverless-2016-10-31
        Resources:
          A: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}
          B: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Handler: a.b, Runtime: python3.8}}
        """

        assert {"B": "FAILED"} == statuses_of(template, "Lambda.2")

    @pytest.mark.parametrize("value", ["!Ref Unknown", "live"])
    def test_alias_may_be_a_parameter(self, value: str) -> None:
        """The alias of a function may have a name that only the deployment knows."""
        alias = f"AutoPublishAlias: {value}"
        template = FUNCTION.replace("Handler: app.handler", f"{alias}\n      Handler: app.handler")
        template = template.replace("Parameters: {", "Parameters: {Unknown: {Type: String}, ")

        assert not a_template(template).gaps
        assert {"Function": "FAILED"} == statuses_of(template, "Lambda.2")

    @pytest.mark.parametrize("name", ["1", '"1"', "v1"])
    def test_stage_may_be_called_1(self, name: str) -> None:
        """A stage whose name is a number is a stage."""
        properties = f"{{StageName: {name}, DefinitionUri: a}}"
        template = f"{FUNCTION}  Api: {{Type: AWS::Serverless::Api, Properties: {properties}}}\n"

        assert not a_template(template).gaps
        assert "FAILED" == statuses_of(template, "APIGateway.3")[f"Api{name.strip(chr(34))}Stage"]

    def test_number_of_an_event_is_a_number(self) -> None:
        """A property that has to be a number is one, however it is written."""
        event = '{Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: "5", Enabled: "true"}}'

        assert not a_template(FUNCTION.replace("Upload:", f"Pull: {event}\n        Upload:")).gaps

    def test_environment_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A profile that does not exist does not matter, and the environment is as before."""
        monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
        before = dict(os.environ)

        assert not a_template(FUNCTION).gaps
        assert before == dict(os.environ)

    def test_translator_logs_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        """The translator's own warnings are not shown."""
        with caplog.at_level(logging.DEBUG):
            a_template(FUNCTION)

        assert not [record for record in caplog.records if record.name.startswith("samtranslator")]


class TestFailure:
    """What is not expanded."""

    def test_refused_template_is_partial(self) -> None:
        """Of a template that the translator refuses the other resources are checked."""
        template = FUNCTION.replace("Handler: app.handler", "Layers: {a: b}").replace(
            "Runtime: nodejs12.x", "Role: [1]"
        )

        assert ["check.gap.sam"] == [gap.reason.key for gap in a_template(template).gaps]
        assert {"Queue": "FAILED"} == statuses_of(template, "SQS.1")

    def test_missing_transform_is_partial(self) -> None:
        """Resources of SAM without its macro are no resources: the result says so."""
        template = FUNCTION.replace("Transform: AWS::Serverless-2016-10-31\n", "")

        assert ["check.gap.no-transform"] == [gap.reason.key for gap in a_template(template).gaps]
