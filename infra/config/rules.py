"""Rules that a configured value keeps, each a sentence, a test and a fragment of JSON schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any
from urllib.parse import urlsplit

# Values that only the owner of the account knows; nothing is deployed while one is left.
PLACEHOLDER = "<CHANGE_ME>"


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` completes "KEY is VALUE: must be ..."; `holds` tests a typed value."""

    says: str
    holds: Callable[[Any], bool]
    schema: Mapping[str, object] = field(default_factory=dict[str, object])


ANYTHING = Rule("present", lambda _: True)


def between(least: int, most: int, unit: str) -> Rule:
    """A whole number in a closed range, with its unit for people."""
    return Rule(
        f"between {least} and {most} {unit}",
        lambda value: least <= value <= most,
        {"minimum": least, "maximum": most},
    )


def matching(pattern: str, says: str) -> Rule:
    """Text that matches a whole regular expression."""
    compiled = re.compile(pattern)
    return Rule(
        says, lambda value: compiled.fullmatch(value) is not None, {"pattern": f"^({pattern})$"}
    )


def one_of(values: tuple[Any, ...], says: str) -> Rule:
    return Rule(says, lambda value: value in values, {"enum": list(values)})


def each(rule: Rule, least: int = 0, most: int = 64) -> Rule:
    """A list of distinct values that all keep a rule."""

    def holds(values: tuple[Any, ...]) -> bool:
        distinct = len(set(values)) == len(values)
        return least <= len(values) <= most and distinct and all(map(rule.holds, values))

    return Rule(
        f"{least} to {most} different values, each {rule.says}",
        holds,
        {
            "items": dict(rule.schema),
            "minItems": least,
            "maxItems": most,
            "uniqueItems": True,
        },
    )


def optional(rule: Rule) -> Rule:
    """Empty text, or text that keeps the rule."""
    return Rule(
        f"empty or {rule.says}",
        lambda value: value == "" or rule.holds(value),
        {"anyOf": [{"const": ""}, dict(rule.schema)]},
    )


def _is_private_range(value: str) -> bool:
    try:
        network = IPv4Network(value)
    except ValueError:
        return False
    return network.is_private and 16 <= network.prefixlen <= 18


def _is_narrow(value: str) -> bool:
    return _is_range(value) and IPv4Network(value).prefixlen >= NARROWEST_PUBLIC_PREFIX


def _is_origin(value: str) -> bool:
    parts = urlsplit(value)
    try:
        port_is_legal = parts.port is None or parts.port > 0
    except ValueError:  # urlsplit checks the port only when it is asked for
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and port_is_legal
        and not (parts.path or parts.query or parts.fragment or parts.username)
    )


def _is_range(value: str) -> bool:
    try:
        IPv4Network(value)
    except ValueError:
        return False
    return True


# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: a VPC is at most a /16;
# smaller than /18 leaves too few addresses for three tiers.
PRIVATE_RANGE = Rule(
    "a private IPv4 range from /16 to /18, such as 10.20.0.0/16", _is_private_range
)
ADDRESS_RANGE = Rule("an IPv4 range, such as 10.0.0.0/8", _is_range)
# A range of an office or a VPN; the whole internet is none (EKS.1).
NARROWEST_PUBLIC_PREFIX = 16
NARROW_RANGE = Rule("an IPv4 range of /16 or narrower, such as 203.0.113.0/24", _is_narrow)
ORIGIN = Rule(
    "http(s)://HOST[:PORT] without a path, such as https://gacp.example.com",
    _is_origin,
    {"pattern": "^https?://[^/?#@]+$"},
)
REGION = matching(r"[a-z]{2}(-[a-z]+)+-\d", "a region's name, such as ap-southeast-1")
ACCOUNT = matching(r"\d{12}", "the 12 digits of an AWS account")
ZONE_LETTER = matching(r"[a-h]", "a zone's letter, such as a")
HOST_NAME = matching(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
    "a host name in small letters, such as mail.gacp.example.com",
)
DOMAIN = matching(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    "a domain name in small letters, such as gacp.example.com",
)
EMAIL = matching(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", "an e-mail address")
DIGEST = matching(r"sha256:[0-9a-f]{64}", "an image digest, sha256: and 64 hexadecimal digits")
IMAGE = matching(
    r"[a-z0-9./_:-]+@sha256:[0-9a-f]{64}", "an image named by digest, NAME@sha256:DIGITS"
)
ARM_INSTANCE_TYPE = matching(
    r"[a-z]+\d+g[a-z]*\.[a-z0-9]+",
    "an arm64 (Graviton) instance type, such as t4g.medium: the images are built for arm64",
)
DATABASE_CLASS = matching(r"db\.[a-z0-9]+\.[a-z0-9]+", "a class such as db.t4g.medium")
CACHE_CLASS = matching(r"cache\.[a-z0-9]+\.[a-z0-9]+", "a class such as cache.t4g.micro")
MACHINE_IMAGE = matching(
    r"ami-[0-9a-f]{8,17}|resolve:ssm:/[A-Za-z0-9/_.-]+(:\d+)?",
    "an AMI's id or resolve:ssm:/PARAMETER",
)
ZONE_ID = matching(r"Z[A-Z0-9]{1,31}", "a Route 53 zone's id, such as Z0123456789ABC")
# https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html#limits.naming_constraints
DATABASE_NAME = matching(r"[a-z][a-z0-9_]{0,62}", "small letters, digits and _, up to 63")
MASTER_USER = matching(r"(?!admin$|root$)[a-z][a-z0-9]{0,62}", "small letters and digits, up to 63")
ENDPOINT_SERVICE = matching(
    r"[a-z0-9]+([.-][a-z0-9]+)*", "an AWS service's endpoint name, such as secretsmanager"
)
ROLE_ARN = matching(
    r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}",
    "a role's ARN, such as arn:aws:iam::123456789012:role/platform",
)
# An owner has no dot and no underscore; a token's subject spells both as GitHub does.
REPOSITORY = matching(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}", "OWNER/NAME, such as gacp/platform"
)
GIT_BRANCH = matching(
    r"[A-Za-z0-9][A-Za-z0-9._/-]{0,254}", "a branch's name, such as main, and no pattern"
)
GITHUB_ENVIRONMENT = matching(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}", "an environment's name, such as prod, and no pattern"
)
BUCKET = matching(
    r"(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "a bucket's name, such as gacp-state"
)
SECRET_ARN = matching(
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,505}-[A-Za-z0-9]{6}",
    "a secret's whole ARN, which ends in secret:NAME- and six characters",
)
VPC_ID = matching(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})", "a VPC's id, such as vpc-0123456789abcdef0")
SUBNET_ID = matching(
    r"subnet-([0-9a-f]{8}|[0-9a-f]{17})", "a subnet's id, such as subnet-0123456789abcdef0"
)
PERCENT = matching(r"[1-9]\d{0,2}", "a percentage, such as 80")
TAG_VALUE = matching(r"[\w\s.:/=+@-]{1,256}", "1 to 256 letters, digits, spaces or _.:/=+-@")
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION = one_of(
    (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653),
    "a retention that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or "
    "a longer one of its list (days)",
)
