"""Data sources: what the program may ask without making anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from infra.local.aws.codec import Properties, has_unknown, plain
from infra.local.aws.functions import account, lookups, networks, policies
from infra.local.aws.spec import AwsError, Failure

if TYPE_CHECKING:
    from infra.local.aws.lifecycle import Lifecycle

type Function = Callable[["Lifecycle", Properties], Properties]

FUNCTIONS: Mapping[str, Function] = {
    "aws:index/getCallerIdentity:getCallerIdentity": account.caller_identity,
    "aws:index/getRegion:getRegion": account.region,
    "aws:index/getPartition:getPartition": account.partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": account.availability_zones,
    "aws:index/getAvailabilityZone:getAvailabilityZone": account.availability_zone,
    "aws:ec2/getAmi:getAmi": lookups.image,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": lookups.prefix_list,
    "aws:ec2/getRouteTable:getRouteTable": networks.route_table,
    "aws:ec2/getRouteTables:getRouteTables": networks.route_tables,
    "aws:ec2/getSubnet:getSubnet": networks.subnet,
    "aws:ec2/getVpc:getVpc": lookups.vpc,
    "aws:iam/getPolicyDocument:getPolicyDocument": policies.document,
    "aws:kms/getAlias:getAlias": lookups.key_alias,
    "aws:route53/getZone:getZone": lookups.zone,
    "aws:ssm/getParameter:getParameter": lookups.parameter,
    "aws:secretsmanager/getSecret:getSecret": lookups.secret,
}


def invoke(life: Lifecycle, token: str, args: Properties) -> tuple[Properties, list[Failure]]:
    """The result of a data source, or the failures that stop the program.

    Raises `AwsError` for one that is not known, listing those that are.
    """
    function = FUNCTIONS.get(token)
    if function is None:
        raise AwsError(
            "UnknownFunction",
            f"{token} is not modelled by the local AWS provider (infra/local/aws); it knows:"
            f" {', '.join(FUNCTIONS)}",
        )
    given = plain(args)
    if has_unknown(given):
        return {}, []  # the answer waits until the arguments are known, as the engine does
    try:
        return function(life, given), []
    except LookupError as error:
        return {}, [Failure("", str(error.args[0]) if error.args else "not found")]
