"""A function's calls are judged by its role, and refused in the words and the form of each service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from playground.cloud.iam import Grant
from playground.cloud.moto import start_moto
from playground.cloud.roles import Role
from playground.http import HttpServer

ACCOUNT, REGION, BUCKET = "123456789012", "ap-northeast-1", "kept"
SESSION = Session()


@pytest.fixture
def role() -> Role:
    """Make a role that allows nothing."""
    return Role("JobFunctionRole", ACCOUNT, [])


@pytest.fixture
def aws(role: Role) -> Iterator[HttpServer]:
    """Start AWS, with a bucket."""
    server = start_moto([role])
    place = {"LocationConstraint": REGION}
    client(server, "s3", "administrator").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    yield server
    server.stop()


def client(server: HttpServer, service: str, access_key: str) -> Any:
    """Make a client that signs with an access key."""
    return SESSION.create_client(
        service,
        region_name=REGION,
        endpoint_url=server.url,
        aws_access_key_id=access_key,
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, signature_version="v4"),
    )


def refusal(call: Any, **parameters: Any) -> tuple[str, int, str]:
    """Make a call that is refused; return the error's code, the HTTP status and the message."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def allow(action: str, resource: str) -> dict[str, Any]:
    """Make a statement."""
    return {"Sid": "S", "Effect": "Allow", "Action": action, "Resource": resource}


class TestRefusal:
    """What a function hears that may not."""

    @pytest.mark.parametrize(
        ("service", "operation", "parameters", "code", "status"),
        [
            ("secretsmanager", "get_secret_value", {"SecretId": "s"}, "AccessDeniedException", 400),
            ("securityhub", "get_findings", {}, "AccessDeniedException", 403),
            ("s3", "get_object", {"Bucket": BUCKET, "Key": "k"}, "AccessDenied", 403),
            ("s3", "put_object", {"Bucket": BUCKET, "Key": "k", "Body": b"x" * 200_000}, "AccessDenied", 403),
            ("s3", "head_object", {"Bucket": BUCKET, "Key": "k"}, "403", 403),
            ("cloudformation", "describe_stacks", {}, "AccessDenied", 403),
        ],
    )
    def test_refusal_has_the_form_of_the_service(
        self,
        aws: HttpServer,
        role: Role,
        service: str,
        operation: str,
        parameters: Any,
        code: str,
        status: int,
    ) -> None:
        """botocore reads each protocol's error."""
        call = getattr(client(aws, service, role.access_key), operation)

        assert refusal(call, **parameters)[:2] == (code, status)

    def test_refusal_says_who_may_not_do_what(self, aws: HttpServer, role: Role) -> None:
        """The message names the caller, the action and the resource."""
        _, _, message = refusal(client(aws, "s3", role.access_key).get_object, Bucket=BUCKET, Key="a/k")

        assert message == (
            "User: arn:aws:sts::123456789012:assumed-role/JobFunctionRole/JobFunctionRole is not authorized "
            "to perform: s3:GetObject on resource: arn:aws:s3:::kept/a/k because no identity-based policy "
            "allows the s3:GetObject action"
        )

    def test_message_distinguishes_deny_from_missing_allow(self, aws: HttpServer, role: Role) -> None:
        """A Deny is told from an Allow that there is not, and a bucket's policy from a role's."""
        deny = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
        put = client(aws, "s3", role.access_key).put_object
        role.statements = [allow("s3:*", "*"), deny]
        own = refusal(put, Bucket=BUCKET, Key="k")[2]
        role.statements, role.of_resources = [allow("s3:*", "*")], [{**deny, "Principal": "*"}]
        of_bucket = refusal(put, Bucket=BUCKET, Key="k")[2]

        assert own.endswith("with an explicit deny in an identity-based policy")
        assert of_bucket.endswith("with an explicit deny in a resource-based policy")

    def test_unknown_call_is_refused(self, aws: HttpServer, role: Role) -> None:
        """A call whose action is not known is refused, even if the role allows everything."""
        role.statements = [allow("*", "*")]
        _, status, message = refusal(client(aws, "s3", role.access_key).list_object_versions, Bucket=BUCKET)

        assert status == 403
        assert "s3:ListObjectVersions is no action" in message

    def test_refusal_is_for_functions_only(self, aws: HttpServer, role: Role) -> None:
        """Any other access key is the administrator's."""
        assert client(aws, "s3", "AKIAIOSFODNN7EXAMPLE").list_buckets()["Buckets"]


class TestAllowed:
    """What a function may."""

    def test_allowed_call_takes_effect_and_is_recorded(self, aws: HttpServer, role: Role) -> None:
        """An allowed call has its effect, and what allows it is kept."""
        role.statements = [allow("s3:PutObject", "arn:aws:s3:::kept/a/*")]
        s3 = client(aws, "s3", role.access_key)
        s3.put_object(Bucket=BUCKET, Key="a/k", Body=b"x")

        assert refusal(s3.put_object, Bucket=BUCKET, Key="c/k")[1] == 403
        assert role.used == {Grant("S", "s3:PutObject", "arn:aws:s3:::kept/a/*")}

    def test_absent_object_is_hidden(self, aws: HttpServer, role: Role) -> None:
        """That an object is not there is told only to a role that may list the bucket."""
        role.statements = [allow("s3:GetObject", "*")]
        get = client(aws, "s3", role.access_key).get_object
        hidden = refusal(get, Bucket=BUCKET, Key="k")[0]
        role.statements += [allow("s3:ListBucket", "arn:aws:s3:::kept")]

        assert hidden == "AccessDenied"
        assert refusal(get, Bucket=BUCKET, Key="k")[0] == "NoSuchKey"

    def test_presigned_link_has_its_roles_permissions(self, aws: HttpServer, role: Role) -> None:
        """A presigned link opens what the role that has signed it may read."""
        client(aws, "s3", "administrator").put_object(Bucket=BUCKET, Key="k", Body=b"x")
        s3 = client(aws, "s3", role.access_key)
        link = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "k"})
        refused = requests.get(link, timeout=5).status_code
        role.statements = [allow("s3:GetObject", "arn:aws:s3:::kept/k")]

        assert refused == 403
        assert requests.get(link, timeout=5).content == b"x"

    def test_removed_permission_is_denied(self, aws: HttpServer, role: Role) -> None:
        """What is taken from a role it may no longer; that is an error for what it never might."""
        role.statements = [allow(["s3:ListBucket", "s3:PutObject"], "*")]  # type: ignore[arg-type]
        role.take_away("s3:PutObject")
        s3 = client(aws, "s3", role.access_key)

        assert s3.list_objects_v2(Bucket=BUCKET)
        assert refusal(s3.put_object, Bucket=BUCKET, Key="k")[1] == 403
        with pytest.raises(LookupError):
            role.take_away("s3:PutObject")
