"""Cases of CloudFront, AWS WAF and the rotation of secrets (pure table)."""

import json
from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

_LOGS = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
_LAMBDA = "arn:aws:lambda:ap-southeast-1:123456789012:function:rotate"
NO_CACHE = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
PUT = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
READ = ["GET", "HEAD"]
BEHAVIOUR: dict[str, Any] = {
    "targetOriginId": "edge",
    "viewerProtocolPolicy": "redirect-to-https",
    "allowedMethods": READ,
    "cachedMethods": READ,
    "cachePolicyId": NO_CACHE,
}
CUSTOM = {
    "httpPort": 80,
    "httpsPort": 443,
    "originProtocolPolicy": "https-only",
    "originSslProtocols": ["TLSv1.2"],
}
EDGE = {"originId": "edge", "domainName": "lb.gacp.example.org", "customOriginConfig": CUSTOM}
OBJECTS = {
    "originId": "objects",
    "domainName": "<bucket>.s3.ap-southeast-1.amazonaws.com",
    "originAccessControlId": "$origin-access",
}
OWN_CERTIFICATE = {"cloudfrontDefaultCertificate": True}
OURS = {
    "acmCertificateArn": "$issued-edge:certificateArn",
    "sslSupportMethod": "sni-only",
    "minimumProtocolVersion": "TLSv1.2_2021",
}
OPEN = {"geoRestriction": {"restrictionType": "none"}}
DISTRIBUTION: dict[str, Any] = {
    "enabled": True,
    "origins": [EDGE],
    "defaultCacheBehavior": BEHAVIOUR,
    "restrictions": OPEN,
    "viewerCertificate": OWN_CERTIFICATE,
}
KEY = {
    "cookiesConfig": {"cookieBehavior": "none"},
    "headersConfig": {"headerBehavior": "none"},
    "queryStringsConfig": {"queryStringBehavior": "none"},
}
HSTS = {"accessControlMaxAgeSec": 63072000, "includeSubdomains": True, "override": True}
SECURITY = {
    "strictTransportSecurity": HSTS,
    "contentTypeOptions": {"override": True},
    "frameOptions": {"frameOption": "DENY", "override": True},
    "referrerPolicy": {"referrerPolicy": "same-origin", "override": True},
}
SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "edge", "sampledRequestsEnabled": False}
COMMON = {
    "name": "common",
    "priority": 1,
    "overrideAction": {"none": {}},
    "statement": {
        "managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}
    },
    "visibilityConfig": SEEN,
}
RATE: dict[str, Any] = {
    "name": "rate",
    "priority": 2,
    "action": {"block": {}},
    "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}},
    "visibilityConfig": SEEN,
}
ACL: dict[str, Any] = {
    "scope": "REGIONAL",
    "defaultAction": {"allow": {}},
    "visibilityConfig": SEEN,
}
CORS = {
    "accessControlAllowCredentials": True,
    "accessControlAllowHeaders": {"items": ["Authorization"]},
    "accessControlAllowMethods": {"items": ["GET"]},
    "accessControlAllowOrigins": {"items": ["https://gacp.example.org"]},
    "originOverride": True,
}


def _behaviour(**changes: Any) -> dict[str, Any]:
    return {"defaultCacheBehavior": {**BEHAVIOUR, **changes}}


def _edge(**changes: Any) -> dict[str, Any]:
    return {"origins": [{**EDGE, **changes}]}


def _key(part: str, **changes: Any) -> dict[str, Any]:
    return {"parametersInCacheKeyAndForwardedToOrigin": {**KEY, part: changes}}


def _custom(*headers: str) -> dict[str, Any]:
    items = [{"header": header, "value": "a", "override": True} for header in headers]
    return {"customHeadersConfig": {"items": items}}


