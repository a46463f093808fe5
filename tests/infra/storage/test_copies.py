"""The copy of the backups in the other region, as registered."""

import json

import pytest

from infra.identity.replication import Ends, replicates
from tests.support.recording import run_program

REPLICATION = "s3/bucketReplicationConfig:BucketReplicationConfig"
ENDS = Ends(
    source="arn:aws:s3:::source",
    source_key="arn:aws:kms:ap-southeast-1:123456789012:key/source",
    source_region="ap-southeast-1",
    copy="arn:aws:s3:::copy",
    copy_key="arn:aws:kms:ap-southeast-7:123456789012:key/copy",
    copy_region="ap-southeast-7",
)


@pytest.fixture(scope="module")
def prod(graph_of):
    return graph_of("prod", "host")


def test_everything_of_the_copy_lies_in_the_other_region(prod):
    names = ("backups-copy", "logs-copy", "storage-copy")
    of_copy = [each for each in prod.custom if each.name in names]
    regional = [each for each in of_copy if ":iam/" not in each.type]
    there = {each.type for each in regional if each.inputs.get("region") == "ap-southeast-7"}
    here = {each.type for each in regional if "region" not in each.inputs}
    # The replication is a setting of the source.
    assert {kind.rpartition(":")[2] for kind in here} == {"BucketReplicationConfig"}
    assert len(there) >= 10


def test_backups_are_copied_under_the_others_key_and_deletes_are_not(prod):
    (rule,) = prod.one(REPLICATION).inputs["rules"]
    assert rule["status"] == "Enabled"
    assert rule["filter"] == {"prefix": ""}
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    destination = rule["destination"]
    assert destination["bucket"] == "arn:aws:s3:::gacp-prod-backups-copy-123456789012"
    assert ":ap-southeast-7:" in destination["encryptionConfiguration"]["replicaKmsKeyId"]
    assert destination["metrics"]["status"] == "Enabled"
    assert "replicationTime" not in destination


def test_an_alarm_watches_what_was_not_copied(prod):
    alarm = prod.one("metricAlarm:MetricAlarm", "backups-copy-failed").inputs
    assert alarm["metricName"] == "OperationsFailedReplication"
    assert alarm["dimensions"] == {
        "SourceBucket": "gacp-prod-backups-123456789012",
        "DestinationBucket": "gacp-prod-backups-copy-123456789012",
        "RuleId": prod.one(REPLICATION).inputs["rules"][0]["id"],
    }


def test_the_copy_follows_the_configured_region(configuration_of):
    raw = {**configuration_of("prod", "host"), "gacp:backup": {"copyRegion": "eu-central-1"}}
    graph = run_program("prod", raw)
    assert graph.one("s3/bucket:Bucket", "backups-copy").inputs["region"] == "eu-central-1"


@pytest.mark.parametrize("stack", ["dev", "staging", "local"])
def test_what_is_no_production_has_no_copy(graph_of, stack):
    assert not graph_of(stack).of_type(REPLICATION)


def test_s3_may_read_one_bucket_and_add_to_the_other_and_delete_in_none():
    allowed = {
        (action, resource)
        for statement in replicates(ENDS)
        for action in statement["Action"]
        for resource in statement["Resource"]
    }
    assert not any("Delete" in action or "*" in action for action, _ in allowed)
    writes = {resource for action, resource in allowed if "Replicate" in action}
    assert writes == {"arn:aws:s3:::copy/*"}
    assert not any(resource == "*" for _, resource in allowed)


def test_keys_are_used_through_s3_and_for_one_bucket_each():
    keys = [each for each in replicates(ENDS) if "kms:" in json.dumps(each["Action"])]
    assert [each["Condition"]["StringEquals"]["kms:ViaService"] for each in keys] == [
        "s3.ap-southeast-1.amazonaws.com",
        "s3.ap-southeast-7.amazonaws.com",
    ]
    for each, bucket in zip(keys, ("source", "copy"), strict=True):
        context = each["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
        assert context == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
