"""The boundary of the pipeline's own roles: what no pipeline does, whatever is attached to it.

Here are the refusals: values of secrets, objects, the end of what holds data, and any change of
the pipeline's own rights. A change of those is an administrator's.
"""

from __future__ import annotations

from infra.identity.pipeline import release_needs, releases
from infra.identity.pipeline.needs import all_of
from infra.identity.pipeline.reading import ISSUER, STATE_KEY
from infra.identity.pipeline.table import TYPES
from infra.identity.policies import Statement, allow, deny
from infra.identity.scope import BOUNDARY, PIPELINE, Scope

VALUES = (
    *("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"),
    *("ecr:BatchDeleteImage", "sqs:ReceiveMessage"),
)
# The end of what holds data, or of what keeps it from ending.
ENDS = (
    *("backup:DeleteBackupVault*", "backup:DeleteRecoveryPoint"),
    *("backup:UpdateRecoveryPointLifecycle", "ecr:DeleteRepository"),
    *("ec2:DeleteSnapshot", "ec2:DeleteVolume"),
    *("eks:DeleteCluster", "elasticache:DeleteReplicationGroup", "elasticache:DeleteSnapshot"),
    *("kms:DisableKey", "kms:ScheduleKeyDeletion", "rds:DeleteDBCluster"),
    *("rds:DeleteDBClusterSnapshot", "rds:DeleteDBInstance", "route53:DeleteHostedZone"),
    *("s3:BypassGovernanceRetention", "s3:DeleteBucket", "s3:DeleteObjectVersion"),
    *("s3:PutObjectLegalHold", "s3:PutObjectRetention", "secretsmanager:DeleteSecret"),
)
_IDENTITY_WRITES = (
    *("iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole"),
    *("iam:Put*", "iam:Remove*", "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*"),
)
_LISTS = ("ssm:DescribeAssociation", "ssm:DescribeDocument*", "ssm:DescribeParameters", "ssm:List*")
_IDENTITY = ("iam:*Role*", "iam:*InstanceProfile*", "iam:Get*", "iam:List*")


def pipeline_boundary(scope: Scope, state_bucket: str) -> tuple[Statement, ...]:
    """Of the managed policy that bounds both roles of the pipeline."""
    services = {a.split(":")[0] for moment in ("read", "writes") for a in all_of(TYPES, moment)}
    anything = [f"{service}:*" for service in sorted(services - {"iam", "ssm"})]
    bundles = releases.bundles(scope)
    released = (*releases.named_parts(scope), *releases.associations(scope))
    machines = f"arn:aws:ec2:{scope.region}:{scope.account}:instance/*"
    of_releases = [*all_of(release_needs.TYPES, "read"), *all_of(release_needs.TYPES, "writes")]
    own = [
        *scope.worldwide("iam", f"role/{scope.names.of(PIPELINE)}-*"),
        *scope.worldwide("iam", f"policy/{scope.names.of(PIPELINE)}-*"),
        *scope.worldwide("iam", f"policy/{scope.names.of(BOUNDARY)}", f"oidc-provider/{ISSUER}"),
    ]
    return (
        allow("ServicesOfTheProgram", [*anything, *_IDENTITY, *_LISTS], ["*"], scope.here()),
        # Of Systems Manager what a release takes, and no shell on a machine.
        allow("Releases", of_releases, [*released, machines]),
        allow("NamesOfImages", ["ssm:GetParameters"], ["arn:aws:ssm:*::parameter/aws/service/*"]),
        deny("OwnRightsStay", _IDENTITY_WRITES, own),
        deny("BoundariesStay", ["iam:DeleteRolePermissionsBoundary"], ["*"]),
        deny("NoFurther", ["sts:AssumeRole"], ["*"]),
        deny("NoValues", VALUES, ["*"]),
        {
            "Sid": "NoObjects",
            "Effect": "Deny",
            "Action": ["s3:GetObject*"],
            "NotResource": [f"arn:aws:s3:::{state_bucket}/.pulumi/*", *bundles],
        },
        deny("DataStays", ENDS, ["*"]),
        deny(
            "StateKeyStays",
            ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
            scope.arns("kms", f"alias/{scope.names.of(STATE_KEY)}"),
        ),
        deny(
            "StateStays",
            ["s3:DeleteBucket*", "s3:PutBucket*", "s3:PutLifecycleConfiguration"],
            [f"arn:aws:s3:::{state_bucket}"],
        ),
    )
