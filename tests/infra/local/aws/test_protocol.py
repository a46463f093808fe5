"""Each method of the protocol, over gRPC."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from infra.local.aws.catalogue import tokens
from infra.local.aws.codec import SECRET, SIGNATURE, UNKNOWN, dump, load, secret
from tests.infra.local.aws.client import Client, RefusedError, Running
from tests.infra.local.aws.ground import Ground

ROOT = Path(__file__).parents[4]
POLICY = tokens.POLICY
AUTONAMING = pb.CheckRequest.AutonamingOptions


def test_the_plugin_says_the_sdks_version(running: Running):
    assert running.client.stub.GetPluginInfo(empty_pb2.Empty()).version == "7.51.1"


def test_handshake_offers_secrets_and_autonaming_and_nothing_else(running: Running):
    answer = running.client.stub.Handshake(pb.ProviderHandshakeRequest(engine_address="x"))
    assert answer.accept_secrets
    assert answer.supports_autonaming_configuration
    assert not answer.accept_resources
    assert not answer.accept_outputs


def test_schema_and_mappings_are_minimal(running: Running):
    stub = running.client.stub
    assert json.loads(stub.GetSchema(pb.GetSchemaRequest()).schema)["name"] == "aws"
    assert stub.GetMapping(pb.GetMappingRequest(key="terraform")).data == b""
    assert not list(stub.GetMappings(pb.GetMappingsRequest(key="terraform")).providers)
    assert stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1")) == empty_pb2.Empty()


def test_a_missing_region_is_a_failure_of_the_configuration(running: Running):
    answer = running.client.stub.CheckConfig(pb.CheckRequest(news=dump({})))
    assert answer.failures[0].property == "region"
    assert "aws:region" in answer.failures[0].reason


def test_an_unknown_region_is_checked_later(running: Running):
    answer = running.client.stub.CheckConfig(pb.CheckRequest(news=dump({"region": UNKNOWN})))
    assert not answer.failures


def test_another_region_replaces_the_provider(running: Running):
    old, new = dump({"region": "ap-southeast-1"}), dump({"region": "ap-southeast-7"})
    answer = running.client.stub.DiffConfig(pb.DiffRequest(old_inputs=old, news=new))
    assert list(answer.replaces) == ["region"]


def test_other_default_tags_do_not_replace_the_provider(running: Running):
    old = dump({"region": "ap-southeast-1"})
    new = dump({"region": "ap-southeast-1", "defaultTags": '{"tags": {"a": "b"}}'})
    answer = running.client.stub.DiffConfig(pb.DiffRequest(old_inputs=old, news=new))
    assert list(answer.diffs) == ["defaultTags"]
    assert not list(answer.replaces)


def test_the_older_form_of_configuration_is_understood(running: Running):
    variables = {"aws:config:region": "ap-southeast-7"}
    running.client.stub.Configure(pb.ConfigureRequest(variables=variables))
    assert running.client.invoke("aws:index/getRegion:getRegion")["name"] == "ap-southeast-7"


def test_nothing_is_answered_before_configure(running: Running):
    with pytest.raises(grpc.RpcError) as refusal:
        running.client.read(tokens.VPC, "vpc-1")
    assert refusal.value.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_an_unknown_type_is_named_with_those_of_its_service(client: Client):
    with pytest.raises(grpc.RpcError) as refusal:
        client.check("aws:kms/grant:Grant", {})
    said = str(refusal.value.details())
    assert "aws:kms/grant:Grant" in said
    assert "aws:kms/key:Key, " not in said.split("knows: ")[0]
    assert "aws:kms/alias:Alias, aws:kms/key:Key" in said


def test_an_unknown_function_is_named(client: Client):
    with pytest.raises(grpc.RpcError, match="getClusterAuth"):
        client.invoke("aws:eks/getClusterAuth:getClusterAuth", name="x")


def test_every_fault_of_the_inputs_is_listed_at_once(client: Client):
    with pytest.raises(RefusedError) as refusal:
        client.check(tokens.BUCKET, {"bucket": "X", "forceDestory": True, "tags": ["a"]})
    assert {name for name, _ in refusal.value.failures} == {"forceDestory", "tags"}
    assert "did you mean 'forceDestroy'" in str(refusal.value)


def test_a_preview_has_no_id_and_knows_only_what_the_program_says(client: Client):
    made = client.create(tokens.BUCKET, {"bucket": "gacp-preview"}, preview=True)
    assert made.id == ""
    assert made.outputs["bucket"] == "gacp-preview"
    assert made.outputs["arn"] == UNKNOWN
    assert client.read(tokens.BUCKET, "gacp-preview") is None


def test_a_preview_takes_unknown_inputs(client: Client):
    made = client.create(tokens.SUBNET, {"vpcId": UNKNOWN, "cidrBlock": UNKNOWN}, preview=True)
    assert made.outputs["vpcId"] == UNKNOWN


def test_an_update_with_unknown_inputs_is_refused(client: Client):
    with pytest.raises(grpc.RpcError, match="still unknown"):
        client.create(tokens.SUBNET, {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/24"})


def test_a_preview_of_an_update_keeps_what_will_not_change(client: Client):
    made = client.create(tokens.LAUNCH_TEMPLATE, {"instanceType": "t4g.small"})
    planned = client.update(made, {"instanceType": "t4g.medium"}, preview=True)
    assert planned.outputs["arn"] == made.outputs["arn"]
    assert planned.outputs["latestVersion"] == UNKNOWN
    read = client.read(tokens.LAUNCH_TEMPLATE, made.id)
    assert read is not None
    assert read.outputs["latestVersion"] == 1


def test_an_unknown_new_value_is_an_update(client: Client, ground: Ground):
    answer = client.diff(
        ground["bucket"], {"bucket": "gacp-tests-documents", "forceDestroy": UNKNOWN}
    )
    assert answer.detailedDiff["forceDestroy"].kind == pb.PropertyDiff.UPDATE


def test_detailed_paths_stand_beside_top_level_keys(client: Client):
    inputs = {"cidrBlock": "10.0.0.0/16", "tags": {"a-b": "1", "c": "1"}}
    made = client.create(tokens.VPC, inputs)
    answer = client.diff(made, {**inputs, "tags": {"a-b": "2", "d": "1"}})
    assert list(answer.diffs) == ["tags"]
    kinds = {path: change.kind for path, change in answer.detailedDiff.items()}
    assert kinds == {
        'tags["a-b"]': pb.PropertyDiff.UPDATE,
        "tags.c": pb.PropertyDiff.DELETE,
        "tags.d": pb.PropertyDiff.ADD,
    }


def test_a_fixed_name_is_deleted_before_its_replacement(client: Client):
    made = client.create(tokens.DOC_PARAMETERS, {"name": "gacp", "family": "docdb5.0"})
    assert client.diff(made, {"name": "gacp", "family": "docdb4.0"}).deleteBeforeReplace
    assert not client.diff(made, {"name": "other", "family": "docdb4.0"}).deleteBeforeReplace


def test_the_order_of_a_set_is_no_change(client: Client, ground: Ground):
    made = client.create(
        tokens.CACHE_SUBNETS, {"subnetIds": [ground["subnet-a"].id, ground["subnet-b"].id]}
    )
    turned = {"subnetIds": [ground["subnet-b"].id, ground["subnet-a"].id]}
    assert client.diff(made, turned).changes == pb.DiffResponse.DIFF_NONE


def test_a_policy_written_otherwise_is_no_change(client: Client, ground: Ground):
    made = ground["policy"]
    text = json.dumps(json.loads(made.inputs["policy"]), indent=4)
    answer = client.diff(made, {"policy": text})
    assert answer.changes == pb.DiffResponse.DIFF_NONE


def test_default_tags_show_in_all_tags_and_only_there(running: Running):
    client = running.client
    client.configure(defaultTags={"tags": {"env": "dev"}})
    made = client.create(tokens.VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "a"}})
    assert made.outputs["tagsAll"] == {"env": "dev", "Name": "a"}
    assert made.outputs["tags"] == {"Name": "a"}
    client.configure(defaultTags={"tags": {"env": "prod"}})
    answer = client.diff(made, {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "a"}})
    assert list(answer.diffs) == ["tagsAll"]
    assert not answer.detailedDiff["tagsAll.env"].inputDiff


def test_secrets_stay_secrets(client: Client, ground: Ground):
    inputs = {"secretId": ground["secret"].id, "secretString": secret("hush")}
    made = client.create(tokens.SECRET_VERSION, inputs)
    assert made.outputs["secretString"] == {SIGNATURE: SECRET, "value": "hush"}
    read = client.read(tokens.SECRET_VERSION, made.id)
    assert read is not None
    assert read.inputs["secretString"] == {SIGNATURE: SECRET, "value": "hush"}


def test_a_secret_output_is_marked_although_the_input_was_not(client: Client, ground: Ground):
    made = client.create(
        tokens.SECRET_VERSION, {"secretId": ground["secret"].id, "secretString": "hush"}
    )
    assert made.outputs["secretString"] == secret("hush")


def test_a_write_only_value_is_nowhere_to_be_found(
    client: Client, ground: Ground, running: Running
):
    value = "canary-7f3a-write-only"
    inputs = {
        "secretId": ground["secret"].id,
        "secretStringWo": secret(value),
        "secretStringWoVersion": 1,
    }
    made = client.create(tokens.SECRET_VERSION, inputs)
    assert value not in json.dumps([made.inputs, made.outputs])
    assert made.outputs["hasSecretStringWo"] is True
    files = [path.read_bytes() for path in running.store.parent.iterdir() if path.is_file()]
    assert files
    assert not any(value.encode() in content for content in files)


def test_a_name_is_made_of_the_logical_one_and_kept(client: Client):
    first = client.check(tokens.BUCKET, {}, name="Documents")["bucket"]
    assert first.startswith("documents-")
    assert (
        client.check(tokens.BUCKET, {}, {"bucket": "documents-kept"}, name="Documents")["bucket"]
        == "documents-kept"
    )


def test_the_stacks_own_naming_is_obeyed(client: Client):
    wanted = AUTONAMING(proposed_name="verbatim", mode=AUTONAMING.Mode.ENFORCE)
    assert client.check(tokens.BUCKET, {}, autonaming=wanted)["bucket"] == "verbatim"
    with pytest.raises(RefusedError, match="autonaming is disabled"):
        client.check(tokens.BUCKET, {}, autonaming=AUTONAMING(mode=AUTONAMING.Mode.DISABLE))


def test_what_was_never_made_reads_as_gone(client: Client):
    assert client.read(tokens.VPC, "vpc-0") is None


def test_an_import_reads_the_inputs_too(client: Client, ground: Ground):
    made = ground["bucket"]
    read = client.read(tokens.BUCKET, made.id)
    assert read is not None
    assert read.inputs == made.inputs


def test_cancel_is_answered(client: Client):
    assert client.stub.Cancel(empty_pb2.Empty()) == empty_pb2.Empty()


def test_an_unknown_argument_of_a_function_waits(client: Client):
    assert client.invoke("aws:ssm/getParameter:getParameter", name=UNKNOWN) == {}


def test_numbers_arrive_as_whole_numbers(client: Client):
    made = client.create(tokens.KEY, {"deletionWindowInDays": 7.0})
    assert made.outputs["deletionWindowInDays"] == 7
    assert load(dump({"a": [1, 2.5]})) == {"a": [1, 2.5]}


def test_the_plugin_prints_its_port_first_and_leaves_with_its_parent(tmp_path: Path):
    # A shell starts the plugin and ends: the plugin must notice by itself.
    port = tmp_path / "port"
    started = f"{sys.executable} -m infra.local.aws 127.0.0.1:1 > {port} & echo $!"
    command = f"{started}; while ! [ -s {port} ]; do :; done"
    ran = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert int((tmp_path / "port").read_text())
    process = Path(f"/proc/{int(ran.stdout)}")
    deadline = subprocess.run(
        ["timeout", "20", "sh", "-c", f"while [ -d {process} ]; do sleep 0.1; done"],
        timeout=30,
        check=False,
    )
    assert deadline.returncode == 0


def test_a_policy_may_be_an_object(client: Client):
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    checked = client.check(tokens.ROLE, {"assumeRolePolicy": trust})
    assert json.loads(checked["assumeRolePolicy"]) == trust
    made = client.create(tokens.ROLE, {"assumeRolePolicy": trust})
    again = {"assumeRolePolicy": json.dumps(trust, indent=2)}
    assert client.diff(made, again).changes == pb.DiffResponse.DIFF_NONE


def test_a_policys_object_keeps_what_is_unknown_or_secret(client: Client):
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": UNKNOWN}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    assert client.check(POLICY, {"policy": document})["policy"] == UNKNOWN
    hidden = {**document, "Statement": [{**statement, "Resource": secret("*")}]}
    policy = client.check(POLICY, {"policy": hidden})["policy"]
    assert policy[SIGNATURE] == SECRET
    assert json.loads(policy["value"])["Statement"][0]["Resource"] == "*"


def test_an_object_that_is_no_policy_is_refused(client: Client):
    with pytest.raises(RefusedError, match="Statement is missing"):
        client.check(POLICY, {"policy": {"Version": "2012-10-17"}})
