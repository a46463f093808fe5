"""Backups and budget of prod, as registered."""

import json

import pytest

from tests.support.recording import run_program


@pytest.fixture(scope="module")
def prod(graph_of):
    return graph_of("prod", "host")


def test_database_documents_and_data_volume_are_backed_up(prod):
    resources = prod.one("backup/selection:Selection").inputs["resources"]
    assert "arn:aws:s3:::gacp-prod-documents-123456789012" in resources
    assert any(":gacp-prod-database" in arn or "docdb" in arn for arn in resources)
    assert any(arn.endswith("host-data") for arn in resources)
    assert len(resources) == 3


def test_every_vault_is_locked_in_governance_mode_and_protected(prod):
    vaults = {each.name: each for each in prod.of_type("backup/vault:Vault")}
    locks = {each.name: each.inputs for each in prod.of_type("VaultLockConfiguration")}
    assert set(vaults) == set(locks) == {"backup", "backup-copy"}
    for name, vault in vaults.items():
        assert vault.protect
        assert vault.inputs["kmsKeyArn"]
        assert locks[name]["minRetentionDays"] == 35
        # Days to change one's mind make a lock that nobody can ever take away.
        assert "changeableForDays" not in locks[name]


def test_copies_and_their_key_lie_in_thailand(prod):
    assert prod.one("backup/vault:Vault", "backup-copy").inputs["region"] == "ap-southeast-7"
    assert prod.one("kms/key:Key", "backup-copy").inputs["region"] == "ap-southeast-7"
    daily, monthly = prod.one("backup/plan:Plan").inputs["rules"]
    assert len(daily["copyActions"]) == 1
    assert not monthly.get("copyActions")


def test_a_stack_in_thailand_copies_to_singapore(configuration_of):
    raw = {**configuration_of("prod", "host"), "aws:region": "ap-southeast-7"}
    graph = run_program("prod", raw)
    assert graph.one("backup/vault:Vault", "backup").inputs["region"] == "ap-southeast-7"
    assert graph.one("backup/vault:Vault", "backup-copy").inputs["region"] == "ap-southeast-1"


def test_restores_are_tested_every_week_for_each_kind(prod):
    testing = prod.one("backup/restoreTestingPlan:RestoreTestingPlan").inputs
    assert "-" not in testing["name"]
    kinds = {
        each.inputs["protectedResourceType"] for each in prod.of_type("RestoreTestingSelection")
    }
    assert kinds == {"DocumentDB", "S3", "EBS"}


def test_a_stack_that_wants_no_copies_and_no_tests_has_none(configuration_of):
    raw = configuration_of("dev", "host")
    raw["gacp:backup"] = {"copies": False, "restoreTesting": False}
    dev = run_program("dev", raw)
    assert [each.name for each in dev.of_type("backup/vault:Vault")] == ["backup"]
    assert not dev.of_type("RestoreTestingPlan")
    (daily, _) = dev.one("backup/plan:Plan").inputs["rules"]
    assert not daily.get("copyActions")


def test_the_budget_counts_this_stack_and_tells_the_alerts(prod):
    budget = prod.one("budgets/budget:Budget").inputs
    assert budget["limitAmount"] == "1500"
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:env$prod"]}]
    told = {(each["notificationType"], each["threshold"]) for each in budget["notifications"]}
    assert told == {("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}
    policy = json.loads(prod.one("sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
    assert {"Service": "budgets.amazonaws.com"} in [each["Principal"] for each in policy]


def test_local_has_neither_backups_nor_a_budget(local_graph):
    modules = {each.type.split(":")[1].split("/")[0] for each in local_graph.custom}
    assert not {"backup", "budgets"} & modules
