"""Examples of controls of the cluster, nodes, machines and the load balancer."""

from __future__ import annotations

import base64
import gzip
from datetime import date
from typing import Any

from infra.policy import types as t
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import add, cut, drop, option, put
from tests.infra.policy.example import Example, Red, example, values
from tests.infra.policy.whole import _id, res

SUBNETS = (t.SUBNET, t.ROUTE_TABLE_ASSOCIATION, t.ROUTE_TABLE, t.ROUTE, t.INTERNET_GATEWAY)
MAIN, NODES = "Cluster::main", "NodeGroup::nodes"
TEMPLATE, HOST, BASTION = "LaunchTemplate::host", "Instance::host", "Instance::bastion"
MACHINES = (
    *(t.INSTANCE, t.LAUNCH_TEMPLATE, t.INSTANCE_PROFILE, t.ROLE, t.ATTACHMENT),
    t.AUTOSCALING_GROUP,
    *(t.GROUP, t.INGRESS_RULE, t.GROUP_RULE),
)
AWS_KEY = "arn:aws:kms:ap-southeast-1:123456789012:alias/aws/ebs"
ACCESS_KEY_TEXT = "KEY=AKIA" + "ABCDEFGHIJKLMNOP"
DISK = "blockDeviceMappings.0.ebs"
ALL_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def open_to(**source: Any):
    """A rule that lets somebody in to port 22 of the machines' group."""
    return add(
        res(
            t.INGRESS_RULE,
            "ssh",
            securityGroupId=_id("workloads"),
            ipProtocol="tcp",
            fromPort=22,
            toPort=22,
            description="for a while",
            **source,
        )
    )


