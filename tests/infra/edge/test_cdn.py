"""Production with CloudFront in front, as registered."""

import base64
import io
import json
import tarfile
from collections.abc import Iterator
from functools import cache

import pytest

from infra.config.keys import deep_merged
from infra.edge import filter_plan
from infra.edge.model import EdgeModel, Limit
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.judging import judge
from tests.support import graph_rules
from tests.support.policy_graphs import graph_of_recording, profile
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration

ON = {"gacp:edge": {"cdn": {"enabled": True}}}
MODEL = EdgeModel()


@pytest.fixture(scope="module", params=["host", "cluster"])
def compute(request):
    return request.param


@cache
def program(compute, *, dry_run=False):
    raw = deep_merged(stack_configuration("prod", compute), ON)
    return run_program("prod", raw, dry_run=dry_run)


@pytest.fixture(scope="module")
def fronted(compute):
    return program(compute)


@pytest.fixture(scope="module")
def distribution(fronted):
    return fronted.one("cloudfront/distribution:Distribution").inputs


def behaviours(distribution):
    return [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]


def keys_in(value) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from keys_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys_in(item)


def test_it_is_off_by_default(graph_of, compute):
    plain = graph_of("prod", compute)
    for kind in ("cloudfront/distribution:Distribution", "wafv2/webAcl:WebAcl"):
        assert not plain.of_type(kind)
    assert not [each for each in plain.resources if each.inputs.get("region") == "us-east-1"]
    assert plain.one("SecurityGroupIngressRule", "edge-in-https").inputs["cidrIpv4"] == "0.0.0.0/0"


def test_every_rule_of_graphs_and_every_control_is_kept(fronted, compute):
    assert graph_rules.problems(fronted, protected=True) == []
    exceptions = read_exceptions(FILE, [control.id for control in CONTROLS])
    report = judge(graph_of_recording(fronted), profile(compute=compute), exceptions)
    assert report.violations == []
    assert list(report.problems) == []


def test_a_preview_of_it_is_judged_clean_too():
    graph = graph_of_recording(program("cluster", dry_run=True))
    exceptions = read_exceptions(FILE, [control.id for control in CONTROLS])
    assert judge(graph, profile(compute="cluster"), exceptions).violations == []


def test_nobody_but_cloudfront_reaches_the_edge(fronted):
    edge = fronted.one("ec2/securityGroup:SecurityGroup", "edge")
    into = [
        each.inputs
        for each in fronted.of_type("SecurityGroupIngressRule")
        if edge.urn in each.property_dependencies["securityGroupId"]
    ]
    assert [(rule["fromPort"], rule["toPort"]) for rule in into] == [(443, 443)]
    assert into[0]["prefixListId"].startswith("pl-")
    assert "cidrIpv4" not in into[0]