CASES = (
    Case(
        tokens.ORIGIN_ACCESS,
        least={
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        full={
            "name": "full",
            "description": "Documents",
            "originAccessControlOriginType": "s3",
            "signingBehavior": "no-override",
            "signingProtocol": "sigv4",
        },
        update={"signingBehavior": "never"},
        fixed="everything can be changed in place",
        drift="description=changed",
        rejected=({"signingBehavior": "sometimes"}, "none of always"),
        outputs=("arn", "etag"),
    ),
    Case(
        tokens.CACHE_POLICY,
        least={"parametersInCacheKeyAndForwardedToOrigin": KEY},
        full={
            "name": "full",
            "comment": "Static files",
            "minTtl": 1,
            "defaultTtl": 60,
            "maxTtl": 3600,
            "parametersInCacheKeyAndForwardedToOrigin": {
                **KEY,
                "enableAcceptEncodingGzip": True,
                "enableAcceptEncodingBrotli": True,
                "queryStringsConfig": {
                    "queryStringBehavior": "whitelist",
                    "queryStrings": {"items": ["v"]},
                },
            },
        },
        update={"defaultTtl": 60},
        fixed="everything can be changed in place",
        drift="defaultTtl=1",
        rejected=({"minTtl": 100000}, "which must not fall"),
        outputs=("arn", "etag"),
    ),
    Case(
        tokens.HEADERS_POLICY,
        least={"securityHeadersConfig": SECURITY},
        full={
            "name": "full",
            "comment": "All of them",
            "securityHeadersConfig": {
                **SECURITY,
                "contentSecurityPolicy": {
                    "contentSecurityPolicy": "default-src 'self'",
                    "override": True,
                },
                "xssProtection": {"protection": True, "modeBlock": True, "override": True},
            },
            "corsConfig": CORS,
            "removeHeadersConfig": {"items": [{"header": "Server"}]},
            "serverTimingHeadersConfig": {"enabled": True, "samplingRate": 0.5},
            **_custom("X-Robots-Tag"),
        },
        update={"comment": "changed"},
        fixed="everything can be changed in place",
        drift="comment=changed",
        rejected=({"securityHeadersConfig": None}, "is needed"),
        outputs=("arn", "etag"),
    ),
    Case(
        tokens.DISTRIBUTION,
        least=DISTRIBUTION,
        full={
            "enabled": True,
            "aliases": ["gacp.example.org", "www.gacp.example.org"],
            "comment": "GACP",
            "defaultRootObject": "index.html",
            "httpVersion": "http2and3",
            "isIpv6Enabled": True,
            "priceClass": "PriceClass_200",
            "origins": [EDGE, OBJECTS],
            "defaultCacheBehavior": {
                **BEHAVIOUR,
                "allowedMethods": PUT,
                "originRequestPolicyId": "216adef6-5c7f-47e4-b989-5492eafa07d3",
                "responseHeadersPolicyId": "$headers-policy",
            },
            "orderedCacheBehaviors": [
                {
                    **BEHAVIOUR,
                    "pathPattern": "/static/*",
                    "targetOriginId": "objects",
                    "cachePolicyId": "$cache-policy",
                    "compress": True,
                }
            ],
            "customErrorResponses": [
                {"errorCode": 404, "responseCode": 200, "responsePagePath": "/index.html"}
            ],
            "restrictions": {
                "geoRestriction": {"restrictionType": "whitelist", "locations": ["TH", "SG"]}
            },
            "viewerCertificate": OURS,
            "webAclId": "$acl:arn",
            "loggingConfig": {"bucket": "<acls>.s3.amazonaws.com", "prefix": "edge/"},
            "tags": {"Name": "a"},
        },
        update={"comment": "changed"},
        replace={"staging": True},
        drift="comment=changed",
        rejected=(_behaviour(targetOriginId="nobody"), "is none of edge"),
        outputs=("arn", "domainName", "hostedZoneId", "status", "etag"),
    ),
    Case(
        tokens.WEB_ACL,
        least=ACL,
        full={
            "name": "full",
            "scope": "CLOUDFRONT",
            "region": "us-east-1",
            "description": "Before the edge",
            "defaultAction": {"allow": {}},
            "rules": [COMMON, RATE],
            "visibilityConfig": SEEN,
            "tags": {"Name": "a"},
        },
        update={"rules": [COMMON]},
        replace={"scope": "CLOUDFRONT", "region": "us-east-1"},
        drift="description=changed",
        rejected=({"scope": "CLOUDFRONT"}, "it is made in us-east-1"),
        outputs=("arn", "capacity", "lockToken"),
    ),
    Case(
        _LOGS,
        least={
            "resourceArn": "$acl-here:arn",
            "logDestinationConfigs": ["$waf-logs:arn"],
        },
        full={
            "resourceArn": "$acl-here:arn",
            "logDestinationConfigs": ["$waf-logs:arn"],
            "redactedFields": [{"singleHeader": {"name": "authorization"}}, {"queryString": {}}],
            "loggingFilter": {
                "defaultBehavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"actionCondition": {"action": "BLOCK"}}],
                    }
                ],
            },
        },
        update={"redactedFields": [{"method": {}}]},
        replace={"logDestinationConfigs": ["$waf-logs-2:arn"]},
        drift='redactedFields=[{"method": {}}]',
        rejected=({"logDestinationConfigs": ["$logs:arn"]}, "begins with aws-waf-logs-"),
    ),
    Case(
        _ROTATION,
        least={"secretId": "$secret", "rotationRules": {"automaticallyAfterDays": 30}},
        full={
            "secretId": "$secret:arn",
            "rotationLambdaArn": _LAMBDA,
            "rotateImmediately": False,
            "rotationRules": {"scheduleExpression": "cron(0 18 1 * ? *)", "duration": "3h"},
        },
        update={"rotationRules": {"automaticallyAfterDays": 60}},
        replace={"secretId": "$secret-2"},
        drift='rotationRules={"automaticallyAfterDays": 1}',
        rejected=({"rotationRules": None}, "is required unless"),
        outputs=("rotationEnabled",),
    ),
)

