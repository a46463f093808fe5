"""Each value in force says where it came from."""

import pytest

from infra.config.errors import ConfigurationError
from infra.config.keys import deep_merged, leaves
from infra.config.origins import Origin, effective
from infra.config.settings import AwsConfig, StackConfig
from tests.infra.config.test_loader import ADOPTING, EXTERNAL, PROD


def origins(raw):
    return {each.key: (each.value, each.origin) for each in effective(raw)}


def test_every_key_is_in_force_once():
    keys = [key for key, _, _ in (*leaves(StackConfig, "gacp:"), *leaves(AwsConfig, "aws:"))]
    assert [each.key for each in effective(PROD)] == keys


def test_a_value_is_the_stack_files_the_presets_or_the_default():
    found = origins(
        deep_merged(
            PROD,
            {"gacp:environment": "dev", "gacp:redis": {"queue": {"replicas": 2}}},
        )
    )
    assert found["gacp:redis.queue.replicas"] == (2, Origin.STACK_FILE)
    assert found["gacp:redis.cache.replicas"] == (0, Origin.PRESET)
    assert found["gacp:redis.cache.nodeType"] == ("cache.t4g.micro", Origin.DEFAULT)
    assert found["gacp:network.zones"] == (["a", "b"], Origin.PRESET)
    assert found["aws:region"] == ("ap-southeast-1", Origin.STACK_FILE)


def test_the_stack_file_is_named_also_where_it_repeats_a_default():
    found = origins(deep_merged(PROD, {"gacp:redis": {"queue": {"replicas": 1}}}))
    assert found["gacp:redis.queue.replicas"] == (1, Origin.STACK_FILE)


def test_a_configuration_that_breaks_rules_has_no_values_in_force():
    with pytest.raises(ConfigurationError):
        effective(deep_merged(PROD, {"gacp:network": {"nat": "two"}}))


def test_a_key_that_nothing_reads_says_so():
    adopting, external, own = origins(ADOPTING), origins(EXTERNAL), origins(PROD)
    assert adopting["gacp:network.nat"][1] is Origin.UNUSED
    assert adopting["gacp:network.adopt.vpcId"] == ("vpc-0123456789abcdef0", Origin.STACK_FILE)
    assert external["gacp:database.instances"][1] is Origin.UNUSED
    assert external["gacp:database.external.srv"] == (True, Origin.DEFAULT)
    assert own["gacp:network.adopt.dataSubnets.a"][1] is Origin.UNUSED
    assert own["gacp:network.adopt.vpcId"] == ("", Origin.DEFAULT)
