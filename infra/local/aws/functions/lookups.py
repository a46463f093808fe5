"""Things that exist already: images, parameters, zones, and what this provider recorded."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from infra.local.aws.catalogue.tokens import KEY_ALIAS, SECRET, VPC, ZONE
from infra.local.aws.codec import Properties, plain
from infra.local.aws.codec import secret as as_secret
from infra.local.aws.spec import ACCOUNT

if TYPE_CHECKING:
    from infra.local.aws.lifecycle import Lifecycle

# https://docs.aws.amazon.com/linux/al2023/ug/ec2.html, "SSM Parameters": the public names of Amazon
# Linux images.
_PUBLIC_IMAGE = re.compile(
    r"/aws/service/ami-amazon-linux-latest/al2023-ami(-minimal)?-kernel-(default|\d\.\d+)-(arm64|x86_64)"
)
_EKS_IMAGE = re.compile(
    r"/aws/service/eks/optimized-ami/1\.\d+/amazon-linux-2023/(arm64|x86_64)/(standard|nvidia)/recommended/image_id"
)


def _image_id(region: str, name: str) -> str:
    """An id that is the same for the same region and name, so that a preview does not change by
    itself.
    """
    return f"ami-{hashlib.sha256(f'{region}/{name}'.encode()).hexdigest()[:17]}"


def _region(life: Lifecycle, args: Properties) -> str:
    return str(args.get("region") or life.config.region)


def parameter(life: Lifecycle, args: Properties) -> Properties:
    """A public parameter of AWS, or one that this provider made. Raises LookupError for another."""
    name, region = str(args.get("name")), _region(life, args)
    common = {
        "id": name,
        "name": name,
        "region": region,
        "withDecryption": args.get("withDecryption", True),
    }
    if _PUBLIC_IMAGE.fullmatch(name) or _EKS_IMAGE.fullmatch(name):
        value = _image_id(region, name)
        arn = f"arn:aws:ssm:{region}::parameter{name}"
        return {
            **common,
            "arn": arn,
            "type": "String",
            "version": 1,
            "value": as_secret(value),
            "insecureValue": value,
        }
    record = life.world.seen_from(region).store.get("aws:ssm/parameter:Parameter", name)
    if record is None:
        raise LookupError(
            f"ParameterNotFound: {name}; it is neither a public image parameter nor made by this"
            " stack"
        )
    outputs = plain(record.outputs)
    value = outputs.get("value") or outputs.get("insecureValue") or ""
    answer = {
        **common,
        "arn": outputs["arn"],
        "type": outputs["type"],
        "version": outputs["version"],
    }
    insecure = {} if outputs["type"] == "SecureString" else {"insecureValue": value}
    return {**answer, "value": as_secret(value), **insecure}


def image(life: Lifecycle, args: Properties) -> Properties:
    """An image by owner and filters: its id is made from them, so equal questions have equal
    answers.
    """
    region = _region(life, args)
    filters: list[Any] = args.get("filters") or []
    asked = {str(entry["name"]): ",".join(entry["values"]) for entry in filters}
    owners = ",".join(args.get("owners") or ["self"])
    name = asked.get("name", str(args.get("nameRegex", "image"))).replace("*", "2026.11.20260101.0")
    identity = _image_id(region, f"{owners}/{sorted(asked.items())}")
    return {
        **args,
        "id": identity,
        "imageId": identity,
        "region": region,
        "arn": f"arn:aws:ec2:{region}::image/{identity}",
        "name": name,
        "architecture": asked.get("architecture", "arm64" if "arm64" in name else "x86_64"),
        "ownerId": "137112412989" if "amazon" in owners else ACCOUNT,
        "state": "available",
        "rootDeviceName": "/dev/xvda",
        "rootDeviceType": "ebs",
        "virtualizationType": "hvm",
        "description": name,
        "creationDate": "2026-11-01T00:00:00.000Z",
        "public": True,
        "tags": {},
    }


def prefix_list(life: Lifecycle, args: Properties) -> Properties:
    """A prefix list of AWS by name, such as com.amazonaws.REGION.s3."""
    region = _region(life, args)
    name = str(args.get("name") or f"com.amazonaws.{region}.s3")
    identity = str(args.get("id") or f"pl-{hashlib.sha256(name.encode()).hexdigest()[:8]}")
    return {
        **args,
        "id": identity,
        "name": name,
        "region": region,
        "arn": f"arn:aws:ec2:{region}:aws:prefix-list/{identity}",
        "addressFamily": "IPv4",
        "entries": [],
        "maxEntries": 0,
        "ownerId": "AWS",
        "tags": {},
        "version": 0,
    }


def vpc(life: Lifecycle, args: Properties) -> Properties:
    """A VPC of the record by id, range or tags. Raises LookupError unless exactly one matches."""
    wanted: dict[str, str] = args.get("tags") or {}
    world = life.world.seen_from(_region(life, args))
    found = [
        record
        for record in world.store.of_type(VPC)
        if args.get("id") in (None, record.id)
        and args.get("cidrBlock") in (None, plain(record.outputs.get("cidrBlock")))
        and wanted.items() <= plain(record.outputs.get("tagsAll") or {}).items()
    ]
    if len(found) != 1:
        raise LookupError(
            f"{len(found)} VPCs match {args}; exactly one must (InvalidVpcID.NotFound)"
        )
    outputs = plain(found[0].outputs)
    return {**outputs, "id": found[0].id, "tags": outputs.get("tagsAll", {}), "state": "available"}


def key_alias(life: Lifecycle, args: Properties) -> Properties:
    """An alias of the record, or one of AWS's own (alias/aws/SERVICE)."""
    name, region = str(args.get("name")), _region(life, args)
    record = life.world.seen_from(region).store.get(KEY_ALIAS, name)
    if record:
        outputs = plain(record.outputs)
        key = str(outputs["targetKeyArn"]).rpartition("/")[2]
        return {
            "id": outputs["arn"],
            "name": name,
            "arn": outputs["arn"],
            "region": region,
            "targetKeyArn": outputs["targetKeyArn"],
            "targetKeyId": key,
        }
    if not name.startswith("alias/aws/"):
        raise LookupError(f"NotFoundException: alias {name} does not exist")
    key = hashlib.sha256(name.encode()).hexdigest()[:32]
    arn = f"arn:aws:kms:{region}:{ACCOUNT}:{name}"
    return {
        "id": arn,
        "name": name,
        "arn": arn,
        "region": region,
        "targetKeyId": key,
        "targetKeyArn": f"arn:aws:kms:{region}:{ACCOUNT}:key/{key}",
    }


