"""Every key of the configuration has a rule, and every rule an example that it refuses."""

import json

import pytest

from infra.config.choices import ComputeProfile, Environment, NatMode, RedisAuth
from infra.config.errors import ConfigurationError
from infra.config.keys import deep_merged, leaves
from infra.config.loader import load_settings
from infra.config.settings import AwsConfig, StackConfig
from tests.support.adopting import ADOPT, ATLAS, TIERS

LEAST = {
    "aws:region": "ap-southeast-1",
    "aws:allowedAccountIds": ["123456789012"],
    "gacp:environment": "local",
    "gacp:edge": {"publicUrl": "http://127.0.0.1:8080"},
    "gacp:mail": {"host": "127.0.0.1"},
}
PROD = {
    **LEAST,
    "gacp:environment": "prod",
    "gacp:edge": {"domain": "gacp.example.com"},
    "gacp:mail": {"host": "mail.example.com"},
}
HOST = deep_merged(
    PROD,
    {
        "gacp:compute": {"profile": "host"},
        "gacp:workloads": {
            "imageDigest": "sha256:" + "0" * 64,
            "edgeImage": "nginx@sha256:" + "0" * 64,
        },
    },
)


CLUSTER = deep_merged(PROD, {"gacp:compute": {"profile": "cluster"}})

ADOPTING = deep_merged(CLUSTER, {"gacp:network": {"adopt": ADOPT}})
EXTERNAL = deep_merged(HOST, {"gacp:database": ATLAS})
OWN_SECRET = "arn:aws:secretsmanager:{}:{}:secret:atlas-AbCdEf"


def with_value(base, key, value):
    """`base` with one key, written as in errors (`gacp:network.cidr`), set to a value."""
    top, *rest = key.split(".")
    nested = value
    for part in reversed(rest):
        nested = {part: nested}
    return deep_merged(base, {top: nested})


def refused(raw):
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(raw)
    return refusal.value.problems


