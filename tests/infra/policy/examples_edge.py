"""Examples of controls of what stands in front: CloudFront and AWS WAF."""

from __future__ import annotations

from infra.policy import types as t
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import cut, drop, put
from tests.infra.policy.example import Example, Red, example, values
from tests.infra.policy.examples_network import EDGE
from tests.infra.policy.whole_edge import STATIC

CDN, ACL, LOGGING = "Distribution::cdn", "WebAcl::cdn", "WebAclLoggingConfiguration::cdn"
SOURCE, DELIVERY = "LogDeliverySource::cdn", "LogDelivery::cdn"
VIEWER, ORIGIN = "viewerCertificate", "origins.0.customOriginConfig"
HIDDEN = [{"singleHeader": {"name": "cookie"}}]

EXAMPLES: dict[str, Example] = {
    "B13": example(
        *(t.DISTRIBUTION, *t.CERTIFICATES),
        red={
            **values(CDN, f"{VIEWER}.acmCertificateArn", "arn:aws:acm:us-east-1:1:certificate/a"),
            **values(CDN, f"{VIEWER}.minimumProtocolVersion", "TLSv1.2_2019", "TLSv1"),
            **values(CDN, f"{VIEWER}.sslSupportMethod", "vip"),
            "plain HTTP": put(CDN, "defaultCacheBehavior.viewerProtocolPolicy", "allow-all"),
            "plain files": put(CDN, "orderedCacheBehaviors.0.viewerProtocolPolicy", "allow-all"),
            "unknown behaviours": put(CDN, "orderedCacheBehaviors", UNKNOWN),
            "CloudFront's own name": put(CDN, VIEWER, {"cloudfrontDefaultCertificate": True}),
        },
        green={
            "a newer policy": put(CDN, f"{VIEWER}.minimumProtocolVersion", "TLSv1.3_2025"),
            "no redirect": put(CDN, "defaultCacheBehavior.viewerProtocolPolicy", "https-only"),
        },
    ),
    "B14": example(
        t.DISTRIBUTION,
        red={
            **values(CDN, f"{ORIGIN}.originProtocolPolicy", "match-viewer", "http-only"),
            **values(CDN, f"{ORIGIN}.originSslProtocols", ["TLSv1", "TLSv1.2"], []),
            "unknown origins": put(CDN, "origins", UNKNOWN),
            "no origins": put(CDN, "origins", []),
        },
    ),
    "B15": example(
        *(t.DISTRIBUTION, t.GROUP, t.INGRESS_RULE),
        red={
            "the world too": put(EDGE, "cidrIpv4", "0.0.0.0/0"),
            "an office": put(EDGE, "cidrIpv4", "198.51.100.0/24"),
            "an unknown range": put(EDGE, "cidrIpv4", UNKNOWN),
            "in the group itself": put(
                "SecurityGroup::edge",
                "ingress",
                [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}],
            ),
        },
        green={
            "another group": put("SecurityGroupIngressRule::redis-in", "cidrIpv4", "10.0.0.0/8")
        },
    ),
    "B16": example(
        t.DISTRIBUTION,
        red={
            **values(CDN, "defaultCacheBehavior.cachePolicyId", STATIC),
            "an unknown default": put(CDN, "defaultCacheBehavior", UNKNOWN),
            **values(CDN, "orderedCacheBehaviors.0.allowedMethods", ["GET", "HEAD", "POST"]),
            "unknown behaviours": put(CDN, "orderedCacheBehaviors", UNKNOWN),
        },
        green={"nothing kept at all": cut(CDN, "orderedCacheBehaviors")},
    ),
    "B17": example(
        *(t.DISTRIBUTION, t.LOG_SOURCE, t.LOG_DELIVERY),
        red={
            **values(SOURCE, "resourceArn", "arn:aws:cloudfront::1:distribution/other"),
            **values(SOURCE, "logType", "CONNECTION_LOGS"),
            **values(DELIVERY, "deliverySourceName", "other"),
            **values(DELIVERY, "recordFields", ["c-ip", "cs(Cookie)"], ["cs-uri-query"], []),
            "no source": drop(SOURCE),
            "no delivery": drop(DELIVERY),
        },
    ),
    "B18": example(
        *(t.DISTRIBUTION, t.WEB_ACL),
        red={
            **values(CDN, "webAclId", "arn:aws:wafv2:us-east-1:1:global/webacl/other/1"),
            **values(ACL, "rules.0.action", {"count": {}}),
            **values(ACL, "rules.0.statement.rateBasedStatement.aggregateKeyType", "CONSTANT"),
            **values(ACL, "rules.1.overrideAction", {"count": {}}),
            **values(ACL, "rules.2.statement.managedRuleGroupStatement.name", "AnotherRuleSet"),
            **values(ACL, "rules", []),
        },
        green={"no filter in staging": Red(cut(CDN, "webAclId"), "staging")},
    ),
    "B19": example(
        *(t.WEB_ACL, t.WEB_ACL_LOGGING),
        red={
            **values(ACL, "visibilityConfig.cloudwatchMetricsEnabled", False),
            "samples": put(ACL, "visibilityConfig.sampledRequestsEnabled", True),
            **values(ACL, "rules.1.visibilityConfig.cloudwatchMetricsEnabled", False),
            "samples of a rule": put(ACL, "rules.1.visibilityConfig.sampledRequestsEnabled", True),
            **values(LOGGING, "resourceArn", "arn:aws:wafv2:us-east-1:1:global/webacl/other/1"),
            **values(LOGGING, "redactedFields", HIDDEN, []),
            "no logs": drop(LOGGING),
        },
    ),
}
