import json

from infra.config.model import StorageConfig
from infra.config.operations import BackupConfig
from infra.identity.policies import document
from infra.naming import Names
from infra.storage.plan import plan_buckets, plan_copies
from infra.tags import DataClass

ARGS = (Names("prod"), "123456789012", StorageConfig(), BackupConfig())
PLAN, COPIES = plan_buckets(*ARGS), plan_copies(*ARGS)


def statements(role):
    return {each["Sid"]: each for each in json.loads(document(PLAN[role].policy))["Statement"]}


def test_buckets_are_named_by_stack_role_and_account():
    assert {role: bucket.bucket for role, bucket in PLAN.items()} == {
        "logs": "gacp-prod-logs-123456789012",
        "documents": "gacp-prod-documents-123456789012",
        "backups": "gacp-prod-backups-123456789012",
        "releases": "gacp-prod-releases-123456789012",
    }


def test_every_bucket_refuses_plain_http():
    for role, bucket in PLAN.items():
        deny = statements(role)["TlsOnly"]
        assert (deny["Effect"], deny["Action"]) == ("Deny", "s3:*")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert f"arn:aws:s3:::{bucket.bucket}" in deny["Resource"]


def test_nobody_is_allowed_anything_but_s3_to_write_access_logs():
    allowed = [
        (role, sid)
        for role in PLAN
        for sid, statement in statements(role).items()
        if statement["Effect"] == "Allow"
    ]
    assert allowed == [("logs", "AccessLogs")]
    rule = statements("logs")["AccessLogs"]
    assert rule["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert rule["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}


def test_old_versions_and_unfinished_uploads_end_in_every_bucket():
    for role, bucket in PLAN.items():
        clean = bucket.lifecycle[0]
        assert clean["abort_incomplete_multipart_upload"]["days_after_initiation"] <= 7
        days = 14 if role == "backups" else 90
        assert clean["noncurrent_version_expiration"] == {"noncurrent_days": days}


def test_backups_end_by_how_often_they_are_made_and_nothing_else_there_does():
    ends = {
        rule["filter"]["prefix"]: rule["expiration"]["days"]
        for rule in PLAN["backups"].lifecycle
        if "expiration" in rule
    }
    assert ends == {"daily/": 35, "weekly/": 90, "monthly/": 400}


def test_only_what_stays_long_enough_to_pay_is_moved_to_the_archive():
    moved = {
        rule["filter"]["prefix"]: rule["expiration"]["days"] - rule["transitions"][0]["days"]
        for rule in PLAN["backups"].lifecycle
        if "transitions" in rule
    }
    assert set(moved) == {"monthly/"}
    assert moved["monthly/"] >= 90  # GLACIER_IR is charged for 90 days at least


def test_the_copy_lives_as_long_is_locked_as_long_and_logs_beside_itself():
    copy, source = COPIES["backups-copy"], PLAN["backups"]
    assert copy.lifecycle == source.lifecycle
    assert copy.lock_days == source.lock_days == 30
    rule = {each["Sid"]: each for each in COPIES["logs-copy"].policy}["AccessLogs"]
    assert rule["Condition"]["ArnLike"] == {"aws:SourceArn": [f"arn:aws:s3:::{copy.bucket}"]}


def test_documents_in_use_never_expire():
    assert not any("expiration" in rule for rule in PLAN["documents"].lifecycle)


def test_no_rule_ends_a_release_that_may_be_in_use():
    assert not any("expiration" in rule for rule in PLAN["releases"].lifecycle)


def test_access_to_every_bucket_but_their_own_is_logged():
    sources = statements("logs")["AccessLogs"]["Condition"]["ArnLike"]["aws:SourceArn"]
    assert sources == [f"arn:aws:s3:::{PLAN[r].bucket}" for r in PLAN if r != "logs"]


def test_only_backups_are_locked_and_only_logs_use_the_key_of_s3():
    assert {role for role, bucket in PLAN.items() if bucket.lock_days} == {"backups"}
    assert {role for role, bucket in PLAN.items() if not bucket.own_key} == {"logs"}


def test_what_holds_personal_data_says_so():
    assert PLAN["documents"].data_class is PLAN["backups"].data_class is DataClass.PERSONAL