_D = tokens.DISTRIBUTION
REFUSED = (
    Refused(tokens.ORIGIN_ACCESS, {"signingProtocol": "sigv2"}, "none of sigv4"),
    Refused(tokens.ORIGIN_ACCESS, {"originAccessControlOriginType": "ec2"}, "none of s3"),
    Refused(tokens.CACHE_POLICY, {"name": "a b"}, "128 letters"),
    Refused(tokens.CACHE_POLICY, _key("cookiesConfig", cookieBehavior="some"), "none of none"),
    Refused(
        tokens.CACHE_POLICY, _key("cookiesConfig", cookieBehavior="whitelist"), "needs cookies"
    ),
    Refused(
        tokens.CACHE_POLICY,
        _key("headersConfig", headerBehavior="none", headers={"items": ["Accept"]}),
        "takes no headers",
    ),
    Refused(
        tokens.CACHE_POLICY,
        {
            "defaultTtl": 0,
            "maxTtl": 0,
            **_key("queryStringsConfig", queryStringBehavior="all"),
        },
        "caches nothing",
    ),
    Refused(
        tokens.HEADERS_POLICY,
        {"securityHeadersConfig": {"referrerPolicy": {"referrerPolicy": "none", "override": True}}},
        "none of no-referrer",
    ),
    Refused(
        tokens.HEADERS_POLICY,
        {
            "securityHeadersConfig": {
                "xssProtection": {"protection": False, "modeBlock": True, "override": True}
            }
        },
        "only with protection",
    ),
    Refused(
        tokens.HEADERS_POLICY,
        {"corsConfig": {**CORS, "accessControlAllowOrigins": {"items": ["*"]}}},
        "cannot be everything with credentials",
    ),
    Refused(tokens.HEADERS_POLICY, _custom("X-Frame-Options"), "is a security header"),
    Refused(tokens.HEADERS_POLICY, _custom("X-A", "x-a"), "are not distinct"),
    Refused(_D, {"origins": [EDGE, EDGE]}, "are not distinct"),
    Refused(_D, {"origins": [{"originId": "edge", "domainName": "a.example.org"}]}, "is no bucket"),
    Refused(_D, _edge(domainName="https://lb.example.org"), "write the domain alone"),
    Refused(_D, _edge(originPath="/a/"), "without a slash behind"),
    Refused(_D, _edge(connectionAttempts=4), "not between 1 and 3"),
    Refused(_D, _edge(s3OriginConfig={"originAccessIdentity": ""}), "one goes"),
    Refused(_D, _edge(customOriginConfig={**CUSTOM, "httpPort": 81}), "not 80, 443"),
    Refused(
        _D, _edge(customOriginConfig={**CUSTOM, "originSslProtocols": ["TLSv1.4"]}), "none of SSLv3"
    ),
    Refused(_D, _edge(originAccessControlId="ENOBODY"), "it does not exist"),
    Refused(_D, _behaviour(allowedMethods=["GET"]), "is not GET+HEAD"),
    Refused(
        _D,
        _behaviour(cachedMethods=["GET", "HEAD", "OPTIONS"]),
        "not among allowedMethods",
    ),
    Refused(_D, _behaviour(viewerProtocolPolicy="tls"), "none of allow-all"),
    Refused(_D, _behaviour(maxTtl=60), "goes with forwardedValues"),
    Refused(_D, _behaviour(cachePolicyId="nobody"), "it does not exist"),
    Refused(_D, _behaviour(originRequestPolicyId="nobody"), "origin request policies"),
    Refused(
        _D,
        _behaviour(forwardedValues={"queryString": True, "cookies": {"forward": "none"}}),
        "exactly one of cachePolicyId",
    ),
    Refused(
        _D,
        {"restrictions": {"geoRestriction": {"restrictionType": "whitelist"}}},
        "needs locations",
    ),
    Refused(_D, {"viewerCertificate": {}}, "exactly one of acmCertificateArn"),
    Refused(_D, {"aliases": ["gacp.example.org"]}, "aliases need a certificate"),
    Refused(
        _D,
        {"viewerCertificate": {"acmCertificateArn": "$issued-edge:certificateArn"}},
        "needs sslSupportMethod",
    ),
    Refused(
        _D,
        {"viewerCertificate": {**OURS, "acmCertificateArn": "$issued:certificateArn"}},
        "isn't in us-east-1",
    ),
    Refused(
        _D,
        {"viewerCertificate": {**OURS, "acmCertificateArn": "$certificate-waits:arn"}},
        "pending validation",
    ),
    Refused(_D, {"viewerCertificate": OURS, "aliases": ["a.example.net"]}, "doesn't cover"),
    Refused(_D, {"aliases": ["*"], "viewerCertificate": OURS}, "a domain such as"),
    Refused(_D, {"webAclId": "$acl-here:arn"}, "not of scope CLOUDFRONT"),
    Refused(_D, {"loggingConfig": {"bucket": "<bucket>.s3.amazonaws.com"}}, "does not enable ACL"),
    Refused(_D, {"loggingConfig": {"bucket": "nobody.s3.amazonaws.com"}}, "a bucket that exists"),
    Refused(
        _D,
        {"customErrorResponses": [{"errorCode": 404, "responsePagePath": "/a"}]},
        "go together",
    ),
    Refused(_D, {"customErrorResponses": [{"errorCode": 418}]}, "none of 400"),
    Refused(_D, {"priceClass": "PriceClass_300"}, "none of PriceClass_100"),
    Refused(_D, {"defaultRootObject": "/index.html"}, "no leading slash"),
    Refused(tokens.WEB_ACL, {"scope": "GLOBAL"}, "none of CLOUDFRONT"),
    Refused(tokens.WEB_ACL, {"defaultAction": {}}, "exactly one of allow and block"),
    Refused(tokens.WEB_ACL, {"rules": [RATE, RATE]}, "are not distinct"),
    Refused(
        tokens.WEB_ACL,
        {"rules": [{key: value for key, value in RATE.items() if key != "action"}]},
        "needs action",
    ),
    Refused(tokens.WEB_ACL, {"rules": [{**COMMON, "action": {"block": {}}}]}, "takes no action"),
    Refused(tokens.WEB_ACL, {"rules": [{**RATE, "statement": {}}]}, "0 statements"),
    Refused(
        tokens.WEB_ACL,
        {"rules": [{**RATE, "statement": {"notStatement": {"statements": []}}}]},
        "notStatement.statements",
    ),
    Refused(
        tokens.WEB_ACL,
        {
            "rules": [
                {
                    **RATE,
                    "statement": {
                        "andStatement": {
                            "statements": [
                                {"notStatement": {"statement": {"byte_match_statement": {}}}}
                            ]
                        }
                    },
                }
            ]
        },
        "byte_match_statement",
    ),
    Refused(
        tokens.WEB_ACL,
        {
            "rules": [
                {
                    **COMMON,
                    "statement": {
                        "managedRuleGroupStatement": {"vendorName": "AWS", "name": "Everything"}
                    },
                }
            ]
        },
        "no rule group",
    ),
    Refused(
        tokens.WEB_ACL,
        {
            "rules": [
                {
                    **RATE,
                    "statement": {"rateBasedStatement": {"limit": 5, "aggregateKeyType": "IP"}},
                }
            ]
        },
        "not between 10 and",
    ),
    Refused(
        tokens.WEB_ACL,
        {
            "rules": [
                {
                    **RATE,
                    "statement": {
                        "rateBasedStatement": {"limit": 10, "aggregateKeyType": "CUSTOM_KEYS"}
                    },
                }
            ]
        },
        "needs customKeys",
    ),
    Refused(
        tokens.WEB_ACL,
        {"rules": [{**COMMON, "name": f"r{number}", "priority": number} for number in range(8)]},
        "5600 units",
    ),
    Refused(tokens.WEB_ACL, {"rules": [RATE], "ruleJson": json.dumps([])}, "exclude each other"),
    Refused(_LOGS, {"logDestinationConfigs": ["$waf-logs:arn", "$waf-logs-2:arn"]}, "2 elements"),
    Refused(_LOGS, {"logDestinationConfigs": ["arn:aws:s3:::aws-waf-logs-nobody"]}, "not exist"),
    Refused(_LOGS, {"logDestinationConfigs": ["$waf-logs-far:arn"]}, "is of us-east-1 and"),
    Refused(_LOGS, {"redactedFields": [{"method": {}, "uriPath": {}}]}, "each names one part"),
    Refused(_ROTATION, {"rotationEnabled": False}, "cannot be set when"),
    Refused(_ROTATION, {"rotationRules": {"duration": "3h"}}, "exactly one of"),
    Refused(
        _ROTATION, {"rotationRules": {"automaticallyAfterDays": 1001}}, "not between 1 and 1000"
    ),
    Refused(_ROTATION, {"rotationRules": {"scheduleExpression": "rate(1 hour)"}}, "every 4 hours"),
    Refused(
        _ROTATION,
        {"rotationRules": {"scheduleExpression": "cron(30 8 * * ? *)"}},
        "on the hour",
    ),
)

HELD = (
    Held(
        "acl",
        _D,
        {**DISTRIBUTION, "webAclId": "$acl:arn"},
        "WAFAssociatedItemException",
    ),
    Held(
        "cache-policy",
        _D,
        {**DISTRIBUTION, **_behaviour(cachePolicyId="$cache-policy")},
        "CachePolicyInUse",
    ),
    Held(
        "headers-policy",
        _D,
        {**DISTRIBUTION, **_behaviour(responseHeadersPolicyId="$headers-policy")},
        "ResponseHeadersPolicyInUse",
    ),
    Held(
        "origin-access",
        _D,
        {**DISTRIBUTION, "origins": [EDGE, OBJECTS]},
        "OriginAccessControlInUse",
    ),
)
