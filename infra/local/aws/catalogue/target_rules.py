"""Rules and computed values of target groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from infra.local.aws.codec import Properties, Value
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import Failure, Rule, Scope

_WEB = ("HTTP", "HTTPS")
_DEREGISTERS = ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
_STICKY = {
    **dict.fromkeys(_WEB, ("lb_cookie", "app_cookie")),
    **dict.fromkeys(("TCP", "UDP", "TCP_UDP"), ("source_ip",)),
    "GENEVE": ("source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"),
    **dict.fromkeys(("TLS", "QUIC", "TCP_QUIC"), ()),
}


def health_check(making: Making) -> Value:
    """What AWS checks where nothing is asked for (API_CreateTargetGroup)."""
    web = making.given("protocol") in _WEB
    check: dict[str, Any] = {
        "enabled": making.given("targetType") != "lambda",
        "healthyThreshold": 5,
        "interval": 30,
        "port": "traffic-port",
        "protocol": making.given("protocol") if web else "TCP",
        "timeout": 5 if web else 10,
        "unhealthyThreshold": 2,
    }
    return {**check, "matcher": "200", "path": "/"} if web else check


def address_type(making: Making) -> Value:
    return "ipv4" if making.given("targetType") in ("instance", "ip") else None


def of_http(value: str) -> Callable[[Making], Value]:
    return lambda making: value if making.given("protocol") in _WEB else None


def preserves_address(making: Making) -> Value:
    """Targets see the client's address by default if they are instances, or get datagrams."""
    protocol = making.given("protocol")
    if protocol not in _DEREGISTERS:
        return None
    datagrams = protocol in ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
    return "true" if datagrams or making.given("targetType") == "instance" else "false"


def stickiness(making: Making) -> Value:
    kinds = _STICKY.get(str(making.given("protocol")), ())
    return {"enabled": False, "type": kinds[0]} if kinds else None


def slow_start(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        seconds = inputs.get("slowStart")
        if isinstance(seconds, int) and seconds and not 30 <= seconds <= 900:
            shown = f"slowStart: {seconds} seconds is neither 0 nor between 30 and 900"
            yield Failure("slowStart", f"{shown} ({source})")

    return rule


def network_or_lambda(source: str) -> Rule:
    """Port, protocol and VPC are a network target's, and all of them are needed."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kind = inputs.get("targetType")
        for name in ("port", "protocol", "vpcId") if known(kind) else ():
            if (inputs.get(name) is None) != (kind == "lambda"):
                verb = "takes no" if kind == "lambda" else "needs"
                yield Failure(name, f"targetType {kind!r} {verb} {name} ({source})")

    return rule


def for_balancers_only(source: str) -> Rule:
    """What goes with which protocol and target."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        protocol, kind = inputs.get("protocol"), inputs.get("targetType")
        if not known(protocol):
            return
        web_only = ("protocolVersion", "loadBalancingAlgorithmType", "slowStart")
        for name in web_only:
            if inputs.get(name) and protocol not in _WEB and kind != "lambda":
                shown = f"ValidationError: {name} goes with HTTP and HTTPS, not {protocol}"
                yield Failure(name, f"{shown} ({source})")
        for name in ("proxyProtocolV2", "connectionTermination"):
            if inputs.get(name) and protocol not in _DEREGISTERS:
                shown = f"ValidationError: {name} is for network load balancers, not {protocol}"
                yield Failure(name, f"{shown} ({source})")
        if kind == "alb" and protocol != "TCP":
            shown = f"ValidationError: targets of kind alb are reached by TCP, not {protocol}"
            yield Failure("protocol", f"{shown} ({source})")

    return rule


def check_fits(source: str) -> Rule:
    """A TCP check asks for no path and no code; a check ends before the next one begins."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        check = inputs.get("healthCheck")
        if not isinstance(check, dict):
            return
        for name in ("path", "matcher") if check.get("protocol") == "TCP" else ():
            if known(check.get(name)):
                yield Failure("healthCheck", f"healthCheck {name} conflicts with TCP ({source})")
        if inputs.get("protocol") in _WEB and check.get("protocol") == "TCP":
            shown = f"healthCheck protocol TCP does not go with {inputs.get('protocol')}"
            yield Failure("healthCheck", f"{shown} ({source})")
        if inputs.get("targetType") == "alb" and check.get("protocol") == "TCP":
            shown = "healthCheck protocol TCP does not go with target type alb"
            yield Failure("healthCheck", f"{shown} ({source})")
        timeout, interval = check.get("timeout"), check.get("interval", 30)
        timed = isinstance(timeout, int) and isinstance(interval, int) and timeout >= interval
        if timed and inputs.get("targetType") != "lambda":
            shown = (
                f"ValidationError: healthCheck timeout {timeout} must be smaller than {interval}"
            )
            yield Failure("healthCheck", f"{shown}, the interval ({source})")
        yield from _port_faults(check.get("port"), source)

    return rule


def _port_faults(port: Value, source: str) -> Iterator[Failure]:
    if not known(port) or port == "traffic-port":
        return
    if not str(port).isdigit() or not 1 <= int(str(port)) <= 65535:
        shown = f"healthCheck port {port!r} is neither traffic-port nor 1 to 65535"
        yield Failure("healthCheck", f"{shown} ({source})")


def sticky(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        given, protocol = inputs.get("stickiness"), inputs.get("protocol")
        if not isinstance(given, dict) or not known(protocol) or protocol not in _STICKY:
            return
        kind, kinds = given.get("type"), _STICKY[str(protocol)]
        if known(kind) and kind not in kinds:
            shown = f"stickiness type {kind!r} does not go with {protocol}, which has"
            listed = ", ".join(kinds) or "none"
            yield Failure("stickiness", f"InvalidConfigurationRequest: {shown} {listed} ({source})")
        if kind == "app_cookie" and given.get("cookieName") is None:
            shown = "stickiness type app_cookie needs cookieName"
            yield Failure("stickiness", f"InvalidConfigurationRequest: {shown} ({source})")

    return rule
