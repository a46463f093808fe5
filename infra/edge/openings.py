"""Who may reach the edge of the stack itself."""

from __future__ import annotations

import pulumi_aws as aws

from infra.network.ports import ANYWHERE, HTTP, HTTPS
from infra.network.rules import Opening

# AWS's own list of the addresses from which CloudFront asks origins. It counts as 55 of the 60
# rules that a group may have, so that it opens one port:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


def edge_openings(plain: str, *, behind_cdn: bool) -> tuple[Opening, ...]:
    """HTTPS and plain HTTP (`plain`: what for) from anywhere, or HTTPS from CloudFront alone."""
    if behind_cdn:
        origin_facing = aws.ec2.get_managed_prefix_list_output(name=CLOUDFRONT).id
        return (Opening("cdn", HTTPS, "HTTPS from CloudFront", prefix_list_id=origin_facing),)
    return (
        Opening("http", HTTP, plain, cidr=ANYWHERE),
        Opening("https", HTTPS, "HTTPS from anywhere", cidr=ANYWHERE),
    )
