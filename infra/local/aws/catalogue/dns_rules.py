"""Rules and computed values of Route 53 and ACM."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws.catalogue.tokens import CERTIFICATE, RECORD, ZONE
from infra.local.aws.codec import Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import ACCOUNT, AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_LABEL = r"[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?"


def now(_making: Making) -> Value:
    """The id of a validation is the time at which the certificate was found issued."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC")


def name_servers(making: Making) -> list[str]:
    """Four servers of four top-level domains, as AWS gives, made from the id."""
    numbers = hashlib.sha256(making.id.encode()).digest()
    ends = ("com", "net", "org", "co.uk")
    return [
        f"ns-{numbers[i] + 256 * i}.awsdns-{numbers[i + 4] % 64:02d}.{end}"
        for i, end in enumerate(ends)
    ]


def zone_name(source: str) -> Rule:
    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        name = inputs.get("name")
        if name is None:
            yield Failure("name", f"name is needed, such as example.org ({source})")
        elif known(name) and not re.fullmatch(rf"({_LABEL}\.)*{_LABEL}\.?", str(name)):
            yield Failure("name", f"InvalidDomainName: {name!r} is no domain name ({source})")

    return rule


def _zone_domain(world: World, zone: Value) -> str | None:
    record = world.find((ZONE,), zone, ("id", "zoneId"))
    return str(plain(record.inputs["name"])).rstrip(".") if record else None


def record_name(making: Making) -> Value:
    """The full name: the zone's domain is added where it is left out."""
    name = str(making.given("name", "")).rstrip(".")
    domain = _zone_domain(making.world, making.given("zoneId"))
    if domain is None or name == domain or name.endswith(f".{domain}"):
        return name
    return f"{name}.{domain}" if name else domain


def record_id(making: Making) -> Value:
    parts = [making.given("zoneId"), str(record_name(making)).lower(), making.given("type")]
    if making.given("setIdentifier"):
        parts.append(making.given("setIdentifier"))
    identity = "_".join(parts)
    # A record that has got another type keeps the id that it was made with.
    moved = making.world.store.get(making.token, identity) is not None
    return f"{identity}_again" if moved else identity


def record_values(source: str) -> Rule:
    """Values or an alias; values fit the type and come with a time to live."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        if inputs.get("records") is None and inputs.get("aliases") is None:
            yield Failure("records", f"records or aliases is needed ({source})")
        if inputs.get("records") is not None and inputs.get("ttl") is None:
            yield Failure("ttl", f"InvalidInput: records need a ttl ({source})")
        for value in at(inputs, "records[*]"):
            fault = _value_fault(str(inputs.get("type")), value) if known(value) else ""
            if fault:
                yield Failure("records", f"InvalidChangeBatch: {value!r} {fault} ({source})")
        routed = [name for name in inputs if name.endswith(("RoutingPolicies", "RoutingPolicy"))]
        if routed and inputs.get("setIdentifier") is None:
            yield Failure("setIdentifier", f"{routed[0]} needs setIdentifier ({source})")

    return rule


def _value_fault(kind: str, value: Value) -> str:
    parsers = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}
    if kind in parsers:
        try:
            parsers[kind](value)
        except ValueError:
            return f"is no address for a record of type {kind}"
    if kind == "MX" and not re.fullmatch(r"\d+ \S+", str(value)):
        return "is no preference and host, such as `10 mail.example.org`"
    return ""


def name_is_of_zone(world: World, making: Making) -> None:
    """A record's name ends with the zone's; what does not is taken as relative, except a whole
    other domain.
    """
    domain = _zone_domain(world, making.given("zoneId"))
    name = str(making.given("name", ""))
    if domain and name.endswith(".") and not name.rstrip(".").endswith(domain):
        raise AwsError(
            "InvalidChangeBatch", f"RRSet with DNS name {name} is not permitted in zone {domain}."
        )


def no_cname_beside(world: World, making: Making) -> None:
    """A CNAME stands alone at its name, and never at the zone's apex."""
    name, kind = record_name(making), making.given("type")
    if kind == "CNAME" and name == _zone_domain(world, making.given("zoneId")):
        raise AwsError(
            "InvalidChangeBatch",
            f"RRSet of type CNAME with DNS name {name}. is not permitted at apex",
        )
    for other in world.where(RECORD, "zoneId", making.given("zoneId")):
        theirs = plain(other.inputs.get("type"))
        if (
            other.id != making.id
            and plain(other.outputs.get("fqdn")) == name
            and "CNAME" in (kind, theirs)
            and kind != theirs
        ):
            raise AwsError(
                "InvalidChangeBatch",
                f"RRSet of type {kind} with DNS name {name}. conflicts with {theirs}",
            )


def certificate(source: str) -> Rule:
    """A certificate is requested for a domain, or imported with key and body."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        imported = (
            inputs.get("privateKey") or inputs.get("privateKeyWo") or inputs.get("certificateBody")
        )
        if bool(imported) == bool(inputs.get("domainName")):
            yield Failure(
                "domainName",
                "exactly one of domainName and privateKey with certificateBody is needed"
                f" ({source})",
            )
        if (
            inputs.get("domainName")
            and not inputs.get("validationMethod")
            and not inputs.get("certificateAuthorityArn")
        ):
            yield Failure(
                "validationMethod",
                f"validationMethod is needed for a requested certificate ({source})",
            )
        for name in [inputs.get("domainName"), *at(inputs, "subjectAlternativeNames[*]")]:
            if (
                isinstance(name, str)
                and known(name)
                and not re.fullmatch(rf"(\*\.)?({_LABEL}\.)+{_LABEL}", name)
            ):
                yield Failure(
                    "domainName", f"ValidationException: {name!r} is no domain name ({source})"
                )

    return rule


def validation_options(making: Making) -> Value:
    """One CNAME for each name; a wildcard shares the one of its domain."""
    if making.given("validationMethod") != "DNS":
        return []
    names = [making.given("domainName"), *making.given("subjectAlternativeNames", [])]
    options: list[dict[str, Any]] = []
    for name in dict.fromkeys(names):
        digest = hashlib.sha256(f"{ACCOUNT}{name.removeprefix('*.')}".encode()).hexdigest()
        options.append(
            {
                "domainName": name,
                "resourceRecordName": f"_{digest[:32]}.{name.removeprefix('*.')}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{digest[32:]}.acm-validations.aws.",
            }
        )
    return options


def records_are_there(world: World, making: Making) -> None:
    """Validation ends when the records of the certificate exist; without them the provider for AWS
    waits in vain.
    """
    found = world.find((CERTIFICATE,), making.given("certificateArn"), ("arn",))
    options: list[Any] = plain(found.outputs.get("domainValidationOptions")) or [] if found else []
    wanted = {str(option["resourceRecordName"]).rstrip(".") for option in options}
    given = {str(name).rstrip(".") for name in making.given("validationRecordFqdns", [])}
    if given and wanted - given:
        raise AwsError(
            "InvalidParameterValue",
            f"missing validation record: {', '.join(sorted(wanted - given))}",
            state=True,
        )