# (key, refused value, what the message says). Each key of the structs has a row.
REFUSED = [
    ("gacp:environment", "production", "did you mean prod?"),
    ("gacp:network.cidr", "10.20.0.1/16", "a private IPv4 range from /16 to /18"),
    ("gacp:network.cidr", "8.8.0.0/16", "a private IPv4 range"),
    ("gacp:network.cidr", "10.20.0.0/24", "/16 to /18"),
    ("gacp:network.zones", ["a"], "2 to 8 different values"),
    ("gacp:network.zones", ["a", "a"], "different values"),
    ("gacp:network.zones", ["a", "z"], "a zone's letter"),
    ("gacp:network.zones", "a,b", "a list of texts"),
    ("gacp:network.nat", "two", "one of none, one, per-zone"),
    ("gacp:network.interfaceEndpoints", ["Secrets Manager"], "endpoint name"),
    ("gacp:network.flowLogs", "yes", "true or false"),
    ("gacp:network.adopt.vpcId", "main", "a VPC's id"),
    *(
        (f"gacp:network.adopt.{tier}Subnets.{letter}", f"{tier}-{letter}", "a subnet's id")
        for tier in TIERS
        for letter in "abcdefgh"
    ),
    ("gacp:compute.profile", "hots", "did you mean host?"),
    ("gacp:compute.instanceType", "t3.medium", "arm64"),
    ("gacp:compute.machineImage", "ubuntu", "an AMI's id"),
    ("gacp:compute.volumeGib", 8, "between 20 and 1024 GiB"),
    ("gacp:compute.volumeGib", "40 GiB", "a whole number"),
    ("gacp:compute.volumeGib", 40.5, "a whole number"),
    ("gacp:compute.volumeGib", True, "a whole number"),
    ("gacp:compute.dataVolumeGib", 5, "between 10 and 1024 GiB"),
    ("gacp:compute.machines", 0, "between 1 and 20 machines"),
    ("gacp:compute.machinesMax", 21, "between 1 and 20 machines"),
    ("gacp:compute.cluster.version", "1.20", "1.35"),
    ("gacp:compute.cluster.publicCidrs", ["0.0.0.0/0"], "/16 or narrower"),
    ("gacp:compute.cluster.publicCidrs", ["10.0.0.1/24"], "/16 or narrower"),
    ("gacp:compute.cluster.adminRoles", ["platform"], "a role's ARN"),
    ("gacp:compute.cluster.nodeType", "m7i.large", "arm64"),
    ("gacp:compute.cluster.nodesMin", 0, "between 1 and 100 nodes"),
    ("gacp:compute.cluster.nodesMax", 101, "between 1 and 100 nodes"),
    ("gacp:compute.cluster.nodeVolumeGib", 5, "between 20 and 1024 GiB"),
    ("gacp:compute.cluster.burst", "never", "true or false"),
    ("gacp:database.instanceClass", "t4g.medium", "db.t4g.medium"),
    ("gacp:database.instances", 0, "between 1 and 16 instances"),
    ("gacp:database.engineVersion", "3.6.0", "5.0.0"),
    ("gacp:database.name", "GACP data", "small letters"),
    ("gacp:database.masterUser", "admin", "small letters"),
    ("gacp:database.tls", 1, "true or false"),
    ("gacp:database.audit", "on", "true or false"),
    ("gacp:database.backupDays", 36, "between 1 and 35 days"),
    ("gacp:database.kind", "atlas", "one of documentdb, external"),
    ("gacp:database.external.host", "mongodb+srv://cluster0.ab1cd.mongodb.net", "a host name"),
    ("gacp:database.external.srv", "yes", "true or false"),
    ("gacp:database.external.port", 0, "between 1 and 65535"),
    ("gacp:database.external.ranges", ["0.0.0.0/0"], "/16 or narrower"),
    ("gacp:database.external.secretArn", "atlas", "a secret's whole ARN"),
    ("gacp:redis.engineVersion", "7.1", "a Valkey 8 version"),
    ("gacp:redis.queue.nodeType", "t4g.micro", "cache.t4g.micro"),
    ("gacp:redis.queue.replicas", 6, "between 0 and 5 replicas"),
    ("gacp:redis.queue.snapshotDays", -1, "between 0 and 35 days"),
    ("gacp:redis.cache.nodeType", "large", "cache.t4g.micro"),
    ("gacp:redis.cache.replicas", "some", "a whole number"),
    ("gacp:redis.cache.shards", 46, "between 0 and 45 shards"),
    ("gacp:redis.cache.snapshotDays", 99, "between 0 and 35 days"),
    ("gacp:redis.tls", "maybe", "true or false"),
    ("gacp:redis.auth", "password", "one of none, iam"),
    ("gacp:storage.noncurrentDays", 0, "between 1 and 3650 days"),
    ("gacp:storage.backupLockDays", -1, "between 0 and 3650 days"),
    ("gacp:storage.backupCopies", "Thailand", "true or false"),
    ("gacp:storage.logDays", 7, "between 30 and 3650 days"),
    ("gacp:safety.protect", "no", "true or false"),
    ("gacp:safety.retain", "all", "true or false"),
    ("gacp:safety.retiring", "soon", "true or false"),
    ("gacp:safety.recoveryDays", 3, "between 7 and 30 days"),
    ("gacp:edge.publicUrl", "gacp.example.com", "http(s)://HOST"),
    ("gacp:edge.publicUrl", "https://gacp.example.com/portal", "without a path"),
    ("gacp:edge.publicUrl", "http://host:0", "http(s)://HOST"),
    ("gacp:edge.publicUrl", "http://host:99999", "http(s)://HOST"),
    ("gacp:edge.domain", "https://gacp.example.com", "a domain name"),
    ("gacp:edge.zoneId", "gacp", "a Route 53 zone's id"),
    ("gacp:edge.trustedProxies", ["10.0.0.1/8"], "an IPv4 range"),
    ("gacp:edge.cdn.enabled", "cloudfront", "true or false"),
    ("gacp:edge.cdn.waf", "strict", "true or false"),
    ("gacp:mail.host", "Mail Server", "a host name"),
    ("gacp:mail.port", 0, "between 1 and 65535"),
    ("gacp:mail.tls", "starttls", "true or false"),
    ("gacp:mail.credentials", "none", "true or false"),
    ("gacp:mail.sender", "GACP", "an e-mail address"),
    ("gacp:logs.retentionDays", 10, "a retention that CloudWatch Logs knows"),
    ("gacp:backup.enabled", "no", "true or false"),
    ("gacp:backup.dailyDays", 1, "between 7 and 365 days"),
    ("gacp:backup.weeklyDays", 3, "between 7 and 730 days"),
    ("gacp:backup.monthlyDays", 5000, "between 30 and 3650 days"),
    ("gacp:backup.copies", "Thailand", "true or false"),
    ("gacp:backup.copyRegion", "Thailand", "a region's name"),
    ("gacp:backup.lock", "compliance", "true or false"),
    ("gacp:backup.restoreTesting", 1, "true or false"),
    ("gacp:budget.monthlyUsd", -1, "US dollars"),
    ("gacp:budget.thresholds", ["0"], "a percentage"),
    ("gacp:alerts.alarms", "some", "true or false"),
    ("gacp:alerts.emails", ["nobody"], "an e-mail address"),
    ("gacp:workloads.imageDigest", "latest", "an image digest"),
    ("gacp:workloads.edgeImage", "nginx:1.28", "by digest"),
    ("gacp:workloads.logLevel", "loud", "debug, info, warning or error"),
    ("gacp:pipeline.repository", "github.com/gacp/platform", "OWNER/NAME"),
    ("gacp:pipeline.repository", "gacp/*", "OWNER/NAME"),
    ("gacp:pipeline.branch", "release/*", "no pattern"),
    ("gacp:pipeline.environment", "prod:*", "no pattern"),
    ("gacp:pipeline.createProvider", "once", "true or false"),
    ("gacp:pipeline.stateBucket", "s3://gacp-state", "a bucket's name"),
    ("gacp:tags.owner", "", "1 to 256"),
    ("gacp:tags.costCentre", "a<b", "1 to 256"),
    ("aws:region", "Singapore", "a region's name"),
    ("aws:allowedAccountIds", ["1234"], "12 digits"),
    ("aws:allowedAccountIds", ["123456789012", "210987654321"], "1 to 1"),
    ("aws:allowedAccountIds", [], "1 to 1"),
]


