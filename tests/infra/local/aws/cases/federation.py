"""Cases of IAM's providers, users and groups (pure table)."""

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

TAGS = {"tags": {"Name": "a"}}

CASES = (
    Case(
        tokens.OIDC,
        least={"url": "https://token.example.org", "clientIdLists": ["sts.amazonaws.com"]},
        full={
            "url": "https://oidc.example.org/id/1",
            "clientIdLists": ["sts.amazonaws.com", "other"],
            "thumbprintLists": ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
            **TAGS,
        },
        update={"clientIdLists": ["other"]},
        replace={"url": "https://other.example.org"},
        drift='clientIdLists=["somebody"]',
        rejected=({"url": "http://token.example.org"}, "begins with https://"),
        outputs=("arn", "thumbprintLists"),
    ),
    Case(
        tokens.SERVICE_ROLE,
        least={"awsServiceName": "autoscaling.amazonaws.com"},
        full={
            "awsServiceName": "autoscaling.amazonaws.com",
            "customSuffix": "gacp",
            "description": "of the tests",
            **TAGS,
        },
        update={"description": "changed"},
        replace={"customSuffix": "other"},
        drift="description=changed",
        rejected=({"awsServiceName": "autoscaling"}, "a service such as"),
        outputs=("arn", "name", "path"),
    ),
    Case(
        tokens.USER,
        least={},
        full={
            "name": "auditor",
            "path": "/people/",
            "forceDestroy": True,
            "permissionsBoundary": "$policy:arn",
            **TAGS,
        },
        update={"path": "/people/"},
        fixed="IAM renames a user in place: no input replaces it",
        drift='tags={"Owner": "somebody"}',
        rejected=({"name": "no spaces"}, "letters, digits and"),
        outputs=("arn", "uniqueId"),
    ),
    Case(
        tokens.USERS,
        least={},
        full={"name": "auditors", "path": "/people/"},
        update={"path": "/people/"},
        fixed="IAM renames a group in place: no input replaces it",
        drift="path=/elsewhere/",
        rejected=({"path": "people"}, "begins and ends with /"),
        outputs=("arn", "uniqueId"),
    ),
    Case(
        "aws:iam/userGroupMembership:UserGroupMembership",
        least={"user": "$person", "groups": ["$people"]},
        full={"user": "$person", "groups": ["$people", "$people-2"]},
        update={"groups": ["$people-2"]},
        replace={"user": "$person-2"},
        drift='groups=["somebody"]',
        rejected=({"groups": ["nobody"]}, "NoSuchEntity"),
    ),
    Case(
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        least={"group": "$people", "policyArn": "$policy:arn"},
        full={"group": "$people", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        replace={"policyArn": "$policy-2:arn"},
        fixed="each input replaces: an attachment has nothing to change",
        drift="policyArn=arn:aws:iam::aws:policy/AdministratorAccess",
        rejected=({"policyArn": "ReadOnlyAccess"}, "the ARN of a policy"),
    ),
)
