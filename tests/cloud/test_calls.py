"""What a request asks for in the words of IAM, as botocore's clients make requests."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.session import Session
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from playground.cloud.calls import Call, call_of, signer_of

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
SESSION = Session()
ENDPOINT = "http://127.0.0.1:1"
ARN = f"{REGION}:{ACCOUNT}"
HUB = f"arn:aws:securityhub:{ARN}:hub/default"
FUNCTION = f"arn:aws:lambda:{ARN}:function:work"
SECRET = f"arn:aws:secretsmanager:{ARN}:secret:bot/slack"
OBJECT = {"Bucket": "kept", "Key": "a b/監査"}


class SentError(Exception):
    """A request that would be sent now."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__(request.url)
        self.request = request


def asked(service: str, operation: str, **parameters: Any) -> Call:
    """Make a request with botocore, and read what it asks for."""
    client = SESSION.create_client(
        service,
        region_name=REGION,
        endpoint_url=ENDPOINT,
        aws_access_key_id="ASIALOCAL",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )

    def stop(request: AWSPreparedRequest, **_: Any) -> None:
        raise SentError(request)

    client.meta.events.register("before-send", stop)
    with pytest.raises(SentError) as raised:
        getattr(client, operation)(**parameters)
    sent = raised.value.request
    url, _, query = sent.url.partition("?")
    headers = [(name, v if isinstance(v, str) else v.decode()) for name, v in dict(sent.headers).items()]
    path = url.removeprefix(ENDPOINT)
    built = EnvironBuilder(path, query_string=query, method=sent.method, headers=headers)
    request = Request(built.get_environ())
    body: Any = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    signer = signer_of(request)
    assert signer == ("ASIALOCAL", REGION, service)
    return call_of(request, b"" if service == "s3" else body, signer, ACCOUNT)


class TestAction:
    """The action and the resource."""

    @pytest.mark.parametrize(
        ("service", "operation", "parameters", "action", "resource"),
        [
            ("s3", "get_object", OBJECT, "s3:GetObject", "arn:aws:s3:::kept/a b/監査"),
            ("s3", "head_object", OBJECT, "s3:GetObject", "arn:aws:s3:::kept/a b/監査"),
            ("s3", "put_object", OBJECT | {"Body": b"x"}, "s3:PutObject", "arn:aws:s3:::kept/a b/監査"),
            ("s3", "delete_object", OBJECT, "s3:DeleteObject", "arn:aws:s3:::kept/a b/監査"),
            (
                *("s3", "upload_part", OBJECT | {"UploadId": "u", "PartNumber": 1, "Body": b"x"}),
                *("s3:PutObject", "arn:aws:s3:::kept/a b/監査"),
            ),
            ("s3", "get_object_tagging", OBJECT, "s3:GetObjectTagging", "arn:aws:s3:::kept/a b/監査"),
            ("s3", "list_objects_v2", {"Bucket": "kept"}, "s3:ListBucket", "arn:aws:s3:::kept"),
            ("s3", "list_objects", {"Bucket": "kept"}, "s3:ListBucket", "arn:aws:s3:::kept"),
            ("s3", "head_bucket", {"Bucket": "kept"}, "s3:ListBucket", "arn:aws:s3:::kept"),
            (
                *("s3", "get_bucket_lifecycle_configuration", {"Bucket": "kept"}),
                *("s3:GetLifecycleConfiguration", "arn:aws:s3:::kept"),
            ),
            ("s3", "list_buckets", {}, "s3:ListAllMyBuckets", "*"),
            ("securityhub", "get_findings", {}, "securityhub:GetFindings", HUB),
            (
                *("securityhub", "list_security_control_definitions", {}),
                *("securityhub:ListSecurityControlDefinitions", "*"),
            ),
            ("lambda", "invoke", {"FunctionName": "work:live"}, "lambda:InvokeFunction", f"{FUNCTION}:live"),
            (
                *("lambda", "invoke", {"FunctionName": FUNCTION, "Qualifier": "live", "Payload": b"[]"}),
                *("lambda:InvokeFunction", f"{FUNCTION}:live"),
            ),
            (
                *("secretsmanager", "get_secret_value", {"SecretId": "bot/slack"}),
                *("secretsmanager:GetSecretValue", f"{SECRET}-AbCdEf"),
            ),
            (
                *("secretsmanager", "get_secret_value", {"SecretId": f"{SECRET}-a1B2c3"}),
                *("secretsmanager:GetSecretValue", f"{SECRET}-a1B2c3"),
            ),
            (
                *("scheduler", "get_schedule", {"Name": "daily", "GroupName": "bot"}),
                *("scheduler:GetSchedule", f"arn:aws:scheduler:{ARN}:schedule/bot/daily"),
            ),
            (
                *("sqs", "send_message", {"QueueUrl": "http://127.0.0.1:1/1/letters", "MessageBody": "x"}),
                *("sqs:SendMessage", f"arn:aws:sqs:{ARN}:letters"),
            ),
            (
                *("securityhub", "describe_hub", {"HubArn": HUB}),
                *("securityhub:DescribeHub", HUB),
            ),
            ("sts", "get_caller_identity", {}, "sts:GetCallerIdentity", "*"),
        ],
    )
    def test_each_protocols_request_tells_action_and_arn_of_its_resource(
        self, service: str, operation: str, parameters: dict[str, Any], action: str, resource: str
    ) -> None:
        """Each protocol's request tells the action and the ARN of its resource."""
        call = asked(service, operation, **parameters)

        assert call.action == action
        assert call.resource == resource

    def test_absent_part_of_an_arn_is_no_part(self) -> None:
        """A part of the ARN that the request does not tell is no part of any ARN."""
        call = asked("scheduler", "get_schedule", Name="daily")

        assert call.resource == f"arn:aws:scheduler:{ARN}:schedule/${{GroupName}}/daily"

    def test_account_of_organization_is_named_by_management_account(self) -> None:
        """The ARN of an account in Organizations has the management account's ID, not the caller's."""
        call = asked("organizations", "list_tags_for_resource", ResourceId="111122223333")

        arn = "arn:aws:organizations::210987654321:account/o-${OrganizationId}/111122223333"
        assert ("organizations:ListTagsForResource", arn) == (call.action, call.resource)


