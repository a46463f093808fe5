"""What a stack puts out. The names are a contract: the application and every script reads them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pulumi

from infra.config.keys import wire_name


@dataclass(frozen=True, slots=True)
class StackOutputs:
    """Fields are the outputs' names in snake_case. An empty secret ARN means no credentials."""

    environment: str
    region: str
    compute_profile: str
    public_url: str
    database_kind: str  # documentdb, or the scheme of an external database's address
    database_host: pulumi.Input[str]
    database_port: pulumi.Input[int]
    database_tls: bool
    database_name: str
    database_secret_arn: pulumi.Input[str]
    redis_queue_host: pulumi.Input[str]
    redis_queue_port: pulumi.Input[int]
    redis_queue_tls: bool
    redis_queue_user: str
    redis_queue_auth: str
    redis_cache_host: pulumi.Input[str]
    redis_cache_port: pulumi.Input[int]
    redis_cache_cluster: bool
    redis_cache_tls: bool
    redis_cache_user: str
    redis_cache_auth: str
    bucket_documents: pulumi.Input[str]
    bucket_backups: pulumi.Input[str]
    bucket_logs: pulumi.Input[str]
    bucket_releases: pulumi.Input[str]
    app_secret_arn: pulumi.Input[str]
    mail_host: str
    mail_port: int
    mail_tls: bool
    mail_sender: str
    mail_secret_arn: pulumi.Input[str]
    alerts_topic_arn: pulumi.Input[str]
    log_group: pulumi.Input[str]
    repository_url: pulumi.Input[str]
    vpc_id: pulumi.Input[str]

    def values(self) -> dict[str, pulumi.Input[object]]:
        """Every output by its name."""
        return {wire_name(field.name): getattr(self, field.name) for field in fields(self)}


# What profile `host` puts out beside the rest. `hostAddress` is an IP address or a balancer's name;
# `hostDataVolume` is empty where each machine has a volume that goes with it.
HOST_OUTPUTS = (
    "hostGroup",
    "hostAddress",
    "hostDataVolume",
    "hostReleaseParameter",
    "hostReleaseAssociation",
)


# What profile `cluster` puts out beside the rest.
CLUSTER_OUTPUTS = (
    "clusterName",
    "clusterAdminRoleArn",
    "kubeconfig",
    "nodeSubnetIds",
    "nodeGroupIds",
    "targetGroupWebArn",
    "targetGroupRedirectArn",
    "burstQueue",
    "burstInstanceProfile",
)


# What a stack puts out that has a pipeline.
PIPELINE_OUTPUTS = ("pipelinePreviewRoleArn", "pipelineDeployRoleArn")


def export(outputs: dict[str, pulumi.Input[object]]) -> None:
    """Put every output out under its name."""
    for name, value in outputs.items():
        pulumi.export(name, value)
