"""Cases of ECR, CloudWatch, SNS, SSM, Route 53 and ACM (pure table)."""

import json

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case

TAGS = {"tags": {"Name": "a"}}
EXPIRE = {
    "rulePriority": 1,
    "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 7,
    },
    "action": {"type": "expire"},
}
PULL = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
PUBLISH = {
    "Effect": "Allow",
    "Principal": {"Service": "s3.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "*",
}


def _policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


ALARM = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 5,
    "metricName": "CPUUtilization",
    "namespace": "AWS/EC2",
    "period": 60,
    "statistic": "Average",
    "threshold": 80,
}

CASES = (
    Case(
        tokens.REPOSITORY,
        least={},
        full={
            "name": "gacp/app",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": "$key:arn"}],
            "forceDelete": True,
            **TAGS,
        },
        update={"imageTagMutability": "IMMUTABLE"},
        replace={"name": "another"},
        drift="imageTagMutability=IMMUTABLE",
        rejected=({"name": "Upper"}, "lower-case letters"),
        outputs=("arn", "repositoryUrl", "registryId"),
    ),
    Case(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        least={"repository": "$repository", "policy": json.dumps({"rules": [EXPIRE]})},
        full={
            "repository": "$repository",
            "policy": json.dumps({"rules": [EXPIRE, {**EXPIRE, "rulePriority": 2}]}),
        },
        replace={"policy": json.dumps({"rules": [{**EXPIRE, "rulePriority": 3}]})},
        fixed="each input replaces",
        drift='policy="{}"',
        rejected=({"policy": json.dumps({"rules": [EXPIRE, EXPIRE]})}, "are not distinct"),
        outputs=("registryId",),
    ),
    Case(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        least={"repository": "$repository", "policy": _policy(PULL)},
        full={
            "repository": "$repository",
            "policy": _policy(PULL, {**PULL, "Action": "ecr:GetDownloadUrlForLayer"}),
        },
        update={"policy": _policy({**PULL, "Effect": "Deny"})},
        replace={"repository": "$repository-2"},
        drift='policy="{}"',
        rejected=({"policy": "allow all"}, "not JSON"),
        outputs=("registryId",),
    ),
    Case(
        tokens.LOG_GROUP,
        least={},
        full={
            "name": "/gacp/full",
            "retentionInDays": 365,
            "kmsKeyId": "$key:arn",
            "logGroupClass": "STANDARD",
            **TAGS,
        },
        update={"retentionInDays": 90},
        replace={"name": "/gacp/another"},
        drift="retentionInDays=1",
        rejected=({"retentionInDays": 100}, "100 is none of"),
        outputs=("arn", "name"),
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        least=ALARM,
        full={
            **ALARM,
            "name": "cpu",
            "alarmActions": ["$topic:arn"],
            "treatMissingData": "breaching",
            **TAGS,
        },
        update={"threshold": 90},
        replace={"name": "another"},
        drift="threshold=10",
        rejected=({"period": 45}, "multiple of 60"),
        outputs=("arn",),
    ),
    Case(
        tokens.TOPIC,
        least={},
        full={"name": "alerts", "displayName": "Alerts", "kmsMasterKeyId": "$key", **TAGS},
        update={"displayName": "Alerts"},
        replace={"name": "another"},
        drift="displayName=somebody",
        rejected=({"name": "alerts.fifo"}, "FIFO topics, and only they"),
        outputs=("arn", "owner", "policy"),
    ),
    Case(
        "aws:sns/topicPolicy:TopicPolicy",
        least={"arn": "$topic:arn", "policy": _policy(PUBLISH)},
        full={"arn": "$topic:arn", "policy": _policy(PUBLISH, {**PUBLISH, "Sid": "again"})},
        update={"policy": _policy({**PUBLISH, "Effect": "Deny"})},
        replace={"arn": "$topic-2:arn"},
        drift='policy="{}"',
        rejected=({"policy": _policy({**PUBLISH, "Effect": "Maybe"})}, "must be Allow or Deny"),
        outputs=("owner",),
    ),
    Case(
        "aws:sns/topicSubscription:TopicSubscription",
        least={"topic": "$topic:arn", "protocol": "email", "endpoint": "ops@gacp.example"},
        full={
            "topic": "$topic:arn",
            "protocol": "https",
            "endpoint": "https://gacp.example/alerts",
            "filterPolicy": '{"severity": ["page"]}',
            "rawMessageDelivery": True,
        },
        update={"filterPolicy": '{"severity": ["page"]}'},
        replace={"endpoint": "other@gacp.example"},
        drift="rawMessageDelivery=true",
        rejected=({"endpoint": "nowhere"}, "no endpoint for email"),
        outputs=("arn", "pendingConfirmation"),
    ),
    Case(
        "aws:ssm/parameter:Parameter",
        least={"type": "String", "value": "1"},
        full={
            "name": "/gacp/full",
            "type": "SecureString",
            "valueWo": "hush",
            "valueWoVersion": 1,
            "tier": "Standard",
            **TAGS,
        },
        update={"value": "2"},
        replace={"name": "/gacp/another"},
        drift="value=3",
        rejected=({"name": "/aws/mine"}, "not beginning with aws"),
        outputs=("arn", "version"),
    ),
    Case(
        tokens.ZONE,
        least={"name": "gacp.example.org"},
        full={
            "name": "gacp.internal",
            "comment": "inside",
            "vpcs": [{"vpcId": "$vpc"}],
            "forceDestroy": True,
            **TAGS,
        },
        update={"comment": "changed"},
        replace={"name": "gacp.example.net"},
        drift="comment=changed",
        rejected=({"name": "no domain"}, "InvalidDomainName"),
        outputs=("arn", "nameServers", "zoneId"),
    ),
    Case(
        tokens.RECORD,
        least={
            "zoneId": "$zone",
            "name": "www",
            "type": "A",
            "ttl": 60,
            "records": ["203.0.113.7"],
        },
        full={
            "zoneId": "$zone",
            "name": "alias",
            "type": "A",
            "aliases": [
                {"name": "lb.example.org", "zoneId": "Z1LMS91P8CMLE5", "evaluateTargetHealth": True}
            ],
            "allowOverwrite": True,
        },
        update={"ttl": 300},
        replace={"name": "api"},
        drift="ttl=5",
        rejected=({"records": ["not-an-address"]}, "no address for a record of type A"),
        outputs=("fqdn",),
    ),
    Case(
        tokens.CERTIFICATE,
        least={"domainName": "gacp.example.org", "validationMethod": "DNS"},
        full={
            "domainName": "gacp.example.org",
            "subjectAlternativeNames": ["*.gacp.example.org"],
            "validationMethod": "DNS",
            "keyAlgorithm": "EC_prime256v1",
            **TAGS,
        },
        update=TAGS,
        replace={"domainName": "gacp.example.net"},
        drift='tags={"Owner": "somebody"}',
        rejected=({"validationMethod": None}, "validationMethod is needed"),
        outputs=("arn", "domainValidationOptions", "status"),
    ),
    Case(
        "aws:acm/certificateValidation:CertificateValidation",
        least={"certificateArn": "$certificate:arn"},
        full={"certificateArn": "$certificate:arn"},
        replace={"certificateArn": "$certificate-2:arn"},
        fixed="a validation is waited for anew for every change",
        drift="certificateArn=arn:aws:acm:ap-southeast-1:123456789012:certificate/other",
        rejected=({"validationRecordFqdns": ["www.example.org"]}, "missing validation record"),
    ),
)
