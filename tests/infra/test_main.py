"""The whole program, for every tracked stack, under the recording monitor."""

import dataclasses
import json

import pytest

from infra.config.keys import wire_name
from infra.outputs import HOST_OUTPUTS, StackOutputs
from tests.support import graph_rules
from tests.support.recording import run_program
from tests.support.stacks import CELLS, ON_AWS

OUTPUTS = {wire_name(field.name) for field in dataclasses.fields(StackOutputs)}
ANYWHERE = "0.0.0.0/0"


def names(resources):
    return {each.name for each in resources}


def openings(graph):
    return {
        (each.name, each.inputs["fromPort"])
        for each in graph.of_type("SecurityGroupIngressRule")
        if each.inputs.get("cidrIpv4") == ANYWHERE
    }


def test_local_keeps_every_rule_and_can_be_destroyed(local_graph):
    assert graph_rules.problems(local_graph, protected=False) == []


@pytest.mark.parametrize(("stack", "profile"), ON_AWS)
def test_a_stack_on_aws_keeps_every_rule_and_is_hard_to_hurt(stack, profile, graph_of):
    graph = graph_of(stack, profile)
    assert graph_rules.problems(graph, protected=True, lasting=stack == "prod") == []


@pytest.mark.parametrize(("stack", "profile"), CELLS)
def test_nothing_is_logged_as_warning_or_error(stack, profile, graph_of):
    assert graph_of(stack, profile).logs == []


@pytest.mark.parametrize(("stack", "profile"), CELLS)
def test_a_preview_registers_what_an_update_registers(stack, profile, configuration_of, graph_of):
    preview = run_program(stack, configuration_of(stack, profile), dry_run=True)
    assert [each.urn for each in preview.resources] == [
        each.urn for each in graph_of(stack, profile).resources
    ]


def test_the_file_of_a_stack_says_profile_host(graph_of):
    of_file = graph_of("prod").resources
    assert [each.urn for each in of_file] == [
        each.urn for each in graph_of("prod", "host").resources
    ]


def test_the_same_configuration_gives_the_same_graph(configuration_of, prod_graph):
    again = run_program("prod", configuration_of("prod"), anew=True)
    assert [repr(sorted(vars(each).items(), key=str)) for each in again.resources] == [
        repr(sorted(vars(each).items(), key=str)) for each in prod_graph.resources
    ]


def test_local_puts_out_the_contract_and_nothing_else(local_graph):
    assert set(local_graph.outputs) == OUTPUTS


def test_prod_puts_out_where_its_machines_are_as_well(prod_graph):
    assert set(prod_graph.outputs) == OUTPUTS | set(HOST_OUTPUTS)


def test_local_needs_no_credentials_but_the_database_own(local_graph):
    outputs = local_graph.outputs
    assert outputs["mailSecretArn"] == outputs["redisQueueUser"] == ""
    assert outputs["redisQueueAuth"] == "none"


def test_local_is_small_and_has_no_machine_no_way_in_and_no_domain(local_graph):
    assert len(local_graph.custom) < 80
    for absent in (
        "ec2/instance:Instance",
        "autoscaling/group:Group",
        "ebs/volume:Volume",
        "ec2/eip:Eip",
        "natGateway",
        "internetGateway",
    ):
        assert not [each for each in local_graph.custom if absent in each.type]
    assert not [each for each in local_graph.custom if ":route53/" in each.type]
    assert openings(local_graph) == set()


def test_prod_is_open_to_the_world_at_the_edge_alone(prod_graph):
    assert openings(prod_graph) == {("edge-in-http", 80), ("edge-in-https", 443)}


def test_the_data_tier_lets_in_the_workloads_group_alone(prod_graph):
    for name, port in (("database-in-clients", 27017), ("redis-in-clients", 6379)):
        rule = prod_graph.one("SecurityGroupIngressRule", name)
        assert rule.inputs["referencedSecurityGroupId"] == "workloads-id"
        assert rule.inputs["fromPort"] == rule.inputs["toPort"] == port
        assert "cidrIpv4" not in rule.inputs


