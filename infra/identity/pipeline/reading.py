"""What a preview reads: the settings of everything that the program registers, and the state."""

from __future__ import annotations

from collections.abc import Mapping

from infra.identity.pipeline import releases
from infra.identity.pipeline.needs import all_of
from infra.identity.pipeline.table import TYPES
from infra.identity.policies import Statement, allow
from infra.identity.scope import Scope

# GitHub's issuer of tokens. https://docs.github.com/actions/concepts/security/openid-connect
ISSUER = "token.actions.githubusercontent.com"
STATE_KEY = "state"  # alias/gacp-prod-state: `secretsprovider` of the stack files


def read_statements(scope: Scope) -> Mapping[str, tuple[Statement, ...]]:
    """Reading without a value: no object, no secret, no parameter, but for those that say what is
    released (`releases`). By group, as for writing.

    What has a name of ours in its ARN is read by that; the rest (describing takes no resource, or
    ids that nobody knows before) in our regions.
    """
    named = _named(scope)
    reads = all_of(TYPES, "read")
    reads = [a for a in reads if a not in releases.READS]
    rest = [a for a in reads if a.split(":")[0] not in named]
    return {
        "reads": (
            *(
                allow(f"Read{sid}", [a for a in reads if a.startswith(f"{service}:")], arns)
                for service, (sid, arns) in named.items()
            ),
            *releases.reads_releases(scope),
        ),
        "look": (allow("LookAround", rest, ["*"], scope.here()),),
    }


def _named(scope: Scope) -> dict[str, tuple[str, list[str]]]:
    prefix = scope.prefix
    return {
        "s3": ("Buckets", [f"arn:aws:s3:::{prefix}*"]),
        "secretsmanager": ("SecretNames", scope.arns("secretsmanager", f"secret:{scope.path}*")),
        "iam": (
            "Identities",
            [
                *scope.worldwide("iam", f"role/{prefix}*", f"policy/{prefix}*"),
                *scope.worldwide("iam", f"instance-profile/{prefix}*", f"oidc-provider/{ISSUER}"),
            ],
        ),
        "ecr": ("Repositories", scope.arns("ecr", f"repository/{scope.path}*")),
        "sqs": ("Queues", scope.arns("sqs", f"{prefix}*")),
        "eks": (
            "Clusters",
            scope.arns(
                "eks",
                *(
                    f"{kind}/{prefix}*"
                    for kind in (
                        *("cluster", "nodegroup", "addon", "access-entry"),
                        "podidentityassociation",
                    )
                ),
            ),
        ),
    }


def reads_state(scope: Scope, bucket: str, stack: str) -> tuple[Statement, ...]:
    """The stack's state in its bucket, and the key that its secrets and the bucket have."""
    return (
        allow("ListState", ["s3:GetBucketLocation", "s3:ListBucket"], [f"arn:aws:s3:::{bucket}"]),
        allow("ReadState", ["s3:GetObject"], state_objects(bucket, stack)),
        allow("OpenState", ["kms:Decrypt"], scope.arns("kms", "key/*"), state_key(scope)),
    )


def writes_state(scope: Scope, bucket: str, stack: str) -> tuple[Statement, ...]:
    """As a preview, and the state, its history and its lock written."""
    return (
        *reads_state(scope, bucket, stack),
        allow("WriteState", ["s3:DeleteObject", "s3:PutObject"], state_objects(bucket, stack)),
        allow(
            "SealState",
            ["kms:Encrypt", "kms:GenerateDataKey"],
            scope.arns("kms", "key/*"),
            state_key(scope),
        ),
    )


def state_objects(bucket: str, stack: str) -> list[str]:
    """One stack's objects in a state bucket: state, copies of it, history, locks.

    The layout is that of Pulumi's own backends (`pkg/backend/diy` of pulumi/pulumi): the stack's
    name follows the project's, whatever the kind of object.
    """
    root = f"arn:aws:s3:::{bucket}/.pulumi"
    return [f"{root}/meta.yaml", f"{root}/*/gacp/{stack}.json*", f"{root}/*/gacp/{stack}/*"]


def state_key(scope: Scope) -> dict[str, dict[str, str]]:
    """The key is made by hand before the stack; its alias names it."""
    alias = f"alias/{scope.names.of(STATE_KEY)}"
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}
