"""Profile host as registered: one machine, and several of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json

import pytest

from infra.config.compute import ComputeConfig
from infra.config.keys import deep_merged
from infra.host.machine_group import refresh_of
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import judge
from tests.support import graph_rules
from tests.support.policy_graphs import graph_of_recording, profile
from tests.support.recording import run_program

SEVERAL = {"gacp:compute": {"machines": 2, "machinesMax": 4}}


def digest_of(graph):
    bundle = base64.b64decode(graph.one("BucketObjectv2").inputs["contentBase64"])
    return hashlib.sha256(bundle).hexdigest()


def user_data_of(graph):
    given = graph.one("ec2/launchTemplate:LaunchTemplate").inputs["userData"]
    return base64.b64decode(given).decode()


def statements_of(graph):
    policy = json.loads(graph.one("iam/rolePolicy:RolePolicy", "host-role").inputs["policy"])
    return {each["Sid"]: each for each in policy["Statement"]}


@pytest.fixture(scope="module")
def other_release(configuration_of):
    config = configuration_of("prod")
    image = {"gacp:workloads": {"imageDigest": "sha256:" + "1" * 64}}
    return run_program("prod", deep_merged(config, image))


@pytest.fixture(scope="module")
def several(configuration_of):
    return run_program("prod", deep_merged(configuration_of("prod"), SEVERAL))


def test_the_bundle_is_named_by_its_content_and_the_parameter_names_it(prod_graph):
    digest = digest_of(prod_graph)
    assert prod_graph.one("BucketObjectv2").inputs["key"] == f"host/{digest}.tar.gz"
    parameter = prod_graph.one("ssm/parameter:Parameter")
    assert json.loads(parameter.inputs["value"]) == {
        "key": f"host/{digest}.tar.gz",
        "sha256": digest,
    }
    behind = parameter.property_dependencies["value"]
    assert any("BucketObjectv2" in urn for urn in behind)  # never named before it is there


def test_the_command_runs_once_the_parameter_names_the_release(prod_graph):
    association = prod_graph.one("ssm/association:Association")
    assert association.inputs["parameters"] == {"release": digest_of(prod_graph)}
    assert (association.inputs["maxConcurrency"], association.inputs["maxErrors"]) == ("1", "0")
    behind = association.property_dependencies
    assert any("ssm/parameter" in urn for urn in behind["parameters"])
    assert any("autoscaling/group" in urn for urn in behind["targets"])
    document = json.loads(prod_graph.one("ssm/document:Document").inputs["content"])
    commands = document["mainSteps"][0]["inputs"]["runCommand"]
    assert commands[-1].endswith("/usr/local/sbin/gacp-take-release")


def test_another_release_is_another_bundle_and_the_same_machine(prod_graph, other_release):
    assert digest_of(other_release) != digest_of(prod_graph)
    for kind in ("LaunchTemplate", "autoscaling/group:Group", "ssm/document:Document"):
        assert other_release.one(kind).inputs == prod_graph.one(kind).inputs


def test_the_first_start_knows_what_the_machine_claims(prod_graph):
    script = user_data_of(prod_graph)
    settings = json.loads(script.partition("<<'SETTINGS'\n")[2].partition("\nSETTINGS\n")[0])
    assert settings["volume"] == "host-data-id"
    assert settings["address"] == "eipalloc-host"
    group = prod_graph.one("autoscaling/group:Group").inputs
    (hook,) = group["initialLifecycleHooks"]
    assert (settings["group"], settings["hook"]) == (group["name"], hook["name"])
    assert hook["defaultResult"] == "ABANDON"


def test_one_machine_stands_where_its_volume_is(prod_graph):
    volume = prod_graph.one("ebs/volume:Volume")
    (subnet,) = prod_graph.one("autoscaling/group:Group").inputs["vpcZoneIdentifiers"]
    assert subnet == "vpc-public-a-id"
    assert volume.inputs["availabilityZone"] == "ap-southeast-1a"
    assert volume.protect


def test_one_machine_claims_exactly_its_volume_and_address(prod_graph):
    by_sid = statements_of(prod_graph)
    assert by_sid["ClaimVolume"]["Resource"] == [
        "arn:aws:ec2:ap-southeast-1:123456789012:volume/host-data"
    ]
    assert by_sid["ClaimAddress"]["Action"] == ["ec2:AssociateAddress"]
    for sid in ("ToOwnMachines", "ToOwnInterfaces"):
        named = {"StringEquals": {"aws:ResourceTag/Name": "gacp-prod-host"}}
        assert by_sid[sid]["Condition"] == named
    tagged = prod_graph.one("LaunchTemplate").inputs["tagSpecifications"]
    assert {each["resourceType"]: each["tags"]["Name"] for each in tagged} == dict.fromkeys(
        ("instance", "volume", "network-interface"), "gacp-prod-host"
    )


def test_machines_are_watched_by_their_group_which_measures_itself(prod_graph):
    alarms = {each.name: each.inputs for each in prod_graph.of_type("MetricAlarm")}
    group = prod_graph.one("autoscaling/group:Group").inputs
    for name in ("machine-in-service", "machine-status", "machine-cpu"):
        assert alarms[name]["dimensions"] == {"AutoScalingGroupName": group["name"]}
    in_service = alarms["machine-in-service"]
    assert in_service["metricName"] in group["enabledMetrics"]
    assert in_service["threshold"] == group["minSize"]
    assert in_service["treatMissingData"] == "breaching"
    release = alarms["machine-release"]
    assert release["dimensions"] == {"Group": group["name"]}
    assert release["treatMissingData"] == "notBreaching"  # sent at each run, hours apart
    allowed = statements_of(prod_graph)["PublishMetrics"]["Condition"]["StringEquals"]
    assert allowed["cloudwatch:namespace"] == release["namespace"]


def test_the_role_stays_below_what_iam_takes(prod_graph):
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    policy = prod_graph.one("iam/rolePolicy:RolePolicy", "host-role").inputs["policy"]
    assert len(policy) < 10_240 / 2


def test_one_machine_goes_before_the_next_comes_and_several_one_after_another(several, prod_graph):
    def healthy(graph):
        refresh = graph.one("autoscaling/group:Group").inputs["instanceRefresh"]["preferences"]
        return refresh["minHealthyPercentage"], refresh["maxHealthyPercentage"]

    assert healthy(prod_graph) == (0, 100)
    assert healthy(several) == (100, 200)


def test_a_refresh_of_several_ends_when_nobody_answers(several, prod_graph):
    def stops(graph):
        preferences = graph.one("autoscaling/group:Group").inputs["instanceRefresh"]["preferences"]
        return preferences.get("alarmSpecification", {}).get("alarms", [])

    alarms = {each.inputs["name"] for each in several.of_type("MetricAlarm")}
    assert set(stops(several)) <= alarms
    assert len(stops(several)) == 2
    assert stops(prod_graph) == []


@pytest.mark.parametrize(
    ("image", "back"), [("ami-0123456789abcdef0", True), ("resolve:ssm:/an/image", False)]
)
def test_a_refresh_rolls_back_where_aws_can(image, back):
    preferences = refresh_of(ComputeConfig(machine_image=image)).preferences
    assert preferences is not None
    assert preferences.auto_rollback is back


def test_several_machines_keep_every_rule_and_control(several):
    assert graph_rules.problems(several, protected=True) == []
    exceptions = read_exceptions(FILE, [control.id for control in CONTROLS])
    report = judge(graph_of_recording(several), profile(), exceptions)
    assert report.is_clean, (report.violations, report.problems)


def test_several_machines_stand_in_every_zone_behind_the_balancer(several):
    group = several.one("autoscaling/group:Group").inputs
    assert (group["minSize"], group["maxSize"], group["healthCheckType"]) == (2, 4, "ELB")
    assert "desiredCapacity" not in group  # the scaling policy's to say
    assert len(group["vpcZoneIdentifiers"]) == 3
    assert len(group["targetGroupArns"]) == 2
    policy = several.one("autoscaling/policy:Policy").inputs
    assert policy["targetTrackingConfiguration"]["targetValue"] == 70


def test_the_balancer_ends_tls_and_speaks_tls_to_the_machines(several):
    web = several.one("lb/targetGroup:TargetGroup", "balancer-web").inputs
    assert (web["protocol"], web["port"], web["targetType"]) == ("TLS", 443, "instance")
    assert not web["proxyProtocolV2"]
    assert web["preserveClientIp"] == "true"  # nginx sees the caller's own address
    assert web["healthCheck"]["protocol"] == "HTTPS"
    ways_in = {
        each.inputs["fromPort"]
        for each in several.of_type("SecurityGroupIngressRule")
        if each.name.startswith("edge-to-nginx")
    }
    assert ways_in == {80, 443}
    world = {
        each.name
        for each in several.of_type("SecurityGroupIngressRule")
        if each.inputs.get("cidrIpv4") == "0.0.0.0/0"
    }
    assert world == {"edge-in-http", "edge-in-https"}


def test_each_of_several_has_a_volume_of_its_own_and_claims_nothing(several):
    assert not several.of_type("ebs/volume:Volume")
    assert not several.of_type("ec2/eip:Eip")
    disks = several.one("LaunchTemplate").inputs["blockDeviceMappings"]
    assert [each["deviceName"] for each in disks] == ["/dev/sda1", "/dev/sdf"]
    assert all(each["ebs"]["encrypted"] == "true" for each in disks)
    assert not [sid for sid in statements_of(several) if sid.startswith(("Claim", "ToOwn"))]


def test_several_machines_ask_no_authority_for_certificates(several):
    bundle = base64.b64decode(several.one("BucketObjectv2").inputs["contentBase64"])
    assert b"gacp-certificate.timer" in gzip.decompress(bundle)
    script = gzip.decompress(bundle).decode(errors="replace")
    assert "enable --now docker.service gacp-certificate.timer" not in script


def test_several_machines_leave_through_the_gateways_where_there_are_some(configuration_of):
    nat = {"gacp:network": {"nat": "per-zone"}}
    graph = run_program("prod", deep_merged(deep_merged(configuration_of("prod"), SEVERAL), nat))
    subnets = graph.one("autoscaling/group:Group").inputs["vpcZoneIdentifiers"]
    assert subnets == ["vpc-private-a-id", "vpc-private-b-id", "vpc-private-c-id"]
    (interface,) = graph.one("LaunchTemplate").inputs["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"


def test_the_domain_is_the_balancer_of_several_machines(several):
    record = several.one("route53/record:Record", "dns").inputs
    assert "records" not in record
    assert record["aliases"][0]["name"].startswith("gacp-prod-balancer")
    assert several.outputs["hostAddress"] == record["aliases"][0]["name"]
    assert several.outputs["hostDataVolume"] == ""
