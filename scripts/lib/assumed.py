"""What an offline preview can't look at, and takes as the stack file says it: an adopted VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from infra.config.errors import ConfigurationError
from infra.config.loader import load_settings
from infra.config.settings import Settings
from infra.local.aws.catalogue import tokens
from infra.local.aws.functions.networks import DEFAULT_TABLE
from infra.local.aws.store import Record, Store
from infra.network.plan import Tier, plan_subnets
from infra.network.ports import ANYWHERE

# Made up: ranges that nobody was asked for, and ids of what the stack file does not name.
RANGE = "10.255.0.0/16"
GATEWAY, NAT = "igw-00000000", "nat-00000000"
MAIN, PUBLIC, DATA = "rtb-00000000", "rtb-00000001", "rtb-00000002"


def assume_network(world: Path, config: Mapping[str, object]) -> str:
    """Put the adopted VPC of a stack into the provider's record; gives back the warning to show.

    Nothing happens, and the warning is empty, where the stack adopts none, or where its
    configuration breaks rules: the program says which.
    """
    try:
        settings = load_settings(config)
    except ConfigurationError:
        return ""
    adopt = settings.stack.network.adopt
    if not adopt.vpc_id:
        return ""
    with closing(Store(world)) as store, store.alone():
        for token, id_, outputs in _records(settings):
            if store.get(token, id_, settings.aws.region) is None:
                store.put(Record(token, id_, settings.aws.region, outputs, outputs))
    return (
        f"gacp:network.adopt: {adopt.vpc_id} and its subnets are taken to be as the platform needs "
        f"them (ranges are made up, inside {RANGE}); a preview with the account looks at them"
    )


def _records(settings: Settings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    adopt = settings.stack.network.adopt
    of_vpc = {"vpcId": adopt.vpc_id}
    names = {"enableDnsSupport": True, "enableDnsHostnames": True}
    yield (
        *(tokens.VPC, adopt.vpc_id),
        {"cidrBlock": RANGE, "mainRouteTableId": MAIN, "defaultRouteTableId": MAIN, **names},
    )
    yield tokens.GATEWAY, GATEWAY, of_vpc
    out = {"cidrBlock": ANYWHERE}
    yield DEFAULT_TABLE, MAIN, {**of_vpc, "routes": [{**out, "natGatewayId": NAT}]}
    yield tokens.ROUTE_TABLE, PUBLIC, {**of_vpc, "routes": [{**out, "gatewayId": GATEWAY}]}
    yield tokens.ROUTE_TABLE, DATA, of_vpc
    for planned in plan_subnets(RANGE, settings.zones):
        id_ = adopt.tiers[planned.tier].given.get(planned.zone_letter)
        if id_ is None:
            continue
        where = {"availabilityZone": planned.zone, "cidrBlock": str(planned.cidr)}
        yield tokens.SUBNET, id_, {**of_vpc, **where, "mapPublicIpOnLaunch": False}
        if planned.tier is not Tier.PRIVATE:
            table = PUBLIC if planned.tier is Tier.PUBLIC else DATA
            link = {"subnetId": id_, "routeTableId": table}
            yield tokens.TABLE_LINK, f"rtbassoc-{id_.removeprefix('subnet-')}", link
