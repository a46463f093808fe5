"""Profile `cluster` of prod and dev, as registered."""

import json

import pytest

from infra.cluster.karpenter import EVENTS
from infra.outputs import CLUSTER_OUTPUTS
from tests.support.recording import UNKNOWN, Secret, run_program


@pytest.fixture(scope="module")
def prod(graph_of):
    return graph_of("prod", "cluster")


@pytest.fixture(scope="module")
def dev(graph_of):
    return graph_of("dev", "cluster")


def policy_of(graph, name):
    return json.loads(graph.one("iam/rolePolicy:RolePolicy", name).inputs["policy"])["Statement"]


def attached(graph, role):
    return {
        each.inputs["policyArn"].rpartition("/")[2]
        for each in graph.of_type("RolePolicyAttachment")
        if each.inputs["role"] == role
    }


def test_the_api_of_prod_is_reached_inside_the_vpc_alone(prod):
    network = prod.one("eks/cluster:Cluster").inputs["vpcConfig"]
    assert network["endpointPrivateAccess"] is True
    assert network["endpointPublicAccess"] is False
    assert network["publicAccessCidrs"] is None
    assert len(network["subnetIds"]) == 3


def test_the_cluster_is_hard_to_hurt_and_says_everything(prod):
    cluster = prod.one("eks/cluster:Cluster")
    assert cluster.protect
    assert cluster.inputs["deletionProtection"] is True
    assert len(cluster.inputs["enabledClusterLogTypes"]) == 5
    assert cluster.inputs["encryptionConfig"]["resources"] == ["secrets"]
    assert cluster.inputs["encryptionConfig"]["provider"]["keyArn"].endswith("cluster-key-0000")
    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}


