"""CloudFront in front of the machine or the balancer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_aws as aws

from infra.edge import distribution_plan as plan
from infra.edge.model import EdgeModel
from infra.stack import Stack
from infra.storage.bucket import Bucket

VIEWERS_TLS = "TLSv1.2_2021"
LOG_TYPE, LOG_FORMAT = "ACCESS_LOGS", "json"
PRICES = "PriceClass_200"  # Asia is in it; what it leaves out is South America and Australia


@dataclass(frozen=True, slots=True)
class DistributionArgs:
    """`domain` is what viewers ask for and `origin` where it is answered. `region` is CloudFront's
    own, of which `certificate_arn` is; `filter_arn` is a web ACL, or None for no filter."""

    domain: str
    origin: str
    region: str
    certificate_arn: pulumi.Output[str]
    filter_arn: pulumi.Output[str] | None
    logs: Bucket


class Distribution(pulumi.ComponentResource):
    """A distribution that keeps static files and passes everything else on.

    Children: the distribution; source, destination and delivery of its logs.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: DistributionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:edge:Distribution", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._known_as, model = stack.names.of(name), EdgeModel()
        self._distribution = aws.cloudfront.Distribution(
            name,
            comment=f"Certification platform, {stack.names.environment}",
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class=PRICES,
            aliases=[args.domain],
            origins=[
                cast("aws.cloudfront.DistributionOriginArgsDict", plan.origin(args.origin, model))
            ],
            default_cache_behavior=cast(
                "aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict", plan.default_behaviour()
            ),
            ordered_cache_behaviors=cast(
                "list[aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict]",
                plan.cached_behaviours(model),
            ),
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={
                "acm_certificate_arn": args.certificate_arn,
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": VIEWERS_TLS,
            },
            web_acl_id=args.filter_arn,
            tags=stack.tags.of(self._known_as),
            opts=stack.child_of(self),
        )
        self._log()
        self.register_outputs({"id": self._distribution.id})

    @property
    def id(self) -> pulumi.Output[str]:
        return self._distribution.id

    @property
    def dns_name(self) -> pulumi.Output[str]:
        return self._distribution.domain_name

    @property
    def zone_id(self) -> pulumi.Output[str]:
        """Of Route 53 alias records to it."""
        return self._distribution.hosted_zone_id

    def _log(self) -> None:
        region, child = self._args.region, self._stack.child_of(self)
        tags = self._stack.tags.of(self._known_as)
        source = aws.cloudwatch.LogDeliverySource(
            self._name,
            name=self._known_as,
            log_type=LOG_TYPE,
            resource_arn=self._distribution.arn,
            region=region,
            tags=tags,
            opts=child,
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            self._name,
            name=self._known_as,
            output_format=LOG_FORMAT,
            delivery_destination_configuration={"destination_resource_arn": self._args.logs.arn},
            region=region,
            tags=tags,
            opts=child,
        )
        aws.cloudwatch.LogDelivery(
            self._name,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=list(plan.LOG_FIELDS),
            region=region,
            tags=tags,
            # Where the bucket's policy does not let logs in yet, AWS changes it by itself; no input
            # names the policy.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._args.logs]),
        )
