import json

import pytest

from infra.identity import policies
from infra.identity.workloads import WorkloadAccess, workload_statements

ACCOUNT, REGION = "123456789012", "ap-southeast-1"
ACCESS = WorkloadAccess(
    documents_bucket="arn:aws:s3:::documents",
    backups_bucket="arn:aws:s3:::backups",
    app_secret="arn:app",
    readable_secrets=("arn:mail", ""),
    data_key="arn:key",
    repository="arn:repository",
    log_group="arn:group",
    redis=("arn:queue", "arn:user"),
)


def by_sid(statements):
    return {statement["Sid"]: statement for statement in statements}


def test_a_document_reads_the_same_whatever_the_order_of_its_keys():
    one = policies.document(({"Effect": "Allow", "Action": "a"},))
    other = policies.document(({"Action": "a", "Effect": "Allow"},))
    assert one == other
    assert json.loads(one)["Version"] == "2012-10-17"


def test_a_service_acts_for_this_account_only():
    (trust,) = policies.trust_of_service("vpc-flow-logs.amazonaws.com", ACCOUNT)
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_ec2_sends_no_account_to_compare():
    (trust,) = policies.trust_of_service("ec2.amazonaws.com")
    assert "Condition" not in trust


def test_the_logs_key_opens_to_this_account_and_region_alone():
    rules = by_sid(policies.key_for_logs_and_alarms(ACCOUNT, REGION))
    logs = rules["LogGroupsOfThisAccount"]
    assert logs["Principal"] == {"Service": f"logs.{REGION}.amazonaws.com"}
    assert f":{REGION}:{ACCOUNT}:" in json.dumps(logs["Condition"])
    assert rules["AlarmsOfThisAccount"]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT}
    }


@pytest.mark.parametrize("sid", ["UseDocuments", "WriteBackups", "ReadSecrets", "UseDataKey"])
def test_workloads_name_what_they_touch(sid):
    assert "*" not in by_sid(workload_statements(ACCESS))[sid]["Resource"]


def test_a_secret_that_is_not_there_is_not_asked_for():
    assert by_sid(workload_statements(ACCESS))["ReadSecrets"]["Resource"] == ["arn:app", "arn:mail"]


def test_without_iam_on_redis_no_connection_is_allowed():
    bare = WorkloadAccess(
        **{**{name: getattr(ACCESS, name) for name in ACCESS.__slots__}, "redis": ()}
    )
    assert "ConnectRedis" not in by_sid(workload_statements(bare))


def test_workloads_can_neither_delete_backups_nor_change_buckets():
    text = json.dumps(workload_statements(ACCESS))
    for action in ("DeleteBucket", "PutBucket", "BypassGovernance", "DeleteObjectVersion", "iam:"):
        assert action not in text
    assert by_sid(workload_statements(ACCESS))["WriteBackups"]["Action"] == [
        "s3:GetObject",
        "s3:PutObject",
    ]
