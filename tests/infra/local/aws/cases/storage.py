"""Cases of S3 (pure table)."""

import json

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

TLS_ONLY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::<bucket>", "arn:aws:s3:::<bucket>/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
)
AES = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
KMS = [
    {
        "applyServerSideEncryptionByDefault": {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": "$key:arn",
        },
        "bucketKeyEnabled": True,
    }
]
ABORT = {
    "id": "abort",
    "status": "Enabled",
    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
}
EXPIRE = {"id": "old", "status": "Enabled", "filter": {"prefix": "x/"}, "expiration": {"days": 90}}
GET = {"allowedMethods": ["GET"], "allowedOrigins": ["https://gacp.example.org"]}
MOVE = {"replace": {"bucket": "$bucket-2"}}

CASES = (
    Case(
        tokens.BUCKET,
        least={},
        full={
            "bucket": "gacp-full",
            "forceDestroy": True,
            "objectLockEnabled": True,
            "tags": {"Name": "a"},
        },
        update={"forceDestroy": True},
        replace={"bucket": "gacp-another"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"bucket": "Upper_Case"}, "InvalidBucketName"),
        outputs=("arn", "bucket", "bucketDomainName", "bucketRegionalDomainName"),
    ),
    Case(
        "aws:s3/bucketVersioning:BucketVersioning",
        least={"bucket": "$bucket", "versioningConfiguration": {"status": "Enabled"}},
        full={
            "bucket": "$bucket",
            "versioningConfiguration": {"status": "Enabled", "mfaDelete": "Disabled"},
        },
        update={"versioningConfiguration": {"status": "Suspended"}},
        drift="versioningConfiguration.status=Suspended",
        rejected=({"versioningConfiguration": {"status": "On"}}, "none of Enabled"),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        least={"bucket": "$bucket", "rules": AES},
        full={"bucket": "$bucket", "rules": KMS},
        update={"rules": KMS},
        drift="rules[0].bucketKeyEnabled=true",
        rejected=(
            {
                "rules": [
                    {
                        "applyServerSideEncryptionByDefault": {
                            "sseAlgorithm": "AES256",
                            "kmsMasterKeyId": "x",
                        }
                    }
                ]
            },
            "goes with aws:kms",
        ),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        least={"bucket": "$bucket"},
        full={
            "bucket": "$bucket",
            "blockPublicAcls": True,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
        },
        update={"blockPublicAcls": True},
        drift="blockPublicAcls=true",
        rejected=({"bucket": "$topic"}, "it is a Topic"),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        least={"bucket": "$bucket", "policy": TLS_ONLY},
        full={"bucket": "$bucket", "policy": TLS_ONLY},
        update={"policy": TLS_ONLY.replace("false", "true")},
        drift="policy={}",
        rejected=({"policy": TLS_ONLY.replace('"Principal": "*", ', "")}, "names no Principal"),
        replace={"bucket": "$bucket-2", "policy": TLS_ONLY},
    ),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        least={"bucket": "$bucket", "rules": [ABORT]},
        full={
            "bucket": "$bucket",
            "rules": [
                ABORT,
                {
                    **EXPIRE,
                    "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
                    "noncurrentVersionExpiration": {"noncurrentDays": 30},
                },
            ],
        },
        update={"rules": [ABORT, EXPIRE]},
        drift="rules[0].status=Disabled",
        rejected=({"rules": [{"id": "nothing", "status": "Enabled"}]}, "MalformedXML"),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        least={"bucket": "$bucket", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        full={"bucket": "$bucket", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        update={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        drift="rule.objectOwnership=ObjectWriter",
        rejected=({"rule": {"objectOwnership": "Me"}}, "none of BucketOwnerPreferred"),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketLogging:BucketLogging",
        least={"bucket": "$bucket", "targetBucket": "$bucket-logs", "targetPrefix": "s3/"},
        full={"bucket": "$bucket", "targetBucket": "$bucket-logs", "targetPrefix": "s3/documents/"},
        update={"targetPrefix": "other/"},
        drift="targetPrefix=other/",
        rejected=({"targetBucket": "$bucket"}, "log into itself"),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        least={"bucket": "$locked"},
        full={
            "bucket": "$locked",
            "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}},
        },
        update={"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}},
        replace={"bucket": "$locked-2"},
        drift='rule={"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}',
        rejected=({"bucket": "$bucket"}, "InvalidBucketState"),
    ),
    Case(
        "aws:s3/bucketNotification:BucketNotification",
        least={"bucket": "$bucket", "eventbridge": True},
        full={
            "bucket": "$bucket",
            "topics": [{"topicArn": "$topic:arn", "events": ["s3:ObjectCreated:*"]}],
        },
        update={"topics": [{"topicArn": "$topic:arn", "events": ["s3:ObjectCreated:*"]}]},
        drift="eventbridge=false",
        rejected=(
            {"topics": [{"topicArn": "$topic:arn", "events": ["created"]}]},
            "no event such as",
        ),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        least={"bucket": "$bucket", "corsRules": [GET]},
        full={
            "bucket": "$bucket",
            "corsRules": [{**GET, "allowedHeaders": ["*"], "maxAgeSeconds": 600}],
        },
        update={"corsRules": [{**GET, "maxAgeSeconds": 600}]},
        drift="corsRules[0].maxAgeSeconds=5",
        rejected=({"corsRules": [{**GET, "allowedMethods": ["PATCH"]}]}, "none of GET"),
        **MOVE,
    ),
)
