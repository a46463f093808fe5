"""DocumentDB (pure table).

Sources: `cluster.go`, `cluster_instance.go`, `subnet_group.go`, `cluster_parameter_group.go`,
`validate.go` of hashicorp/terraform-provider-aws `internal/service/docdb`: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import database_rules
from infra.local.aws.catalogue.tokens import (
    DOC_CLUSTER,
    DOC_INSTANCE,
    DOC_PARAMETERS,
    DOC_SUBNETS,
    KEY,
    SECURITY_GROUP,
)
from infra.local.aws.rules.basic import at_most_one, between, length, needs, one_of, pattern
from infra.local.aws.rules.places import instance_class, zone
from infra.local.aws.spec import Autoname, Reference, Sometimes, TypeSpec, always

TF = "terraform-provider-aws internal/service/docdb/{}: {}"
ARN = "arn:aws:rds:{region}:{account}:"  # DocumentDB's ARNs are of the rds service
_CLUSTER_API = (
    "https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html"
)
_IDENTIFIER = r"[a-z](?!.*--)[a-z0-9-]*(?<!-)"
_SAYS = (
    "lower-case letters, digits and single hyphens, beginning with a letter, not ending with a"
    " hyphen"
)

TYPES = (
    TypeSpec(
        DOC_CLUSTER,
        id="{in.clusterIdentifier}",
        computed={
            "arn": ARN + "cluster:{id}",
            "clusterResourceId": "cluster-{token}",
            "endpoint": database_rules.endpoint,
            "readerEndpoint": database_rules.reader_endpoint,
            "port": database_rules.port,
            "hostedZoneId": "ZNKXH85TT8WVW",
            "masterUserSecrets": database_rules.master_secret,
            "availabilityZones": database_rules.zones_of_group,
            "clusterMembers": always([]),
            "dbClusterParameterGroupName": database_rules.default_parameters,
            "dbSubnetGroupName": "default",
            "engineVersion": "5.0.0",
            "kmsKeyId": database_rules.own_key,
            "masterUsername": "",
            "networkType": "IPV4",
            "preferredBackupWindow": "17:00-17:30",
            "preferredMaintenanceWindow": "sun:18:00-sun:18:30",
            "vpcSecurityGroupIds": always([]),
        },
        live=("masterUserSecrets",),
        local_wins=("port",),
        sometimes={
            "serverlessV2ScalingConfiguration": Sometimes(
                lambda old, new: (
                    bool(old.get("serverlessV2ScalingConfiguration"))
                    and not new.get("serverlessV2ScalingConfiguration")
                ),
                TF.format("cluster.go", "CustomizeDiff"),
            )
        },
        autoname=Autoname(
            "clusterIdentifier", longest=63, lower=True, unless=("clusterIdentifierPrefix",)
        ),
        unique=("clusterIdentifier",),
        exists="DBClusterAlreadyExistsFault",
        rules=(
            pattern("clusterIdentifier", _IDENTIFIER, _SAYS, _CLUSTER_API),
            length("clusterIdentifier", 1, 63, _CLUSTER_API),
            between("backupRetentionPeriod", 1, 35, "days", _CLUSTER_API),
            between("port", 1150, 65535, "as port", TF.format("cluster.go", "ValidateFunc")),
            one_of("engine", ("docdb",), TF.format("cluster.go", "ValidateFunc")),
            one_of("storageType", ("standard", "iopt1"), _CLUSTER_API),
            one_of("enabledCloudwatchLogsExports[*]", ("audit", "profiler"), _CLUSTER_API),
            pattern(
                "engineVersion",
                r"[3458]\.\d+(\.\d+)?",
                "engines are 3.6.0, 4.0.0, 5.0.0 and 8.0.0",
                _CLUSTER_API,
            ),
            pattern("kmsKeyId", r"arn:.+", "an ARN", TF.format("cluster.go", "ValidateFunc")),
            at_most_one(
                ("manageMasterUserPassword", "masterPassword", "masterPasswordWo"),
                TF.format("cluster.go", "ConflictsWith"),
            ),
            at_most_one(
                ("snapshotIdentifier", "restoreToPointInTime"),
                TF.format("cluster.go", "ConflictsWith"),
            ),
            needs(
                "masterPasswordWo",
                "masterPasswordWoVersion",
                TF.format("cluster.go", "RequiredWith"),
            ),
            needs("kmsKeyId", "storageEncrypted", _CLUSTER_API),
            pattern(
                "finalSnapshotIdentifier",
                r"(?!.*--)[0-9A-Za-z-]*[0-9A-Za-z]",
                "letters, digits and single hyphens, not ending with one",
                TF.format("cluster.go", "ValidateFunc"),
            ),
            *database_rules.WINDOWS,
            database_rules.master(_CLUSTER_API),
        ),
        references=(
            Reference(
                "dbSubnetGroupName", (DOC_SUBNETS,), by=("name",), code="DBSubnetGroupNotFoundFault"
            ),
            Reference(
                "dbClusterParameterGroupName",
                (DOC_PARAMETERS,),
                by=("name",),
                code="DBClusterParameterGroupNotFound",
            ),
            Reference(
                "kmsKeyId", (KEY,), by=("arn",), code="KMSKeyNotAccessibleFault", holds=False
            ),
            Reference(
                "vpcSecurityGroupIds[*]", (SECURITY_GROUP,), code="InvalidVPCNetworkStateFault"
            ),
        ),
        world=(database_rules.same_vpc,),
        keep=(database_rules.cluster_may_go,),
        in_use="InvalidDBClusterStateFault",
    ),
    TypeSpec(
        DOC_INSTANCE,
        id="{in.identifier}",
        computed={
            "arn": ARN + "db:{id}",
            "availabilityZone": database_rules.instance_zone,
            "dbSubnetGroupName": database_rules.of_cluster("dbSubnetGroupName"),
            "dbiResourceId": "db-{token}",
            "endpoint": database_rules.instance_endpoint,
            "port": database_rules.of_cluster("port"),
            "engineVersion": database_rules.of_cluster("engineVersion"),
            "kmsKeyId": database_rules.of_cluster("kmsKeyId"),
            "storageEncrypted": database_rules.cluster_encrypted,
            "preferredBackupWindow": database_rules.of_cluster("preferredBackupWindow"),
            "preferredMaintenanceWindow": "sun:18:00-sun:18:30",
            "publiclyAccessible": always(False),
            "caCertIdentifier": "rds-ca-rsa2048-g1",
            "writer": database_rules.is_writer,
        },
        autoname=Autoname("identifier", longest=63, lower=True, unless=("identifierPrefix",)),
        unique=("identifier",),
        exists="DBInstanceAlreadyExists",
        rules=(
            pattern("identifier", _IDENTIFIER, _SAYS, _CLUSTER_API),
            length("identifier", 1, 63, _CLUSTER_API),
            instance_class("instanceClass", "docdb"),
            zone("availabilityZone"),
            between(
                "promotionTier", 0, 15, "as tier", TF.format("cluster_instance.go", "ValidateFunc")
            ),
            *database_rules.WINDOWS[1:],
        ),
        references=(Reference("clusterIdentifier", (DOC_CLUSTER,), code="DBClusterNotFoundFault"),),
        world=(database_rules.room_for_instance,),
    ),
)
