"""CloudFront distributions (pure table).

Sources: `internal/service/cloudfront/distribution.go` of hashicorp/terraform-provider-aws, and the
CloudFront API reference (2020-05-31).
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.aws.catalogue import distribution_rules, distribution_world
from infra.local.aws.catalogue.tokens import (
    CACHE_POLICY,
    CERTIFICATE,
    DISTRIBUTION,
    HEADERS_POLICY,
    ORIGIN_ACCESS,
    WEB_ACL,
)
from infra.local.aws.rules.basic import between, count, length, one_of, pattern
from infra.local.aws.spec import Reference, Rule, TypeSpec, always

_FILE = "cloudfront/distribution.go"
_API = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_{}.html"
_CONFIG, _ORIGIN = _API.format("DistributionConfig"), _API.format("Origin")
_CUSTOM, _BEHAVIOUR = _API.format("CustomOriginConfig"), _API.format("DefaultCacheBehavior")
_VIEWER, _ERRORS = _API.format("ViewerCertificate"), _API.format("CustomErrorResponse")
_BEHAVIOURS = ("defaultCacheBehavior", "orderedCacheBehaviors[*]")
_TLS = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")


def _of_behaviours() -> Iterator[Rule]:
    policies = ("allow-all", "https-only", "redirect-to-https")
    for at in _BEHAVIOURS:
        yield one_of(f"{at}.viewerProtocolPolicy", policies, _BEHAVIOUR)
        yield count(f"{at}.lambdaFunctionAssociations", 0, 4, _BEHAVIOUR)
        yield count(f"{at}.functionAssociations", 0, 2, _BEHAVIOUR)


def _policies() -> Iterator[Reference]:
    for at in _BEHAVIOURS:
        yield Reference(f"{at}.cachePolicyId", (CACHE_POLICY,), code="NoSuchCachePolicy")
        yield Reference(
            f"{at}.responseHeadersPolicyId", (HEADERS_POLICY,), code="NoSuchResponseHeadersPolicy"
        )


TYPES = (
    TypeSpec(
        DISTRIBUTION,
        id="E{upper}",
        computed={
            "arn": "arn:aws:cloudfront::{account}:distribution/{id}",
            "callerReference": "terraform-{token}",
            "domainName": distribution_rules.domain_name,
            "etag": "E{upper}",
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "inProgressValidationBatches": always(0),
            "lastModifiedTime": distribution_rules.now,
            "loggingV1Enabled": lambda making: making.given("loggingConfig") is not None,
            "status": "Deployed",
            "trustedKeyGroups": always([{"enabled": False, "items": []}]),
            "trustedSigners": always([{"enabled": False, "items": []}]),
        },
        live=("etag", "lastModifiedTime", "loggingV1Enabled"),
        rules=(
            length("comment", 0, 128, _CONFIG),
            pattern("defaultRootObject", r"[^/].{0,254}|", "no leading slash", _CONFIG),
            one_of("httpVersion", ("http1.1", "http2", "http3", "http2and3"), _CONFIG),
            one_of(
                "priceClass",
                ("PriceClass_100", "PriceClass_200", "PriceClass_All", "None"),
                _CONFIG,
            ),
            pattern(
                "aliases[*]", r"(\*\.)?([\w-]+\.)+[\w-]+", "a domain such as example.org", _CONFIG
            ),
            count("origins", 1, 100, _CONFIG),
            distribution_rules.origins_are_named(_ORIGIN),
            distribution_rules.origin_kinds(_ORIGIN),
            between("origins[*].connectionAttempts", 1, 3, "attempts", _ORIGIN),
            between("origins[*].connectionTimeout", 1, 10, "seconds", _ORIGIN),
            pattern(
                "origins[*].originPath", r"(/.*[^/])?", "/path without a slash behind", _ORIGIN
            ),
            one_of(
                "origins[*].customOriginConfig.originProtocolPolicy",
                ("http-only", "match-viewer", "https-only"),
                _CUSTOM,
            ),
            one_of("origins[*].customOriginConfig.originSslProtocols[*]", _TLS, _CUSTOM),
            between("origins[*].customOriginConfig.originReadTimeout", 1, 180, "seconds", _CUSTOM),
            between(
                "origins[*].customOriginConfig.originKeepaliveTimeout", 1, 180, "seconds", _CUSTOM
            ),
            distribution_rules.origin_ports(_CUSTOM),
            distribution_rules.targets_exist(_BEHAVIOUR),
            distribution_rules.methods(_BEHAVIOUR),
            distribution_rules.one_way_to_cache(_BEHAVIOUR),
            *_of_behaviours(),
            one_of(
                "restrictions.geoRestriction.restrictionType",
                ("none", "whitelist", "blacklist"),
                _API.format("GeoRestriction"),
            ),
            pattern(
                "restrictions.geoRestriction.locations[*]",
                r"[A-Z]{2}",
                "two capitals of ISO 3166",
                _API.format("GeoRestriction"),
            ),
            distribution_rules.locations(_API.format("GeoRestriction")),
            distribution_rules.one_certificate(_VIEWER),
            one_of("viewerCertificate.sslSupportMethod", ("sni-only", "vip", "static-ip"), _VIEWER),
            one_of(
                "viewerCertificate.minimumProtocolVersion",
                (
                    *("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018"),
                    *("TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"),
                ),
                _VIEWER,
            ),
            one_of(
                "customErrorResponses[*].errorCode",
                (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504),
                _ERRORS,
            ),
            distribution_rules.error_pages(_ERRORS),
        ),
        references=(
            Reference(
                "viewerCertificate.acmCertificateArn",
                (CERTIFICATE,),
                by=("arn",),
                code="InvalidViewerCertificate",
                anywhere=True,
            ),
            Reference("webAclId", (WEB_ACL,), ("arn",), "InvalidWebACLId", anywhere=True),
            Reference(
                "origins[*].originAccessControlId",
                (ORIGIN_ACCESS,),
                code="NoSuchOriginAccessControl",
            ),
            *_policies(),
        ),
        world=(
            distribution_world.certificate_serves,
            distribution_world.aliases_are_free,
            distribution_world.filter_is_global,
            distribution_world.bucket_takes_logs,
            distribution_world.request_policies_exist,
        ),
    ),
)