def test_every_security_group_rule_says_why(prod_graph):
    for each in prod_graph.custom:
        if "SecurityGroup" in each.type and "default" not in each.name:
            assert each.inputs["description"], each.urn


def test_the_default_security_group_is_closed(prod_graph):
    group = prod_graph.one("DefaultSecurityGroup")
    assert group.inputs["ingress"] == group.inputs["egress"] == []


@pytest.mark.parametrize("stack", ["local_graph", "prod_graph"])
def test_every_bucket_is_closed_versioned_and_encrypted(stack, request):
    graph = request.getfixturevalue(stack)
    buckets = names(graph.of_type("s3/bucket:Bucket"))
    copies = {"backups-copy", "logs-copy"} if graph.stack == "prod" else set()
    assert buckets == {"documents", "backups", "logs", "releases", *copies}
    for part in (
        "BucketPublicAccessBlock",
        "BucketVersioning",
        "BucketServerSideEncryptionConfiguration",
        "BucketOwnershipControls",
        "BucketPolicy",
        "BucketLifecycleConfiguration",
    ):
        assert names(graph.of_type(part)) == buckets, part
    for block in graph.of_type("BucketPublicAccessBlock"):
        flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls")
        assert all(block.inputs[flag] for flag in (*flags, "restrictPublicBuckets"))


def test_backups_are_locked_where_the_stack_is_protected(prod_graph, local_graph):
    lock = prod_graph.one("BucketObjectLockConfiguration", "backups").inputs["rule"]
    assert lock["defaultRetention"] == {"mode": "GOVERNANCE", "days": 30}
    assert prod_graph.one("s3/bucket:Bucket", "backups").inputs["objectLockEnabled"]
    assert not local_graph.of_type("BucketObjectLockConfiguration")


def test_the_database_password_is_made_and_kept_by_secrets_manager(prod_graph):
    cluster = prod_graph.one("docdb/cluster:Cluster").inputs
    assert cluster["manageMasterUserPassword"] is True
    assert not {"masterPassword", "masterPasswordWo"} & set(cluster)


def test_the_database_instances_of_prod_stand_in_different_zones(prod_graph):
    zones = [each.inputs["availabilityZone"] for each in prod_graph.of_type("ClusterInstance")]
    assert len(zones) == len(set(zones)) == 2


def test_secrets_are_made_without_values(prod_graph):
    assert not prod_graph.of_type("SecretVersion")
    assert names(prod_graph.of_type("secretsmanager/secret:Secret")) == {
        "secret-app",
        "secret-mail",
    }


def test_the_queue_refuses_writes_when_full_and_the_cache_forgets(prod_graph):
    for name, policy in (("redis-queue", "noeviction"), ("redis-cache", "allkeys-lru")):
        group = prod_graph.one("elasticache/parameterGroup:ParameterGroup", name)
        assert group.inputs["parameters"] == [{"name": "maxmemory-policy", "value": policy}]


def test_redis_of_prod_wants_tls_and_signed_tokens_and_fails_over(prod_graph):
    for group in prod_graph.of_type("ReplicationGroup"):
        inputs = group.inputs
        assert inputs["transitEncryptionEnabled"]
        assert inputs["transitEncryptionMode"] == "required"
        assert inputs["automaticFailoverEnabled"]
        assert inputs["multiAzEnabled"]
        assert inputs["numCacheClusters"] == 2
        assert len(inputs["userGroupIds"]) == 1
    for user in prod_graph.of_type("elasticache/user:User"):
        assert user.inputs["authenticationMode"] == {"type": "iam"}
        assert user.inputs["userId"] == user.inputs["userName"]


