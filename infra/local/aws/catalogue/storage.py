"""S3 buckets and the resources that carry their settings (pure table).

Sources: `bucket.go`, `bucket_versioning.go` and the other `bucket_*.go` of
hashicorp/terraform-provider-aws `internal/service/s3`: ValidateFunc. The id of a setting is
the bucket's name there too.
"""

from __future__ import annotations

from infra.local.aws.catalogue import replication_rules, storage_rules
from infra.local.aws.catalogue.tokens import BUCKET, KEY, KEY_ALIAS, TOPIC
from infra.local.aws.rules.basic import at_most_one, between, count, length, one_of
from infra.local.aws.rules.documents import policy
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

TF = "terraform-provider-aws internal/service/s3/{}: {}"
_NAMES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/{}.html"
_OF_BUCKET = Reference("bucket", (BUCKET,), by=("id", "bucket"), code="NoSuchBucket", holds=False)


def setting(name: str, **more: object) -> TypeSpec:
    """A setting of a bucket: one of its kind for each bucket, named by it."""
    token = f"aws:s3/{name[0].lower()}{name[1:]}:{name}"
    given: dict[str, object] = {
        "id": "{in.bucket}",
        "unique": ("bucket",),
        "references": (_OF_BUCKET,),
    }
    references = (*given.pop("references"), *more.pop("references", ()))  # type: ignore[misc]
    return TypeSpec(token, **given, references=references, **more)  # type: ignore[arg-type]


TYPES = (
    TypeSpec(
        BUCKET,
        id="{in.bucket}",
        computed={
            "arn": "arn:aws:s3:::{id}",
            "bucketDomainName": "{id}.s3.amazonaws.com",
            "bucketRegionalDomainName": "{id}.s3.{region}.amazonaws.com",
            "bucketRegion": "{region}",
            "hostedZoneId": storage_rules.website_zone,
            "objectLockEnabled": always(False),
            "requestPayer": "BucketOwner",
        },
        autoname=Autoname("bucket", longest=63, lower=True, unless=("bucketPrefix",)),
        unique=("bucket",),
        exists="BucketAlreadyOwnedByYou",
        rules=(
            at_most_one(("bucket", "bucketPrefix"), TF.format("bucket.go", "ConflictsWith")),
            storage_rules.bucket_name(_NAMES),
        ),
        in_use="BucketNotEmpty",
        force="forceDestroy",
    ),
    setting(
        "BucketVersioning",
        rules=(
            one_of(
                "versioningConfiguration.status",
                ("Enabled", "Suspended", "Disabled"),
                _API.format("API_VersioningConfiguration"),
            ),
        ),
        world=(
            storage_rules.locked_bucket_stays_versioned,
            replication_rules.replicated_bucket_stays_versioned,
        ),
        keep=(replication_rules.versioning_may_go,),
    ),
    setting(
        "BucketServerSideEncryptionConfiguration",
        rules=(
            count("rules", 1, 1, _API.format("API_ServerSideEncryptionConfiguration")),
            one_of(
                "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm",
                ("AES256", "aws:kms", "aws:kms:dsse"),
                _API.format("API_ServerSideEncryptionByDefault"),
            ),
            storage_rules.key_only_with_kms(_API.format("API_ServerSideEncryptionByDefault")),
        ),
        references=(
            Reference(
                "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId",
                (KEY, KEY_ALIAS),
                by=("id", "arn", "keyId"),
                code="KMS.NotFoundException",
                holds=False,
            ),
        ),
    ),
    setting(
        "BucketPublicAccessBlock",
        rules=(length("bucket", 3, 63, _NAMES),),
    ),
    setting(
        "BucketPolicy",
        rules=(policy("policy", "MalformedPolicy", principal=True, longest=20480),),
        world=(storage_rules.policy_is_of_this_bucket, storage_rules.public_policy_is_blocked),
    ),
    setting(
        "BucketLifecycleConfiguration",
        computed={"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
        rules=(
            count("rules", 1, 1000, _API.format("API_BucketLifecycleConfiguration")),
            one_of("rules[*].status", ("Enabled", "Disabled"), _API.format("API_LifecycleRule")),
            length("rules[*].id", 1, 255, _API.format("API_LifecycleRule")),
            one_of(
                "rules[*].transitions[*].storageClass",
                (
                    "GLACIER",
                    "STANDARD_IA",
                    "ONEZONE_IA",
                    "INTELLIGENT_TIERING",
                    "DEEP_ARCHIVE",
                    "GLACIER_IR",
                ),
                _API.format("API_Transition"),
            ),
            storage_rules.lifecycle(_API.format("API_LifecycleRule")),
        ),
    ),
    setting(
        "BucketOwnershipControls",
        rules=(
            one_of(
                "rule.objectOwnership",
                ("BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"),
                _API.format("API_OwnershipControlsRule"),
            ),
        ),
    ),
    setting(
        "BucketLogging",
        rules=(storage_rules.not_into_itself(_API.format("API_LoggingEnabled")),),
        references=(
            Reference(
                "targetBucket", (BUCKET,), by=("id", "bucket"), code="InvalidTargetBucketForLogging"
            ),
        ),
    ),
    setting(
        "BucketObjectLockConfiguration",
        rules=(
            one_of("objectLockEnabled", ("Enabled",), _API.format("API_ObjectLockConfiguration")),
            one_of(
                "rule.defaultRetention.mode",
                ("COMPLIANCE", "GOVERNANCE"),
                _API.format("API_DefaultRetention"),
            ),
            between(
                "rule.defaultRetention.days", 1, 36500, "days", _API.format("API_DefaultRetention")
            ),
            storage_rules.one_retention(_API.format("API_DefaultRetention")),
        ),
        world=(storage_rules.lock_needs_versioning,),
    ),
    setting(
        "BucketNotification",
        rules=(storage_rules.some_target(_API.format("API_NotificationConfiguration")),),
        references=(
            Reference(
                "topics[*].topicArn", (TOPIC,), by=("arn",), code="InvalidArgument", holds=False
            ),
        ),
    ),
    setting(
        "BucketCorsConfiguration",
        rules=(
            count("corsRules", 1, 100, _API.format("API_CORSConfiguration")),
            one_of(
                "corsRules[*].allowedMethods[*]",
                ("GET", "PUT", "HEAD", "POST", "DELETE"),
                _API.format("API_CORSRule"),
            ),
        ),
    ),
)