def test_nobody_gets_in_but_by_an_access_entry(prod):
    cluster = prod.one("eks/cluster:Cluster").inputs
    assert cluster["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    (entry,) = prod.of_type("eks/accessEntry:AccessEntry")
    assert entry.inputs["principalArn"].endswith("role/gacp-prod-cluster-access-admin")
    trust = json.loads(prod.one("iam/role:Role", entry.name).inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def test_a_configured_role_administers_too(configuration_of):
    raw = configuration_of("dev", "cluster")
    arn = "arn:aws:iam::123456789012:role/people/platform"
    raw["gacp:compute"] = {**raw["gacp:compute"], "cluster": {"adminRoles": [arn]}}
    graph = run_program("dev", raw)
    entry = graph.one("eks/accessEntry:AccessEntry", "cluster-access-platform")
    assert entry.inputs["principalArn"] == arn


def test_nodes_keep_their_credentials_to_themselves(prod):
    template = prod.one("ec2/launchTemplate:LaunchTemplate", "cluster-nodes").inputs
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    (disk,) = template["blockDeviceMappings"]
    assert disk["ebs"]["encrypted"] == "true"
    assert disk["ebs"]["kmsKeyId"].endswith("cluster-key-0000")
    assert template["vpcSecurityGroupIds"] == ["sg-cluster", "workloads-id"]
    assert attached(prod, "gacp-prod-cluster-nodes") == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
    }


def test_nodes_are_private_enough_and_their_number_is_the_autoscalers(prod):
    group = prod.one("eks/nodeGroup:NodeGroup")
    assert group.inputs["scalingConfig"]["minSize"] >= 2
    assert group.ignore_changes == ("scalingConfig.desiredSize",)
    private = {f"vpc-private-{letter}-id" for letter in "abc"}
    assert set(group.inputs["subnetIds"]) == private
    assert "remoteAccess" not in group.inputs


def test_network_addons_come_before_nodes_and_the_others_after(prod):
    addons = {each.name: each for each in prod.of_type("eks/addon:Addon")}
    group = prod.one("eks/nodeGroup:NodeGroup")
    for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent"):
        assert addons[name].urn in group.depends_on
    for name in ("coredns", "aws-ebs-csi-driver"):
        assert group.urn in addons[name].depends_on
    assert all(each.inputs["addonVersion"] for each in addons.values())
    settings = json.loads(addons["vpc-cni"].inputs["configurationValues"])
    assert settings == {"enableNetworkPolicy": "true"}


def test_every_pod_role_belongs_to_one_service_account_of_this_cluster(prod):
    places = {
        (each.inputs["namespace"], each.inputs["serviceAccount"])
        for each in prod.of_type("PodIdentityAssociation")
    }
    assert places == {
        ("gacp", "api"),
        ("gacp", "portal"),
        ("gacp", "worker"),
        ("nginx-ingress", "nginx-ingress"),
        ("kube-system", "aws-load-balancer-controller"),
        ("keda", "keda-operator"),
        ("kube-system", "karpenter"),
    }
    for each in prod.of_type("PodIdentityAssociation"):
        trust = json.loads(prod.one("iam/role:Role", each.name).inputs["assumeRolePolicy"])
        (statement,) = trust["Statement"]
        assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(
            "cluster/gacp-prod-cluster"
        )


def test_the_api_touches_no_backup_and_the_worker_deletes_none(prod):
    assert "backups" not in json.dumps(policy_of(prod, "pods-api"))
    backups = [s for s in policy_of(prod, "pods-worker") if s["Sid"] == "WriteBackups"]
    assert backups[0]["Action"] == ["s3:GetObject", "s3:PutObject"]


def test_the_balancer_is_the_stacks_own_and_ends_tls(prod):
    balancer = prod.one("lb/loadBalancer:LoadBalancer").inputs
    assert balancer["enableDeletionProtection"] is True
    assert balancer["enableCrossZoneLoadBalancing"] is True
    assert balancer["accessLogs"]["enabled"] is True
    assert len(balancer["subnets"]) == 3
    listeners = {each.inputs["port"]: each.inputs for each in prod.of_type("lb/listener:Listener")}
    assert listeners[443]["protocol"] == "TLS"
    assert listeners[443]["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert listeners[80]["protocol"] == "TCP"
    for group in prod.of_type("lb/targetGroup:TargetGroup"):
        assert group.inputs["targetType"] == "ip"
        assert group.inputs["proxyProtocolV2"] is True
        assert len(group.inputs["name"]) <= 32


def test_the_world_reaches_the_balancer_and_the_balancer_nginx(prod):
    world = {
        each.name
        for each in prod.of_type("SecurityGroupIngressRule")
        if each.inputs.get("cidrIpv4") == "0.0.0.0/0"
    }
    assert world == {"edge-in-http", "edge-in-https"}
    to_nginx = [
        each.inputs
        for each in prod.of_type("SecurityGroupIngressRule")
        if each.name.startswith("edge-to-nginx-")
    ]
    assert {each["fromPort"] for each in to_nginx} == {8080, 8081, 8090}
    assert {each["referencedSecurityGroupId"] for each in to_nginx} == {"edge-id"}


def test_the_domain_is_the_balancer(prod):
    record = prod.one("route53/record:Record", "dns").inputs
    assert record["aliases"][0]["name"].startswith("gacp-prod-balancer")
    assert "records" not in record


def test_karpenter_hears_every_kind_of_event_and_only_from_its_rules(prod):
    assert {each.name for each in prod.of_type("cloudwatch/eventRule:EventRule")} == {
        f"cluster-burst-{slot}" for slot in EVENTS
    }
    policy = json.loads(prod.one("sqs/queuePolicy:QueuePolicy").inputs["policy"])["Statement"]
    sends = next(statement for statement in policy if statement["Sid"] == "RulesSend")
    assert len(sends["Condition"]["ArnEquals"]["aws:SourceArn"]) == len(EVENTS)


def test_a_cluster_that_may_not_burst_has_nothing_of_karpenter(configuration_of):
    raw = configuration_of("dev", "cluster")
    raw["gacp:compute"] = {**raw["gacp:compute"], "cluster": {"burst": False}}
    graph = run_program("dev", raw)
    assert not graph.of_type("sqs/queue:Queue")
    assert graph.outputs["burstQueue"] == ""


def test_a_public_endpoint_names_who_may_come(configuration_of):
    raw = configuration_of("dev", "cluster")
    ranges = ["203.0.113.0/24"]
    raw["gacp:compute"] = {**raw["gacp:compute"], "cluster": {"publicCidrs": ranges}}
    network = run_program("dev", raw).one("eks/cluster:Cluster").inputs["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["publicAccessCidrs"] == ranges


def test_the_cluster_puts_out_its_contract_with_the_kubeconfig_secret(prod):
    assert set(CLUSTER_OUTPUTS) <= set(prod.outputs)
    assert isinstance(prod.outputs["kubeconfig"], Secret)
    assert "gacp-prod-cluster" in str.__str__(prod.outputs["kubeconfig"])


def test_a_preview_knows_the_names_and_no_more(configuration_of):
    preview = run_program("prod", configuration_of("prod", "cluster"), dry_run=True)
    assert preview.one("eks/cluster:Cluster").inputs["name"] == "gacp-prod-cluster"
    policy = preview.one("iam/rolePolicy:RolePolicy", "pods-api").inputs["policy"]
    assert policy == UNKNOWN


def test_dev_has_one_nat_and_the_small_shape(dev):
    assert len(dev.of_type("NatGateway")) == 1
    assert dev.one("eks/nodeGroup:NodeGroup").inputs["scalingConfig"]["minSize"] == 1
    assert dev.one("eks/nodeGroup:NodeGroup").inputs["instanceTypes"] == ["t4g.large"]


def test_the_balancer_waits_for_the_internet_and_for_its_log_bucket(prod):
    waits = prod.one("lb/loadBalancer:LoadBalancer").depends_on
    assert prod.one("internetGateway:InternetGateway").urn in waits
    assert prod.one("s3/bucketPolicy:BucketPolicy", "logs").urn in waits
