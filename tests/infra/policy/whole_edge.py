"""What stands in front of the complete stack: CloudFront, its filter, and their logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.policy import types as t
from infra.policy.controls.distribution import NOT_CACHED
from infra.policy.controls.web_filter import GROUPS
from infra.policy.model import Resource
from tests.infra.policy.whole import KEY, arn, res

SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "x", "sampledRequestsEnabled": False}
STATIC = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def _behaviour(policy: str, *methods: str) -> dict[str, Any]:
    return {
        "targetOriginId": "edge",
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": list(methods),
        "cachePolicyId": policy,
    }


def _rules() -> Iterator[dict[str, Any]]:
    rate = {"rateBasedStatement": {"limit": 30000, "aggregateKeyType": "IP"}}
    shared = {"visibilityConfig": SEEN}
    yield {"name": "flood", "action": {"block": {}}, "statement": rate, **shared}
    for name in GROUPS:
        group = {"managedRuleGroupStatement": {"vendorName": "AWS", "name": name}}
        yield {"name": name, "overrideAction": {"none": {}}, "statement": group, **shared}


def cdn() -> Iterator[Resource]:
    distribution, acl = arn(t.DISTRIBUTION, "cdn"), arn(t.WEB_ACL, "cdn")
    yield res(t.CERTIFICATE, "cdn", domainName="gacp.example")
    yield res(
        t.DISTRIBUTION,
        "cdn",
        viewerCertificate={
            "acmCertificateArn": arn(t.CERTIFICATE, "cdn"),
            "sslSupportMethod": "sni-only",
            "minimumProtocolVersion": "TLSv1.2_2021",
        },
        origins=[
            {
                "originId": "edge",
                "domainName": "origin.gacp.example",
                "customOriginConfig": {
                    "originProtocolPolicy": "https-only",
                    "originSslProtocols": ["TLSv1.2"],
                },
            }
        ],
        defaultCacheBehavior=_behaviour(NOT_CACHED, "GET", "HEAD", "POST"),
        orderedCacheBehaviors=[_behaviour(STATIC, "GET", "HEAD")],
        webAclId=acl,
    )
    yield res(
        t.LOG_SOURCE, "cdn", name="cdn-source", logType="ACCESS_LOGS", resourceArn=distribution
    )
    yield res(
        t.LOG_DELIVERY,
        "cdn",
        deliverySourceName="cdn-source",
        recordFields=["c-ip", "cs-method", "cs-uri-stem"],
    )
    yield res(t.WEB_ACL, "cdn", name="cdn-acl", rules=list(_rules()), visibilityConfig=SEEN)
    group = "aws-waf-logs-cdn"
    yield res(t.LOG_GROUP, "cdn-filter", name=group, retentionInDays=365, kmsKeyId=KEY)
    hidden = [{"singleHeader": {"name": name}} for name in ("authorization", "cookie")]
    yield res(t.WEB_ACL_LOGGING, "cdn", resourceArn=acl, redactedFields=hidden, tags={})
