"""Cases of S3 objects, ACLs and websites (pure table)."""

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

PAGE = {"indexDocument": {"suffix": "index.html"}}
MOVE = {"replace": {"bucket": "$bucket-2"}}


def _object(token: str) -> Case:
    return Case(
        token,
        least={"bucket": "$bucket"},
        full={
            "bucket": "$bucket",
            "key": "pages/index.html",
            "content": "<h1>…</h1>",
            "contentType": "text/html",
            "cacheControl": "max-age=60",
            "serverSideEncryption": "aws:kms",
            "kmsKeyId": "$key:arn",
            "storageClass": "STANDARD_IA",
            "metadata": {"made": "by-tests"},
            "tags": {"Name": "a"},
        },
        update={"content": "changed"},
        replace={"key": "another.html"},
        drift="cacheControl=no-store",
        rejected=({"content": "a", "contentBase64": "YQ=="}, "exclude each other"),
        outputs=("arn", "etag", "key"),
    )


CASES = (
    _object(tokens.OBJECT),
    _object(tokens.OBJECT_2),
    Case(
        "aws:s3/bucketAcl:BucketAcl",
        least={"bucket": "$acls", "acl": "private"},
        full={
            "bucket": "$acls",
            "accessControlPolicy": {
                "owner": {"id": "0123456789abcdef"},
                "grants": [
                    {
                        "permission": "READ",
                        "grantee": {"type": "CanonicalUser", "id": "0123456789abcdef"},
                    }
                ],
            },
        },
        update={"acl": "log-delivery-write"},
        drift="acl=public-read",
        rejected=({"bucket": "$bucket", "acl": "public-read"}, "AccessControlListNotSupported"),
        **MOVE,
    ),
    Case(
        "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        least={"bucket": "$bucket", **PAGE},
        full={
            "bucket": "$bucket",
            **PAGE,
            "errorDocument": {"key": "error.html"},
            "routingRules": [
                {
                    "condition": {"keyPrefixEquals": "old/"},
                    "redirect": {"replaceKeyPrefixWith": "new/", "httpRedirectCode": "301"},
                }
            ],
        },
        update={"errorDocument": {"key": "error.html"}},
        drift="indexDocument.suffix=home.html",
        rejected=({"indexDocument": {"suffix": "a/index.html"}}, "without a slash"),
        outputs=("websiteDomain", "websiteEndpoint"),
        **MOVE,
    ),
)
