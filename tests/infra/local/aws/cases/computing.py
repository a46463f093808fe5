"""Cases of key pairs, interfaces and volumes (pure table)."""

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

TAGS = {"tags": {"Name": "a"}}
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIiw9W5mL3aH1Dq0fLQO3TqCkTt9f9bVQp8k3r2v0QyN tests"
HERE = "ap-southeast-1a"

CASES = (
    Case(
        tokens.KEY_PAIR,
        least={"publicKey": ED25519},
        full={"keyName": "operators", "publicKey": ED25519, **TAGS},
        update=TAGS,
        replace={"keyName": "another"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"publicKey": "AAAAC3Nz"}, "InvalidKey.Format"),
        outputs=("arn", "fingerprint", "keyPairId", "keyType"),
    ),
    Case(
        tokens.INTERFACE,
        least={"subnetId": "$subnet-a"},
        full={
            "subnetId": "$subnet-a",
            "description": "of the tests",
            "privateIps": ["10.20.0.50"],
            "securityGroups": ["$group"],
            "sourceDestCheck": False,
            **TAGS,
        },
        update={"description": "changed"},
        replace={"subnetId": "$subnet-b"},
        drift="description=changed",
        rejected=({"privateIps": ["10.99.0.1"]}, "does not fall within"),
        outputs=("arn", "macAddress", "privateIp"),
    ),
    Case(
        tokens.VOLUME,
        least={"availabilityZone": HERE, "size": 8},
        full={
            "availabilityZone": HERE,
            "size": 20,
            "type": "gp3",
            "iops": 4000,
            "throughput": 250,
            "encrypted": True,
            "kmsKeyId": "$key:arn",
            **TAGS,
        },
        update={"size": 16},
        replace={"availabilityZone": "ap-southeast-1b"},
        drift="size=9",
        rejected=({"type": "io9"}, "is none of gp2"),
        outputs=("arn", "type", "iops"),
    ),
    Case(
        tokens.VOLUME_LINK,
        least={"deviceName": "/dev/sdf", "instanceId": "$instance", "volumeId": "$volume"},
        full={
            "deviceName": "/dev/xvdf",
            "instanceId": "$instance",
            "volumeId": "$volume",
            "stopInstanceBeforeDetaching": True,
        },
        update={"forceDetach": True},
        replace={"deviceName": "/dev/sdg"},
        drift="deviceName=/dev/sdh",
        rejected=({"volumeId": "$volume-b"}, "InvalidVolume.ZoneMismatch"),
    ),
)
