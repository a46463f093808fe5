"""Topics, log groups, repositories and DNS, as the AWS API on loopback has them."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.catalogue.tokens import LOG_GROUP, RECORD, REPOSITORY, TOPIC, ZONE
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.real.messages import record_set
from infra.local.aws.real.seen.common import See, asked, tags_in, there


def _topic(api: Api, making: Making) -> Properties | None:
    client = api.client("sns", making.region)
    found = asked(api, lambda: client.get_topic_attributes(TopicArn=making.id)["Attributes"])
    if found is None:
        return None
    with api.asking():
        tags = client.list_tags_for_resource(ResourceArn=making.id)["Tags"]
    seen: Properties = {"displayName": found.get("DisplayName") or None, "tagsAll": tags_in(tags)}
    if making.given("policy"):
        seen["policy"] = found["Policy"]
    return seen


def _topic_policy(api: Api, making: Making) -> Properties | None:
    client, topic = api.client("sns", making.region), making.given("arn")
    found = asked(api, lambda: client.get_topic_attributes(TopicArn=topic)["Attributes"])
    return None if found is None else {"policy": found["Policy"]}


def _log_group(api: Api, making: Making) -> Properties | None:
    client = api.client("logs", making.region)
    groups = asked(
        api, lambda: client.describe_log_groups(logGroupNamePrefix=making.id)["logGroups"]
    )
    found = next((one for one in groups or [] if one["logGroupName"] == making.id), None)
    return None if found is None else {"retentionInDays": found.get("retentionInDays", 0)}


def _repository(api: Api, making: Making) -> Properties | None:
    client = api.client("ecr", making.region)
    found = asked(
        api, lambda: client.describe_repositories(repositoryNames=[making.id])["repositories"]
    )
    if not found:
        return None
    scanning = bool(found[0]["imageScanningConfiguration"]["scanOnPush"])
    given = making.given("imageScanningConfiguration")
    return {
        "imageTagMutability": found[0]["imageTagMutability"],
        **({"imageScanningConfiguration": {"scanOnPush": scanning}} if given or scanning else {}),
    }


def _image_lifecycle(api: Api, making: Making) -> Properties | None:
    client = api.client("ecr", making.region)
    found = asked(api, lambda: client.get_lifecycle_policy(repositoryName=making.id))
    return None if found is None else {"policy": found["lifecyclePolicyText"]}


def _zone(api: Api, making: Making) -> Properties | None:
    client, zone = api.client("route53", making.region), api.real(making.id)
    return there(api, lambda: client.get_hosted_zone(Id=zone))


def _record(api: Api, making: Making) -> Properties | None:
    if making.given("records") is None:
        return {}  # an alias is only recorded
    wanted = record_set(making)
    client, zone = api.client("route53", making.region), api.real(making.given("zoneId"))
    name = str(wanted["Name"]).rstrip(".")
    sets = asked(
        api, lambda: client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    )
    for one in sets or []:
        if (one["Name"].rstrip("."), one["Type"]) == (name, wanted["Type"]):
            values = [value["Value"] for value in one["ResourceRecords"]]
            return {"ttl": one["TTL"], "records": values}
    return None


def _parameter(api: Api, making: Making) -> Properties | None:
    client = api.client("ssm", making.region)
    return there(
        api,
        lambda: client.describe_parameters(
            ParameterFilters=[{"Key": "Name", "Values": [making.id]}]
        )["Parameters"],
    )


SEEN: Mapping[str, See] = {
    TOPIC: _topic,
    "aws:sns/topicPolicy:TopicPolicy": _topic_policy,
    LOG_GROUP: _log_group,
    REPOSITORY: _repository,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _image_lifecycle,
    ZONE: _zone,
    RECORD: _record,
    "aws:ssm/parameter:Parameter": _parameter,
}
