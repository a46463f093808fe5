"""What AWS would compute for a resource: enough for the program's own wiring to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REGION, ACCOUNT = "ap-southeast-1", "123456789012"

_SERVICE = {"cloudwatch": "logs", "sns": "sns"}


def computed_outputs(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """`id`, `arn` and the outputs that this program reads."""
    module = type_.split(":")[1].split("/")[0]
    known_as = str(inputs.get("name") or inputs.get("bucket") or name)
    identity = f"{name}-id" if module in ("ebs", "ec2", "vpc") else known_as
    region = inputs.get("region") or REGION
    values: dict[str, Any] = {
        "id": identity,
        "arn": f"arn:aws:{_SERVICE.get(module, module)}:{region}:{ACCOUNT}:{known_as}",
    }
    return values | _SPECIAL.get(type_, lambda *_: {})(name, inputs)


def _cluster(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    identifier = inputs["clusterIdentifier"]
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!cluster-1-abcdef"
    return {
        "id": identifier,
        "endpoint": f"{identifier}.cluster-abc.{REGION}.docdb.amazonaws.com",
        "port": 27017,
        "masterUserSecrets": [{"secretArn": secret, "secretStatus": "active", "kmsKeyId": ""}],
    }


def _replication_group(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    identifier = inputs["replicationGroupId"]
    return {
        "id": identifier,
        "arn": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:replicationgroup:{identifier}",
        "primaryEndpointAddress": f"master.{identifier}.abc.apse1.cache.amazonaws.com",
        "configurationEndpointAddress": f"clustercfg.{identifier}.abc.apse1.cache.amazonaws.com",
        "port": 6379,
    }


def _certificate(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    domain = inputs["domainName"]
    return {
        "domainValidationOptions": [
            {
                "domainName": domain,
                "resourceRecordName": f"_check.{domain}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_answer.acm-validations.aws.",
            }
        ]
    }


_SPECIAL = {
    "aws:docdb/cluster:Cluster": _cluster,
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:acm/certificate:Certificate": _certificate,
    "aws:s3/bucket:Bucket": lambda name, inputs: {
        "id": inputs["bucket"],
        "arn": f"arn:aws:s3:::{inputs['bucket']}",
    },
    "aws:kms/key:Key": lambda name, inputs: {
        "keyId": f"{name}-0000",
        "arn": f"arn:aws:kms:{inputs.get('region') or REGION}:{ACCOUNT}:key/{name}-0000",
    },
    "aws:secretsmanager/secret:Secret": lambda name, inputs: {
        "arn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{inputs['name']}-abcdef"
    },
    "aws:ecr/repository:Repository": lambda name, inputs: {
        "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{inputs['name']}"
    },
    "aws:ec2/eip:Eip": lambda name, inputs: {
        "allocationId": f"eipalloc-{name}",
        "publicIp": "203.0.113.10",
    },
    "aws:ebs/volume:Volume": lambda name, inputs: {
        "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/{name}"
    },
    "aws:ec2/launchTemplate:LaunchTemplate": lambda name, inputs: {"latestVersion": 1},
    "aws:route53/zone:Zone": lambda name, inputs: {
        "zoneId": "Z0123456789ABC",
        "nameServers": ["ns-1.example."],
    },
    "aws:eks/cluster:Cluster": lambda name, inputs: {
        "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{inputs['name']}",
        "endpoint": "https://0123456789ABCDEF.gr7.ap-southeast-1.eks.amazonaws.com",
        "certificateAuthority": {"data": "Q0VSVA=="},
        "vpcConfig": {**inputs["vpcConfig"], "clusterSecurityGroupId": "sg-cluster"},
    },
    "aws:lb/loadBalancer:LoadBalancer": lambda name, inputs: {
        "dnsName": f"{inputs['name']}-0123456789abcdef.elb.{REGION}.amazonaws.com",
        "zoneId": "ZKVM4W9LS7TM",
        "arnSuffix": f"net/{inputs['name']}/0123456789abcdef",
    },
    "aws:lb/targetGroup:TargetGroup": lambda name, inputs: {
        "arnSuffix": f"targetgroup/{inputs['name']}/0123456789abcdef",
    },
    "aws:iam/role:Role": lambda name, inputs: {
        "arn": f"arn:aws:iam::{ACCOUNT}:role/{inputs['name']}"
    },
    "aws:iam/policy:Policy": lambda name, inputs: {
        "arn": f"arn:aws:iam::{ACCOUNT}:policy/{inputs['name']}"
    },
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": lambda name, inputs: {
        "arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{inputs['url'].removeprefix('https://')}"
    },
    "aws:ssm/association:Association": lambda name, inputs: {"associationId": f"{name}-0000"},
    "aws:route53/record:Record": lambda name, inputs: {"fqdn": inputs["name"]},
}
