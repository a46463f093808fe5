"""The edge and what stands behind it: balancer, distribution, filter, machines that scale, queues,
alarms and a budget, and backups with copies in a second region.
"""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
keep_days = config.require_int("keepDays")
NAME = "farms"
DOMAIN = "farms.example.org"
far = aws.Provider("far", region="us-east-1")


def role_for(name, service):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return aws.iam.Role(
        name,
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


# Network and machines
vpc = aws.ec2.Vpc("network", cidr_block="10.60.0.0/16")
gateway = aws.ec2.InternetGateway("network", vpc_id=vpc.id)
subnets = [
    aws.ec2.Subnet(
        f"public-{letter}",
        vpc_id=vpc.id,
        cidr_block=f"10.60.{number}.0/24",
        availability_zone=f"ap-southeast-1{letter}",
    )
    for number, letter in enumerate("ab")
]
subnet_ids = [subnet.id for subnet in subnets]
group = aws.ec2.SecurityGroup("edge", vpc_id=vpc.id, description="The balancer")
zone = aws.route53.Zone("domain", name=DOMAIN)


def issued(name, options=None):
    certificate = aws.acm.Certificate(
        name, domain_name=DOMAIN, validation_method="DNS", opts=options
    )
    return aws.acm.CertificateValidation(name, certificate_arn=certificate.arn, opts=options)


balancer = aws.lb.LoadBalancer(
    "edge",
    load_balancer_type="network",
    subnets=subnet_ids,
    security_groups=[group.id],
    opts=pulumi.ResourceOptions(depends_on=[gateway]),
)
targets = aws.lb.TargetGroup(
    "machines",
    port=8080,
    protocol="TCP",
    vpc_id=vpc.id,
    health_check={"protocol": "HTTP", "path": "/healthz", "interval": 10, "timeout": 5},
)
aws.lb.Listener(
    "tls",
    load_balancer_arn=balancer.arn,
    port=443,
    protocol="TLS",
    certificate_arn=issued("here").certificate_arn,
    ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)
template = aws.ec2.LaunchTemplate(
    "machine", image_id="ami-0123456789abcdef0", instance_type="t4g.small"
)
machines = aws.autoscaling.Group(
    "machines",
    min_size=1,
    max_size=3,
    vpc_zone_identifiers=subnet_ids,
    launch_template={"id": template.id, "version": template.latest_version.apply(str)},
    target_group_arns=[targets.arn],
    health_check_type="ELB",
)
aws.autoscaling.Policy(
    "cpu",
    autoscaling_group_name=machines.name,
    policy_type="TargetTrackingScaling",
    target_tracking_configuration={
        "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
        "target_value": 60,
    },
)

# The distribution, its filter and its logs are CloudFront's: certificate and filter of us-east-1
far_options = pulumi.ResourceOptions(provider=far)
SEEN = {"cloudwatch_metrics_enabled": True, "metric_name": NAME, "sampled_requests_enabled": True}
web_filter = aws.wafv2.WebAcl(
    "edge",
    scope="CLOUDFRONT",
    default_action={"allow": {}},
    rules=[
        {
            "name": "common",
            "priority": 1,
            "override_action": {"none": {}},
            "statement": {
                "managed_rule_group_statement": {
                    "vendor_name": "AWS",
                    "name": "AWSManagedRulesCommonRuleSet",
                }
            },
            "visibility_config": SEEN,
        }
    ],
    visibility_config=SEEN,
    opts=far_options,
)
filter_logs = aws.cloudwatch.LogGroup("filter", name="aws-waf-logs-farms", opts=far_options)
aws.wafv2.WebAclLoggingConfiguration(
    "edge",
    resource_arn=web_filter.arn,
    log_destination_configs=[filter_logs.arn],
    opts=far_options,
)
headers = aws.cloudfront.ResponseHeadersPolicy(
    "security",
    security_headers_config={
        "strict_transport_security": {"access_control_max_age_sec": 31536000, "override": True},
        "content_type_options": {"override": True},
    },
)
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
distribution = aws.cloudfront.Distribution(
    "edge",
    enabled=True,
    aliases=[DOMAIN],
    web_acl_id=web_filter.arn,
    origins=[
        {
            "origin_id": "balancer",
            "domain_name": balancer.dns_name,
            "custom_origin_config": {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": ["TLSv1.2"],
            },
        }
    ],
    default_cache_behavior={
        "target_origin_id": "balancer",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": METHODS,
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "origin_request_policy_id": "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "response_headers_policy_id": headers.id,
    },
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={
        "acm_certificate_arn": issued("far", far_options).certificate_arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    },
)
aws.route53.Record(
    "edge",
    zone_id=zone.zone_id,
    name=DOMAIN,
    type="A",
    aliases=[
        {
            "name": distribution.domain_name,
            "zone_id": distribution.hosted_zone_id,
            "evaluate_target_health": False,
        }
    ],
)

# Events, alarms, money
queue = aws.sqs.Queue("interruptions", message_retention_seconds=300)
rule = aws.cloudwatch.EventRule(
    "spot",
    event_pattern=json.dumps(
        {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]}
    ),
)
aws.cloudwatch.EventTarget("spot", rule=rule.name, arn=queue.arn)
allowed = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": queue.arn,
}
aws.sqs.QueuePolicy(
    "spot",
    queue_url=queue.url,
    policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [allowed]}),
)
topic = aws.sns.Topic("alerts")
alarm = aws.cloudwatch.MetricAlarm(
    "unhealthy",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=2,
    metric_name="UnHealthyHostCount",
    namespace="AWS/NetworkELB",
    period=60,
    statistic="Maximum",
    threshold=0,
    dimensions={"LoadBalancer": balancer.arn_suffix, "TargetGroup": targets.arn_suffix},
)
aws.cloudwatch.CompositeAlarm(
    "down",
    alarm_name="down",
    alarm_rule=alarm.name.apply(lambda name: f'ALARM("{name}")'),
    alarm_actions=[topic.arn],
)
aws.budgets.Budget(
    "all",
    budget_type="COST",
    time_unit="MONTHLY",
    limit_amount="250",
    limit_unit="USD",
    notifications=[
        {
            "comparison_operator": "GREATER_THAN",
            "notification_type": "FORECASTED",
            "threshold": 100,
            "threshold_type": "PERCENTAGE",
            "subscriber_sns_topic_arns": [topic.arn],
        }
    ],
)

