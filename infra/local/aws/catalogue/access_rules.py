"""Rules of security groups and flow logs that ask about more than one input."""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.aws.catalogue.tokens import VPC
from infra.local.aws.codec import Properties, Value
from infra.local.aws.making import Making
from infra.local.aws.spec import AwsError, Failure, Scope

_FLOW_DOC = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html"

# The default of CreateFlowLogs (its LogFormat). Written by a function: it is no template of ours.
FLOW_FORMAT = " ".join(
    f"${{{field}}}"
    for field in (
        "version",
        "account-id",
        "interface-id",
        "srcaddr",
        "dstaddr",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "action",
        "log-status",
    )
)


def default_group_id(making: Making) -> Value:
    """The group came with the VPC; adopting it does not make another."""
    group = making.world.output(VPC, making.given("vpcId"), "defaultSecurityGroupId")
    if not group:
        raise AwsError(
            "InvalidGroup.NotFound",
            f"there is no default group of vpcId {making.given('vpcId')!r}; name a VPC",
        )
    return group


def some_source(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """A classic rule names at least one other side."""
    names = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "sourceSecurityGroupId", "self")
    if not any(inputs.get(name) for name in names):
        yield Failure(
            "cidrBlocks",
            f"one of {', '.join(names)} is needed (vpc_security_group_rule.go: AtLeastOneOf)",
        )


def flow_destination(inputs: Properties, _: Scope) -> Iterator[Failure]:
    """Logs need a role, buckets take none, and every kind needs its destination."""
    kind = inputs.get("logDestinationType")
    if inputs.get("logDestination") is None:
        yield Failure(
            "logDestination", f"MissingParameter: logDestination is needed for {kind} ({_FLOW_DOC})"
        )
    if kind == "cloud-watch-logs" and inputs.get("iamRoleArn") is None:
        yield Failure(
            "iamRoleArn",
            f"MissingParameter: DeliverLogsPermissionArn is needed for {kind} ({_FLOW_DOC})",
        )
    if kind == "s3" and inputs.get("iamRoleArn") is not None:
        yield Failure(
            "iamRoleArn", f"InvalidParameter: DeliverLogsPermissionArn is not for s3 ({_FLOW_DOC})"
        )
    needs_type = any(inputs.get(name) is not None for name in ("vpcId", "subnetId", "eniId"))
    if needs_type and inputs.get("trafficType") is None:
        yield Failure(
            "trafficType", f"MissingParameter: TrafficType is ACCEPT, REJECT or ALL ({_FLOW_DOC})"
        )
