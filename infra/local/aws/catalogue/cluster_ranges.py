"""Ranges that may reach a cluster's public endpoint."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from infra.local.aws.codec import Properties, Value, at
from infra.local.aws.spec import Failure, Rule, Scope

_MOST = 40  # user guide, service-quotas: public endpoint access CIDR ranges per cluster


def public_ranges(source: str) -> Rule:
    """Up to 40 ranges of the internet: EKS refuses private and reserved ones."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given = at(inputs, "vpcConfig.publicAccessCidrs[*]")
        if len(given) > _MOST:
            shown = f"publicAccessCidrs: {len(given)} ranges; {_MOST} are allowed"
            yield Failure("vpcConfig", f"InvalidParameterException: {shown} ({source})")
        for value in filter(_is_reserved, given):
            shown = f"The following CIDRs are not allowed in publicAccessCidrs: [{value}]"
            yield Failure("vpcConfig", f"InvalidParameterException: {shown} ({source})")

    return rule


# RFC 1918, 6598, 3927 and 1122. Documentation ranges stay out: examples use them.
_RESERVED = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
            *("169.254.0.0/16", "127.0.0.0/8"),
        ),
    )
)


def _is_reserved(value: Value) -> bool:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        return False  # unknown, or no range, which another rule says
    return any(network.subnet_of(reserved) for reserved in _RESERVED)
