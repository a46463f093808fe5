"""Address ranges, ports and protocols."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from infra.local.aws.codec import UNKNOWN, Properties, Value, at
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope

CIDR_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
SUBNET_SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
PORT_SOURCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html"


def cidr(path: str, widest: int = 0, narrowest: int = 32, source: str = CIDR_SOURCE) -> Rule:
    """An IPv4 range without host bits, its prefix between /`widest` and /`narrowest`."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            reason = _range_fault(value, widest, narrowest) if known(value) else ""
            if reason:
                yield Failure(
                    path.split("[")[0].split(".")[0], f"{path}: {value!r} {reason} ({source})"
                )

    return rule


def _range_fault(value: Value, widest: int, narrowest: int) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        return f"is not an IPv4 range ({error}); write one such as 10.20.0.0/16"
    if not widest <= network.prefixlen <= narrowest:
        return f"is a /{network.prefixlen}; /{widest} to /{narrowest} is allowed"
    return ""


def cidr6(path: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for value in at(inputs, path):
            if known(value):
                try:
                    ipaddress.IPv6Network(value)
                except ValueError as error:
                    shown = f"{path}: {value!r} is not an IPv6 range ({error}) ({CIDR_SOURCE})"
                    yield Failure(path.split("[")[0].split(".")[0], shown)

    return rule


def ports(prefix: str = "", protocol: str = "protocol") -> Rule:
    """`fromPort` and `toPort` fit the protocol; `prefix` is a path such as `ingress[*]`.

    TCP and UDP take ports 0 to 65535 in order; all protocols (-1) take no ports but 0 or -1.
    """

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        top = prefix.split("[")[0]
        for rule_inputs in at(inputs, prefix) if prefix else [inputs]:
            if isinstance(rule_inputs, dict):
                for reason in _port_faults(rule_inputs, protocol):
                    yield Failure(
                        top or "fromPort", f"{prefix or 'rule'}: {reason} ({PORT_SOURCE})"
                    )

    return rule


def _port_faults(rule: Properties, protocol: str) -> Iterator[str]:
    name, low, high = rule.get(protocol), rule.get("fromPort"), rule.get("toPort")
    if not known(name):
        return
    name = str(name).lower()
    names = {"tcp", "udp", "icmp", "icmpv6", "-1", "all"}
    if name not in names and not (name.isdigit() and int(name) <= 255):
        yield (
            f"InvalidParameterValue: protocol {name!r} is none of {', '.join(sorted(names))} or"
            " 0-255"
        )
    if name in ("-1", "all") and {low, high} - {None, 0, -1, UNKNOWN}:
        yield f"protocol {name} covers all ports, so fromPort {low} and toPort {high} must be 0"
    if name in ("tcp", "udp", "6", "17"):
        if low is None or high is None:
            yield f"protocol {name} needs fromPort and toPort"
        elif known(low) and known(high) and not 0 <= low <= high <= 65535:
            yield (
                f"InvalidParameterValue: ports {low} to {high} are not an ascending range in"
                " 0-65535"
            )


def rule_source(names: tuple[str, ...]) -> Rule:
    """A security group rule names exactly one other side."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given = [name for name in names if inputs.get(name) not in (None, [], False)]
        if len(given) != 1:
            shown = ", ".join(given) or "none"
            yield Failure(
                names[0],
                f"exactly one of {', '.join(names)} is needed, given: {shown} "
                "(https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html)",
            )

    return rule
