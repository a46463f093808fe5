"""The boundary: what any role of this program may ever do, whatever its policies say.

A boundary gives nothing. It is what is left when somebody attaches too much: no changes of IAM,
nobody else's secrets and buckets, no end of keys, backups and databases.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from infra.identity.domain_proof import proof_of
from infra.identity.policies import Statement, allow, deny
from infra.identity.scope import Scope

# Made and deleted by AWS Backup in a restore test, under names of its own:
# https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
RESTORED = "awsbackup-restore-test-"

# By whom it is needed: nodes and controllers; machines; AWS Backup; what runs on them.
_ANYWHERE = (
    *("autoscaling:*", "ec2:*", "elasticloadbalancing:*", "eks:Describe*"),
    *("eks-auth:AssumeRoleForPodIdentity", "pricing:GetProducts", "events:*", "tag:GetResources"),
    *("ssm:Describe*", "ssm:Get*", "ssm:List*", "ssm:Put*", "ssm:Update*"),
    *("ec2messages:*", "ssmmessages:*", "cloudwatch:GetMetricData", "cloudwatch:PutMetricData"),
    *("backup:Copy*", "backup:Describe*", "backup:List*", "backup:StartRestoreJob"),
    *("backup:TagResource", "rds:AddTagsToResource", "rds:Copy*", "rds:Create*", "rds:Describe*"),
    *("rds:Delete*", "rds:List*", "rds:Modify*", "rds:Restore*"),
    *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"),
    *("kms:GenerateDataKey*", "kms:ReEncrypt*"),
    *("ecr:Batch*", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"),
    *("logs:Create*", "logs:Describe*", "logs:PutLogEvents", "elasticache:Connect"),
    *("sqs:DeleteMessage", "sqs:GetQueue*", "sqs:ReceiveMessage", "sqs:SendMessage"),
    *("iam:GetInstanceProfile", "iam:GetRole", "iam:ListAttachedRolePolicies"),
    "iam:CreateServiceLinkedRole",
)
_OBJECTS = (
    *("s3:CreateBucket", "s3:DeleteObject", "s3:Get*", "s3:List*", "s3:ObjectOwnerOverride*"),
    *("s3:PutBucketNotification", "s3:PutBucketOwnershipControls", "s3:PutBucketVersioning"),
    *("s3:PutInventoryConfiguration", "s3:PutObject*", "s3:Replicate*", "s3:AbortMultipartUpload"),
)
# What a role could undo with the rights above.
_NEVER = ("rds:DeleteDBCluster", "rds:DeleteDBInstance", "rds:ModifyDBCluster")


def boundary_statements(scope: Scope) -> tuple[Statement, ...]:
    """Of the managed policy on every role that the program makes."""
    secrets = [
        f"arn:aws:secretsmanager:{scope.region}:{scope.account}:secret:{name}"
        for name in (f"{scope.path}*", "rds!cluster-*")
    ]
    return (
        allow("InOurRegions", _ANYWHERE, ["*"], scope.here()),
        allow(
            "OurBuckets",
            _OBJECTS,
            [f"arn:aws:s3:::{name}*" for name in (scope.prefix, RESTORED)],
        ),
        allow("NamesOfBuckets", ["s3:ListAllMyBuckets"], ["*"]),
        *_proof(scope),
        allow(
            "OurSecrets",
            ["secretsmanager:Describe*", "secretsmanager:Get*", "secretsmanager:PutSecretValue"],
            secrets,
        ),
        allow(
            "OurRoles",
            ["iam:PassRole"],
            scope.worldwide("iam", f"role/{scope.prefix}*"),
            {"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "rds.amazonaws.com"]}},
        ),
        deny(
            "OurDatabaseStays",
            _NEVER,
            scope.arns("rds", f"cluster:{scope.prefix}*", f"db:{scope.prefix}*"),
        ),
        deny("LockedObjectsStay", ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"], ["*"]),
        deny("NoFurther", ["sts:AssumeRole"], ["*"]),
    )


def _proof(scope: Scope) -> tuple[Statement, ...]:
    """A machine behind CloudFront proves its domain by one record, and changes no other."""
    if not scope.domain:
        return ()
    zones = ["arn:aws:route53:::hostedzone/*"]
    return (
        allow("LookAtDomain", ["route53:GetChange", "route53:ListHostedZones"], ["*"]),
        allow("ProveDomain", ["route53:ChangeResourceRecordSets"], zones, proof_of(scope.domain)),
    )
