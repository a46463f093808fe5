"""Changes that replace because code of the provider for AWS says so, not its schema (pure table).

Sources: the `CustomizeDiff` functions of hashicorp/terraform-provider-aws that each entry names;
`verify-sources` finds in the source which attributes these functions force.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from infra.local.aws.catalogue.node_rules import is_arm
from infra.local.aws.catalogue.tokens import (
    BALANCER,
    CACHE_GROUP,
    EKS,
    ENDPOINT,
    INSTANCE,
    INTERFACE,
    NAT,
    SUBNET,
)
from infra.local.aws.codec import UNKNOWN, Properties, at
from infra.local.aws.spec import Sometimes


def _code(file: str, when: Callable[[Properties, Properties], bool]) -> Sometimes:
    return Sometimes(when, f"terraform-provider-aws internal/service/{file}: CustomizeDiff")


def _becomes(path: str, before: object, after: object) -> Callable[[Properties, Properties], bool]:
    return lambda old, new: at(old, path) == [before] and at(new, path) == [after]


def _turned_off(name: str) -> Callable[[Properties, Properties], bool]:
    """It can be enabled later, but not taken back."""
    return lambda old, new: old.get(name) is True and new.get(name) is not True


def _fewer(name: str) -> Callable[[Properties, Properties], bool]:
    """A number can be raised later, but not lowered."""

    def when(old: Properties, new: Properties) -> bool:
        before, after = old.get(name) or 0, new.get(name) or 0
        return isinstance(before, int | float) and isinstance(after, int | float) and after < before

    return when


def _other_processor(old: Properties, new: Properties) -> bool:
    before, after = old.get("instanceType"), new.get("instanceType")
    known = isinstance(before, str) and isinstance(after, str) and UNKNOWN not in (before, after)
    return known and is_arm(str(before)) != is_arm(str(after))


def _first_address_goes(name: str, *, listed: bool) -> Callable[[Properties, Properties], bool]:
    """The first address is the primary one, which an interface keeps for life."""

    def when(old: Properties, new: Properties) -> bool:
        before, after = old.get(name) or [], new.get(name) or []
        if bool(new.get("privateIpListEnabled")) is not listed or not before:
            return False
        return before[0] not in (after[:1] if listed else after)

    return when


def _old_engine(_: Properties, new: Properties) -> bool:
    """Redis before 7 takes encryption in transit only when it is made."""
    version = re.match(r"\d+", str(new.get("engineVersion") or ""))
    return version is not None and int(version[0]) < 7


_EXPECTED_OWNER = {
    f"aws:s3/bucket{kind}:Bucket{kind}": {
        "expectedBucketOwner": _code(f"s3/{file}.go", lambda _old, _new: True)
    }
    for kind, file in (
        ("Acl", "bucket_acl"),
        ("CorsConfiguration", "bucket_cors_configuration"),
        ("Logging", "bucket_logging"),
        ("ServerSideEncryptionConfiguration", "bucket_server_side_encryption_configuration"),
        ("Versioning", "bucket_versioning"),
        ("WebsiteConfiguration", "bucket_website_configuration"),
    )
}

MORE: Mapping[str, Mapping[str, Sometimes]] = {
    **_EXPECTED_OWNER,
    "aws:acm/certificate:Certificate": dict.fromkeys(
        ("domainName", "subjectAlternativeNames"),
        _code("acm/certificate.go", lambda _old, new: new.get("certificateBody") is None),
    ),
    INSTANCE: {
        **dict.fromkeys(
            ("userData", "userDataBase64"),
            _code("ec2/ec2_instance.go", lambda _, new: bool(new.get("userDataReplaceOnChange"))),
        ),
        "enablePrimaryIpv6": _code("ec2/ec2_instance.go", _turned_off("enablePrimaryIpv6")),
        "instanceType": _code("ec2/ec2_instance.go", _other_processor),
        "ipv6Addresses": _code(
            "ec2/ec2_instance.go",
            lambda old, new: old.get("ipv6AddressCount") == new.get("ipv6AddressCount"),
        ),
        "launchTemplate.version": _code("ec2/ec2_instance.go", lambda _old, _new: True),
    },
    NAT: {
        "secondaryPrivateIpAddressCount": _code(
            "ec2/vpc_nat_gateway.go", lambda _, new: new.get("connectivityType") == "private"
        )
    },
    INTERFACE: {
        "enablePrimaryIpv6": _code(
            "ec2/vpc_network_interface.go", _turned_off("enablePrimaryIpv6")
        ),
        "privateIps": _code(
            "ec2/vpc_network_interface.go", _first_address_goes("privateIps", listed=False)
        ),
        "privateIpLists": _code(
            "ec2/vpc_network_interface.go", _first_address_goes("privateIpLists", listed=True)
        ),
    },
    SUBNET: {
        "ipv6CidrBlock": _code(
            "ec2/vpc_subnet.go", lambda old, _: bool(old.get("assignIpv6AddressOnCreation"))
        )
    },
    ENDPOINT: {
        "privateDnsEnabled": _code(
            "ec2/vpc_endpoint.go", lambda _, new: new.get("vpcEndpointType") != "Interface"
        )
    },
    EKS: {
        "vpcConfig.controlPlaneEgressMode": _code(
            "eks/cluster.go",
            _becomes("vpcConfig.controlPlaneEgressMode", "CUSTOMER_ROUTED", "AWS_MANAGED"),
        )
    },
    BALANCER: {
        "secondaryIpsAutoAssignedPerSubnet": _code(
            "elbv2/load_balancer.go", _fewer("secondaryIpsAutoAssignedPerSubnet")
        )
    },
    CACHE_GROUP: {
        "transitEncryptionEnabled": _code("elasticache/replication_group.go", _old_engine)
    },
    "aws:secretsmanager/secretVersion:SecretVersion": dict.fromkeys(
        ("secretString", "secretStringWoVersion"),
        _code("secretsmanager/secret_version.go", lambda _old, _new: True),
    ),
    "aws:ssm/parameter:Parameter": {
        "tier": _code("ssm/parameter.go", _becomes("tier", "Advanced", "Standard"))
    },
}