@pytest.mark.parametrize(("key", "value", "says"), REFUSED)
def test_a_value_that_breaks_its_rule_is_refused_by_key_value_and_rule(key, value, says):
    (problem,) = refused(with_value(LEAST, key, value))
    assert problem.key == key
    assert repr(value)[:100] in str(problem)
    assert says in str(problem)


def test_every_key_has_a_refused_example():
    keys = {key for key, _, _ in (*leaves(StackConfig, "gacp:"), *leaves(AwsConfig, "aws:"))}
    assert keys == {key for key, _, _ in REFUSED}


@pytest.mark.parametrize(
    ("base", "changes", "key", "says"),
    [
        (LEAST, {"gacp:edge.publicUrl": ""}, "gacp:edge.publicUrl", "gacp:edge.domain is empty"),
        (LEAST, {"gacp:edge.zoneId": "Z0123456789"}, "gacp:edge.zoneId", "which is empty"),
        (LEAST, {"gacp:redis.auth": "iam"}, "gacp:redis.auth", "wants gacp:redis.tls"),
        (
            PROD,
            {"gacp:redis.cache.shards": 2, "gacp:redis.cache.replicas": 0},
            "gacp:redis.cache.replicas",
            "1 or more where gacp:redis.cache.shards",
        ),
        (
            PROD,
            {"gacp:redis.cache.shards": 31, "gacp:redis.cache.replicas": 2},
            "gacp:redis.cache.shards",
            "makes 93 nodes",
        ),
        (HOST, {"gacp:workloads.imageDigest": ""}, "gacp:workloads.imageDigest", "profile host"),
        (HOST, {"gacp:workloads.edgeImage": ""}, "gacp:workloads.edgeImage", "profile host"),
        (
            HOST,
            {"gacp:edge.domain": "", "gacp:edge.publicUrl": "https://x.example"},
            "gacp:edge.domain",
            "its certificate is made for a name",
        ),
        (HOST, {"gacp:compute.machines": 3}, "gacp:compute.machines", "which is 1"),
        (
            CLUSTER,
            {"gacp:edge.domain": "", "gacp:edge.publicUrl": "https://x.example"},
            "gacp:edge.domain",
            "profile cluster",
        ),
        (PROD, {"gacp:edge.cdn.enabled": True}, "gacp:edge.cdn.enabled", "profile external"),
        (
            HOST,
            {"gacp:edge.cdn.enabled": True, "gacp:edge.trustedProxies": ["10.0.0.0/8"]},
            "gacp:edge.trustedProxies",
            "CloudFront is the one proxy then",
        ),
        (
            HOST,
            {"gacp:edge.cdn.enabled": True, "gacp:edge.cdn.waf": False},
            "gacp:edge.cdn.waf",
            "must be true in environment prod",
        ),
        (
            CLUSTER,
            {"gacp:compute.cluster.nodesMin": 9},
            "gacp:compute.cluster.nodesMin",
            "which is 6",
        ),
        (
            CLUSTER,
            {"gacp:compute.cluster.nodesMin": 1},
            "gacp:compute.cluster.nodesMin",
            "at least 2",
        ),
        (CLUSTER, {"gacp:network.nat": "none"}, "gacp:network.nat", "one or per-zone"),
        (CLUSTER, {"gacp:network.nat": "one"}, "gacp:network.nat", "must be per-zone"),
        (CLUSTER, {"gacp:network.zones": ["a", "b"]}, "gacp:network.zones", "3 or more"),
        (
            CLUSTER,
            {"gacp:compute.cluster.publicCidrs": ["203.0.113.0/24"]},
            "gacp:compute.cluster.publicCidrs",
            "reached inside the VPC",
        ),
        (
            PROD,
            {"gacp:backup.copyRegion": "ap-southeast-1"},
            "gacp:backup.copyRegion",
            "another region",
        ),
        (
            PROD,
            {"gacp:pipeline.repository": "gacp/platform"},
            "gacp:pipeline.stateBucket",
            "a preview reads the state",
        ),
        (
            PROD,
            {"gacp:storage.backupLockDays": 36},
            "gacp:storage.backupLockDays",
            "at most gacp:backup.dailyDays, which is 35",
        ),
        (
            PROD,
            {"gacp:backup.weeklyDays": 31, "gacp:backup.dailyDays": 32},
            "gacp:backup.weeklyDays",
            "at least gacp:backup.dailyDays, which is 32",
        ),
        (
            PROD,
            {"gacp:backup.monthlyDays": 60},
            "gacp:backup.monthlyDays",
            "at least gacp:backup.weeklyDays, which is 90",
        ),
        (
            PROD,
            {"gacp:storage.backupCopies": False},
            "gacp:storage.backupCopies",
            "must be true in environment prod",
        ),
        (HOST, {"gacp:compute.machinesMax": 3}, "gacp:compute.machines", "at least 2"),
        (PROD, {"gacp:safety.protect": False}, "gacp:safety.protect", "must be true"),
        (PROD, {"gacp:safety.retain": False}, "gacp:safety.retain", "must be true"),
        (PROD, {"gacp:database.audit": False}, "gacp:database.audit", "must be true"),
        (PROD, {"gacp:network.flowLogs": False}, "gacp:network.flowLogs", "must be true"),
        (PROD, {"gacp:database.backupDays": 7}, "gacp:database.backupDays", "at least 14"),
        (PROD, {"gacp:storage.backupLockDays": 0}, "gacp:storage.backupLockDays", "at least 30"),
        (
            PROD,
            {"gacp:redis.queue.snapshotDays": 0},
            "gacp:redis.queue.snapshotDays",
            "at least 7",
        ),
        (PROD, {"gacp:logs.retentionDays": 30}, "gacp:logs.retentionDays", "at least 90"),
        (PROD, {"gacp:database.tls": False}, "gacp:database.tls", "outside environment local"),
        (PROD, {"gacp:mail.tls": False}, "gacp:mail.tls", "outside environment local"),
        (
            PROD,
            {"gacp:redis.tls": False, "gacp:redis.auth": "none"},
            "gacp:redis.tls",
            "outside environment local",
        ),
    ],
)
def test_keys_that_contradict_each_other_are_refused(base, changes, key, says):
    raw = base
    for changed, value in changes.items():
        raw = with_value(raw, changed, value)
    (problem,) = refused(raw)
    assert problem.key == key
    assert says in str(problem)


