"""Distributions and web ACLs: names, who stands before whom, and policies of AWS's own."""

from __future__ import annotations

import re
from typing import Any

import grpc
import pytest

from infra.local.aws.catalogue import tokens
from infra.local.aws.catalogue.managed_policies import CACHE
from tests.infra.local.aws.cases.delivery import (
    ACL,
    BEHAVIOUR,
    COMMON,
    DISTRIBUTION,
    OURS,
    RATE,
)
from tests.infra.local.aws.client import Client
from tests.infra.local.aws.ground import Ground


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(grpc.RpcError) as refused:
        call(*args)
    return str(refused.value.details())


def test_a_distribution_is_known_by_domain_and_zone(client: Client):
    made = client.create(tokens.DISTRIBUTION, DISTRIBUTION)
    assert re.fullmatch(r"E[A-Z0-9]{13}", made.id)
    assert made.outputs["arn"] == f"arn:aws:cloudfront::123456789012:distribution/{made.id}"
    assert re.fullmatch(r"d[a-z0-9]{13}\.cloudfront\.net", made.outputs["domainName"])
    assert made.outputs["hostedZoneId"] == "Z2FDTNDATAQYW2"


def test_an_update_changes_the_etag_and_keeps_the_domain(client: Client):
    made = client.create(tokens.DISTRIBUTION, DISTRIBUTION)
    updated = client.update(made, {**DISTRIBUTION, "comment": "changed"})
    assert updated.outputs["etag"] != made.outputs["etag"]
    assert updated.outputs["domainName"] == made.outputs["domainName"]


@pytest.mark.parametrize("policy", sorted(CACHE))
def test_policies_that_aws_keeps_need_no_resource(client: Client, policy: str):
    behaviour = {**BEHAVIOUR, "cachePolicyId": policy}
    assert client.create(tokens.DISTRIBUTION, {**DISTRIBUTION, "defaultCacheBehavior": behaviour})


def test_an_alias_is_of_one_distribution(client: Client, ground: Ground):
    ours = ground.fill({"aliases": ["gacp.example.org"], "viewerCertificate": OURS})
    client.create(tokens.DISTRIBUTION, {**DISTRIBUTION, **ours})
    said = refusal(client.create, tokens.DISTRIBUTION, {**DISTRIBUTION, **ours})
    assert said.startswith("CNAMEAlreadyExists")


def test_a_certificate_that_serves_stays(client: Client, ground: Ground):
    made = client.create(
        tokens.DISTRIBUTION, {**DISTRIBUTION, **ground.fill({"viewerCertificate": OURS})}
    )
    assert "depends on it" in refusal(client.delete, ground["certificate-edge"])
    client.delete(made)
    client.delete(ground["certificate-edge"])


@pytest.mark.parametrize(
    ("scope", "region", "where"),
    [
        ("CLOUDFRONT", "us-east-1", "us-east-1:123456789012:global"),
        ("REGIONAL", "ap-southeast-1", "ap-southeast-1:123456789012:regional"),
    ],
)
def test_an_acl_says_its_scope_and_what_its_rules_cost(
    client: Client, scope: str, region: str, where: str
):
    inputs = {**ACL, "scope": scope, "region": region, "name": "edge", "rules": [COMMON, RATE]}
    made = client.create(tokens.WEB_ACL, inputs)
    assert made.outputs["arn"] == f"arn:aws:wafv2:{where}/webacl/edge/{made.id}"
    assert made.outputs["capacity"] == 702
    updated = client.update(made, {**inputs, "rules": [RATE]})
    assert updated.outputs["capacity"] == 2
    assert updated.outputs["lockToken"] != made.outputs["lockToken"]
