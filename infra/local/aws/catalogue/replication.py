"""Replication of a bucket into another one (pure table).

Sources: `internal/service/s3/bucket_replication_configuration.go` of
hashicorp/terraform-provider-aws, and the S3 API reference.
"""

from __future__ import annotations

from infra.local.aws.catalogue import replication_rules
from infra.local.aws.catalogue.pointing import role
from infra.local.aws.catalogue.roles import trusted_by
from infra.local.aws.catalogue.tokens import BUCKET, KEY, REPLICATION
from infra.local.aws.rules.basic import between, count, length, one_of
from infra.local.aws.spec import Reference, TypeSpec

_FILE = "s3/bucket_replication_configuration.go"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/{}.html"
_RULE, _DESTINATION = _API.format("API_ReplicationRule"), _API.format("API_Destination")
_STATES = ("Enabled", "Disabled")
_SWITCHES = (
    "rules[*].status",
    "rules[*].deleteMarkerReplication.status",
    "rules[*].existingObjectReplication.status",
    "rules[*].sourceSelectionCriteria.replicaModifications.status",
    "rules[*].sourceSelectionCriteria.sseKmsEncryptedObjects.status",
    "rules[*].destination.metrics.status",
    "rules[*].destination.replicationTime.status",
)

TYPES = (
    TypeSpec(
        REPLICATION,
        id="{in.bucket}",
        unique=("bucket",),
        rules=(
            count("rules", 1, 1000, _API.format("API_ReplicationConfiguration")),
            *(one_of(path, _STATES, _RULE) for path in _SWITCHES),
            length("rules[*].id", 0, 255, _RULE),
            length("rules[*].prefix", 0, 1024, _RULE),
            length("rules[*].filter.prefix", 0, 1024, _RULE),
            length("rules[*].filter.and.prefix", 0, 1024, _RULE),
            between("rules[*].priority", 0, 2147483647, "(priority)", _RULE),
            one_of(
                "rules[*].destination.storageClass",
                (
                    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA"),
                    *("INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"),
                ),
                _DESTINATION,
            ),
            one_of("rules[*].destination.replicationTime.time.minutes", (15,), _DESTINATION),
            one_of("rules[*].destination.metrics.eventThreshold.minutes", (15,), _DESTINATION),
            one_of(
                "rules[*].destination.accessControlTranslation.owner",
                ("Destination",),
                _DESTINATION,
            ),
            replication_rules.one_filter(_RULE),
            replication_rules.encrypted_objects(_DESTINATION),
            replication_rules.in_time(_DESTINATION),
            replication_rules.distinct(_API.format("API_ReplicationConfiguration")),
        ),
        references=(
            Reference("bucket", (BUCKET,), ("id", "bucket"), "NoSuchBucket", holds=False),
            role("role", "InvalidArgument"),
            Reference(
                "rules[*].destination.bucket",
                (BUCKET,),
                by=("arn",),
                code="InvalidRequest",
                holds=False,
                anywhere=True,
            ),
            Reference(
                "rules[*].destination.encryptionConfiguration.replicaKmsKeyId",
                (KEY,),
                by=("arn",),
                code="KMS.NotFoundException",
                holds=False,
                anywhere=True,
            ),
        ),
        world=(
            trusted_by("role", "s3.amazonaws.com", "InvalidRequest"),
            replication_rules.both_are_versioned,
            replication_rules.key_is_beside_the_copy,
        ),
    ),
)