def zone(life: Lifecycle, args: Properties) -> Properties:
    """A hosted zone of the record by id or name. Raises LookupError when there is none."""
    wanted = str(args.get("name") or "").rstrip(".")
    for record in life.store.of_type(ZONE):
        outputs = plain(record.outputs)
        if args.get("zoneId") == record.id or (
            wanted and str(outputs["name"]).rstrip(".") == wanted
        ):
            return {
                **outputs,
                "id": record.id,
                "privateZone": bool(outputs.get("vpcs")),
                "callerReference": "local",
                "resourceRecordSetCount": 2,
                "linkedServiceDescription": "",
                "linkedServicePrincipal": "",
            }
    raise LookupError(
        f"no matching Route 53 Hosted Zone found for {wanted or args.get('zoneId')!r}; make one in"
        " the stack"
    )


def secret(life: Lifecycle, args: Properties) -> Properties:
    """A secret of the record by name or ARN, without its value."""
    world = life.world.seen_from(_region(life, args))
    record = world.find((SECRET,), args.get("arn") or args.get("name"), ("id", "name"))
    if record is None:
        raise LookupError(
            f"ResourceNotFoundException: secret {args.get('arn') or args.get('name')!r} does not"
            " exist"
        )
    return {**plain(record.outputs), "id": record.id, "createdDate": "", "lastChangedDate": ""}
