"""What a release of machines needs: one object, one parameter, one command, one association.

Apart from the rest, because reading these is reading a value: of everything else of the kind
(objects, parameters) the pipeline reads none.
"""

from __future__ import annotations

from infra.identity.host_access import RELEASES
from infra.identity.pipeline import release_needs, storage_needs
from infra.identity.pipeline.needs import all_of
from infra.identity.policies import Statement, allow
from infra.identity.scope import Scope

_OF_OBJECTS = storage_needs.TYPES["aws:s3/bucketObjectv2:BucketObjectv2"]
# Of these an ARN has a value behind it.
READS = (*_OF_OBJECTS.read, "ssm:GetDocument", "ssm:GetParameter")
WRITES = (*_OF_OBJECTS.writes, *all_of(release_needs.TYPES, "writes"))
_TAG, _MAKE = "ssm:AddTagsToResource", "ssm:CreateAssociation"


def bundles(scope: Scope) -> list[str]:
    """The objects that are releases."""
    return [f"{_bucket(scope)}/{RELEASES}*"]


def named_parts(scope: Scope) -> list[str]:
    """Parameters of the machines, and commands of ours."""
    here = f"arn:aws:ssm:{scope.region}:{scope.account}"
    folder = scope.names.path(RELEASES)
    return [f"{here}:parameter/{folder}*", f"{here}:document/{scope.prefix}*"]


def associations(scope: Scope) -> list[str]:
    """Known by an id alone: a tag says whose one is."""
    return [f"arn:aws:ssm:{scope.region}:{scope.account}:association/*"]


def reads_releases(scope: Scope) -> tuple[Statement, ...]:
    """What is released now; the bundle's own content too, as AWS has no right of its own to look
    at an object's head."""
    return (
        allow("ReadBundles", _OF_OBJECTS.read, bundles(scope)),
        allow("ReadReleases", ["ssm:GetDocument", "ssm:GetParameter"], named_parts(scope)),
        _through_s3(scope, "OpenBundles", ["kms:Decrypt"]),
    )


def writes_releases(scope: Scope) -> tuple[Statement, ...]:
    """A new bundle, the word that names it, and the command that takes it."""
    writes = all_of(release_needs.TYPES, "writes")
    own = [a for a in writes if a.endswith(("Association", "Resource")) and a != _MAKE]
    machines = [f"arn:aws:ec2:{scope.region}:{scope.account}:instance/*"]
    new = {**scope.tagged("Request"), "Null": {"aws:ResourceTag/Name": "true"}}
    return (
        allow("PutBundles", sorted({*_OF_OBJECTS.writes}), bundles(scope)),
        _through_s3(scope, "SealBundles", ["kms:GenerateDataKey"]),
        allow("OurReleases", writes, named_parts(scope)),
        allow("MakeAssociations", [_TAG, _MAKE], associations(scope), new),
        allow("ChangeAssociations", own, associations(scope), scope.tagged("Resource")),
        allow(
            "RunOnOurs",
            [a for a in writes if a.endswith("Association")],
            machines,
            scope.tagged("Resource"),
        ),
    )


def _bucket(scope: Scope) -> str:
    return f"arn:aws:s3:::{scope.names.bucket('releases', scope.account)}"


def _through_s3(scope: Scope, sid: str, actions: list[str]) -> Statement:
    """Keys of ours, used by S3 for this one bucket (whose ARN is the context: bucket keys)."""
    bucket = _bucket(scope)
    condition = {
        "StringEquals": {"kms:ViaService": f"s3.{scope.region}.amazonaws.com"},
        "StringLike": {
            **scope.tagged("Resource")["StringLike"],
            "kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"],
        },
    }
    keys = [f"arn:aws:kms:{scope.region}:{scope.account}:key/*"]
    return allow(sid, actions, keys, condition)
