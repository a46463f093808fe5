"""S3 objects, access control lists and websites (pure table).

Sources: `object.go`, `bucket_object.go`, `bucket_acl.go`, `bucket_website_configuration.go` of
hashicorp/terraform-provider-aws `internal/service/s3`: ConflictsWith.
"""

from __future__ import annotations

from infra.local.aws.catalogue import object_rules
from infra.local.aws.catalogue.pointing import key
from infra.local.aws.catalogue.storage import setting
from infra.local.aws.catalogue.tokens import BUCKET, OBJECT, OBJECT_2
from infra.local.aws.rules.basic import at_most_one, exactly_one, length, one_of, pattern
from infra.local.aws.spec import Autoname, Reference, TypeSpec

TF = "terraform-provider-aws internal/service/s3/{}: {}"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/{}.html"
_KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"
CANNED = (
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
)
_CLASSES = (
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
    "EXPRESS_ONEZONE",
)


def _object(token: str, file: str) -> TypeSpec:
    return TypeSpec(
        token,
        id="{in.bucket}/{in.key}",
        computed={
            "arn": "arn:aws:s3:::{in.bucket}/{in.key}",
            "contentType": "application/octet-stream",
            "etag": object_rules.etag,
            "serverSideEncryption": "AES256",
            "storageClass": "STANDARD",
            "versionId": object_rules.version,
        },
        live=("etag", "versionId"),
        autoname=Autoname("key", longest=1024, verbatim=True),
        rules=(
            at_most_one(("source", "content", "contentBase64"), TF.format(file, "ConflictsWith")),
            length("key", 1, 1024, _KEYS),
            one_of("acl", CANNED, _API.format("API_PutObject")),
            one_of("storageClass", _CLASSES, _API.format("API_PutObject")),
            one_of(
                "serverSideEncryption",
                ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"),
                _API.format("API_PutObject"),
            ),
            one_of("objectLockMode", ("GOVERNANCE", "COMPLIANCE"), _API.format("API_PutObject")),
            one_of("objectLockLegalHoldStatus", ("ON", "OFF"), _API.format("API_PutObject")),
            object_rules.base64_content(_API.format("API_PutObject")),
            object_rules.object_tags(_API.format("API_PutObjectTagging")),
        ),
        references=(
            Reference("bucket", (BUCKET,), ("id", "bucket"), "NoSuchBucket"),
            key("kmsKeyId", "KMS.NotFoundException"),
        ),
        world=(object_rules.one_object_a_key, object_rules.acl_is_allowed),
        keep=(object_rules.no_legal_hold,),
    )


TYPES = (
    _object(OBJECT, "bucket_object.go"),
    _object(OBJECT_2, "object.go"),
    setting(
        "BucketAcl",
        rules=(
            exactly_one(("acl", "accessControlPolicy"), TF.format("bucket_acl.go", "ExactlyOneOf")),
            one_of("acl", (*CANNED, "log-delivery-write"), _API.format("API_PutBucketAcl")),
            one_of(
                "accessControlPolicy.grants[*].permission",
                ("FULL_CONTROL", "WRITE", "WRITE_ACP", "READ", "READ_ACP"),
                _API.format("API_Grant"),
            ),
            one_of(
                "accessControlPolicy.grants[*].grantee.type",
                ("CanonicalUser", "AmazonCustomerByEmail", "Group"),
                _API.format("API_Grantee"),
            ),
        ),
        world=(object_rules.acl_is_allowed,),
    ),
    setting(
        "BucketWebsiteConfiguration",
        computed={
            "websiteDomain": object_rules.website_domain,
            "websiteEndpoint": object_rules.website_endpoint,
        },
        rules=(
            at_most_one(
                ("redirectAllRequestsTo", "indexDocument"),
                TF.format("bucket_website_configuration.go", "ConflictsWith"),
            ),
            at_most_one(
                ("redirectAllRequestsTo", "errorDocument"),
                TF.format("bucket_website_configuration.go", "ConflictsWith"),
            ),
            at_most_one(
                ("routingRules", "routingRuleDetails"),
                TF.format("bucket_website_configuration.go", "ConflictsWith"),
            ),
            object_rules.some_page(_API.format("API_WebsiteConfiguration")),
            pattern(
                "indexDocument.suffix",
                r"[^/]+",
                "the name of a page without a slash",
                _API.format("API_IndexDocument"),
            ),
            length("errorDocument.key", 1, 1024, _API.format("API_ErrorDocument")),
            one_of(
                "redirectAllRequestsTo.protocol",
                ("http", "https"),
                _API.format("API_RedirectAllRequestsTo"),
            ),
            object_rules.routing_rules(_API.format("API_Redirect")),
        ),
    ),
)
