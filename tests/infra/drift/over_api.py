"""Drift over the AWS API (table): what somebody with a console does to what really exists there."""

from __future__ import annotations

import json
from typing import Any

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import plain
from tests.infra.drift.kind import Kind, Outsider, Unseen

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SETTING = "aws:s3/bucket{0}:Bucket{0}"
WORLD = "0.0.0.0/0"
CLUSTER = "cluster"


def everybody(*actions: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowing(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def calls(service: str, call: str, named: str = "", **arguments: Any) -> Outsider:
    """One call; `named` is the argument that takes the record's id."""

    def change(client: Any, record: Any) -> None:
        own = {named: record.id} if named else {}
        getattr(client(service, record.region), call)(**own, **arguments)

    return change


def rule_opened(client: Any, record: Any) -> None:
    inputs = plain(record.inputs)
    opened = {
        "IpProtocol": inputs["ipProtocol"],
        "FromPort": int(inputs["fromPort"]),
        "ToPort": int(inputs["toPort"]),
        "CidrIpv4": WORLD,
    }
    client("ec2", record.region).modify_security_group_rules(
        GroupId=inputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": record.id, "SecurityGroupRule": opened}],
    )


def port_opened(client: Any, record: Any) -> None:
    inputs = plain(record.inputs)
    opened = {
        "IpProtocol": "tcp",
        "FromPort": 1,
        "ToPort": 65535,
        "CidrIpv4": inputs["cidrIpv4"],
    }
    client("ec2", record.region).modify_security_group_rules(
        GroupId=inputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": record.id, "SecurityGroupRule": opened}],
    )


def rule_removed(client: Any, record: Any) -> None:
    group = plain(record.inputs)["securityGroupId"]
    client("ec2", record.region).revoke_security_group_ingress(
        GroupId=group, SecurityGroupRuleIds=[record.id]
    )


def group_opened(client: Any, record: Any) -> None:
    opened = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": WORLD}]}
    client("ec2", record.region).authorize_security_group_ingress(
        GroupId=record.id, IpPermissions=[opened]
    )


def tagged(client: Any, record: Any) -> None:
    client("ec2", record.region).create_tags(
        Resources=[record.id], Tags=[{"Key": "owner", "Value": "somebody"}]
    )


def untagged(client: Any, record: Any) -> None:
    client("ec2", record.region).delete_tags(Resources=[record.id], Tags=[{"Key": "cost-centre"}])


def route_removed(client: Any, record: Any) -> None:
    inputs = plain(record.inputs)
    client("ec2", record.region).delete_route(
        RouteTableId=inputs["routeTableId"], DestinationCidrBlock=inputs["destinationCidrBlock"]
    )


def route_moved(client: Any, record: Any) -> None:
    ec2, inputs = client("ec2", record.region), plain(record.inputs)
    other = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.replace_route(
        RouteTableId=inputs["routeTableId"],
        DestinationCidrBlock=inputs["destinationCidrBlock"],
        GatewayId=other,
    )


def nat_deleted(client: Any, record: Any) -> None:
    """AWS frees the address of a gateway that ends; moto leaves that to the caller."""
    ec2 = client("ec2", record.region)
    ec2.delete_nat_gateway(NatGatewayId=record.id)
    address = plain(record.inputs)["allocationId"]
    found = ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
    ec2.disassociate_address(AssociationId=found["AssociationId"])


def trusting_everybody(client: Any, record: Any) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam", record.region).update_assume_role_policy(
        RoleName=record.id, PolicyDocument=document
    )


def inline_widened(client: Any, record: Any) -> None:
    inputs = plain(record.inputs)
    client("iam", record.region).put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=allowing("*")
    )


def inline_deleted(client: Any, record: Any) -> None:
    inputs = plain(record.inputs)
    client("iam", record.region).delete_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"]
    )


def role_taken_out(client: Any, record: Any) -> None:
    role = plain(record.inputs)["role"]
    client("iam", record.region).remove_role_from_instance_profile(
        InstanceProfileName=record.id, RoleName=role
    )


def policy_of_key(client: Any, record: Any) -> None:
    client("kms", record.region).put_key_policy(
        KeyId=record.id, PolicyName="default", Policy=everybody("kms:*")
    )


