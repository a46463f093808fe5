"""SNS, log groups, Route 53 and SSM parameters on the AWS API on loopback."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import LOG_GROUP, RECORD, TOPIC, ZONE
from infra.local.aws.codec import Properties, plain
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api, tag_list
from infra.local.aws.realising import Realiser


def _make_topic(api: Api, making: Making) -> Properties:
    attributes = {"FifoTopic": "true"} if making.given("fifoTopic") else {}
    with api.asking():
        made = api.client("sns", making.region).create_topic(
            Name=making.given("name"), Attributes=attributes
        )
    return {"id": made["TopicArn"]}


def _has_topic(api: Api, making: Making) -> bool:
    client = api.client("sns", making.region)
    return api.there(lambda: client.get_topic_attributes(TopicArn=making.id))


def _settle_topic(api: Api, making: Making) -> None:
    client = api.client("sns", making.region)
    attributes = {"DisplayName": making.given("displayName", "")}
    if making.given("policy"):
        attributes["Policy"] = making.given("policy")
    with api.asking():
        for name, value in attributes.items():
            client.set_topic_attributes(
                TopicArn=making.id, AttributeName=name, AttributeValue=value
            )
        wanted: dict[str, str] = making.outputs.get("tagsAll") or {}
        found = client.list_tags_for_resource(ResourceArn=making.id)["Tags"]
        if strange := sorted({tag["Key"] for tag in found} - wanted.keys()):
            client.untag_resource(ResourceArn=making.id, TagKeys=strange)
        if wanted:
            client.tag_resource(ResourceArn=making.id, Tags=tag_list(wanted))


def _remove_topic(api: Api, making: Making) -> None:
    client = api.client("sns", making.region)
    api.away(lambda: client.delete_topic(TopicArn=making.id))


def _put_topic_policy(api: Api, making: Making) -> None:
    with api.asking():
        api.client("sns", making.region).set_topic_attributes(
            TopicArn=making.given("arn"),
            AttributeName="Policy",
            AttributeValue=making.given("policy"),
        )


def _make_log_group(api: Api, making: Making) -> Properties:
    with api.adopting("ResourceAlreadyExistsException"):
        api.client("logs", making.region).create_log_group(logGroupName=making.given("name"))
    return {}


def _has_log_group(api: Api, making: Making) -> bool:
    client = api.client("logs", making.region)
    return api.there(
        lambda: [
            group
            for group in client.describe_log_groups(logGroupNamePrefix=making.id)["logGroups"]
            if group["logGroupName"] == making.id
        ]
    )


def _settle_log_group(api: Api, making: Making) -> None:
    client, days = api.client("logs", making.region), making.given("retentionInDays")
    with api.asking():
        if days:
            client.put_retention_policy(logGroupName=making.id, retentionInDays=days)
        else:
            client.delete_retention_policy(logGroupName=making.id)


def _remove_log_group(api: Api, making: Making) -> None:
    client = api.client("logs", making.region)
    if not making.given("skipDestroy"):
        api.away(lambda: client.delete_log_group(logGroupName=making.id))


def _dns(api: Api, making: Making) -> Any:
    return api.client("route53", making.region)


def _make_zone(api: Api, making: Making) -> Properties:
    vpcs = making.given("vpcs")
    private = (
        {"VPC": {"VPCRegion": making.region, "VPCId": api.real(vpcs[0]["vpcId"])}} if vpcs else {}
    )
    with api.asking():
        made = _dns(api, making).create_hosted_zone(
            Name=making.given("name"), CallerReference=secrets.token_hex(8), **private
        )["HostedZone"]
    return {"id": made["Id"].rpartition("/")[2]}


def _has_zone(api: Api, making: Making) -> bool:
    client, zone = _dns(api, making), api.real(making.id)
    return api.there(lambda: client.get_hosted_zone(Id=zone))


def _remove_zone(api: Api, making: Making) -> None:
    client, zone = _dns(api, making), api.real(making.id)
    api.away(lambda: client.delete_hosted_zone(Id=zone))


def record_set(making: Making) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "Name": str(making.outputs.get("fqdn") or making.given("name")),
        "Type": making.given("type"),
    }
    if making.given("records") is not None:
        entry["TTL"] = making.given("ttl")
        entry["ResourceRecords"] = [{"Value": value} for value in making.given("records")]
    return entry


def _change_record(api: Api, making: Making, action: str) -> None:
    change = {"Changes": [{"Action": action, "ResourceRecordSet": record_set(making)}]}
    client, zone = _dns(api, making), api.real(making.given("zoneId"))
    if action == "DELETE":
        api.away(lambda: client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change))
        return
    with api.asking():
        client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)


def _put_record(api: Api, making: Making) -> None:
    """Aliases point at things that are only recorded, and stay recorded themselves."""
    if making.given("records") is not None:
        _change_record(api, making, "UPSERT")
        _drop_moved(api, making)


def _drop_moved(api: Api, making: Making) -> None:
    """Take away what a record of this name was before it got another type."""
    name = str(record_set(making)["Name"]).rstrip(".")
    owned = making.world.where(RECORD, "fqdn", name)
    kept = {"NS", "SOA", *(plain(record.inputs.get("type")) for record in owned)}
    client, zone = _dns(api, making), api.real(making.given("zoneId"))
    with api.asking():
        found = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        gone = [each for each in found if each["Name"].rstrip(".") == name]
        changes = [
            {"Action": "DELETE", "ResourceRecordSet": each}
            for each in gone
            if each["Type"] not in kept
        ]
        if changes:
            batch = {"Changes": changes}
            client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def _remove_record(api: Api, making: Making) -> None:
    if making.given("records") is not None:
        _change_record(api, making, "DELETE")


def _put_parameter(api: Api, making: Making) -> None:
    value = making.given("value") or making.given("insecureValue") or making.given("valueWo")
    if value is not None:
        with api.asking():
            api.client("ssm", making.region).put_parameter(
                Name=making.given("name"), Value=value, Type=making.given("type"), Overwrite=True
            )


def _remove_parameter(api: Api, making: Making) -> None:
    client = api.client("ssm", making.region)
    api.away(lambda: client.delete_parameter(Name=making.id))


def _nothing(_api: Api, _making: Making) -> Properties:
    return {}


def _never(_api: Api, _making: Making) -> bool:
    return False  # putting is cheap and the same twice


REALISERS: Mapping[str, Realiser] = {
    TOPIC: Realiser(_make_topic, _has_topic, _remove_topic, _settle_topic),
    # A topic without a policy of its own has AWS's; nothing here asks for that one.
    "aws:sns/topicPolicy:TopicPolicy": Realiser(_nothing, _never, None, _put_topic_policy),
    LOG_GROUP: Realiser(_make_log_group, _has_log_group, _remove_log_group, _settle_log_group),
    ZONE: Realiser(_make_zone, _has_zone, _remove_zone),
    RECORD: Realiser(_nothing, _never, _remove_record, _put_record),
    "aws:ssm/parameter:Parameter": Realiser(_nothing, _never, _remove_parameter, _put_parameter),
}
