"""ECR, CloudWatch, SNS, SSM, Route 53 and ACM (pure table).

Sources: `internal/service/{ecr,logs,cloudwatch,sns,ssm,route53,acm}` of
hashicorp/terraform-provider-aws.
"""

from __future__ import annotations

from infra.local.aws.catalogue import service_rules
from infra.local.aws.catalogue.tokens import (
    KEY,
    LOG_GROUP,
    REPOSITORY,
    SCALING_POLICY,
    TOPIC,
)
from infra.local.aws.catalogue.watching_rules import no_rule_needs_it
from infra.local.aws.rules.basic import at_most_one, between, length, one_of, pattern
from infra.local.aws.rules.documents import ecr_lifecycle, policy
from infra.local.aws.spec import Autoname, Reference, TypeSpec

TF = "terraform-provider-aws internal/service/{}: {}"
_ECR = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/{}.html"
_ALARM = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_RETENTION = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
2557, 2922, 3288, 3653)  # fmt: skip

TYPES = (
    TypeSpec(
        REPOSITORY,
        id="{in.name}",
        computed={
            "arn": "arn:aws:ecr:{region}:{account}:repository/{id}",
            "registryId": "{account}",
            "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{id}",
        },
        autoname=Autoname(longest=256, lower=True),
        unique=("name",),
        exists="RepositoryAlreadyExistsException",
        rules=(
            length("name", 2, 256, _ECR),
            pattern(
                "name",
                r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
                "lower-case letters, digits, and single . _ - or / between them",
                _ECR,
            ),
            one_of(
                "imageTagMutability",
                ("MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"),
                _ECR,
            ),
            one_of(
                "encryptionConfigurations[*].encryptionType", ("AES256", "KMS", "KMS_DSSE"), _ECR
            ),
        ),
        references=(
            Reference(
                "encryptionConfigurations[*].kmsKey",
                (KEY,),
                by=("arn",),
                code="KmsException",
                holds=False,
            ),
        ),
        in_use="RepositoryNotEmptyException",
        force="forceDelete",
    ),
    *(
        TypeSpec(
            token,
            id="{in.repository}",
            computed={"registryId": "{account}"},
            unique=("repository",),
            rules=(rule,),
            references=(
                Reference(
                    "repository",
                    (REPOSITORY,),
                    by=("id", "name"),
                    code="RepositoryNotFoundException",
                    holds=False,
                ),
            ),
        )
        for token, rule in (
            ("aws:ecr/lifecyclePolicy:LifecyclePolicy", ecr_lifecycle),
            (
                "aws:ecr/repositoryPolicy:RepositoryPolicy",
                policy("policy", "InvalidParameterException", principal=True, longest=10240),
            ),
        )
    ),
    TypeSpec(
        LOG_GROUP,
        id="{in.name}",
        computed={
            "arn": "arn:aws:logs:{region}:{account}:log-group:{id}",
            "logGroupClass": "STANDARD",
        },
        autoname=Autoname(longest=512, unless=("namePrefix",)),
        unique=("name",),
        exists="ResourceAlreadyExistsException",
        rules=(
            pattern(
                "name",
                r"(?!aws/)[.\-_/#A-Za-z0-9]{1,512}",
                "letters, digits and _-/.#",
                _LOGS.format("API_CreateLogGroup"),
            ),
            one_of("retentionInDays", _RETENTION, _LOGS.format("API_PutRetentionPolicy")),
            one_of(
                "logGroupClass",
                ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
                _LOGS.format("API_CreateLogGroup"),
            ),
            pattern("kmsKeyId", r"arn:.+", "an ARN", _LOGS.format("API_AssociateKmsKey")),
        ),
        references=(
            Reference(
                "kmsKeyId", (KEY,), by=("arn",), code="InvalidParameterException", holds=False
            ),
        ),
        world=(service_rules.key_allows_logs,),
        keep=(service_rules.log_group_may_go,),
    ),
    TypeSpec(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        id="{in.name}",
        computed={"arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"},
        autoname=Autoname(longest=255),
        unique=("name",),
        rules=(
            length("name", 1, 255, _ALARM),
            between("evaluationPeriods", 1, 1440, "periods", _ALARM),
            one_of("treatMissingData", ("breaching", "notBreaching", "ignore", "missing"), _ALARM),
            at_most_one(
                ("metricName", "metricQueries"),
                TF.format("cloudwatch/metric_alarm.go", "ConflictsWith"),
            ),
            at_most_one(
                ("statistic", "extendedStatistic"),
                TF.format("cloudwatch/metric_alarm.go", "ConflictsWith"),
            ),
            service_rules.alarm_period(_ALARM),
        ),
        references=(
            Reference(
                "alarmActions[*]",
                (TOPIC, SCALING_POLICY),
                by=("arn",),
                code="ValidationError",
                holds=False,
            ),
            Reference(
                "okActions[*]",
                (TOPIC, SCALING_POLICY),
                by=("arn",),
                code="ValidationError",
                holds=False,
            ),
        ),
        keep=(no_rule_needs_it,),
        in_use="ValidationError",
    ),
)