# What others own, each with what a stack file may not say beside it.
CONTRADICTING = [
    (ADOPTING, {"gacp:network.nat": "one"}, "gacp:network.nat", "is adopted"),
    (ADOPTING, {"gacp:network.cidr": "10.9.0.0/16"}, "gacp:network.cidr", "is adopted"),
    (ADOPTING, {"gacp:network.flowLogs": True}, "gacp:network.flowLogs", "is adopted"),
    (
        ADOPTING,
        {"gacp:network.adopt.privateSubnets.c": ""},
        "gacp:network.adopt.privateSubnets.c",
        "zones has zone c",
    ),
    (
        ADOPTING,
        {"gacp:network.adopt.publicSubnets.a": ""},
        "gacp:network.adopt.publicSubnets.a",
        "zones has zone a",
    ),
    (
        ADOPTING,
        {"gacp:network.adopt.dataSubnets.d": "subnet-0123456789abcdef0"},
        "gacp:network.adopt.dataSubnets.d",
        "is in zone d",
    ),
    (
        ADOPTING,
        {"gacp:network.adopt.dataSubnets.a": ADOPT["privateSubnets"]["a"]},
        "gacp:network.adopt.dataSubnets.a",
        "is gacp:network.adopt.privateSubnets.a too",
    ),
    (
        PROD,
        {"gacp:network.adopt.dataSubnets.a": "subnet-0123456789abcdef0"},
        "gacp:network.adopt.dataSubnets.a",
        "only where gacp:network.adopt.vpcId is given",
    ),
    (
        EXTERNAL,
        {"gacp:database.instances": 3},
        "gacp:database.instances",
        "gacp:database.kind is external",
    ),
    (EXTERNAL, {"gacp:database.audit": True}, "gacp:database.audit", "is DocumentDB's"),
    (EXTERNAL, {"gacp:database.backupDays": 14}, "gacp:database.backupDays", "is DocumentDB's"),
    (EXTERNAL, {"gacp:database.external.host": ""}, "gacp:database.external.host", "to be given"),
    (
        EXTERNAL,
        {"gacp:database.external.host": "mongo.internal"},
        "gacp:database.external.host",
        "three parts",
    ),
    (EXTERNAL, {"gacp:database.external.port": 27018}, "gacp:database.external.port", "by DNS"),
    (
        EXTERNAL,
        {"gacp:database.external.ranges": []},
        "gacp:database.external.ranges",
        "nothing else may be called",
    ),
    (EXTERNAL, {"gacp:database.tls": False}, "gacp:database.tls", "outside environment local"),
    (
        EXTERNAL,
        {"gacp:database.external.secretArn": OWN_SECRET.format("us-east-1", "123456789012")},
        "gacp:database.external.secretArn",
        "must be in ap-southeast-1",
    ),
    (
        EXTERNAL,
        {"gacp:database.external.secretArn": OWN_SECRET.format("ap-southeast-1", "210987654321")},
        "gacp:database.external.secretArn",
        "account 123456789012",
    ),
    (
        PROD,
        {"gacp:database.external.host": "cluster0.ab1cd.mongodb.net"},
        "gacp:database.external.host",
        "only where gacp:database.kind is external",
    ),
]


