"""Rules and computed values of listeners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import (
    BALANCER,
    CERTIFICATE,
    CERTIFICATE_USE,
    TARGET_GROUP,
)
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making, render
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_WEB = ("HTTP", "HTTPS")
_NETWORK = ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
PROTOCOLS = (*_WEB, *_NETWORK, "GENEVE")
_OF_BALANCER = {"app": _WEB, "net": _NETWORK}
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
_TARGETS = {
    "HTTP": _WEB,
    "HTTPS": _WEB,
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
    "QUIC": ("QUIC", "TCP_QUIC"),
    "TCP_QUIC": ("TCP_QUIC",),
}


def _kind(balancer: Value) -> str:
    """`app`, `net` or `gwy`, which the balancer's ARN says."""
    parts = str(balancer).partition(":loadbalancer/")[2].split("/")
    return parts[0]


def arn(making: Making) -> Value:
    before = str(making.given("loadBalancerArn")).replace(":loadbalancer/", ":listener/")
    return render(f"{before}/{{sixteen}}", making)


def default_protocol(making: Making) -> Value:
    return "HTTP" if _kind(making.given("loadBalancerArn")) == "app" else None


def default_policy(making: Making) -> Value:
    return "ELBSecurityPolicy-2016-08" if making.given("protocol") in ("HTTPS", "TLS") else None


def idle_seconds(making: Making) -> Value:
    network = _kind(making.given("loadBalancerArn")) == "net"
    return 350 if network and making.given("protocol") == "TCP" else None


def encrypted(source: str) -> Rule:
    """A certificate goes with HTTPS and TLS, and each of them needs one."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        protocol = inputs.get("protocol")
        if protocol is not None and not known(protocol):
            return
        secure = protocol in ("HTTPS", "TLS")
        if secure and inputs.get("certificateArn") is None:
            shown = f"CertificateNotFound: a certificate must be specified for {protocol} listeners"
            yield Failure("certificateArn", f"{shown} ({source})")
        for name in ("certificateArn", "sslPolicy"):
            if not secure and inputs.get(name) is not None:
                shown = f"ValidationError: {name} goes with HTTPS and TLS, not {protocol}"
                yield Failure(name, f"{shown} ({source})")
        alone = (("alpnPolicy", "TLS"), ("mutualAuthentication", "HTTPS"))
        for name, needed in alone:
            if inputs.get(name) is not None and protocol != needed:
                shown = f"ValidationError: {name} goes with {needed}, not {protocol}"
                yield Failure(name, f"{shown} ({source})")

    return rule


_NEEDS = {
    "redirect": ("redirect",),
    "fixed-response": ("fixedResponse",),
    "forward": ("targetGroupArn", "forward"),
    "authenticate-cognito": ("authenticateCognito",),
    "authenticate-oidc": ("authenticateOidc",),
    "jwt-validation": ("jwtValidation",),
}


def actions(source: str) -> Rule:
    """Each action has what its type needs; the last one answers."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given: Any = inputs.get("defaultActions")
        for action in given if isinstance(given, list) else ():
            kind = action.get("type") if isinstance(action, dict) else None
            needed = _NEEDS.get(str(kind), ())
            if needed and not any(action.get(name) is not None for name in needed):
                shown = f"InvalidLoadBalancerAction: action {kind} needs {' or '.join(needed)}"
                yield Failure("defaultActions", f"{shown} ({source})")
        kinds = at(inputs, "defaultActions[*].type")
        last = kinds[-1] if kinds else None
        if known(last) and last not in ("forward", "redirect", "fixed-response"):
            shown = f"InvalidLoadBalancerAction: the last action is {last!r}, which does not answer"
            yield Failure("defaultActions", f"{shown} ({source})")
        if at(inputs, "defaultActions[*].fixedResponse.messageBody"):
            for body in at(inputs, "defaultActions[*].fixedResponse.messageBody"):
                if known(body) and len(str(body)) > 1024:
                    shown = f"fixedResponse: {len(str(body))} characters; 1024 are allowed"
                    yield Failure("defaultActions", f"{shown} ({source})")

    return rule


def protocol_of_balancer(_world: World, making: Making) -> None:
    """HTTP for application balancers, the rest for network ones, neither for gateways."""
    kind, protocol = _kind(making.given("loadBalancerArn")), making.given("protocol")
    allowed = _OF_BALANCER.get(kind, ())
    if protocol is None and kind == "net":
        raise AwsError("ValidationError", "a listener of a network load balancer needs a protocol")
    if protocol is not None and protocol not in allowed:
        raise AwsError(
            "InvalidConfigurationRequest" if not allowed else "ValidationError",
            f"protocol {protocol} does not go with this load balancer, which takes"
            f" {', '.join(allowed) or 'none'}",
        )
    if kind != "gwy" and making.given("port") is None:
        raise AwsError("ValidationError", "a port must be specified")
    answers = at(making.inputs, "defaultActions[*].type")
    if kind != "app" and set(answers) - {"forward"}:
        raise AwsError(
            "InvalidLoadBalancerAction",
            f"action {(set(answers) - {'forward'}).pop()} is for application load balancers",
        )


def certificate_is_issued(world: World, making: Making) -> None:
    """A certificate that waits for its validation serves nobody: it is there once something stands
    for the validation (the usual way is that resource's `certificateArn`).
    """
    wanted = making.given("certificateArn")
    found = world.find((CERTIFICATE,), wanted, ("arn",))
    if found is None or plain(found.inputs.get("domainName")) is None:
        return
    private = found.inputs.get("certificateAuthorityArn")
    if not private and not world.where(CERTIFICATE_USE, "certificateArn", wanted):
        raise AwsError(
            "UnsupportedCertificate",
            f"The certificate {wanted!r} is not issued: it is pending validation; give the"
            " certificateArn of an aws.acm.CertificateValidation",
            state=True,
        )


def groups_fit(world: World, making: Making) -> None:
    """Target groups speak a protocol that the listener can pass on, in the balancer's VPC."""
    protocol = making.given("protocol") or default_protocol(making)
    balancer = world.store.get(BALANCER, str(making.given("loadBalancerArn")))
    named = at(making.inputs, "defaultActions[*].targetGroupArn")
    named += at(making.inputs, "defaultActions[*].forward.targetGroups[*].arn")
    for group in named:
        target = world.store.get(TARGET_GROUP, group)
        if target is None:
            continue
        theirs, vpc = (plain(target.outputs.get(name)) for name in ("protocol", "vpcId"))
        if theirs is not None and theirs not in _TARGETS.get(str(protocol), (theirs,)):
            raise AwsError(
                "IncompatibleProtocols",
                f"target group {group} speaks {theirs}, which a {protocol} listener cannot pass on;"
                f" {', '.join(_TARGETS[str(protocol)])} can be",
            )
        mine = plain(balancer.outputs.get("vpcId")) if balancer else None
        if mine and vpc and mine != vpc:
            raise AwsError(
                "InvalidConfigurationRequest",
                f"target group {group} is of {vpc} and the load balancer of {mine}",
            )
