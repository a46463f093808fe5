from pathlib import Path

import pytest
import yaml

from infra.config.loader import load_settings
from infra.config.placeholders import find_placeholders, with_examples

ROOT = Path(__file__).parents[3]


def tracked(stack):
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))


def test_prod_lists_what_only_the_owner_knows():
    found = find_placeholders(tracked("prod")["config"])
    assert [each.key for each in found] == [
        "aws:allowedAccountIds",
        "gacp:edge.domain",
        "gacp:mail.sender",
        "gacp:alerts.emails",
        "gacp:workloads.imageDigest",
        "gacp:workloads.edgeImage",
    ]
    assert all(each.doc and each.example is not None for each in found)


def test_local_leaves_nothing_open():
    assert find_placeholders(tracked("local")["config"]) == ()


def test_examples_make_a_valid_stack_and_the_original_stays():
    config = tracked("prod")["config"]
    before = yaml.safe_dump(config)
    filled = with_examples(config)
    assert load_settings(filled).account == "123456789012"
    assert find_placeholders(filled) == ()
    assert yaml.safe_dump(config) == before


def test_a_placeholder_without_an_example_stays_to_be_refused():
    config = {"gacp:database": {"name": "<CHANGE_ME>"}, "gacp:unknown": "<CHANGE_ME>"}
    assert with_examples(config) == config
    assert [each.key for each in find_placeholders(config)] == [
        "gacp:database.name",
        "gacp:unknown",
    ]


def test_a_real_stack_encrypts_with_a_key_of_its_account_and_local_tracks_no_salt():
    assert tracked("prod")["secretsprovider"].startswith("awskms://")
    assert not {"encryptionsalt", "encryptedkey", "secretsprovider"} & set(tracked("local"))


@pytest.mark.parametrize("stack", ["local", "prod"])
def test_no_tracked_stack_file_names_a_real_account(stack):
    for account in tracked(stack)["config"]["aws:allowedAccountIds"]:
        assert account in ("<CHANGE_ME>", "123456789012")
