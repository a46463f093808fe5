"""DocumentDB: subnets, group, key, parameters, cluster, instances, and where to find it."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
password = config.require_secret("password")

vpc = aws.ec2.Vpc("data", cidr_block="172.30.0.0/20", enable_dns_hostnames=True)
zones = aws.get_availability_zones(state="available").names[:3]
subnets = [
    aws.ec2.Subnet(
        f"data-{zone[-1]}",
        vpc_id=vpc.id,
        cidr_block=f"172.30.{number}.0/24",
        availability_zone=zone,
    )
    for number, zone in enumerate(zones)
]
clients = aws.ec2.SecurityGroup("clients", vpc_id=vpc.id, description="may ask the database")
group = aws.ec2.SecurityGroup("database", vpc_id=vpc.id, description="the database")
aws.vpc.SecurityGroupIngressRule(
    "from-clients",
    security_group_id=group.id,
    referenced_security_group_id=clients.id,
    ip_protocol="tcp",
    from_port=27017,
    to_port=27017,
)
key = aws.kms.Key("database", enable_key_rotation=True, deletion_window_in_days=7)
aws.kms.Alias("database", name="alias/documentdb-example", target_key_id=key.key_id)
cluster = aws.docdb.Cluster(
    "farms",
    cluster_identifier="farms",
    engine="docdb",
    engine_version="5.0.0",
    master_username="farmer",
    master_password=password,
    db_subnet_group_name=aws.docdb.SubnetGroup(
        "farms", subnet_ids=[subnet.id for subnet in subnets]
    ).name,
    db_cluster_parameter_group_name=aws.docdb.ClusterParameterGroup(
        "farms",
        family="docdb5.0",
        parameters=[
            {"name": "tls", "value": "enabled"},
            {"name": "audit_logs", "value": "enabled"},
        ],
    ).name,
    vpc_security_group_ids=[group.id],
    storage_encrypted=True,
    kms_key_id=key.arn,
    backup_retention_period=config.require_int("backupDays"),
    preferred_backup_window="17:00-17:30",
    enabled_cloudwatch_logs_exports=["audit", "profiler"],
    skip_final_snapshot=True,
    apply_immediately=True,
)
instances = [
    aws.docdb.ClusterInstance(
        f"farms-{number}",
        identifier=f"farms-{number}",
        cluster_identifier=cluster.id,
        instance_class=config.require("instanceClass"),
        promotion_tier=number,
    )
    for number in range(config.require_int("instances"))
]
secret = aws.secretsmanager.Secret("farms", name_prefix="farms/", recovery_window_in_days=0)
aws.secretsmanager.SecretVersion(
    "farms",
    secret_id=secret.id,
    secret_string=pulumi.Output.all(cluster.endpoint, cluster.port, password).apply(
        lambda known: json.dumps({"host": known[0], "port": known[1], "password": known[2]})
    ),
)
topic = aws.sns.Topic("alarms")
for instance in instances:
    aws.cloudwatch.MetricAlarm(
        instance._name,
        namespace="AWS/DocDB",
        metric_name="CPUUtilization",
        statistic="Average",
        comparison_operator="GreaterThanThreshold",
        threshold=80,
        period=300,
        evaluation_periods=3,
        dimensions={"DBInstanceIdentifier": instance.identifier},
        alarm_actions=[topic.arn],
        ok_actions=[topic.arn],
    )
pulumi.export(
    "url",
    pulumi.Output.secret(
        pulumi.Output.concat(
            "mongodb://farmer:", password, "@", cluster.endpoint, ":", cluster.port.apply(str)
        )
    ),
)
pulumi.export("readers", [instance.endpoint for instance in instances])