# Backups, copied to the second region
vault = aws.backup.Vault("here", name=NAME)
copies = aws.backup.Vault("copies", name=f"{NAME}-copies", region="us-east-1")
aws.backup.VaultLockConfiguration("here", backup_vault_name=vault.name, min_retention_days=7)
plan = aws.backup.Plan(
    "daily",
    rules=[
        {
            "rule_name": "daily",
            "target_vault_name": vault.name,
            "schedule": "cron(0 18 * * ? *)",
            "lifecycle": {"delete_after": keep_days},
            "copy_actions": [
                {"destination_vault_arn": copies.arn, "lifecycle": {"delete_after": keep_days}}
            ],
        }
    ],
)
aws.backup.Selection(
    "tagged",
    plan_id=plan.id,
    iam_role_arn=role_for("backup", "backup.amazonaws.com").arn,
    selection_tags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}],
)


def versioned(name, options=None):
    bucket = aws.s3.Bucket(name, opts=options)
    versioning = aws.s3.BucketVersioning(
        name, bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=options
    )
    return bucket, versioning


documents, documents_versioning = versioned("documents")
replica, replica_versioning = versioned("replica", far_options)
aws.s3.BucketReplicationConfig(
    "documents",
    bucket=documents.id,
    role=role_for("replication", "s3.amazonaws.com").arn,
    rules=[
        {
            "id": "all",
            "status": "Enabled",
            "filter": {},
            "delete_marker_replication": {"status": "Disabled"},
            "destination": {"bucket": replica.arn},
        }
    ],
    # S3 asks for versioning at both ends, which nothing in the inputs says.
    opts=pulumi.ResourceOptions(depends_on=[documents_versioning, replica_versioning]),
)

pulumi.export("address", distribution.domain_name)
pulumi.export("balancer", balancer.dns_name)
pulumi.export("copies", copies.arn)
