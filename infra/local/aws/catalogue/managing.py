"""Systems Manager documents and associations (pure table).

Sources: `internal/service/ssm` of hashicorp/terraform-provider-aws, and the Systems Manager API
reference.
"""

from __future__ import annotations

from infra.local.aws.catalogue import managing_rules
from infra.local.aws.catalogue.provider_source import arn_of, says
from infra.local.aws.catalogue.tokens import ASSOCIATION, BUCKET, DOCUMENT
from infra.local.aws.rules.basic import pattern
from infra.local.aws.spec import Reference, TypeSpec, always

_DOCUMENT_FILE, _ASSOCIATION_FILE = "ssm/document.go", "ssm/association.go"
_API = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/{}.html"
_CREATE_DOCUMENT = _API.format("API_CreateDocument")
_CREATE_ASSOCIATION = _API.format("API_CreateAssociation")
_NAME = r"[0-9A-Za-z_.-]{3,128}"

TYPES = (
    TypeSpec(
        DOCUMENT,
        id="{in.name}",
        computed={
            "arn": arn_of("ssm:document/{in.name}"),
            "createdDate": managing_rules.created,
            "latestVersion": managing_rules.next_version,
            "defaultVersion": "{out.latestVersion}",
            "documentVersion": "{out.latestVersion}",
            "description": managing_rules.description,
            "hash": managing_rules.content_hash,
            "hashType": "Sha256",
            "owner": "{account}",
            "parameters": managing_rules.declared_parameters,
            "platformTypes": always(["Linux", "MacOS", "Windows"]),
            "schemaVersion": managing_rules.schema_version,
            "status": "Active",
        },
        live=(
            *("latestVersion", "defaultVersion", "documentVersion", "description"),
            *("hash", "parameters", "schemaVersion"),
        ),
        unique=("name",),
        exists="DocumentAlreadyExists",
        rules=(
            pattern(
                "name",
                rf"(?!(?i:aws|amazon|amzn)){_NAME}",
                "3 to 128 letters, digits and _.-, not beginning with aws, amazon or amzn",
                _CREATE_DOCUMENT,
            ),
            pattern(
                "attachmentsSources[*].name", _NAME, "letters, digits and _.-", _CREATE_DOCUMENT
            ),
            pattern("versionName", _NAME, "letters, digits and _.-", _CREATE_DOCUMENT),
            pattern(
                "targetType",
                r"/[\w.\-:/]*",
                "a type such as /AWS::EC2::Instance",
                says(_DOCUMENT_FILE),
            ),
            managing_rules.content(_CREATE_DOCUMENT),
        ),
        keep=(managing_rules.not_associated,),
    ),
    TypeSpec(
        ASSOCIATION,
        id="{uuid}",
        computed={
            "associationId": "{id}",
            "arn": arn_of("ssm:association/{id}"),
            "documentVersion": "$DEFAULT",
            "parameters": always({}),
            "targets": always([]),
        },
        rules=(
            pattern(
                "associationName", _NAME, "3 to 128 letters, digits and _.-", _CREATE_ASSOCIATION
            ),
            pattern(
                "documentVersion",
                r"[$]LATEST|[$]DEFAULT|[1-9]\d*",
                "$LATEST, $DEFAULT or a number",
                _CREATE_ASSOCIATION,
            ),
            pattern(
                "maxConcurrency",
                r"[1-9]\d*|([1-9]\d?|100)%",
                "a number or a percentage, not 0",
                _CREATE_ASSOCIATION,
            ),
            pattern("maxErrors", r"\d+|(\d{1,2}|100)%", "a number or percent", _CREATE_ASSOCIATION),
            pattern(
                "targets[*].key",
                r"InstanceIds|ParameterValues|tag:.+|tag-key|resource-groups:\w+",
                "InstanceIds, ParameterValues, tag:KEY or resource-groups:NAME",
                _CREATE_ASSOCIATION,
            ),
            managing_rules.schedule(_CREATE_ASSOCIATION),
        ),
        references=(
            Reference(
                "outputLocation.s3BucketName", (BUCKET,), code="ValidationException", holds=False
            ),
        ),
        world=(managing_rules.document_exists,),
    ),
)