@pytest.mark.parametrize(("base", "changes", "key", "says"), CONTRADICTING)
def test_what_contradicts_a_thing_that_others_own_is_refused(base, changes, key, says):
    raw = base
    for changed, value in changes.items():
        raw = with_value(raw, changed, value)
    (problem,) = refused(raw)
    assert problem.key == key
    assert says in str(problem)


def test_contradictions_of_what_others_own_are_told_together():
    raw = with_value(with_value(ADOPTING, "gacp:network.nat", "one"), "gacp:database", ATLAS)
    raw = with_value(raw, "gacp:database.instances", 2)
    raw = with_value(raw, "gacp:network.adopt.dataSubnets.b", "")
    assert {problem.key for problem in refused(raw)} == {
        "gacp:network.nat",
        "gacp:database.instances",
        "gacp:network.adopt.dataSubnets.b",
    }


def test_an_adopting_stack_asks_for_no_endpoint_by_itself():
    assert load_settings(CLUSTER).stack.network.interface_endpoints
    assert load_settings(ADOPTING).stack.network.interface_endpoints == ()


def test_a_stack_without_an_edge_needs_no_public_subnets():
    raw = deep_merged(PROD, {"gacp:network": {"adopt": {**ADOPT, "publicSubnets": {}}}})
    assert load_settings(raw).stack.network.adopt.public_subnets.given == {}


