"""The names under which people look for a resource."""

from __future__ import annotations

import pytest

from bot.domain.action import Selection
from bot.domain.audit import shard
from bot.domain.naming import MOST_NAMES, is_named, look_up_keys, names, spelled
from tests.builders import a_finding, seen_in

HERE = "eu-west-1:123456789012"
BALANCER = f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/my-lb/50dc6c495c0c9188"
FUNCTION = f"arn:aws:lambda:{HERE}:function:my-function"
GROUP = f"arn:aws:ec2:{HERE}:security-group/sg-0abc"
LOGS = f"arn:aws:logs:{HERE}:log-group:/aws/lambda/my-function"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:prod/db-AbCdEf"

SAME = [
    (GROUP, "sg-0abc"),
    (GROUP, "SG-0ABC"),
    (GROUP, "ｓｇ－０ａｂｃ"),
    (GROUP, "`sg-0abc`"),
    (GROUP, "security-group/sg-0abc"),
    (GROUP, GROUP),
    (GROUP, GROUP.replace("arn:aws:", "arn:aws-cn:")),
    (GROUP, f" {GROUP}."),
    ("sg-0abc", GROUP),
    ("i-0abc", f"arn:aws:ec2:{HERE}:instance/i-0abc"),
    (FUNCTION, "my-function"),
    (FUNCTION, f"{FUNCTION}:PROD"),
    (f"{FUNCTION}:PROD", FUNCTION),
    (f"{FUNCTION}:PROD", "my-function"),
    (f"{FUNCTION}:PROD", "function:my-function"),
    (f"{FUNCTION}:$LATEST", "my-function"),
    (BALANCER, "my-lb"),
    (BALANCER, "app/my-lb/50dc6c495c0c9188"),
    (BALANCER, "loadbalancer/app/my-lb/50dc6c495c0c9188"),
    (BALANCER, "50dc6c495c0c9188"),
    (f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/my-tg/73e2d6bc24d8a067", "my-tg"),
    ("arn:aws:s3:::my-bucket", "my-bucket"),
    ("arn:aws:s3:::my-bucket", "arn:aws:s3:::my-bucket"),
    ("my-bucket", "arn:aws:s3:::my-bucket"),
    (f"{LOGS}:*", LOGS),
    (LOGS, f"{LOGS}:*"),
    (f"{LOGS}:*", "/aws/lambda/my-function"),
    (f"{LOGS}:*", "log-group:/aws/lambda/my-function"),
    (f"arn:aws:ecs:{HERE}:service/my-cluster/web", f"arn:aws:ecs:{HERE}:service/web"),
    (f"arn:aws:ecs:{HERE}:service/web", f"arn:aws:ecs:{HERE}:service/my-cluster/web"),
    (f"arn:aws:ecs:{HERE}:service/my-cluster/web", "web"),
    (f"arn:aws:ecs:{HERE}:task-definition/web:7", "web"),
    (f"arn:aws:ecs:{HERE}:task-definition/web:7", f"arn:aws:ecs:{HERE}:task-definition/web"),
    (SECRET, "prod/db"),
    (SECRET, "prod/db-AbCdEf"),
    (SECRET, SECRET.removesuffix("-AbCdEf")),
    ("arn:aws:iam::123456789012:role/service-role/my-role", "my-role"),
    ("arn:aws:iam::123456789012:role/service-role/my-role", "service-role/my-role"),
    (f"arn:aws:ssm:{HERE}:parameter/prod/db", "/prod/db"),
    (f"arn:aws:ecr:{HERE}:repository/team/app", "team/app"),
    (f"arn:aws:rds:{HERE}:db:my-db", "my-db"),
    (f"arn:aws:sns:{HERE}:my-topic", "my-topic"),
    (f"arn:aws:dynamodb:{HERE}:table/Orders", "orders"),
    (f"arn:aws:autoscaling:{HERE}:autoScalingGroup:0-1-2:autoScalingGroupName/my-asg", "my-asg"),
    ("arn:aws:apigateway:eu-west-1::/restapis/abc/stages/prod", "abc"),
    (f"arn:aws:cloudwatch:{HERE}:alarm:CPU “too” high", 'cpu "too" high'),
    ("arn:aws:s3:::パブリック", "パブリック"),
    ("AWS::::Account:123456789012", "123456789012"),
    ("AWS::::Account:123456789012", "Account:123456789012"),
    ("AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
]
OTHERS = [
    (GROUP, "sg-0ab"),
    (GROUP, "security-group"),
    (GROUP, GROUP.replace("123456789012", "210987654321")),
    (GROUP, GROUP.replace("eu-west-1", "us-east-1")),
    (FUNCTION, "function"),
    (f"{FUNCTION}:PROD", f"{FUNCTION}:STAGING"),
    (f"arn:aws:ecs:{HERE}:service/one/web", f"arn:aws:ecs:{HERE}:service/two/web"),
    (BALANCER, BALANCER.replace("50dc", "60dc")),
    ("my-bucket", "arn:aws:s3:::my-bucket-2"),
    ("arn:aws:s3:::my-bucket", "arn:aws:sqs:::my-bucket"),
    (SECRET, SECRET.replace("AbCdEf", "FeDcBa")),
]


class TestNames:
    """What a resource is found by."""

    @pytest.mark.parametrize(("resource_id", "what"), SAME)
    def test_id_name_and_arn_lead_to_the_resource(self, resource_id: str, what: str) -> None:
        """An ID, a name and an ARN lead to it, and to where the history keeps it."""
        assert is_named(resource_id, what)
        assert set(look_up_keys(what)) & set(names(resource_id))

    @pytest.mark.parametrize(("resource_id", "what"), OTHERS)
    def test_other_resources_have_other_names(self, resource_id: str, what: str) -> None:
        """Another resource, and a type, lead elsewhere."""
        assert not is_named(resource_id, what)

    @pytest.mark.parametrize("resource_id", ["", "/", ":::", "\0", "\ud800", "arn:aws:s3:::" + "a/" * 500])
    def test_number_of_names_is_bounded(self, resource_id: str) -> None:
        """Text from outside has a bounded number of names, and each has a place."""
        found = names(resource_id)

        assert len(found) <= MOST_NAMES
        assert all(2 == len(shard(name)) for name in found)
        assert look_up_keys(resource_id)

    @pytest.mark.parametrize(
        ("part", "is_covered"),
        [
            ("CKET-1", True),
            ("`ｂｕｃｋｅｔ－１`", True),
            ("", True),
            ("bucket-1_", False),
            ("``", False),
            ("\u200b", False),
        ],
    )
    def test_part_of_a_name_is_read_in_the_same_way(self, part: str, *, is_covered: bool) -> None:
        """In *Triage…* a part is read in the same way, and never as less than was typed."""
        assert is_covered == Selection(resource=part).covers(seen_in(a_finding(1)))

    @pytest.mark.parametrize("text", ["[S3.8]", "S3.8.", "Ｓ３．８", "「s3.8」", "S3.8\0", "S3.8\u200b"])
    def test_spelling_of_names_is_normalized(self, text: str) -> None:
        """Width, case, marks around it and invisible characters do not matter."""
        assert "s3.8" == spelled(text)
