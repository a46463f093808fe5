"""The program with a database that somebody else runs, under the recorder."""

import json

import pytest

from infra.config.keys import deep_merged
from infra.workloads.environment import application_environment
from tests.infra.test_main import OUTPUTS
from tests.support import graph_rules
from tests.support.adopting import ATLAS
from tests.support.recording import run_program
from tests.support.stacks import stack_configuration

OWN = "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:atlas-AbCdEf"


def run(stack="prod", profile=None, **external):
    config = deep_merged(
        stack_configuration(stack, profile),
        {"gacp:database": deep_merged(ATLAS, {"external": external})},
    )
    return run_program(stack, config)


@pytest.fixture(scope="module")
def graph():
    return run()


def read_by_the_machine(graph):
    policy = json.loads(graph.one("iam/rolePolicy:RolePolicy", "host-role").inputs["policy"])
    (read,) = [each for each in policy["Statement"] if each["Sid"] == "ReadSecrets"]
    return read["Resource"]


def test_nothing_of_documentdb_is_made_watched_or_backed_up(graph):
    assert not [each.urn for each in graph.custom if ":docdb/" in each.type]
    assert not [e.urn for e in graph.of_type("MetricAlarm") if "AWS/DocDB" in str(e.inputs)]
    assert not [each.urn for each in graph.custom if each.name.startswith("database")]
    kept = graph.one("backup/selection:Selection").inputs["resources"]
    assert [arn.split(":")[2] for arn in kept] == ["s3", "ec2"]
    tested = graph.of_type("RestoreTestingSelection")
    assert {each.inputs["protectedResourceType"] for each in tested} == {"S3", "EBS"}
    assert graph_rules.problems(graph, protected=True) == []


def test_outputs_keep_their_names_and_say_where_the_database_is(graph):
    assert set(graph.outputs) >= OUTPUTS
    found = application_environment(graph.outputs)
    assert found["DATABASE_KIND"] == "mongodb+srv"
    assert found["DATABASE_HOST"] == "cluster0.ab1cd.mongodb.net"
    assert (found["DATABASE_PORT"], found["DATABASE_TLS"]) == ("27017", "true")
    assert found["DATABASE_SECRET_ARN"].endswith("secret:gacp/prod/database-abcdef")


def test_the_secret_is_made_without_a_value_and_the_workloads_may_read_it(graph):
    assert not graph.of_type("SecretVersion")
    made = graph.one("secretsmanager/secret:Secret", "secret-database")
    assert made.protect
    assert graph.outputs["databaseSecretArn"] in read_by_the_machine(graph)


def test_a_secret_that_is_there_already_is_read_and_none_is_made():
    graph = run(secretArn=OWN)
    names = {each.name for each in graph.of_type("secretsmanager/secret:Secret")}
    assert names == {"secret-app", "secret-mail"}
    assert graph.outputs["databaseSecretArn"] == OWN
    assert OWN in read_by_the_machine(graph)


def test_the_workloads_may_call_its_ranges_at_its_port_and_no_other_database():
    graph = run(srv=False, port=27018, ranges=["192.168.248.0/21", "203.0.113.7/32"])
    assert graph.outputs["databaseKind"] == "mongodb"
    rules = graph.of_type("SecurityGroupEgressRule")
    to_databases = {
        each.name: (each.inputs["cidrIpv4"], each.inputs["fromPort"])
        for each in rules
        if "database" in each.name
    }
    assert to_databases == {
        "workloads-out-database-192-168-248-0-21": ("192.168.248.0/21", 27018),
        "workloads-out-database-203-0-113-7-32": ("203.0.113.7/32", 27018),
    }
    assert not [each.name for each in rules if each.inputs["fromPort"] == 27017]


def test_the_cluster_profile_has_it_too():
    graph = run("dev", "cluster")
    assert not [each.urn for each in graph.custom if ":docdb/" in each.type]
    assert graph_rules.problems(graph, protected=True) == []