class TestContext:
    """The condition keys."""

    def test_context_of_update_names_each_field(self) -> None:
        """Each field that an update sets is named by its path in a finding, with its values."""
        ids = [{"Id": "i", "ProductArn": "p"}]
        call = asked(
            "securityhub",
            "batch_update_findings",
            FindingIdentifiers=ids,
            Workflow={"Status": "NOTIFIED"},
            Note={"Text": "t", "UpdatedBy": "bot"},
            Severity={"Label": "LOW"},
            Confidence=42,
            Types=["a/b", "c/d"],
        )

        assert {k.partition("/")[2]: v for k, v in call.context.items() if "ASFFSyntaxPath" in k} == {
            "Workflow.Status": ["NOTIFIED"],
            "Note.Text": ["t"],
            "Note.UpdatedBy": ["bot"],
            "Severity.Label": ["LOW"],
            "Confidence": ["42"],
            "Types": ["a/b", "c/d"],
        }

    def test_conditional_write_has_its_condition(self) -> None:
        """A conditional write has its condition, another has none."""
        put = OBJECT | {"Body": b"x"}

        assert asked("s3", "put_object", **put, IfNoneMatch="*").context["s3:if-none-match"] == ["*"]
        assert "s3:if-none-match" not in asked("s3", "put_object", **put).context

    def test_context_of_list_has_prefix(self) -> None:
        """A list has its prefix."""
        assert asked("s3", "list_objects_v2", Bucket="kept", Prefix="a/").context["s3:prefix"] == ["a/"]

    def test_every_call_counts_as_one_through_tls(self) -> None:
        """Every call counts as one through TLS, which AWS's endpoints have."""
        assert asked("securityhub", "get_findings").context["aws:SecureTransport"] == ["true"]

    def test_context_has_the_region_of_the_signature(self) -> None:
        """The Region is that for which the request is signed."""
        assert asked("securityhub", "get_findings").context["aws:RequestedRegion"] == [REGION]
