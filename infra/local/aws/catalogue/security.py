"""KMS, Secrets Manager and IAM (pure table).

Sources: `internal/service/{kms,secretsmanager,iam}` of hashicorp/terraform-provider-aws:
ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import security_rules
from infra.local.aws.catalogue.tokens import (
    KEY,
    KEY_ALIAS,
    SECRET,
    SECRET_VERSION,
)
from infra.local.aws.rules.basic import at_most_one, between, length, needs, one_of, pattern
from infra.local.aws.rules.documents import policy
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

TF = "terraform-provider-aws internal/service/{}: {}"
_KEY_API = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html"
_ALIAS_API = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"
_SECRET_API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"  # noqa: S105
_KEY_REFERENCE = Reference(
    "kmsKeyId",
    (KEY, KEY_ALIAS),
    by=("id", "arn", "keyId"),
    code="KMS.NotFoundException",
    holds=False,
)

TYPES = (
    TypeSpec(
        KEY,
        id="{uuid}",
        computed={
            "arn": "arn:aws:kms:{region}:{account}:key/{id}",
            "keyId": "{id}",
            "policy": security_rules.default_key_policy,
            "description": "",
            "multiRegion": always(False),
            "rotationPeriodInDays": security_rules.rotation_days,
        },
        live=("rotationPeriodInDays",),
        rules=(
            between("deletionWindowInDays", 7, 30, "days", _KEY_API),
            between("rotationPeriodInDays", 90, 2560, "days", _KEY_API),
            length("description", 0, 8192, _KEY_API),
            one_of(
                "keyUsage",
                ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"),
                _KEY_API,
            ),
            policy("policy", "MalformedPolicyDocumentException", principal=True, longest=32768),
            security_rules.lockout,
            security_rules.rotation,
        ),
        pending="KMSInvalidStateException",
    ),
    TypeSpec(
        KEY_ALIAS,
        id="{in.name}",
        computed={
            "arn": "arn:aws:kms:{region}:{account}:{id}",
            "targetKeyArn": lambda making: making.world.key_arn(making.given("targetKeyId")),
        },
        live=("targetKeyArn",),
        unique=("name",),
        rules=(
            pattern(
                "name",
                r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}",
                "an alias is written alias/NAME, and alias/aws/ is AWS's",
                _ALIAS_API,
            ),
            security_rules.alias_name,
        ),
        references=(
            Reference(
                "targetKeyId", (KEY,), by=("id", "arn"), code="NotFoundException", holds=False
            ),
        ),
    ),
    TypeSpec(
        SECRET,
        id="arn:aws:secretsmanager:{region}:{account}:secret:{in.name}-{six}",
        computed={"arn": "{id}", "policy": "", "replicas": always([])},
        autoname=Autoname(longest=512, unless=("namePrefix",)),
        unique=("name",),
        exists="ResourceExistsException",
        rules=(
            pattern(
                "name",
                r"[A-Za-z0-9/_+=.@-]{1,512}",
                "letters, digits and /_+=.@-, at most 512",
                _SECRET_API,
            ),
            length("description", 0, 2048, _SECRET_API),
            security_rules.recovery_window(
                "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html"
            ),
            policy("policy", "MalformedPolicyDocumentException", principal=True, longest=20480),
        ),
        references=(_KEY_REFERENCE,),
    ),
    TypeSpec(
        SECRET_VERSION,
        id="{in.secretId}|{out.versionId}",
        computed={
            "versionId": "{uuid}",
            "arn": "{in.secretId}",
            "secretArn": "{in.secretId}",
            "versionStages": always(["AWSCURRENT"]),
            "hasSecretStringWo": lambda making: making.given("secretStringWoVersion") is not None,
        },
        rules=(
            at_most_one(
                ("secretString", "secretBinary", "secretStringWo"),
                TF.format("secretsmanager/secret_version.go", "ConflictsWith"),
            ),
            needs(
                "secretStringWo",
                "secretStringWoVersion",
                TF.format("secretsmanager/secret_version.go", "RequiredWith"),
            ),
            security_rules.secret_size(
                "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"
            ),
        ),
        references=(
            Reference(
                "secretId",
                (SECRET,),
                by=("id", "name"),
                code="ResourceNotFoundException",
                holds=False,
            ),
        ),
    ),
    TypeSpec(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        id="{in.secretArn}",
        unique=("secretArn",),
        rules=(
            policy("policy", "MalformedPolicyDocumentException", principal=True, longest=20480),
        ),
        references=(
            Reference("secretArn", (SECRET,), code="ResourceNotFoundException", holds=False),
        ),
    ),
)