def test_the_origin_has_a_name_of_its_own_and_is_asked_over_tls_alone(fronted, distribution):
    (origin,) = distribution["origins"]
    assert origin["domainName"] == "origin.gacp.example.com"
    assert origin["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert origin["customOriginConfig"]["originSslProtocols"] == ["TLSv1.2"]
    named = {(each.inputs["name"], each.inputs["type"]) for each in fronted.of_type("Record")}
    assert named >= {
        ("origin.gacp.example.com", "A"),
        ("gacp.example.com", "A"),
        ("gacp.example.com", "AAAA"),
    }


def test_the_outermost_limit_waits_longest_and_idle_connections_end_first(distribution):
    custom, times = distribution["origins"][0]["customOriginConfig"], MODEL.timeouts
    assert custom["originReadTimeout"] > times.upstream_seconds
    assert custom["originKeepaliveTimeout"] < times.keepalive_seconds


def test_viewers_get_tls_by_the_domains_own_name(fronted, distribution):
    assert distribution["aliases"] == ["gacp.example.com"]
    certificate = fronted.one("acm/certificate:Certificate", "cdn").inputs
    assert (certificate["region"], certificate["domainName"]) == ("us-east-1", "gacp.example.com")
    viewers = distribution["viewerCertificate"]
    assert viewers["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert ":us-east-1:" in viewers["acmCertificateArn"]
    # One proof for both certificates: ACM asks for the same record in each region.
    assert len([each for each in fronted.of_type("Record") if "proof" in each.name]) == 1


def test_cloudfront_writes_no_headers_since_nginx_does(fronted, distribution):
    assert not any("responseHeadersPolicyId" in each for each in behaviours(distribution))
    assert not fronted.of_type("ResponseHeadersPolicy")


def test_only_files_whose_names_hold_a_hash_are_kept(distribution):
    default, *others = behaviours(distribution)
    assert default["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert set(default["allowedMethods"]) >= {"POST", "PUT", "PATCH", "DELETE"}
    cached = [f"{route.path}*" for route in MODEL.routes if route.cache_seconds]
    assert [each["pathPattern"] for each in others] == cached == ["/static/*"]
    assert all(each["allowedMethods"] == ["GET", "HEAD"] for each in others)


def test_the_name_that_viewers_ask_for_reaches_the_origin(distribution):
    for each in behaviours(distribution):
        assert each["originRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"


def test_the_filter_is_spelt_as_the_provider_reads_it(fronted):
    acl = fronted.one("wafv2/webAcl:WebAcl").inputs
    # A nested key that the SDK does not know stays in Python's words, and AWS would not see it.
    assert not [key for key in keys_in(acl["rules"]) if "_" in key]
    assert [rule["name"] for rule in acl["rules"]] == [
        *("flood", "reputation", "known-bad", "common", "bodies")
    ]
    assert acl["scope"] == "CLOUDFRONT"


def test_the_flood_limit_is_never_below_what_nginx_lets_through():
    limit = MODEL.limits[Limit.API]
    statement = filter_plan.rules(MODEL)[0]["statement"]["rate_based_statement"]
    a_second = statement["limit"] / statement["evaluation_window_sec"]
    assert limit.per == "s"
    assert a_second >= limit.rate


def test_files_are_not_searched_for_attacks_and_no_size_is_the_filters():
    common = filter_plan.rules(MODEL)[3]["statement"]["managed_rule_group_statement"]
    counted = {each["name"] for each in common["rule_action_overrides"]}
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"} <= counted
    bodies = filter_plan.rules(MODEL)[4]["statement"]["and_statement"]["statements"]
    found, *elsewhere = bodies
    labels = [each["label_match_statement"]["key"] for each in found["or_statement"]["statements"]]
    assert not any("Size" in label for label in labels)
    assert len(labels) == len(counted) - 1
    uploads = [route.path for route in MODEL.routes if route.body_bytes]
    excepted = [next(iter(each["not_statement"]["statement"].values())) for each in elsewhere]
    assert [e.get("regex_string", e.get("search_string")) for e in excepted] == uploads
    assert len(uploads) == 2


def test_what_is_stopped_is_logged_without_sign_ins(fronted):
    logging = fronted.one("WebAclLoggingConfiguration").inputs
    headers = [each.get("singleHeader", {}).get("name") for each in logging["redactedFields"]]
    assert {"authorization", "cookie"} <= set(headers)
    group = fronted.one("logGroup:LogGroup", "cdn-filter-logs").inputs
    assert group["name"].startswith("aws-waf-logs-")
    assert group["region"] == "us-east-1"
    assert ":us-east-1:" in group["kmsKeyId"]


def test_who_came_is_logged_into_the_bucket_without_queries(fronted):
    delivery = fronted.one("logDelivery:LogDelivery").inputs
    assert not {"cs-uri-query", "cs(Cookie)"} & set(delivery["recordFields"])
    policy = json.loads(fronted.one("BucketPolicy", "logs").inputs["policy"])["Statement"]
    (statement,) = [each for each in policy if each["Sid"] == "DeliveredLogs"]
    source = fronted.one("logDeliverySource:LogDeliverySource").inputs["name"]
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(f":delivery-source:{source}")
    rules = fronted.one("BucketLifecycleConfiguration", "logs").inputs["rules"]
    assert {"AWSLogs/"} <= {rule["filter"]["prefix"] for rule in rules}


def test_its_alarms_are_where_cloudfront_counts_and_tell_a_topic_there(fronted):
    alarms = [each.inputs for each in fronted.of_type("MetricAlarm") if "cdn-" in each.name]
    assert {alarm["metricName"] for alarm in alarms} == {
        *("5xxErrorRate", "BlockedRequests", "DaysToExpiry")
    }
    for alarm in alarms:
        assert alarm["region"] == "us-east-1"
        assert all(":us-east-1:" in arn for arn in alarm["alarmActions"])
    endpoints = [each.inputs["endpoint"] for each in fronted.of_type("TopicSubscription")]
    assert len(endpoints) == 2 * len(set(endpoints))


def test_without_a_filter_nothing_of_it_is_made(configuration_of):
    without = {"gacp:edge": {"cdn": {"enabled": True, "waf": False}}}
    graph = run_program("staging", deep_merged(configuration_of("staging", "host"), without))
    assert not [each for each in graph.resources if "wafv2" in each.type]
    assert "webAclId" not in graph.one("cloudfront/distribution:Distribution").inputs
    assert not [each for each in graph.of_type("MetricAlarm") if each.name == "cdn-stopped"]


def test_a_machine_behind_it_proves_its_domain_by_dns():
    graph = program("host")
    packed = base64.b64decode(graph.one("BucketObjectv2").inputs["contentBase64"])
    with tarfile.open(fileobj=io.BytesIO(packed)) as bundle:
        release = json.load(bundle.extractfile("release.json"))
    assert release["proves_by_dns"] is True
    policy = json.loads(graph.one("iam/rolePolicy:RolePolicy", "host-role").inputs["policy"])
    (proof,) = [each for each in policy["Statement"] if each["Sid"] == "WriteProof"]
    assert proof["Resource"][0].startswith("arn:aws:route53:::hostedzone/Z")
    conditions = proof["Condition"]["ForAllValues:StringEquals"]
    assert conditions["route53:ChangeResourceRecordSetsRecordTypes"] == ["TXT"]
    assert next(iter(conditions.values())) == ["_acme-challenge.gacp.example.com"]
