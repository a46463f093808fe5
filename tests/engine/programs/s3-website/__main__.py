"""A website from a folder of pages: everybody reads, nobody lists."""

import mimetypes
import pathlib

import pulumi
import pulumi_aws as aws

config = pulumi.Config()

bucket = aws.s3.Bucket("site", force_destroy=False)
open_to_all = aws.s3.BucketPublicAccessBlock(
    "site",
    bucket=bucket.id,
    block_public_acls=False,
    block_public_policy=False,
    ignore_public_acls=False,
    restrict_public_buckets=False,
)
ownership = aws.s3.BucketOwnershipControls(
    "site", bucket=bucket.id, rule={"object_ownership": "BucketOwnerPreferred"}
)
reading = aws.iam.get_policy_document_output(
    statements=[
        {
            "sid": "EverybodyReads",
            "principals": [{"type": "*", "identifiers": ["*"]}],
            "actions": ["s3:GetObject"],
            "resources": [bucket.arn.apply(lambda arn: f"{arn}/*")],
        }
    ]
)
aws.s3.BucketPolicy(
    "site",
    bucket=bucket.id,
    policy=reading.json,
    opts=pulumi.ResourceOptions(depends_on=[open_to_all]),
)
website = aws.s3.BucketWebsiteConfiguration(
    "site",
    bucket=bucket.id,
    index_document={"suffix": "index.html"},
    error_document={"key": config.require("errorPage")},
    routing_rules=[
        {
            "condition": {"key_prefix_equals": "old/"},
            "redirect": {"replace_key_prefix_with": "", "http_redirect_code": "301"},
        }
    ],
)
for page in sorted(pathlib.Path("www").iterdir()):
    kind, _ = mimetypes.guess_type(page.name)
    aws.s3.BucketObjectv2(
        page.name,
        bucket=bucket.id,
        source=pulumi.FileAsset(str(page)),
        content_type=kind or "application/octet-stream",
        acl="public-read",
        opts=pulumi.ResourceOptions(depends_on=[open_to_all, ownership]),
    )
aws.s3.BucketObjectv2(
    "robots",
    bucket=bucket.id,
    key="robots.txt",
    content=bucket.bucket_regional_domain_name.apply(lambda host: f"# {host}\nUser-agent: *\n"),
    content_type="text/plain",
)
pulumi.export("url", pulumi.Output.concat("http://", website.website_endpoint))
