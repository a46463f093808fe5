"""The release that the machines of a stack take."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.host.command import EVERY, release_document
from infra.identity.host_access import RELEASES
from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class ReleaseArgs:
    """`archive` is the bundle (`bundle_archive`); `bucket` is the one of releases."""

    archive: pulumi.Output[bytes]
    bucket: pulumi.Output[str]


class Release(pulumi.ComponentResource):
    """The bundle in its bucket, and the parameter that names it.

    Children: the object, named by its content; the parameter, which changes only once the object
    is there; and after `roll_out` the command and its association. Where data outlives the
    stack, objects of earlier releases stay, so that a rollback finds its bundle.
    """

    def __init__(
        self, name: str, stack: Stack, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:host:Release", name, None, opts)
        self._name, self._stack = name, stack
        self._child = stack.child_of(self)
        self._known_as = stack.names.of(name)
        self._tags = stack.tags.of(self._known_as, DataClass.INTERNAL)
        self._digest = args.archive.apply(lambda archive: hashlib.sha256(archive).hexdigest())
        bundle = aws.s3.BucketObjectv2(
            name,
            bucket=args.bucket,
            key=self._digest.apply(lambda digest: f"{RELEASES}{digest}.tar.gz"),
            content_base64=args.archive.apply(lambda archive: base64.b64encode(archive).decode()),
            content_type="application/gzip",
            tags=self._tags,
            # A machine that starts while a release changes, and a rollback, find theirs here: the
            # provider would delete every version (resourceObjectDelete, internal/service/s3).
            opts=stack.kept_child_of(self),
        )
        self._parameter = aws.ssm.Parameter(
            name,
            name=f"/{stack.names.path('host/release')}",
            description="The bundle that the machines of the certification platform run",
            type="String",
            value=pulumi.Output.all(bundle.key, self._digest).apply(
                lambda known: json.dumps({"key": known[0], "sha256": known[1]}, sort_keys=True)
            ),
            tags=self._tags,
            opts=self._child,
        )
        self.register_outputs({"parameter": self._parameter.name})

    @property
    def parameter_name(self) -> pulumi.Output[str]:
        return self._parameter.name

    @property
    def parameter_arn(self) -> pulumi.Output[str]:
        return self._parameter.arn

    def roll_out(self, group: pulumi.Output[str]) -> pulumi.Output[str]:
        """The association's id: the machines of a group take each new release, one after another,
        and the first that fails stops it. It waits for the group, whose machines are up by then."""
        document = aws.ssm.Document(
            self._name,
            name=self._known_as,
            document_type="Command",
            content=release_document(),
            tags=self._tags,
            opts=self._child,
        )
        association = aws.ssm.Association(
            self._name,
            association_name=self._known_as,
            name=document.name,
            # Out of the parameter's own output: machines read the parameter, so it changes first.
            parameters={"release": self._parameter.value.apply(_named)},
            targets=[{"key": "tag:aws:autoscaling:groupName", "values": [group]}],
            schedule_expression=EVERY,
            max_concurrency="1",
            max_errors="0",
            compliance_severity="HIGH",
            tags=self._tags,
            opts=self._child,
        )
        return association.association_id


def _named(value: str | None) -> str:
    return str(json.loads(value or "{}")["sha256"])
