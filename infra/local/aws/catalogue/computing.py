"""Key pairs, network interfaces and volumes (pure table).

Sources: `ec2_key_pair.go`, `vpc_network_interface.go`, `ebs_volume.go`, `ebs_volume_attachment.go`
of hashicorp/terraform-provider-aws `internal/service/ec2`, and CloudFormation's
createOnlyProperties (cfn-lint 1.58.0).
"""

from __future__ import annotations

from infra.local.aws.catalogue import computing_rules
from infra.local.aws.catalogue.ec2_network import ARN, TF
from infra.local.aws.catalogue.net_rules import inside_subnet
from infra.local.aws.catalogue.pointing import groups, key, subnets, volume
from infra.local.aws.catalogue.tokens import INSTANCE, INTERFACE, KEY_PAIR, VOLUME, VOLUME_LINK
from infra.local.aws.rules.basic import at_most_one, between, length, one_of, pattern
from infra.local.aws.rules.places import zone
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

_PAIR_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html"
_INTERFACE_API = (
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html"
)
_VOLUME_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html"
_ATTACH_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html"

TYPES = (
    TypeSpec(
        KEY_PAIR,
        id="{in.keyName}",
        computed={
            "arn": ARN + "key-pair/{id}",
            "keyPairId": "key-{hex}",
            "fingerprint": computing_rules.fingerprint,
            "keyType": computing_rules.key_type,
        },
        autoname=Autoname("keyName", unless=("keyNamePrefix",)),
        unique=("keyName",),
        exists="InvalidKeyPair.Duplicate",
        rules=(
            at_most_one(
                ("keyName", "keyNamePrefix"), TF.format("ec2_key_pair.go", "ConflictsWith")
            ),
            length("keyName", 1, 255, _PAIR_API),
            computing_rules.public_key(_PAIR_API),
        ),
    ),
    TypeSpec(
        INTERFACE,
        id="eni-{hex}",
        computed={
            "arn": ARN + "network-interface/{id}",
            "ownerId": "{account}",
            "macAddress": computing_rules.mac_address,
            "privateIp": inside_subnet,
            "privateIps": lambda making: [inside_subnet(making)],
            "privateDnsName": computing_rules.interface_name,
            "interfaceType": "interface",
            "securityGroups": always([]),
        },
        rules=(
            one_of(
                "interfaceType",
                ("efa", "efa-only", "branch", "trunk", "network_load_balancer"),
                _INTERFACE_API,
            ),
            length("description", 0, 255, _INTERFACE_API),
            pattern("privateIp", r"\d+(\.\d+){3}", "an IPv4 address", _INTERFACE_API),
        ),
        references=(
            subnets("subnetId"),
            groups("securityGroups[*]"),
            Reference(
                "attachments[*].instance",
                (INSTANCE,),
                code="InvalidInstanceID.NotFound",
                holds=False,
            ),
        ),
        world=(computing_rules.addresses_of_subnet,),
        in_use="InvalidParameterValue",
    ),
    TypeSpec(
        VOLUME,
        id="vol-{hex}",
        computed={
            "arn": ARN + "volume/{id}",
            "createTime": computing_rules.now,
            "encrypted": always(False),
            "type": "gp2",
            "iops": computing_rules.volume_iops,
            "throughput": computing_rules.volume_throughput,
            "size": always(8),
        },
        rules=(
            zone("availabilityZone"),
            computing_rules.volume_of_kind,
            between("throughput", 125, 2000, "MiB/s", _VOLUME_API),
        ),
        references=(key("kmsKeyId"),),
        world=(computing_rules.volume_only_grows,),
        in_use="VolumeInUse",
    ),
    TypeSpec(
        VOLUME_LINK,
        id="vai-{hex}",
        unique=("instanceId", "deviceName"),
        exists="InvalidParameterValue",
        rules=(
            pattern(
                "deviceName",
                r"/dev/(sd[b-z]\d*|xvd[b-d]?[a-z]|hd[a-z])|xvd[b-z]",
                "a device such as /dev/sdf",
                _ATTACH_API,
            ),
        ),
        references=(
            Reference("instanceId", (INSTANCE,), code="InvalidInstanceID.NotFound", holds=False),
            volume("volumeId", holds=True),
        ),
        world=(computing_rules.same_zone,),
    ),
)
