"""EC2: machines, and the templates that machines and nodes are made from."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy import types
from infra.policy.claims import (
    customer_key,
    fault,
    is_derived,
    is_given,
    is_true,
    must,
    must_link,
    wrong,
)
from infra.policy.graph import Graph
from infra.policy.model import UNKNOWN, Finding, Profile, Resource, Severity, control
from infra.policy.openings import openings_of
from infra.policy.secrets import looks_secret

SSM_POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
SSH = 22
GZIP = b"\x1f\x8b"

_TEMPLATES = (types.LAUNCH_TEMPLATE,)
_MACHINES = (types.INSTANCE, types.LAUNCH_TEMPLATE)
_OWNERS = (types.INSTANCE, types.AUTOSCALING_GROUP)  # what makes machines of a template


def templates_of(graph: Graph, machine: Resource) -> list[Resource]:
    return graph.linked(machine, "launchTemplate", types.LAUNCH_TEMPLATE)


def _imds(machine: Resource) -> Iterator[Finding]:
    yield from must(
        machine,
        "metadataOptions.httpTokens",
        lambda value: value == "required",
        "must be required (IMDSv2)",
        "a forged request from inside could fetch the role's credentials",
    )


@control(
    "A10",
    "Templates hand out credentials over IMDSv2 to the machine alone",
    "ec2.LaunchTemplate metadataOptions.httpTokens is required, httpPutResponseHopLimit is 1 "
    "(2 only with a written exception)",
    "EC2.170 CKV_AWS_79/341",
    Severity.HIGH,
    _TEMPLATES,
    alone=True,
)
def template_metadata(graph: Graph, _: Profile) -> Iterator[Finding]:
    for template in graph.of(types.LAUNCH_TEMPLATE):
        yield from _imds(template)
        yield from must(
            template,
            "metadataOptions.httpPutResponseHopLimit",
            lambda value: value == 1,
            "must be 1: with 2 every container gets the machine's credentials",
            "set it to 1, or write down in infra/policy/exceptions.toml who needs the second hop",
        )


@control(
    "A11",
    "Disks of templates are encrypted with our key",
    "ec2.LaunchTemplate blockDeviceMappings[].ebs.encrypted is true, kmsKeyId is set",
    "EC2.181 EC2.3",
    Severity.HIGH,
    _TEMPLATES,
)
def template_disks(graph: Graph, _: Profile) -> Iterator[Finding]:
    for template in graph.of(types.LAUNCH_TEMPLATE):
        yield from _mappings(graph, template)


def _mappings(graph: Graph, template: Resource) -> Iterator[Finding]:
    mappings = template.items("blockDeviceMappings")
    if not mappings or UNKNOWN in mappings:
        yield wrong(
            template,
            "blockDeviceMappings",
            "must name the disks: the image's own are not encrypted by us",
            "map the root device with encrypted and kms_key_id",
        )
        return
    for mapping in mappings:
        ebs = mapping.get("ebs")
        disk: Mapping[str, Any] = ebs if isinstance(ebs, Mapping) else {}
        if not is_true(disk.get("encrypted")):
            yield wrong(
                template, "blockDeviceMappings", "must be encrypted", "set ebs.encrypted to true"
            )
        yield from customer_key(graph, template, "blockDeviceMappings", disk.get("kmsKeyId"))


@control(
    "A24",
    "Machines use IMDSv2 and an encrypted disk",
    "ec2.Instance metadataOptions.httpTokens is required, rootBlockDevice.encrypted is true with a "
    "customer key; in the instance, or in the template of it or of a group",
    "EC2.8 EC2.3 CKV_AWS_8/79",
    Severity.HIGH,
    _OWNERS,
)
def machine_metadata_and_disk(graph: Graph, _: Profile) -> Iterator[Finding]:
    for machine in graph.of(*_OWNERS):
        templates = templates_of(graph, machine)
        has_options = is_given(machine.get("metadataOptions"))
        for one in [machine] if has_options or not templates else templates:
            yield from _imds(one)
        if is_given(machine.get("rootBlockDevice")) or not templates:
            yield from must(
                machine,
                "rootBlockDevice.encrypted",
                is_true,
                "must be true",
                "encrypt it here or in the launch template",
            )
            yield from customer_key(graph, machine, "rootBlockDevice.kmsKeyId")
        else:
            for template in templates:
                yield from _mappings(graph, template)


@control(
    "A25",
    "People reach machines through Session Manager alone",
    "ec2.Instance has no keyName, no group with port 22, and a role with Session Manager's policy",
    "EC2.13 SSM.1 CKV2_AWS_41",
    Severity.HIGH,
    (*_MACHINES, types.AUTOSCALING_GROUP),
)
def machine_access(graph: Graph, _: Profile) -> Iterator[Finding]:
    for machine in graph.of(*_MACHINES):
        if machine.get("keyName") not in (None, ""):
            yield wrong(machine, "keyName", "must be absent", "use Session Manager, not a key")
        yield from _no_ssh(graph, machine)
    for machine in graph.of(*_OWNERS):
        carriers = [machine, *templates_of(graph, machine)]
        carrier = next((c for c in carriers if is_given_or_unknown(c, "iamInstanceProfile")), None)
        if carrier is None:
            yield fault(machine, "must have an instance profile", "give it infra/identity's")
        else:
            yield from _session_manager(graph, carrier)


def is_given_or_unknown(resource: Resource, path: str) -> bool:
    return resource.get(path) is UNKNOWN or is_given(resource.get(path))


def _no_ssh(graph: Graph, machine: Resource) -> Iterator[Finding]:
    for key in ("vpcSecurityGroupIds", "networkInterfaces"):
        for group in graph.linked(machine, key, types.GROUP):
            for opening in openings_of(graph, group):
                if opening.covers(SSH) and not opening.by_group:
                    yield wrong(
                        opening.rule, opening.path, "must not open port 22", "remove the rule"
                    )


def _session_manager(graph: Graph, carrier: Resource) -> Iterator[Finding]:
    profiles = graph.linked(carrier, "iamInstanceProfile", types.INSTANCE_PROFILE)
    yield from must_link(
        graph,
        carrier,
        "iamInstanceProfile",
        (types.INSTANCE_PROFILE,),
        "must be an instance profile of this stack",
        "give it infra/identity's",
    )
    for profile in profiles:
        roles = graph.linked(profile, "role", types.ROLE)
        attached = [a for r in roles for a in graph.users(r, "role", types.ATTACHMENT)]
        if not any(each.get("policyArn") == SSM_POLICY for each in attached):
            yield fault(profile, f"must have a role with {SSM_POLICY}", "attach the policy")


@control(
    "A26",
    "User data holds no secret; machines are watched and not ended by accident",
    "ec2.Instance, and the template of a group: userData has no secret pattern; "
    "disableApiTermination and monitoring are true",
    "CKV_AWS_46/126",
    Severity.HIGH,
    (*_MACHINES, types.AUTOSCALING_GROUP),
)
def user_data(graph: Graph, _: Profile) -> Iterator[Finding]:
    for machine in graph.of(*_MACHINES):
        for key in ("userData", "userDataBase64"):
            yield from _no_secret(graph, machine, key)
    for machine in graph.of(*_OWNERS):
        carriers = [machine, *templates_of(graph, machine)]
        if not any(is_true(each.get("disableApiTermination")) for each in carriers):
            yield wrong(machine, "disableApiTermination", "must be true", "set it to true")
    for machine in graph.of(*_OWNERS, types.NODE_GROUP):
        carriers = [machine, *templates_of(graph, machine)]
        watched = is_true(machine.get("monitoring")) or any(
            is_true(each.get("monitoring.enabled")) for each in carriers[1:]
        )
        if not watched:
            yield wrong(machine, "monitoring", "must be true", "set it here or in the template")


def _no_secret(graph: Graph, machine: Resource, key: str) -> Iterator[Finding]:
    text = machine.get(key)
    if text is None or is_derived(graph, machine, key):
        return
    if text is UNKNOWN:
        yield wrong(machine, key, "must be known, or wait for resources without secrets", "see it")
    elif looks_secret(str(text)) or looks_secret(_decoded(str(text))):
        # The text itself is what must not be shown.
        rule = "must hold no secret: everybody on the machine can read it"
        way = "let the machine read it from Secrets Manager"
        yield Finding(machine.urn, key, None, rule, way)


def _decoded(text: str) -> str:
    """What stands behind base64, and behind gzip in it, which cloud-init takes too."""
    try:
        content = base64.b64decode(text, validate=True)
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        return ""
    return content.decode(errors="replace")
