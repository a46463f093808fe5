"""Cases of replication between buckets (pure table)."""

from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

FAR = {"bucket": "arn:aws:s3:::<versioned-far>", "storageClass": "STANDARD_IA"}
ALL_OBJECTS: dict[str, Any] = {
    "id": "all",
    "status": "Enabled",
    "filter": {},
    "deleteMarkerReplication": {"status": "Disabled"},
    "destination": FAR,
}
LEAST: dict[str, Any] = {
    "bucket": "<versioned>",
    "role": "$role-s3:arn",
    "rules": [ALL_OBJECTS],
}


def _rule(**changes: Any) -> dict[str, Any]:
    rule = {**ALL_OBJECTS, **changes}
    return {"rules": [{key: value for key, value in rule.items() if value is not None}]}


CASES = (
    Case(
        tokens.REPLICATION,
        least=LEAST,
        full={
            **LEAST,
            "rules": [
                {
                    **ALL_OBJECTS,
                    "priority": 1,
                    "filter": {"and": {"prefix": "documents/", "tags": {"Keep": "yes"}}},
                    "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
                    "destination": {
                        **FAR,
                        "encryptionConfiguration": {"replicaKmsKeyId": "$key-far:arn"},
                        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
                        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
                    },
                },
                {**ALL_OBJECTS, "id": "other", "priority": 2},
            ],
        },
        update=_rule(status="Disabled"),
        replace={"bucket": "gacp-another"},
        drift="role=arn:aws:iam::123456789012:role/other",
        rejected=(_rule(destination={"bucket": "arn:aws:s3:::nobody"}), "it does not exist"),
    ),
)

REFUSED = (
    Refused(tokens.REPLICATION, {"bucket": "$bucket-2"}, "Versioning must be 'Enabled'"),
    Refused(
        tokens.REPLICATION,
        _rule(destination={"bucket": "$bucket-2:arn"}),
        "must have versioning enabled",
    ),
    Refused(
        tokens.REPLICATION, _rule(destination={"bucket": "$bucket:arn"}), "cannot be copied into"
    ),
    Refused(tokens.REPLICATION, {"role": "$role:arn"}, "cannot be assumed by s3"),
    Refused(tokens.REPLICATION, {"rules": []}, "0 elements"),
    Refused(tokens.REPLICATION, _rule(status="On"), "none of Enabled"),
    Refused(tokens.REPLICATION, _rule(prefix="a"), "has filter and prefix"),
    Refused(tokens.REPLICATION, _rule(deleteMarkerReplication=None), "needs deleteMarker"),
    Refused(tokens.REPLICATION, _rule(filter=None), "takes no deleteMarkerReplication"),
    Refused(
        tokens.REPLICATION,
        _rule(filter={"prefix": "a", "tag": {"key": "a", "value": "b"}}),
        "put them into and",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(sourceSelectionCriteria={"sseKmsEncryptedObjects": {"status": "Enabled"}}),
        "needs destination.encryptionConfiguration",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(destination={**FAR, "encryptionConfiguration": {"replicaKmsKeyId": "$key-far:arn"}}),
        "needs sourceSelectionCriteria",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(
            sourceSelectionCriteria={"sseKmsEncryptedObjects": {"status": "Enabled"}},
            destination={**FAR, "encryptionConfiguration": {"replicaKmsKeyId": "$key:arn"}},
        ),
        "is of ap-southeast-1 and bucket",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(
            sourceSelectionCriteria={"sseKmsEncryptedObjects": {"status": "Enabled"}},
            destination={
                **FAR,
                "encryptionConfiguration": {"replicaKmsKeyId": "$key-third:arn"},
            },
        ),
        "is of eu-west-1 and bucket",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(
            destination={**FAR, "replicationTime": {"status": "Enabled", "time": {"minutes": 15}}}
        ),
        "replicationTime needs metrics",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(destination={**FAR, "accessControlTranslation": {"owner": "Destination"}}),
        "needs account",
    ),
    Refused(
        tokens.REPLICATION,
        _rule(destination={**FAR, "storageClass": "COLD"}),
        "none of STANDARD",
    ),
    Refused(tokens.REPLICATION, {"rules": [ALL_OBJECTS, ALL_OBJECTS]}, "are not distinct"),
)

HELD: tuple[Held, ...] = ()
