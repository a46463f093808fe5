"""What resources stand on: named prerequisites, made when an input asks for them as `$name` or
`$name:output`.
"""

from __future__ import annotations

import json
from typing import Any

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import plain
from tests.infra.local.aws.client import Client, Made


def policy(action: str = "s3:GetObject", resource: str = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str = "ec2.amazonaws.com") -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


KEY_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Principal": {"Service": "logs.ap-southeast-1.amazonaws.com"},
                "Action": ["kms:Encrypt", "kms:Decrypt"],
                "Resource": "*",
            },
        ],
    }
)

COMMAND = json.dumps(
    {
        "schemaVersion": "2.2",
        "description": "Says a word",
        "parameters": {"word": {"type": "String", "allowedPattern": "^[a-z]+$"}},
        "mainSteps": [
            {
                "name": "say",
                "action": "aws:runShellScript",
                "inputs": {"runCommand": ["echo {{ word }}"]},
            }
        ],
    }
)
METRICS = {"cloudwatchMetricsEnabled": True, "metricName": "a", "sampledRequestsEnabled": False}
SUBNET = {"vpcId": "$vpc"}
# Settings of buckets by which `<name>` stands for the bucket that they are of.
BUCKETS_OF = ("versioned", "versioned-far", "acls", "log-policy")
GROUND: dict[str, tuple[str, dict[str, Any]]] = {
    "vpc": (tokens.VPC, {"cidrBlock": "10.20.0.0/16"}),
    "other-vpc": (tokens.VPC, {"cidrBlock": "10.30.0.0/16"}),
    "subnet-a": (
        tokens.SUBNET,
        {**SUBNET, "cidrBlock": "10.20.0.0/24", "availabilityZone": "ap-southeast-1a"},
    ),
    "subnet-b": (
        tokens.SUBNET,
        {**SUBNET, "cidrBlock": "10.20.1.0/24", "availabilityZone": "ap-southeast-1b"},
    ),
    "subnet-other": (tokens.SUBNET, {"vpcId": "$other-vpc", "cidrBlock": "10.30.0.0/24"}),
    "gateway": (tokens.GATEWAY, {"vpcId": "$vpc"}),
    "document": (
        tokens.DOCUMENT,
        {"name": "gacp-say", "documentType": "Command", "content": COMMAND},
    ),
    "document-2": (
        tokens.DOCUMENT,
        {"name": "gacp-say-2", "documentType": "Command", "content": COMMAND},
    ),
    "address": (tokens.EIP, {"domain": "vpc"}),
    "address-2": (tokens.EIP, {"domain": "vpc"}),
    "nat": (tokens.NAT, {"subnetId": "$subnet-a", "connectivityType": "private"}),
    "table": (tokens.ROUTE_TABLE, {"vpcId": "$vpc"}),
    "table-2": (tokens.ROUTE_TABLE, {"vpcId": "$vpc"}),
    "endpoint": (
        tokens.ENDPOINT,
        {"vpcId": "$vpc", "serviceName": "com.amazonaws.ap-southeast-1.s3"},
    ),
    "group": (tokens.SECURITY_GROUP, {"vpcId": "$vpc", "description": "of the tests"}),
    "group-2": (tokens.SECURITY_GROUP, {"vpcId": "$vpc", "description": "of the tests"}),
    "template": (
        tokens.LAUNCH_TEMPLATE,
        {"imageId": "ami-0123456789abcdef0", "instanceType": "t4g.small"},
    ),
    "instance": (
        tokens.INSTANCE,
        {"ami": "ami-0123456789abcdef0", "instanceType": "t4g.small", "subnetId": "$subnet-a"},
    ),
    "key": (tokens.KEY, {"policy": KEY_POLICY}),
    "key-2": (tokens.KEY, {}),
    "bucket": (tokens.BUCKET, {"bucket": "gacp-tests-documents"}),
    "bucket-2": (tokens.BUCKET, {"bucket": "gacp-tests-others"}),
    "bucket-logs": (tokens.BUCKET, {"bucket": "gacp-tests-logs"}),
    "locked": (tokens.BUCKET, {"bucket": "gacp-tests-locked", "objectLockEnabled": True}),
    "locked-2": (tokens.BUCKET, {"bucket": "gacp-tests-locked-2", "objectLockEnabled": True}),
    "secret": (tokens.SECRET, {"name": "gacp/tests"}),
    "secret-2": (tokens.SECRET, {"name": "gacp/tests-2"}),
    "role": (tokens.ROLE, {"assumeRolePolicy": trust()}),
    "role-2": (tokens.ROLE, {"assumeRolePolicy": trust()}),
    "role-logs": (tokens.ROLE, {"assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com")}),
    "role-eks": (tokens.ROLE, {"assumeRolePolicy": trust("eks.amazonaws.com")}),
    "role-pods": (
        tokens.ROLE,
        {
            "assumeRolePolicy": trust("pods.eks.amazonaws.com").replace(
                '"sts:AssumeRole"', '["sts:AssumeRole", "sts:TagSession"]'
            )
        },
    ),
    "person": (tokens.USER, {}),
    "person-2": (tokens.USER, {}),
    "people": (tokens.USERS, {}),
    "people-2": (tokens.USERS, {}),
    "eks": (
        tokens.EKS,
        {
            "roleArn": "$role-eks:arn",
            "vpcConfig": {"subnetIds": ["$subnet-a", "$subnet-b"]},
            "accessConfig": {"authenticationMode": "API"},
        },
    ),
    "entry": (tokens.ACCESS_ENTRY, {"clusterName": "$eks", "principalArn": "$role:arn"}),
    "volume": (tokens.VOLUME, {"availabilityZone": "ap-southeast-1a", "size": 8}),
    "volume-b": (tokens.VOLUME, {"availabilityZone": "ap-southeast-1b", "size": 8}),
    "acls": (
        tokens.OWNERSHIP,
        {"bucket": "$bucket-acls", "rule": {"objectOwnership": "BucketOwnerPreferred"}},
    ),
    "bucket-acls": (tokens.BUCKET, {"bucket": "gacp-tests-acls"}),
    "policy": (tokens.POLICY, {"policy": policy()}),
    "policy-2": (tokens.POLICY, {"policy": policy("s3:PutObject")}),
    "profile": (tokens.PROFILE, {"role": "$role"}),
    "logs": (tokens.LOG_GROUP, {"name": "/gacp/tests"}),
    "logs-2": (tokens.LOG_GROUP, {"name": "/gacp/tests-2"}),
    "topic": (tokens.TOPIC, {}),
    "topic-2": (tokens.TOPIC, {}),
    "repository": (tokens.REPOSITORY, {}),
    "repository-2": (tokens.REPOSITORY, {}),
    "zone": (tokens.ZONE, {"name": "gacp.example.org"}),
    "zone-2": (tokens.ZONE, {"name": "gacp.example.net"}),
    "certificate": (
        tokens.CERTIFICATE,
        {"domainName": "gacp.example.org", "validationMethod": "DNS"},
    ),
    "certificate-2": (
        tokens.CERTIFICATE,
        {"domainName": "gacp.example.net", "validationMethod": "DNS"},
    ),
    "doc-subnets": (tokens.DOC_SUBNETS, {"subnetIds": ["$subnet-a", "$subnet-b"]}),
    "doc-parameters": (tokens.DOC_PARAMETERS, {"family": "docdb5.0"}),
    "cluster": (
        tokens.DOC_CLUSTER,
        {"masterUsername": "gacp", "manageMasterUserPassword": True, "skipFinalSnapshot": True},
    ),
    "cluster-2": (
        tokens.DOC_CLUSTER,
        {"masterUsername": "gacp", "manageMasterUserPassword": True, "skipFinalSnapshot": True},
    ),
    "cache-subnets": (tokens.CACHE_SUBNETS, {"subnetIds": ["$subnet-a", "$subnet-b"]}),
    "cache-parameters": (tokens.CACHE_PARAMETERS, {"family": "valkey8"}),
    "user": (
        tokens.CACHE_USER,
        {
            "userId": "app",
            "userName": "app",
            "engine": "valkey",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "iam"},
        },
    ),
    "user-2": (
        tokens.CACHE_USER,
        {
            "userId": "other",
            "userName": "other",
            "engine": "valkey",
            "accessString": "on ~* +@all",
            "authenticationMode": {"type": "iam"},
        },
    ),
    "users": (
        tokens.CACHE_USERS,
        {"userGroupId": "clients", "engine": "valkey", "userIds": ["$user"]},
    ),
    "queue": (tokens.QUEUE, {"name": "gacp-tests"}),
    "queue-2": (tokens.QUEUE, {"name": "gacp-tests-2"}),
    "role-events": (tokens.ROLE, {"assumeRolePolicy": trust("events.amazonaws.com")}),
    "event-rule": (tokens.EVENT_RULE, {"name": "gacp-tests", "scheduleExpression": "rate(1 day)"}),
    "subnet-a2": (
        tokens.SUBNET,
        {**SUBNET, "cidrBlock": "10.20.2.0/24", "availabilityZone": "ap-southeast-1a"},
    ),
    "log-policy": (
        "aws:s3/bucketPolicy:BucketPolicy",
        {
            "bucket": "$bucket-logs",
            "policy": policy(
                "s3:PutObject",
                "arn:aws:s3:::gacp-tests-logs/*",
                Principal={"Service": "delivery.logs.amazonaws.com"},
            ),
        },
    ),
    "balancer": (
        tokens.BALANCER,
        {"loadBalancerType": "network", "internal": True, "subnets": ["$subnet-a"]},
    ),
    "balancer-web": (tokens.BALANCER, {"internal": True, "subnets": ["$subnet-a", "$subnet-b"]}),
    "targets": (tokens.TARGET_GROUP, {"port": 80, "protocol": "TCP", "vpcId": "$vpc"}),
    "targets-2": (tokens.TARGET_GROUP, {"port": 81, "protocol": "TCP", "vpcId": "$vpc"}),
    "targets-web": (tokens.TARGET_GROUP, {"port": 80, "protocol": "HTTP", "vpcId": "$vpc"}),
    "targets-other": (tokens.TARGET_GROUP, {"port": 80, "protocol": "TCP", "vpcId": "$other-vpc"}),
    "group-other": (tokens.SECURITY_GROUP, {"vpcId": "$other-vpc", "description": "elsewhere"}),
    "issued": (tokens.CERTIFICATE_USE, {"certificateArn": "$certificate:arn"}),
    "alarm": (
        tokens.ALARM,
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricName": "CPUUtilization",
            "namespace": "AWS/EC2",
            "period": 60,
            "statistic": "Average",
            "threshold": 80,
            "name": "cpu",
        },
    ),
    "alarm-2": (
        tokens.ALARM,
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricName": "CPUUtilization",
            "namespace": "AWS/EC2",
            "period": 60,
            "statistic": "Average",
            "threshold": 80,
            "name": "queue depth",
        },
    ),
    "logs-cheap": (tokens.LOG_GROUP, {"name": "/cheap", "logGroupClass": "INFREQUENT_ACCESS"}),
    "role-backup": (tokens.ROLE, {"assumeRolePolicy": trust("backup.amazonaws.com")}),
    "vault": (tokens.VAULT, {"name": "gacp-tests"}),
    "vault-2": (tokens.VAULT, {"name": "gacp-tests-2"}),
    "vault-far": (tokens.VAULT, {"name": "gacp-tests-far", "region": "us-east-1"}),
    "backup-plan": (
        tokens.BACKUP_PLAN,
        {"name": "tests", "rules": [{"ruleName": "daily", "targetVaultName": "$vault"}]},
    ),
    "backup-plan-2": (
        tokens.BACKUP_PLAN,
        {"name": "tests-2", "rules": [{"ruleName": "daily", "targetVaultName": "$vault"}]},
    ),
    "restore-plan": (
        tokens.RESTORE_PLAN,
        {
            "name": "tests",
            "scheduleExpression": "cron(0 5 ? * SUN *)",
            "recoveryPointSelection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "includeVaults": ["*"],
                "recoveryPointTypes": ["SNAPSHOT"],
            },
        },
    ),
    "role-s3": (tokens.ROLE, {"assumeRolePolicy": trust("s3.amazonaws.com")}),
    "key-far": (tokens.KEY, {"region": "us-east-1"}),
    "key-third": (tokens.KEY, {"region": "eu-west-1"}),
    "bucket-far": (tokens.BUCKET, {"bucket": "gacp-tests-far", "region": "us-east-1"}),
    "versioned": (
        tokens.VERSIONING,
        {"bucket": "$bucket", "versioningConfiguration": {"status": "Enabled"}},
    ),
    "versioned-2": (
        tokens.VERSIONING,
        {"bucket": "$bucket-2", "versioningConfiguration": {"status": "Enabled"}},
    ),
    "versioned-far": (
        tokens.VERSIONING,
        {
            "bucket": "$bucket-far",
            "versioningConfiguration": {"status": "Enabled"},
            "region": "us-east-1",
        },
    ),
    "template-bare": (tokens.LAUNCH_TEMPLATE, {"instanceType": "t4g.small"}),
    "template-parameter": (
        tokens.LAUNCH_TEMPLATE,
        {"imageId": "resolve:ssm:/an/image", "instanceType": "t4g.small"},
    ),
    "template-named": (
        tokens.LAUNCH_TEMPLATE,
        {"name": "gacp-tests", "imageId": "ami-0123456789abcdef0"},
    ),
    "targets-ip": (
        tokens.TARGET_GROUP,
        {"port": 82, "protocol": "TCP", "vpcId": "$vpc", "targetType": "ip"},
    ),
    "role-dlm": (tokens.ROLE, {"assumeRolePolicy": trust("dlm.amazonaws.com")}),
    "scaling": (
        tokens.SCALING_GROUP,
        {
            "name": "gacp-tests",
            "minSize": 1,
            "maxSize": 2,
            "launchTemplate": {"id": "$template"},
            "vpcZoneIdentifiers": ["$subnet-a"],
        },
    ),
    "scaling-2": (
        tokens.SCALING_GROUP,
        {
            "name": "gacp-tests-2",
            "minSize": 1,
            "maxSize": 2,
            "launchTemplate": {"id": "$template"},
            "vpcZoneIdentifiers": ["$subnet-a"],
        },
    ),
    "certificate-edge": (
        tokens.CERTIFICATE,
        {
            "domainName": "gacp.example.org",
            "subjectAlternativeNames": ["*.gacp.example.org"],
            "validationMethod": "DNS",
            "region": "us-east-1",
        },
    ),
    "certificate-waits": (
        tokens.CERTIFICATE,
        {"domainName": "a.example.org", "validationMethod": "DNS", "region": "us-east-1"},
    ),
    "issued-edge": (
        tokens.CERTIFICATE_USE,
        {"certificateArn": "$certificate-edge:arn", "region": "us-east-1"},
    ),
    "origin-access": (
        tokens.ORIGIN_ACCESS,
        {
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
    ),
    "cache-policy": (
        tokens.CACHE_POLICY,
        {
            "parametersInCacheKeyAndForwardedToOrigin": {
                "cookiesConfig": {"cookieBehavior": "none"},
                "headersConfig": {"headerBehavior": "none"},
                "queryStringsConfig": {"queryStringBehavior": "none"},
            }
        },
    ),
    "headers-policy": (
        tokens.HEADERS_POLICY,
        {"securityHeadersConfig": {"contentTypeOptions": {"override": True}}},
    ),
    "acl": (
        tokens.WEB_ACL,
        {
            "scope": "CLOUDFRONT",
            "region": "us-east-1",
            "defaultAction": {"allow": {}},
            "visibilityConfig": METRICS,
        },
    ),
    "acl-here": (
        tokens.WEB_ACL,
        {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": METRICS},
    ),
    "waf-logs": (tokens.LOG_GROUP, {"name": "aws-waf-logs-here"}),
    "waf-logs-2": (tokens.LOG_GROUP, {"name": "aws-waf-logs-here-2"}),
    "waf-logs-far": (tokens.LOG_GROUP, {"name": "aws-waf-logs-far", "region": "us-east-1"}),
    "distribution": (
        tokens.DISTRIBUTION,
        {
            "enabled": True,
            "origins": [
                {
                    "originId": "edge",
                    "domainName": "lb.gacp.example.org",
                    "customOriginConfig": {
                        "httpPort": 80,
                        "httpsPort": 443,
                        "originProtocolPolicy": "https-only",
                        "originSslProtocols": ["TLSv1.2"],
                    },
                }
            ],
            "defaultCacheBehavior": {
                "targetOriginId": "edge",
                "viewerProtocolPolicy": "redirect-to-https",
                "allowedMethods": ["GET", "HEAD"],
                "cachedMethods": ["GET", "HEAD"],
                "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
            "restrictions": {"geoRestriction": {"restrictionType": "none"}},
            "viewerCertificate": {"cloudfrontDefaultCertificate": True},
        },
    ),
    "log-source": (
        tokens.LOG_SOURCE,
        {
            "name": "the-edge",
            "logType": "ACCESS_LOGS",
            "resourceArn": "$distribution:arn",
            "region": "us-east-1",
        },
    ),
    **{
        f"log-destination{slot}": (
            tokens.LOG_DESTINATION,
            {
                "name": f"the-edge{slot}",
                "region": "us-east-1",
                "deliveryDestinationConfiguration": {
                    "destinationResourceArn": f"arn:aws:s3:::<{bucket}>"
                },
                **more,
            },
        )
        for slot, bucket, more in (
            ("", "log-policy", {}),
            ("-text", "log-policy", {"outputFormat": "w3c"}),
            ("-json", "log-policy", {"outputFormat": "json"}),
            ("-closed", "bucket", {}),
        )
    },
}


class Ground:
    """Prerequisites of one test, each made once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        if name not in self._made:
            token, inputs = GROUND[name]
            self._made[name] = self._client.create(token, self.fill(inputs), name=f"the-{name}")
        return self._made[name]

    def fill(self, value: Any) -> Any:
        """`value` with `$name` replaced by that resource's id, `$name:output` by that output."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str) and value.startswith("$") and value[1].islower():
            name, _, output = value[1:].partition(":")
            made = self[name]
            return plain(made.outputs[output]) if output else made.id
        within = (("bucket", "bucket"), ("queue", "arn"), ("alarm", "name"))
        of_buckets = ((name, "bucket") for name in BUCKETS_OF)
        for name, output in (*within, *of_buckets):
            if isinstance(value, str) and f"<{name}>" in value:
                value = value.replace(f"<{name}>", plain(self[name].outputs[output]))
        return value