def test_the_names_that_the_provider_tells_redis_groups_apart_by(prod_graph, local_graph):
    for graph in (prod_graph, local_graph):
        groups = {
            each.name: each.inputs["replicationGroupId"]
            for each in graph.of_type("ReplicationGroup")
        }
        assert groups["redis-queue"].endswith("queue")
        assert groups["redis-cache"].endswith("cache")


def test_every_log_group_ends_and_is_encrypted(prod_graph):
    groups = prod_graph.of_type("cloudwatch/logGroup:LogGroup")
    assert len(groups) == 4
    for group in groups:
        assert group.inputs["retentionInDays"] >= 90, group.name
        assert group.inputs["kmsKeyId"], group.name


def test_the_machine_is_reached_by_session_manager_alone(prod_graph):
    template = prod_graph.one("ec2/launchTemplate:LaunchTemplate").inputs
    assert "keyName" not in template
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["blockDeviceMappings"][0]["ebs"]["encrypted"] == "true"
    assert template["blockDeviceMappings"][0]["ebs"]["kmsKeyId"]
    assert template["disableApiTermination"] is True
    policy = prod_graph.one("RolePolicyAttachment", "host-role-ssm").inputs["policyArn"]
    assert policy.endswith("AmazonSSMManagedInstanceCore")
    ports = {each.inputs["fromPort"] for each in prod_graph.of_type("SecurityGroupIngressRule")}
    assert 22 not in ports


def test_the_machine_may_do_what_its_workloads_need_and_no_more(prod_graph):
    policy = json.loads(prod_graph.one("iam/rolePolicy:RolePolicy", "host-role").inputs["policy"])
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    for statement in policy["Statement"]:
        assert all("*" not in action for action in statement["Action"])
        if "*" in statement["Resource"] and "Condition" not in statement:
            assert statement["Action"] == ["ecr:GetAuthorizationToken"] or all(
                ":Describe" in action for action in statement["Action"]
            )
    assert "s3:DeleteObject" not in by_sid["WriteBackups"]["Action"]
    assert len(by_sid["ReadSecrets"]["Resource"]) == 3
    assert len(by_sid["ConnectRedis"]["Resource"]) == 4


def test_keys_rotate_and_open_to_nobody_by_star(prod_graph):
    keys = prod_graph.of_type("kms/key:Key")
    assert names(keys) == {"data", "logs-key", "backup-copy", "storage-copy", "host-key"}
    for key in keys:
        assert key.inputs["enableKeyRotation"] is True
        for statement in json.loads(key.inputs["policy"])["Statement"]:
            assert statement["Principal"] != "*"
            assert statement["Principal"].get("AWS") != "*"


def test_images_are_immutable_scanned_and_encrypted(prod_graph):
    repository = prod_graph.one("ecr/repository:Repository").inputs
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfigurations"][0]["encryptionType"] == "KMS"
    assert prod_graph.of_type("ecr/lifecyclePolicy:LifecyclePolicy")


def test_the_domain_points_to_the_machine_and_has_a_validated_certificate(prod_graph):
    assert prod_graph.one("route53/record:Record", "dns").inputs["records"] == ["203.0.113.10"]
    proof = prod_graph.one("route53/record:Record", "dns-proof").inputs
    assert proof["name"].startswith("_check.")
    assert prod_graph.one("CertificateValidation").inputs["validationRecordFqdns"]


def test_only_hidden_dependencies_are_written_down(prod_graph):
    """`depends_on` beside data flow: bucket policies, lifecycles, replication, the database's logs,
    and what machines may do and reach."""
    for each in prod_graph.custom:
        by_data = {urn for urns in each.property_dependencies.values() for urn in urns}
        if set(each.depends_on) - by_data:
            assert each.type.rpartition(":")[2] in {
                "BucketPolicy",
                "BucketLifecycleConfiguration",
                "BucketReplicationConfig",
                "Cluster",
                "Group",
            }, each.urn
