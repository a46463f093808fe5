"""Who and where: account, region, partition, zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.aws.codec import Properties
from infra.local.aws.rules.places import zone_id
from infra.local.aws.spec import ACCOUNT, PARTITION
from infra.regions.table import zones

if TYPE_CHECKING:
    from infra.local.aws.lifecycle import Lifecycle

# Long names as the region list of AWS has them; others are shown by their code.
_LONG_NAMES = {
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-7": "Asia Pacific (Thailand)",
    "us-east-1": "US East (N. Virginia)",
}


def caller_identity(_life: Lifecycle, _args: Properties) -> Properties:
    """A made-up user of the local account; it opens nothing anywhere."""
    return {
        "accountId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/local",
        "id": ACCOUNT,
        "userId": "AIDALOCALPLATFORM000",
    }


def _region(life: Lifecycle, args: Properties) -> str:
    return str(args.get("region") or args.get("name") or life.config.region)


def region(life: Lifecycle, args: Properties) -> Properties:
    name = _region(life, args)
    return {
        "id": name,
        "region": name,
        "name": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
        "description": _LONG_NAMES.get(name, name),
    }


def partition(_life: Lifecycle, _args: Properties) -> Properties:
    return {
        "id": PARTITION,
        "partition": PARTITION,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


def availability_zones(life: Lifecycle, args: Properties) -> Properties:
    """Zones of the region; `filters` are not applied, since all zones here are ordinary ones."""
    name = _region(life, args)
    left_out = {*(args.get("excludeNames") or []), *(args.get("excludeZoneIds") or [])}
    names = [zone for zone in zones(name) if not {zone, zone_id(zone)} & left_out]
    return {
        **args,
        "id": name,
        "region": name,
        "names": names,
        "zoneIds": [zone_id(zone) for zone in names],
        "groupNames": [name],
    }


def availability_zone(life: Lifecycle, args: Properties) -> Properties:
    """One zone by name. Raises LookupError when the region has none of that name."""
    name = _region(life, {"region": args.get("region")})
    wanted = args.get("name") or args.get("zoneId")
    for zone in zones(name):
        if wanted in (zone, zone_id(zone)):
            return {
                "id": zone,
                "name": zone,
                "nameSuffix": zone[-1],
                "region": name,
                "zoneId": zone_id(zone),
                "state": "available",
                "groupName": name,
                "networkBorderGroup": name,
                "optInStatus": "opt-in-not-required",
                "parentZoneId": "",
                "parentZoneName": "",
                "zoneType": "availability-zone",
            }
    raise LookupError(f"no zone {wanted!r} in {name}; it has {', '.join(zones(name))}")
