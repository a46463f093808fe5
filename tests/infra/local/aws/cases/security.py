"""Cases of KMS, Secrets Manager and IAM (pure table)."""

import json

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case
from tests.infra.local.aws.ground import KEY_POLICY, policy, trust

TAGS = {"tags": {"Name": "a"}}
LOCKED_OUT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
        ],
    }
)
READERS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "*",
            }
        ],
    }
)

CASES = (
    Case(
        tokens.KEY,
        least={},
        full={
            "description": "data",
            "enableKeyRotation": True,
            "rotationPeriodInDays": 180,
            "deletionWindowInDays": 30,
            "policy": KEY_POLICY,
            **TAGS,
        },
        update={"enableKeyRotation": True},
        replace={"keyUsage": "SIGN_VERIFY"},
        drift="enableKeyRotation=true",
        rejected=({"policy": LOCKED_OUT}, "will not allow you to update the key policy"),
        outputs=("arn", "keyId", "policy"),
    ),
    Case(
        tokens.KEY_ALIAS,
        least={"name": "alias/data", "targetKeyId": "$key"},
        full={"name": "alias/data", "targetKeyId": "$key:arn"},
        update={"targetKeyId": "$key-2"},
        replace={"name": "alias/other"},
        drift="targetKeyId=00000000-0000-0000-0000-000000000000",
        rejected=({"name": "data"}, "an alias is written alias/NAME"),
        outputs=("arn", "targetKeyArn"),
    ),
    Case(
        tokens.SECRET,
        least={},
        full={
            "name": "gacp/full",
            "description": "app",
            "kmsKeyId": "$key:arn",
            "recoveryWindowInDays": 7,
            **TAGS,
        },
        update={"description": "changed"},
        replace={"name": "gacp/other"},
        drift="description=changed",
        rejected=({"recoveryWindowInDays": 3}, "7 to 30"),
        outputs=("arn", "name"),
    ),
    Case(
        tokens.SECRET_VERSION,
        least={"secretId": "$secret", "secretString": "hush"},
        full={"secretId": "$secret", "secretStringWo": "hush", "secretStringWoVersion": 1},
        update={"versionStages": ["AWSPENDING"]},
        replace={"secretString": "other"},
        drift="secretString=other",
        rejected=({"secretString": None, "secretBinary": "!"}, "not base64"),
        outputs=("arn", "versionId", "versionStages"),
    ),
    Case(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        least={"secretArn": "$secret:arn", "policy": READERS},
        full={"secretArn": "$secret:arn", "policy": READERS, "blockPublicPolicy": True},
        update={"blockPublicPolicy": True},
        replace={"secretArn": "$secret-2:arn"},
        drift="blockPublicPolicy=true",
        rejected=({"policy": policy()}, "names no Principal"),
    ),
    Case(
        tokens.ROLE,
        least={"assumeRolePolicy": trust()},
        full={
            "name": "host",
            "path": "/gacp/",
            "description": "the host",
            "assumeRolePolicy": trust(),
            "maxSessionDuration": 7200,
            "permissionsBoundary": "$policy-2:arn",
            "managedPolicyArns": ["$policy:arn"],
            "inlinePolicies": [{"name": "read", "policy": policy()}],
            **TAGS,
        },
        update={"description": "changed"},
        replace={"name": "another"},
        drift="description=changed",
        rejected=(
            {"assumeRolePolicy": trust().replace("sts:AssumeRole", "s3:GetObject")},
            "may only specify STS actions",
        ),
        outputs=("arn", "uniqueId", "createDate"),
    ),
    Case(
        tokens.POLICY,
        least={"policy": policy()},
        full={"name": "read", "path": "/gacp/", "description": "reads", "policy": policy(), **TAGS},
        update={"policy": policy("s3:PutObject")},
        replace={"description": "another"},
        drift=f"policy={policy('s3:DeleteObject')}",
        rejected=({"policy": policy(action="everything")}, "names no service"),
        outputs=("arn", "policyId"),
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        least={"role": "$role", "policy": policy()},
        full={"name": "read", "role": "$role", "policy": policy()},
        update={"policy": policy("s3:PutObject")},
        replace={"role": "$role-2"},
        drift=f"policy={policy('s3:DeleteObject')}",
        rejected=({"role": "nobody"}, "NoSuchEntity"),
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        least={"role": "$role", "policyArn": "$policy:arn"},
        full={"role": "$role", "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
        replace={"policyArn": "$policy-2:arn"},
        fixed="an attachment is made anew for every change",
        drift="role=nobody",
        rejected=({"policyArn": "$role:arn"}, "the ARN of a policy"),
    ),
    Case(
        tokens.PROFILE,
        least={"role": "$role"},
        full={"name": "host", "path": "/gacp/", "role": "$role", **TAGS},
        update={"role": "$role-2"},
        replace={"name": "another"},
        drift="role=nobody",
        rejected=({"name": "host profile"}, "letters, digits"),
        outputs=("arn", "uniqueId"),
    ),
)
