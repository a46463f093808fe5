"""Logs, alarms, events, topics, queues, budgets, names and the web's edge (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import needs

_TAGS = "ListTagsForResource "
_TAG, _RETAG = "TagResource ", "TagResource UntagResource "

TYPES = {
    "aws:cloudwatch/logGroup:LogGroup": needs(
        "logs",
        read=_TAGS + "DescribeLogGroups",
        make=_TAG + "CreateLogGroup PutRetentionPolicy",
        change=_RETAG + "PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey "
        "DisassociateKmsKey",
        remove="DeleteLogGroup",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": needs(
        "cloudwatch",
        read=_TAGS + "DescribeAlarms",
        make=_TAG + "PutMetricAlarm",
        change=_RETAG + "PutMetricAlarm",
        remove="DeleteAlarms",
    ),
    "aws:cloudwatch/dashboard:Dashboard": needs(
        "cloudwatch",
        read="GetDashboard",
        make="PutDashboard",
        change="PutDashboard",
        remove="DeleteDashboards",
    ),
    "aws:cloudwatch/eventRule:EventRule": needs(
        "events",
        read=_TAGS + "DescribeRule",
        make=_TAG + "PutRule",
        change=_RETAG + "PutRule EnableRule DisableRule",
        remove="DeleteRule",
    ),
    "aws:cloudwatch/eventTarget:EventTarget": needs(
        "events",
        read="ListTargetsByRule",
        make="PutTargets",
        change="PutTargets",
        remove="RemoveTargets",
    ),
    "aws:sns/topic:Topic": needs(
        "sns",
        read=_TAGS + "GetTopicAttributes",
        make=_TAG + "CreateTopic SetTopicAttributes",
        change=_RETAG + "SetTopicAttributes",
        remove="DeleteTopic",
    ),
    "aws:sns/topicPolicy:TopicPolicy": needs(
        "sns",
        read="GetTopicAttributes",
        make="SetTopicAttributes",
        change="SetTopicAttributes",
        remove="SetTopicAttributes",
    ),
    "aws:sns/topicSubscription:TopicSubscription": needs(
        "sns",
        read="GetSubscriptionAttributes",
        make="Subscribe",
        change="SetSubscriptionAttributes",
        remove="Unsubscribe",
    ),
    "aws:sqs/queue:Queue": needs(
        "sqs",
        read="GetQueueAttributes GetQueueUrl ListQueueTags",
        make="CreateQueue TagQueue SetQueueAttributes",
        change="SetQueueAttributes TagQueue UntagQueue",
        remove="DeleteQueue",
    ),
    "aws:sqs/queuePolicy:QueuePolicy": needs(
        "sqs",
        read="GetQueueAttributes",
        make="SetQueueAttributes",
        change="SetQueueAttributes",
        remove="SetQueueAttributes",
    ),
    "aws:budgets/budget:Budget": needs(
        "budgets",
        read=_TAGS + "ViewBudget",
        make=_TAG + "ModifyBudget",
        change=_RETAG + "ModifyBudget",
        remove="ModifyBudget",
    ),
    "aws:acm/certificate:Certificate": needs(
        "acm",
        read="DescribeCertificate ListTagsForCertificate",
        make="RequestCertificate AddTagsToCertificate",
        change="AddTagsToCertificate RemoveTagsFromCertificate UpdateCertificateOptions",
        remove="DeleteCertificate",
    ),
    "aws:acm/certificateValidation:CertificateValidation": needs("acm", read="DescribeCertificate"),
    "aws:route53/zone:Zone": needs(
        "route53",
        read=_TAGS + "GetHostedZone GetChange ListResourceRecordSets",
        make="CreateHostedZone ChangeTagsForResource",
        change="ChangeTagsForResource UpdateHostedZoneComment",
        remove="DeleteHostedZone",
    ),
    "aws:route53/record:Record": needs(
        "route53",
        read="GetHostedZone GetChange ListResourceRecordSets",
        make="ChangeResourceRecordSets",
        change="ChangeResourceRecordSets",
        remove="ChangeResourceRecordSets",
    ),
    "aws:cloudfront/distribution:Distribution": needs(
        "cloudfront",
        read=_TAGS + "GetDistribution",
        make=_TAG + "CreateDistribution",
        change=_RETAG + "UpdateDistribution",
        remove="UpdateDistribution DeleteDistribution",
    ),
    "aws:wafv2/webAcl:WebAcl": needs(
        "wafv2",
        read=_TAGS + "GetWebACL",
        make=_TAG + "CreateWebACL",
        change=_RETAG + "UpdateWebACL",
        remove="DeleteWebACL",
    ),
    # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html, permissions
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": needs(
        "wafv2",
        read="GetLoggingConfiguration logs:DescribeLogGroups logs:DescribeResourcePolicies",
        make="PutLoggingConfiguration logs:CreateLogDelivery logs:PutResourcePolicy",
        change="PutLoggingConfiguration logs:CreateLogDelivery logs:PutResourcePolicy",
        remove="DeleteLoggingConfiguration logs:DeleteLogDelivery",
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": needs(
        "logs",
        read=_TAGS + "GetDeliverySource",
        make=_TAG + "PutDeliverySource cloudfront:AllowVendedLogDeliveryForResource",
        change=_RETAG + "PutDeliverySource cloudfront:AllowVendedLogDeliveryForResource",
        remove="DeleteDeliverySource",
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": needs(
        "logs",
        read=_TAGS + "GetDeliveryDestination",
        make=_TAG + "PutDeliveryDestination",
        change=_RETAG + "PutDeliveryDestination",
        remove="DeleteDeliveryDestination",
    ),
    "aws:cloudwatch/logDelivery:LogDelivery": needs(
        "logs",
        read=_TAGS + "GetDelivery",
        make=_TAG + "CreateDelivery s3:GetBucketPolicy s3:PutBucketPolicy",
        change=_RETAG + "UpdateDeliveryConfiguration",
        remove="DeleteDelivery",
    ),
}
