"""Names: of the SDK's types in Terraform, and of Terraform's attributes in the SDK (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from infra.local.aws import shapes

# Types whose name in Terraform is not made of their token's parts.
_NAMES: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "aws_cloudwatch_metric_alarm",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": (
        "aws_s3_bucket_replication_configuration"
    ),
    "aws:wafv2/webAcl:WebAcl": "aws_wafv2_web_acl",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "aws_iam_openid_connect_provider",
    "aws:s3/bucketObject:BucketObject": "aws_s3_bucket_object",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
}
_SERVICES: Mapping[str, str] = {"ebs": "ec2", "lb": "elbv2", "vpc": "ec2"}
# Of CloudWatch's types, by how their names begin.
_OF_CLOUDWATCH: Mapping[str, str] = {"event": "events", "log": "logs"}
# Attributes that pulumi-aws gives another name than its rule makes.
_RENAMED: Mapping[str, str] = {"alarm_name": "name", "routing_rules": "routingRuleDetails"}


def terraform_type(token: str) -> tuple[str, str]:
    """A token's type in Terraform and the service folder that declares it."""
    service, rest = token.split(":")[1].split("/")
    folder = _SERVICES.get(service, service)
    if service == "cloudwatch":
        starts = (name for start, name in _OF_CLOUDWATCH.items() if rest.startswith(start))
        folder = next(starts, folder)
    prefix = "" if service in ("ec2",) else f"{service}_"
    return _NAMES.get(token, f"aws_{prefix}{snake(rest)}"), folder


def snake(name: str) -> str:
    """`replicationGroup` → `replication_group`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel(name: str) -> str:
    """`kms_key_id` → `kmsKeyId`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def plurals(name: str) -> Iterator[str]:
    yield f"{name}s"
    yield f"{name}es"
    if name.endswith("y"):
        yield f"{name[:-1]}ies"


def sdk_name(name: str, known: Iterable[str], *, many: bool) -> str | None:
    """The SDK's name of an attribute, among those that it has there; None if it has none. `many`
    says that the attribute is a list, which the SDK names in the plural.
    """
    have = set(known)
    if name == "topic_arn" and "topicArn" not in have:  # of a subscription
        return "topic"
    plain = camel(_RENAMED.get(name, name))
    usual = camel(name)
    candidates = [*plurals(plain), plain] if many else [plain, *plurals(plain)]
    candidates += [usual, *plurals(usual)]
    return next((each for each in candidates if each in have), None)


def fields_of(token: str, shape: str) -> dict[str, str]:
    """The fields of an object's shape (`#Name`)."""
    service = token.split(":")[1].split("/")[0]
    return shapes.schema()["objects"][f"{service}.{shape.strip('[]{}!').removeprefix('#')}"]
