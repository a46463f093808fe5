"""What a region lacks is refused with the nearest that it has."""

import pytest

from infra.config.errors import ConfigurationError
from infra.config.keys import deep_merged
from infra.config.loader import load_settings
from tests.infra.config.test_loader import HOST, PROD, refused

THAILAND = {"aws:region": "ap-southeast-7"}


def test_thailand_takes_the_same_stack():
    assert load_settings(deep_merged(HOST, THAILAND)).zones[0] == "ap-southeast-7a"


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"aws:region": "ap-southwest-1"}, "aws:region", "must be a region of AWS"),
        (
            {"aws:region": "ap-southeast-6"},
            "aws:region",
            "nearest regions that have it: ap-southeast-1",
        ),
        ({"gacp:network": {"zones": ["a", "d"]}}, "gacp:network.zones", "it has a, b, c"),
        (
            {
                "gacp:compute": {"profile": "cluster", "cluster": {"nodeType": "r6gd.medium"}},
            },
            "gacp:compute.cluster.nodeType",
            "the nearest that it has is r7gd.medium",
        ),
        (
            {"gacp:database": {"instanceClass": "db.r8g.large"}},
            "gacp:database.instanceClass",
            "the nearest that it has is db.r6g.large",
        ),
        (
            {"gacp:redis": {"queue": {"nodeType": "cache.m5.large"}}},
            "gacp:redis.queue.nodeType",
            "the nearest that it has is cache.m",
        ),
        (
            {"gacp:redis": {"cache": {"nodeType": "cache.t4g.enormous"}}},
            "gacp:redis.cache.nodeType",
            "it has none of that size",
        ),
    ],
)
def test_what_thailand_lacks_is_refused_with_a_way_out(changes, key, says):
    (problem,) = refused(deep_merged(PROD, {**THAILAND, **changes}))
    assert problem.key == key
    assert says in str(problem)


@pytest.mark.parametrize(
    ("region", "says"),
    [
        ("ap-southwest-1", "must be a region of AWS"),
        ("me-south-1", "nearest regions that have it"),
    ],
)
def test_copies_go_to_a_region_that_has_what_takes_them(region, says):
    (problem,) = refused(deep_merged(PROD, {"gacp:backup": {"copyRegion": region}}))
    assert problem.key == "gacp:backup.copyRegion"
    assert says in str(problem)


def test_where_nothing_is_copied_nothing_is_asked_of_the_other_region():
    nowhere = {"copyRegion": "ap-southwest-1", "copies": False}
    raw = deep_merged(PROD, {"gacp:environment": "dev", "gacp:backup": nowhere})
    assert load_settings(raw).stack.backup.copy_region == "ap-southwest-1"


def test_a_machine_that_thailand_lacks_is_refused_where_there_is_one():
    raw = deep_merged(HOST, {**THAILAND, "gacp:compute": {"instanceType": "r6gd.medium"}})
    (problem,) = refused(raw)
    assert problem.key == "gacp:compute.instanceType"


def test_a_service_that_the_region_lacks_is_a_problem_only_where_the_stack_uses_it():
    backup = {"gacp:backup": {"enabled": False}}
    region = {"aws:region": "ap-southeast-5"}  # no restore testing in the frozen table
    (problem,) = refused(deep_merged(PROD, region))
    assert "restore testing" in str(problem)
    load_settings(deep_merged(PROD, {**region, **backup}))


def test_everything_that_is_missing_is_said_at_once():
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(
            deep_merged(
                PROD,
                {
                    **THAILAND,
                    "gacp:database": {"instanceClass": "db.r8g.large"},
                    "gacp:network": {"zones": ["a", "h"]},
                    "gacp:edge": {"zoneId": "Z123", "domain": "", "publicUrl": "https://x.example"},
                },
            )
        )
    assert [problem.key for problem in refusal.value.problems] == [
        "gacp:edge.zoneId",
        "gacp:network.zones",
        "gacp:database.instanceClass",
    ]
