"""Objects and websites: what a bucket lets in, and what S3 says of an object."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.client import Client
from tests.infra.local.aws.ground import Ground


def everybody_reads(bucket: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"bucket": bucket, "policy": json.dumps(document)}


def test_a_new_bucket_blocks_public_policies_until_it_is_told_otherwise(
    client: Client, ground: Ground
):
    policy = ("aws:s3/bucketPolicy:BucketPolicy", everybody_reads(ground["bucket"].id))
    with pytest.raises(grpc.RpcError, match="blocks public policies"):
        client.create(*policy)
    client.create(tokens.PUBLIC_ACCESS, {"bucket": ground["bucket"].id})
    assert client.create(*policy).id


def test_a_public_acl_needs_ownership_and_access(client: Client, ground: Ground):
    acl = {"bucket": ground["bucket"].id, "acl": "public-read"}
    page = {**acl, "key": "index.html", "content": "x"}
    for token, inputs in (("aws:s3/bucketAcl:BucketAcl", acl), (tokens.OBJECT_2, page)):
        with pytest.raises(grpc.RpcError, match="AccessControlListNotSupported"):
            client.create(token, inputs)
    rule = {"rule": {"objectOwnership": "BucketOwnerPreferred"}}
    client.create(tokens.OWNERSHIP, {"bucket": ground["bucket"].id, **rule})
    with pytest.raises(grpc.RpcError, match="blocks public ACLs"):
        client.create("aws:s3/bucketAcl:BucketAcl", acl)
    client.create(tokens.PUBLIC_ACCESS, {"bucket": ground["bucket"].id})
    assert client.create(tokens.OBJECT_2, page).id


def test_an_objects_key_is_its_logical_name(client: Client, ground: Ground):
    made = client.create(tokens.OBJECT_2, {"bucket": ground["bucket"].id}, name="robots.txt")
    assert made.inputs["key"] == "robots.txt"
    assert made.id == f"{ground['bucket'].id}/robots.txt"


def test_an_etag_follows_the_content(client: Client, ground: Ground):
    inputs = {"bucket": ground["bucket"].id, "content": "a"}
    made = client.create(tokens.OBJECT_2, inputs)
    assert made.outputs["etag"] == hashlib.md5(b"a", usedforsecurity=False).hexdigest()
    changed = client.update(made, {**inputs, "content": "b"})
    assert changed.outputs["etag"] == hashlib.md5(b"b", usedforsecurity=False).hexdigest()


def test_a_versioned_bucket_gives_each_write_a_version(client: Client, ground: Ground):
    bucket = ground["bucket"].id
    assert client.create(tokens.OBJECT_2, {"bucket": bucket}).outputs.get("versionId") is None
    on = {"versioningConfiguration": {"status": "Enabled"}}
    client.create(tokens.VERSIONING, {"bucket": bucket, **on})
    inputs = {"bucket": bucket, "key": "a", "content": "a"}
    made = client.create(tokens.OBJECT_2, inputs)
    changed = client.update(made, {**inputs, "content": "b"})
    assert made.outputs["versionId"] != changed.outputs["versionId"]


def test_a_key_is_one_resources(client: Client, ground: Ground):
    inputs = {"bucket": ground["bucket"].id, "key": "a"}
    client.create(tokens.OBJECT, inputs)
    for token in (tokens.OBJECT, tokens.OBJECT_2):
        with pytest.raises(grpc.RpcError, match="another resource's object"):
            client.create(token, inputs, name="other")


def test_a_held_object_stays(client: Client, ground: Ground):
    inputs = {"bucket": ground["bucket"].id, "objectLockLegalHoldStatus": "ON"}
    made = client.create(tokens.OBJECT_2, inputs)
    with pytest.raises(grpc.RpcError, match="under legal hold"):
        client.delete(made)
    client.delete(client.update(made, {**inputs, "forceDestroy": True}))


@pytest.mark.parametrize(
    ("region", "ends"),
    [
        ("ap-southeast-1", ".s3-website-ap-southeast-1.amazonaws.com"),
        ("ap-southeast-7", ".s3-website.ap-southeast-7.amazonaws.com"),
    ],
)
def test_a_website_has_its_regions_address(client: Client, region: str, ends: str):
    bucket = client.create(tokens.BUCKET, {"region": region})
    inputs = {"bucket": bucket.id, "indexDocument": {"suffix": "index.html"}, "region": region}
    made = client.create("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", inputs)
    assert made.outputs["websiteEndpoint"] == bucket.id + ends
