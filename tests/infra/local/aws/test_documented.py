"""Rules that only the documentation has: each path of each is seen to refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra.local.aws.catalogue import documented, documented_services
from infra.local.aws.catalogue.documented import volume_options
from infra.local.aws.coverage import inputs_of, words_read_by
from infra.local.aws.spec import Scope
from tests.infra.local.aws.test_declared import nested

MORE = {**documented.MORE, **documented_services.MORE}
WRONG: tuple[Any, ...] = ("no such value\n", -99, 10**18, "x" * 5000)


def paths_of(rule: Any) -> set[str]:
    """The paths that a rule was made with."""
    cells = [cell.cell_contents for cell in rule.__closure__ or ()]
    return {text for text in cells if isinstance(text, str) and re.fullmatch(r"[\w.\[\]*]+", text)}


RULES = [
    pytest.param(rule, path, id=f"{token.rsplit(':')[-1]}-{path}")
    for token, rules in MORE.items()
    for rule in rules
    for path in sorted(paths_of(rule) & set(inputs_of(token)))
]


def test_every_rule_is_of_an_input():
    made = [rule for rules in MORE.values() for rule in rules]
    options = [rule for rule in made if "volume_options" in rule.__qualname__]  # two inputs each
    assert len(RULES) == len(made) - len(options)
    assert len(options) == 3


@pytest.mark.parametrize(("rule", "path"), RULES)
def test_a_value_outside_of_what_is_documented_is_refused(rule: Any, path: str):
    said = [
        failure.reason
        for value in WRONG
        for failure in rule(nested(path, value), Scope("ap-southeast-1"))
    ]
    assert said
    assert all("https://" in each or "docstring" in each or "(" in each for each in said)
    assert words_read_by(rule) >= set(path.replace("[*]", "").split("."))


GOOD: list[tuple[str, str, Any]] = [
    ("aws:ec2/instance:Instance", "ebsBlockDevices[*].deviceName", "/dev/sdf"),
    ("aws:ec2/instance:Instance", "ebsBlockDevices[*].deviceName", "/dev/xvda"),
    ("aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings[*].deviceName", "/dev/sda1"),
    ("aws:ec2/networkAcl:NetworkAcl", "ingress[*].protocol", "-1"),
    ("aws:ec2/networkAcl:NetworkAcl", "egress[*].protocol", "tcp"),
    ("aws:ec2/networkAcl:NetworkAcl", "egress[*].icmpType", 8),
    ("aws:ec2/securityGroup:SecurityGroup", "ingress[*].description", "from the edge: 443/tcp"),
    ("aws:ec2/flowLog:FlowLog", "logFormat", "${version} ${account-id} ${interface-id}"),
    ("aws:eks/accessEntry:AccessEntry", "userName", "arn:aws:iam::123456789012:role/x"),
    ("aws:route53/record:Record", "geolocationRoutingPolicies[*].country", "*"),
    ("aws:route53/record:Record", "weightedRoutingPolicies[*].weight", 0),
    ("aws:s3/bucket:Bucket", "corsRules[*].maxAgeSeconds", 3000),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "rules[*].expiration.date",
        "2026-08-22T00:00:00Z",
    ),
    (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "timeouts.create",
        "2h45m",
    ),
    ("aws:secretsmanager/secret:Secret", "replicas[*].region", "us-gov-west-1"),
    ("aws:sns/topic:Topic", "maximumMessageSize", 262144),
]


@pytest.mark.parametrize(("token", "path", "value"), GOOD)
def test_a_documented_value_is_taken(token: str, path: str, value: Any):
    inputs = nested(path, value)
    assert not [each for rule in MORE[token] for each in rule(inputs, Scope("ap-southeast-1"))]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"volumeType": "gp2", "iops": 3000}, "iops is for io1, io2, gp3, not for gp2"),
        ({"volumeType": "io2", "throughput": 125}, "throughput is for gp3, not for io2"),
        ({"volumeType": "gp3", "iops": 3000, "throughput": 125}, ""),
        ({"iops": 3000}, ""),
    ],
)
@pytest.mark.parametrize("path", ["rootBlockDevice", "ebsBlockDevices[*]"])
def test_options_of_a_volume_are_of_its_kind(path: str, block: dict[str, Any], says: str):
    rule = volume_options(path, "ec2.InstanceArgs")
    said = [each.reason for each in rule(nested(path, block), Scope("ap-southeast-1"))]
    assert [says in each for each in said] == ([True] if says else [])