def alias_moved(client: Any, record: Any) -> None:
    kms = client("kms", record.region)
    other = kms.create_key(Description="of somebody")["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=record.id, TargetKeyId=other)


def record_of_zone(action: str, *values: str) -> Outsider:
    def change(client: Any, record: Any) -> None:
        inputs = plain(record.inputs)
        entry = {
            "Name": inputs["name"],
            "Type": inputs["type"],
            "TTL": int(inputs["ttl"]),
            "ResourceRecords": [{"Value": value} for value in values or inputs["records"]],
        }
        changes = [{"Action": action, "ResourceRecordSet": entry}]
        client("route53", record.region).change_resource_record_sets(
            HostedZoneId=inputs["zoneId"], ChangeBatch={"Changes": changes}
        )

    return change


def of_topic(name: str, value: str) -> Outsider:
    return calls(
        "sns", "set_topic_attributes", "TopicArn", AttributeName=name, AttributeValue=value
    )


def default_retention(client: Any, record: Any) -> None:
    client("s3", record.region).put_bucket_lifecycle_configuration(
        Bucket=record.id,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "clean",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Days": 1},
                }
            ]
        },
    )


def encrypted_otherwise(client: Any, record: Any) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client("s3", record.region).put_bucket_encryption(
        Bucket=record.id, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def opened_bucket(client: Any, record: Any) -> None:
    policy = everybody("s3:GetObject", resource=f"arn:aws:s3:::{record.id}/*")
    client("s3", record.region).put_bucket_policy(Bucket=record.id, Policy=policy)


KINDS = (
    Kind("group: a rule opened to the world", INGRESS, rule_opened, ("cidrIpv4",), "endpoints-in"),
    Kind("group: every port opened", EGRESS, port_opened, ("fromPort", "toPort"), "out-mail"),
    Kind("group: a rule removed", INGRESS, rule_removed, (), "endpoints-in"),
    Kind("group: the default group opened", tokens.DEFAULT_GROUP, group_opened, ("ingress",)),
    Kind("group: a tag changed", tokens.SECURITY_GROUP, tagged, ("tags",)),
    Kind(
        "network: DNS names off",
        tokens.VPC,
        calls("ec2", "modify_vpc_attribute", "VpcId", EnableDnsHostnames={"Value": False}),
        ("enableDnsHostnames",),
    ),
    Kind("network: a tag changed", tokens.VPC, tagged, ("tags",)),
    Kind("network: a tag removed", tokens.SUBNET, untagged, ("tags",)),
    Kind(
        "network: a subnet gives out public addresses",
        tokens.SUBNET,
        calls("ec2", "modify_subnet_attribute", "SubnetId", MapPublicIpOnLaunch={"Value": True}),
        ("mapPublicIpOnLaunch",),
        "data-a",
    ),
    Kind("network: a route removed", tokens.ROUTE, route_removed),
    Kind("network: a route moved", tokens.ROUTE, route_moved, ("gatewayId",)),
    Kind(
        "network: a subnet off its route table",
        tokens.TABLE_LINK,
        calls("ec2", "disassociate_route_table", "AssociationId"),
    ),
    Kind(
        "network: an endpoint deleted",
        tokens.ENDPOINT,
        lambda client, record: client("ec2", record.region).delete_vpc_endpoints(
            VpcEndpointIds=[record.id]
        ),
    ),
    Kind(
        "network: a NAT gateway deleted",
        tokens.NAT,
        nat_deleted,
        profile=CLUSTER,
    ),
    Kind(
        "storage: versions suspended",
        SETTING.format("Versioning"),
        calls(
            "s3",
            "put_bucket_versioning",
            "Bucket",
            VersioningConfiguration={"Status": "Suspended"},
        ),
        ("versioningConfiguration",),
        "documents",
    ),
    Kind(
        "storage: a bucket opened by its policy",
        SETTING.format("Policy"),
        opened_bucket,
        ("policy",),
        "documents",
    ),
    Kind(
        "storage: public access allowed",
        SETTING.format("PublicAccessBlock"),
        calls(
            "s3",
            "put_public_access_block",
            "Bucket",
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": False,
                "RestrictPublicBuckets": False,
            },
        ),
        ("blockPublicPolicy", "restrictPublicBuckets"),
        "documents",
    ),
    Kind(
        "storage: public access block removed",
        SETTING.format("PublicAccessBlock"),
        calls("s3", "delete_public_access_block", "Bucket"),
        (),
        "documents",
    ),
    Kind(
        "storage: lifecycle removed",
        SETTING.format("LifecycleConfiguration"),
        calls("s3", "delete_bucket_lifecycle", "Bucket"),
        (),
        "documents",
    ),
    Kind(
        "storage: documents end after a day",
        SETTING.format("LifecycleConfiguration"),
        default_retention,
        ("rules",),
        "documents",
    ),
    Kind(
        "storage: encrypted without our key",
        SETTING.format("ServerSideEncryptionConfiguration"),
        encrypted_otherwise,
        ("rules",),
        "documents",
    ),
    Kind(
        "storage: access by lists allowed",
        SETTING.format("OwnershipControls"),
        calls(
            "s3",
            "put_bucket_ownership_controls",
            "Bucket",
            OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        ),
        ("rule",),
        "documents",
    ),
    Kind(
        "keys: rotation off",
        tokens.KEY,
        calls("kms", "disable_key_rotation", "KeyId"),
        ("enableKeyRotation",),
    ),
    Kind("keys: a key off", tokens.KEY, calls("kms", "disable_key", "KeyId"), ("isEnabled",)),
    Kind("keys: policy widened", tokens.KEY, policy_of_key, ("policy",)),
    Kind("keys: an alias moved", tokens.KEY_ALIAS, alias_moved, ("targetKeyId",), "logs-key"),
    Kind(
        "secrets: described otherwise",
        tokens.SECRET,
        calls("secretsmanager", "update_secret", "SecretId", Description="of somebody"),
        ("description",),
    ),
    Kind(
        "secrets: deleted",
        tokens.SECRET,
        calls("secretsmanager", "delete_secret", "SecretId", ForceDeleteWithoutRecovery=True),
        (),
        "mail",
    ),
    Kind("identity: trust widened", tokens.ROLE, trusting_everybody, ("assumeRolePolicy",)),
    Kind(
        "identity: sessions of half a day",
        tokens.ROLE,
        calls("iam", "update_role", "RoleName", MaxSessionDuration=43200),
        ("maxSessionDuration",),
    ),
    Kind(
        "identity: an inline policy widened",
        "aws:iam/rolePolicy:RolePolicy",
        inline_widened,
        ("policy",),
    ),
    Kind("identity: an inline policy deleted", "aws:iam/rolePolicy:RolePolicy", inline_deleted),
    Kind("identity: a machine without its role", tokens.PROFILE, role_taken_out, ("role",)),
    Kind(
        "alerts: everybody may publish",
        "aws:sns/topicPolicy:TopicPolicy",
        of_topic("Policy", everybody("sns:Publish")),
        ("policy",),
    ),
    Kind(
        "alerts: the topic under another name",
        tokens.TOPIC,
        of_topic("DisplayName", "of somebody"),
        ("displayName",),
    ),
    Kind(
        "logs: retention removed",
        tokens.LOG_GROUP,
        calls("logs", "delete_retention_policy", "logGroupName"),
        ("retentionInDays",),
    ),
    Kind(
        "logs: kept for a day",
        tokens.LOG_GROUP,
        calls("logs", "put_retention_policy", "logGroupName", retentionInDays=1),
        ("retentionInDays",),
    ),
    Kind(
        "logs: a group deleted",
        tokens.LOG_GROUP,
        calls("logs", "delete_log_group", "logGroupName"),
        (),
        "/app",
    ),
    Kind(
        "images: tags may be moved",
        tokens.REPOSITORY,
        calls("ecr", "put_image_tag_mutability", "repositoryName", imageTagMutability="MUTABLE"),
        ("imageTagMutability",),
    ),
    Kind(
        "images: scan off",
        tokens.REPOSITORY,
        calls(
            "ecr",
            "put_image_scanning_configuration",
            "repositoryName",
            imageScanningConfiguration={"scanOnPush": False},
        ),
        ("imageScanningConfiguration",),
    ),
    Kind(
        "images: lifecycle deleted",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        calls("ecr", "delete_lifecycle_policy", "repositoryName"),
    ),
    Kind(
        "names: a record moved",
        tokens.RECORD,
        record_of_zone("UPSERT", "elsewhere.example.org."),
        ("records",),
        "CNAME",
    ),
    Kind("names: a record deleted", tokens.RECORD, record_of_zone("DELETE"), (), "CNAME"),
)


def attached(client: Any, record: Any) -> None:
    iam = client("iam", record.region)
    every = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [every]})
    # Of the account: AWS's own policies are not on the API here.
    made = iam.create_policy(PolicyName="somebodys", PolicyDocument=text)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=record.id, PolicyArn=made)


def route_added(client: Any, record: Any) -> None:
    ec2 = client("ec2", record.region)
    other = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.create_route(RouteTableId=record.id, DestinationCidrBlock="9.9.9.0/24", GatewayId=other)


def bucket_made(client: Any, record: Any) -> None:
    place = {"LocationConstraint": record.region}
    client("s3", record.region).create_bucket(Bucket="of-somebody", CreateBucketConfiguration=place)


BESIDE = "a resource beside those of the stack is in no state; AWS Config and CloudTrail find it"
UNSEEN = (
    Unseen("group: a rule added", group_opened, tokens.SECURITY_GROUP, BESIDE),
    Unseen("identity: a policy attached", attached, tokens.ROLE, BESIDE),
    Unseen("network: a route added", route_added, tokens.ROUTE_TABLE, BESIDE),
    Unseen("storage: a bucket made", bucket_made, tokens.BUCKET, BESIDE),
)
"""What refresh can't find by design, shown to be so; none of it is counted as found."""
