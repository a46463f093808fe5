"""What distributions share: access to origins, cache keys and response headers (pure table).

Sources: `internal/service/cloudfront` of hashicorp/terraform-provider-aws, and the CloudFront API
reference (2020-05-31).
"""

from __future__ import annotations

from infra.local.aws.catalogue import delivery_policy_rules
from infra.local.aws.catalogue.tokens import CACHE_POLICY, HEADERS_POLICY, ORIGIN_ACCESS
from infra.local.aws.rules.basic import between, length, one_of, pattern
from infra.local.aws.spec import Autoname, TypeSpec

_API = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_{}.html"
_ACCESS, _CACHE = _API.format("OriginAccessControlConfig"), _API.format("CachePolicyConfig")
_KEY, _HEADERS = (
    _API.format("ParametersInCacheKeyAndForwardedToOrigin"),
    _API.format("ResponseHeadersPolicyConfig"),
)
_PARAMETERS = "parametersInCacheKeyAndForwardedToOrigin"
_SECURITY = "securityHeadersConfig"
_SOME = ("none", "whitelist", "allExcept", "all")
_YEAR = 31536000

TYPES = (
    TypeSpec(
        ORIGIN_ACCESS,
        id="E{upper}",
        computed={
            "arn": "arn:aws:cloudfront::{account}:origin-access-control/{id}",
            "etag": "E{upper}",
        },
        live=("etag",),
        autoname=Autoname(longest=64),
        unique=("name",),
        exists="OriginAccessControlAlreadyExists",
        rules=(
            length("name", 1, 64, _ACCESS),
            length("description", 0, 256, _ACCESS),
            one_of(
                "originAccessControlOriginType",
                ("s3", "mediastore", "mediapackagev2", "lambda"),
                _ACCESS,
            ),
            one_of("signingBehavior", ("always", "never", "no-override"), _ACCESS),
            one_of("signingProtocol", ("sigv4",), _ACCESS),
        ),
        in_use="OriginAccessControlInUse",
    ),
    TypeSpec(
        CACHE_POLICY,
        id="{uuid}",
        computed={"arn": "arn:aws:cloudfront::{account}:cache-policy/{id}", "etag": "E{upper}"},
        live=("etag",),
        autoname=Autoname(longest=128),
        unique=("name",),
        exists="CachePolicyAlreadyExists",
        rules=(
            pattern("name", r"[\w-]{1,128}", "128 letters, digits, - and _", _CACHE),
            length("comment", 0, 128, _CACHE),
            between("minTtl", 0, _YEAR, "seconds", _CACHE),
            between("defaultTtl", 0, _YEAR, "seconds", _CACHE),
            between("maxTtl", 0, _YEAR, "seconds", _CACHE),
            delivery_policy_rules.times_in_order(_CACHE),
            one_of(f"{_PARAMETERS}.cookiesConfig.cookieBehavior", _SOME, _KEY),
            one_of(f"{_PARAMETERS}.headersConfig.headerBehavior", ("none", "whitelist"), _KEY),
            one_of(f"{_PARAMETERS}.queryStringsConfig.queryStringBehavior", _SOME, _KEY),
            delivery_policy_rules.named_where_chosen(_KEY),
            delivery_policy_rules.nothing_without_caching(_KEY),
        ),
        in_use="CachePolicyInUse",
    ),
    TypeSpec(
        HEADERS_POLICY,
        id="{uuid}",
        computed={
            "arn": "arn:aws:cloudfront::{account}:response-headers-policy/{id}",
            "etag": "E{upper}",
        },
        live=("etag",),
        autoname=Autoname(longest=128),
        unique=("name",),
        exists="ResponseHeadersPolicyAlreadyExists",
        rules=(
            pattern("name", r"[\w-]{1,128}", "128 letters, digits, - and _", _HEADERS),
            length("comment", 0, 128, _HEADERS),
            delivery_policy_rules.some_header(_HEADERS),
            one_of(
                f"{_SECURITY}.frameOptions.frameOption",
                ("DENY", "SAMEORIGIN"),
                _API.format("ResponseHeadersPolicyFrameOptions"),
            ),
            one_of(
                f"{_SECURITY}.referrerPolicy.referrerPolicy",
                (
                    *("no-referrer", "no-referrer-when-downgrade", "origin", "same-origin"),
                    *("origin-when-cross-origin", "strict-origin", "unsafe-url"),
                    "strict-origin-when-cross-origin",
                ),
                _API.format("ResponseHeadersPolicyReferrerPolicy"),
            ),
            between(
                f"{_SECURITY}.strictTransportSecurity.accessControlMaxAgeSec",
                0,
                2147483647,
                "seconds",
                _API.format("ResponseHeadersPolicyStrictTransportSecurity"),
            ),
            length(
                f"{_SECURITY}.contentSecurityPolicy.contentSecurityPolicy",
                1,
                4096,
                _API.format("ResponseHeadersPolicyContentSecurityPolicy"),
            ),
            delivery_policy_rules.xss(_API.format("ResponseHeadersPolicyXSSProtection")),
            one_of(
                "corsConfig.accessControlAllowMethods.items[*]",
                ("GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "ALL"),
                _API.format("ResponseHeadersPolicyCorsConfig"),
            ),
            delivery_policy_rules.cors(_API.format("ResponseHeadersPolicyCorsConfig")),
            delivery_policy_rules.custom_headers(
                _API.format("ResponseHeadersPolicyCustomHeadersConfig")
            ),
            between(
                "serverTimingHeadersConfig.samplingRate",
                0,
                100,
                "%",
                _API.format("ResponseHeadersPolicyServerTimingHeadersConfig"),
            ),
        ),
        in_use="ResponseHeadersPolicyInUse",
    ),
)