def test_a_database_of_ones_own_may_have_a_short_name_and_another_port():
    external = {"host": "mongo.internal", "srv": False, "port": 27018, "ranges": ["10.1.0.0/24"]}
    raw = deep_merged(HOST, {"gacp:database": {"kind": "external", "external": external}})
    outside = load_settings(raw).stack.database.outside
    assert outside is not None
    assert (outside.host, outside.port) == ("mongo.internal", 27018)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("gacp:netwrok", "did you mean gacp:network?"),
        ("gacp:database.instnaces", "did you mean gacp:database.instances?"),
        ("gacp:redis.queue.replica", "did you mean gacp:redis.queue.replicas?"),
        ("gacp:database.zzz", "known are instanceClass, instances"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(key, hint):
    (problem,) = refused(with_value(LEAST, key, 1))
    assert problem.key == key
    assert hint in str(problem)


def test_all_problems_are_told_at_once():
    raw = deep_merged(
        LEAST,
        {
            "gacp:network": {"cidr": "x", "zoness": ["a"]},
            "gacp:database": {"instances": 0},
            "aws:region": "moon",
        },
    )
    found = {problem.key for problem in refused(raw)}
    assert found == {
        "gacp:network.cidr",
        "gacp:network.zoness",
        "gacp:database.instances",
        "aws:region",
    }


@pytest.mark.parametrize("key", ["gacp:environment", "aws:region", "aws:allowedAccountIds"])
def test_a_key_that_has_to_be_given_is_asked_for(key):
    (problem,) = refused({name: value for name, value in LEAST.items() if name != key})
    assert problem.key == key
    assert "has to be given" in str(problem)


def test_a_section_that_is_no_object_is_refused():
    (problem,) = refused({**LEAST, "gacp:network": "10.0.0.0/16"})
    assert (problem.key, problem.rule) == ("gacp:network", "must be an object with keys")


def test_a_value_that_only_the_owner_knows_is_asked_for_with_its_meaning():
    (problem,) = refused(with_value(PROD, "gacp:edge.domain", "<CHANGE_ME>"))
    assert problem.key == "gacp:edge.domain"
    assert "only you know this value" in str(problem)


def test_a_long_value_is_cut_in_the_message():
    (problem,) = refused(with_value(LEAST, "gacp:edge.domain", "x" * 500))
    assert len(str(problem)) < 300


def test_the_environment_gives_defaults_and_the_stack_file_wins():
    settings = load_settings(with_value(LEAST, "gacp:redis.queue.replicas", 2)).stack
    assert settings.redis.queue.replicas == 2  # said in the file
    assert settings.redis.queue.snapshot_days == 0  # of environment local
    assert settings.redis.engine_version == "8.0"  # of everybody
    assert settings.network.nat is NatMode.NONE
    assert settings.redis.auth is RedisAuth.NONE


def test_lists_are_replaced_and_not_merged():
    assert load_settings(with_value(LEAST, "gacp:network.zones", ["b", "c"])).zones == (
        "ap-southeast-1b",
        "ap-southeast-1c",
    )


@pytest.mark.parametrize("environment", list(Environment))
def test_every_environment_is_valid_with_the_least_that_it_asks(environment):
    base = LEAST if environment is Environment.LOCAL else PROD
    settings = load_settings({**base, "gacp:environment": str(environment)})
    assert settings.stack.environment is environment
    assert settings.stack.compute.profile is ComputeProfile.EXTERNAL


def test_objects_come_as_json_text_from_an_engine_and_scalars_as_text():
    as_text = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in HOST.items()
    }
    assert load_settings(as_text) == load_settings(HOST)


def test_keys_of_other_namespaces_are_none_of_our_business():
    load_settings({**LEAST, "kubernetes:namespace": "x", "aws:profile": "work"})


def test_the_public_address_is_the_domain_where_it_is_not_given():
    assert load_settings(PROD).public_url == "https://gacp.example.com"
    assert load_settings(LEAST).public_url == "http://127.0.0.1:8080"


def test_production_drops_its_protection_when_it_is_said_to_be_retiring():
    raw = with_value(PROD, "gacp:safety", {"protect": False, "retiring": True})
    assert not load_settings(raw).stack.safety.protect