EXAMPLES: dict[str, Example] = {
    "A01": example(t.CLUSTER, red=values(MAIN, "vpcConfig.endpointPrivateAccess", False)),
    "A02": example(
        t.CLUSTER,
        red={
            **values(MAIN, "vpcConfig.endpointPublicAccess", True),
            "open elsewhere": Red(put(MAIN, "vpcConfig.endpointPublicAccess", True), "dev"),
            "unsaid elsewhere": Red(cut(MAIN, "vpcConfig.endpointPublicAccess"), "dev"),
            "world elsewhere": Red(put(MAIN, "vpcConfig", {"publicAccessCidrs": ["::/0"]}), "dev"),
            "unknown range": Red(put(MAIN, "vpcConfig", {"publicAccessCidrs": [UNKNOWN]}), "dev"),
        },
        green={
            "a named range in dev": Red(
                put(MAIN, "vpcConfig", {"publicAccessCidrs": ["198.51.100.0/24"]}), "dev"
            )
        },
    ),
    "A03": example(
        t.CLUSTER,
        t.KEY,
        red={
            **values(MAIN, "encryptionConfig.resources", [], ["configmaps"]),
            **values(MAIN, "encryptionConfig.provider.keyArn", "", AWS_KEY),
            "no encryption": cut(MAIN, "encryptionConfig"),
        },
    ),
    "A04": example(
        t.CLUSTER,
        red={
            **values(MAIN, "enabledClusterLogTypes", []),
            **{
                f"without {log}": put(
                    MAIN, "enabledClusterLogTypes", [each for each in ALL_LOGS if each != log]
                )
                for log in ALL_LOGS
            },
        },
    ),
    "A05": example(
        t.CLUSTER,
        red={
            **values(MAIN, "version", "1.33", "1.29", "2.0"),
            **values(MAIN, "upgradePolicy.supportType", "EXTENDED"),
        },
        green={"the version before": put(MAIN, "version", "1.34")},
    ),
    "A06": example(
        t.CLUSTER,
        red={
            **values(MAIN, "accessConfig.authenticationMode", "CONFIG_MAP", "API_AND_CONFIG_MAP"),
            **values(MAIN, "accessConfig.bootstrapClusterCreatorAdminPermissions", True),
        },
        green={
            "an administrator in dev": Red(
                put(MAIN, "accessConfig.bootstrapClusterCreatorAdminPermissions", True), "dev"
            )
        },
    ),
    "A07": example(
        t.CLUSTER,
        red={
            **values(MAIN, "deletionProtection", False),
            "unprotected": option(MAIN, protect=False),
        },
        green={"in dev": Red(cut(MAIN, "deletionProtection"), "dev")},
    ),
    "A08": example(
        t.CLUSTER,
        *SUBNETS,
        red={
            **values(MAIN, "vpcConfig.subnetIds", []),
            "a public one": put(MAIN, "vpcConfig.subnetIds.0", _id("public-subnet-a")),
            "one with public addresses": put(
                "Subnet::private-subnet-a", "mapPublicIpOnLaunch", True
            ),
            "a strange one": put(MAIN, "vpcConfig.subnetIds.0", "subnet-0123"),
            "two zones": put(
                MAIN, "vpcConfig.subnetIds", [_id(f"private-subnet-{z}") for z in "ab"]
            ),
            "one zone in dev": Red(
                put(MAIN, "vpcConfig.subnetIds", [_id("private-subnet-a")]), "dev"
            ),
            "routed to the internet": put("Route::private-a", "gatewayId", _id("egress")),
        },
    ),
    "A09": example(
        t.NODE_GROUP,
        *SUBNETS,
        red={
            **values(NODES, "subnetIds", []),
            "a public one": put(NODES, "subnetIds.0", _id("public-subnet-a")),
            "a key": put(NODES, "remoteAccess", {"ec2SshKey": "mine"}),
        },
    ),
    "A10": example(
        t.LAUNCH_TEMPLATE,
        red={
            **values(TEMPLATE, "metadataOptions.httpTokens", "optional"),
            **values(TEMPLATE, "metadataOptions.httpPutResponseHopLimit", 2, 64),
            "no options": cut(TEMPLATE, "metadataOptions"),
        },
    ),
    "A11": example(
        t.LAUNCH_TEMPLATE,
        t.KEY,
        red={
            **values(TEMPLATE, f"{DISK}.encrypted", "false", False),
            **values(TEMPLATE, f"{DISK}.kmsKeyId", AWS_KEY),
            **values(TEMPLATE, "blockDeviceMappings", []),
        },
    ),
    "A12": example(
        t.CLUSTER,
        t.ADDON,
        red={
            **values("Addon::vpc-cni", "configurationValues", '{"enableNetworkPolicy":"false"}'),
            **values("Addon::aws-ebs-csi-driver", "addonVersion", ""),
            "no CNI": drop("Addon::vpc-cni"),
            "no agent": drop("Addon::eks-pod-identity-agent"),
            "no driver": drop("Addon::aws-ebs-csi-driver"),
            "no names and no ways": put("Cluster::main", "bootstrapSelfManagedAddons", False),
        },
        green={"EKS brings them": put("Cluster::main", "bootstrapSelfManagedAddons", True)},
    ),
    "A13": example(
        *(t.NODE_GROUP, t.ROLE, t.ATTACHMENT, t.ROLE_POLICY),
        red={
            "broad": put(
                "RolePolicyAttachment::nodes-worker",
                "policyArn",
                "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            ),
            "unknown": put("RolePolicyAttachment::nodes-worker", "policyArn", UNKNOWN),
            "managed in the role": put(
                "Role::nodes", "managedPolicyArns", ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
            ),
            "inline in the role": put("Role::nodes", "inlinePolicies", [{"name": "more"}]),
            "a policy of its own": put("RolePolicy::api", "role", "nodes-role"),
            "a strange role": put(NODES, "nodeRoleArn", "arn:aws:iam::123456789012:role/other"),
        },
    ),
    "A15": example(
        t.NODE_GROUP,
        red={
            **values(NODES, "scalingConfig.minSize", 0, 1),
            **values(NODES, "updateConfig", {}),
            **values(NODES, "nodeRepairConfig", {}, {"enabled": False}),
        },
        green={"one in dev": Red(put(NODES, "scalingConfig.minSize", 1), "dev")},
    ),
    "A24": example(
        t.INSTANCE,
        t.AUTOSCALING_GROUP,
        t.LAUNCH_TEMPLATE,
        t.KEY,
        red={
            **values(BASTION, "metadataOptions.httpTokens", "optional"),
            **values(BASTION, "rootBlockDevice.encrypted", False),
            **values(BASTION, "rootBlockDevice.kmsKeyId", AWS_KEY),
            "no options": cut(BASTION, "metadataOptions"),
            "no disk": cut(BASTION, "rootBlockDevice"),
            "by the template": put(TEMPLATE, "metadataOptions.httpTokens", "optional"),
            "disk of the template": put(TEMPLATE, f"{DISK}.encrypted", "false"),
            "no template": cut(HOST, "launchTemplate"),
            "a group without a template": cut("Group::host", "launchTemplate"),
            "over the template": put(HOST, "metadataOptions", {"httpTokens": "optional"}),
        },
    ),
    "A25": example(
        *MACHINES,
        red={
            "a key": put(BASTION, "keyName", "mine"),
            "a key of the template": put(TEMPLATE, "keyName", "mine"),
            "port 22": open_to(cidrIpv4="198.51.100.0/24"),
            "port 22 by name of a list": open_to(prefixListId="pl-1"),
            "every port": add(
                res(
                    t.GROUP_RULE,
                    "all",
                    type="ingress",
                    securityGroupId=_id("workloads"),
                    protocol="-1",
                    fromPort=0,
                    toPort=0,
                    cidrBlocks=["10.0.0.0/8"],
                    description="everything",
                    tags={},
                )
            ),
            "no profile": cut(BASTION, "iamInstanceProfile"),
            "a group without a profile": put("Group::host", "launchTemplate.id", _id("nodes")),
            "no profile of the template": cut(TEMPLATE, "iamInstanceProfile"),
            "a strange profile": put(BASTION, "iamInstanceProfile", "other"),
            "no Session Manager": drop("RolePolicyAttachment::host-ssm"),
        },
        green={"port 22 from a group": open_to(referencedSecurityGroupId=_id("edge"))},
    ),
    "A26": example(
        t.AUTOSCALING_GROUP,
        t.NODE_GROUP,
        t.INSTANCE,
        t.LAUNCH_TEMPLATE,
        red={
            **values(BASTION, "disableApiTermination", False),
            **values(BASTION, "monitoring", False),
            "a group of machines that anybody ends": put(TEMPLATE, "disableApiTermination", False),
            "a group of unwatched machines": cut("Group::host", "launchTemplate"),
            "unwatched nodes": cut("LaunchTemplate::nodes", "monitoring"),
            "unwatched by the template": put(TEMPLATE, "monitoring", {"enabled": False}),
            "a secret": put(BASTION, "userData", ACCESS_KEY_TEXT),
            "a secret in base64": put(
                TEMPLATE, "userData", base64.b64encode(ACCESS_KEY_TEXT.encode()).decode()
            ),
            "a secret in gzip": put(
                TEMPLATE,
                "userData",
                base64.b64encode(gzip.compress(ACCESS_KEY_TEXT.encode())).decode(),
            ),
            "a key in base64": put(
                BASTION, "userDataBase64", base64.b64encode(b"-----BEGIN PRIVATE KEY").decode()
            ),
            "unknown without a reason": put(BASTION, "userData", UNKNOWN),
        },
    ),
    "A27": example(
        *(t.LOAD_BALANCER, t.SUBNET, t.GROUP),
        red={
            **values("LoadBalancer::edge", "enableDeletionProtection", False),
            **values("LoadBalancer::edge", "enableCrossZoneLoadBalancing", False),
            **values("LoadBalancer::edge", "accessLogs.enabled", False),
            **values("LoadBalancer::edge", "accessLogs.bucket", ""),
            **values("LoadBalancer::edge", "securityGroups", [], ["sg-0123"]),
            **values("LoadBalancer::edge", "subnets", [], [_id("public-subnet-a")]),
        },
        green={
            "a balancer of HTTP, always across zones": put(
                "LoadBalancer::edge", "loadBalancerType", "application"
            )
        },
    ),
    "A28": example(
        t.LISTENER,
        red={
            **values("Listener::tls", "sslPolicy", "ELBSecurityPolicy-2016-08"),
            **values("Listener::tls", "protocol", "GENEVE"),
            "serves plain HTTP": put("Listener::redirect", "defaultActions", [{"type": "forward"}]),
            "redirects to HTTP": put(
                "Listener::redirect", "defaultActions.0.redirect.protocol", "HTTP"
            ),
        },
        green={"TLS ends behind it": put("Listener::tls", "protocol", "TCP")},
    ),
}

# A05 by the calendar: the same cluster on the day after its version's end.
LAST_DAY, DAY_AFTER = date(2027, 3, 27), date(2027, 3, 28)
