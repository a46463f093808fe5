"""IAM, key, bucket and topic policies as plain data.

Each function gives statements; `document` makes the JSON text that AWS takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Statement = Mapping[str, object]


# Who tells the alerts' topic of trouble, by what it tells of.
_ANNOUNCERS = {"Alarms": "cloudwatch.amazonaws.com", "Budgets": "budgets.amazonaws.com"}


def document(statements: Sequence[Statement]) -> str:
    """A policy document. Its text is the same for the same statements, whoever renders it."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements)},
        separators=(",", ":"),
        sort_keys=True,
    )


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    condition: Mapping[str, object] | None = None,
) -> Statement:
    """One statement of what somebody may do, and under which condition."""
    statement: dict[str, object] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return {**statement, "Condition": condition} if condition else statement


def deny(
    sid: str, actions: Sequence[str], resources: Sequence[str], **more: Mapping[str, object]
) -> Statement:
    """One statement of what somebody may not do, whoever allows it; `Condition` may be given."""
    return {**allow(sid, actions, resources), "Effect": "Deny", **more}


def trust_of_service(service: str, account: str | None = None) -> tuple[Statement, ...]:
    """Who may take a role: one AWS service, acting for this account only where it says so.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html; EC2 sends no source
    account, so a machine's role is made without one.
    """
    trust: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account is not None:
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
    return (trust,)


def trust_of_pods(cluster_arn: str, account: str) -> tuple[Statement, ...]:
    """Who may take a role: pods of one cluster, by EKS pod identity.

    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return (
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnEquals": {"aws:SourceArn": cluster_arn},
            },
        },
    )


def trust_of_people(account: str) -> tuple[Statement, ...]:
    """Who may take a role: people of the account whose own policies allow it, with MFA."""
    return (
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    )


def writes_log_group(group_arn: str) -> tuple[Statement, ...]:
    """Streams and events of one log group, nothing of the group itself."""
    return (
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "Resource": [group_arn, f"{group_arn}:*"],
        },
    )


def alarms_publish_to(topic_arn: str, account: str) -> tuple[Statement, ...]:
    """CloudWatch alarms and budgets of this account may publish, nobody else."""
    return tuple(
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }
        for sid, service in _ANNOUNCERS.items()
    )


def queue_hears_rules(queue_arn: str, rule_arns: Sequence[str]) -> tuple[Statement, ...]:
    """The named event rules may send to a queue; plain HTTP is refused."""
    return (
        {
            "Sid": "RulesSend",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": list(rule_arns)}},
        },
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": queue_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def key_of_account(account: str) -> tuple[Statement, ...]:
    """The account's own IAM policies decide who uses the key; without this nobody could.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return (
        {
            "Sid": "AccountDecides",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",  # in a key's policy this is the key itself
        },
    )


def key_for_logs_and_alarms(account: str, region: str) -> tuple[Statement, ...]:
    """CloudWatch Logs of this account and region, and its alarms' messages to SNS.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    groups = f"arn:aws:logs:{region}:{account}:log-group:*"
    return (
        {
            "Sid": "LogGroupsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": [
                "kms:Decrypt",
                "kms:Describe*",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        },
        *(
            {
                "Sid": f"{sid}OfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
            for sid, service in _ANNOUNCERS.items()
        ),
    )


def key_for_node_disks(account: str) -> tuple[Statement, ...]:
    """The account's auto scaling role starts machines whose disks a key encrypts.

    AWS makes that role with the account's first auto scaling group; a key's policy that names it
    before is refused (`MalformedPolicyDocumentException`), so a new account makes it by hand:
    `aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com`.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    role = (
        f"arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/"
        "AWSServiceRoleForAutoScaling"
    )
    return (
        {
            "Sid": "AutoScalingUsesDisks",
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            "Resource": "*",
        },
        {
            "Sid": "AutoScalingHandsDisksOver",
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    )
