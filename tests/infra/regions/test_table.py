"""What AWS has where, and what is most like what it hasn't."""

import json

import pytest

from infra.regions import freeze
from infra.regions.table import (
    FILE,
    Service,
    has_class,
    has_service,
    nearest_class,
    regions,
    regions_with,
    source,
)

SINGAPORE, THAILAND = "ap-southeast-1", "ap-southeast-7"


def test_the_frozen_table_is_the_installed_lists():
    """After an upgrade of cfn-lint: `python -m infra.regions.freeze`."""
    frozen = json.loads(FILE.read_text("utf-8"))
    assert frozen.pop("asOf")
    assert frozen == freeze.frozen_regions()


def test_the_table_says_where_it_is_from_and_of_which_day():
    assert source().startswith("cfn-lint ")
    assert ", as of 20" in source()


@pytest.mark.parametrize(
    ("region", "service", "name", "there"),
    [
        (SINGAPORE, "docdb", "db.r5.large", True),
        (THAILAND, "docdb", "db.r5.large", False),
        (THAILAND, "docdb", "db.t4g.medium", True),
        (SINGAPORE, "ec2", "t4g.medium", True),
        (SINGAPORE, "ec2", "t4g.enormous", False),
        (SINGAPORE, "elasticache", "cache.t4g.small", True),
        ("mars-north-1", "ec2", "t4g.medium", False),
    ],
)
def test_a_region_has_the_classes_of_its_price_list(region, service, name, there):
    assert has_class(region, service, name) is there


@pytest.mark.parametrize(
    ("service", "name", "nearest"),
    [
        ("docdb", "db.r5.large", "db.r6g.large"),  # the kind counts more than the processor
        ("docdb", "db.r8g.large", "db.r6g.large"),
        ("ec2", "t4g.medium", "t4g.medium"),
        ("ec2", "c6gd.large", "c8gd.large"),
        ("ec2", "m5.large", "m6i.large"),
        ("docdb", "db.r5.enormous", None),
    ],
)
def test_what_thailand_lacks_has_a_nearest_class(service, name, nearest):
    assert nearest_class(THAILAND, service, name) == nearest


def test_a_nearest_class_is_one_that_the_region_has():
    for service in ("ec2", "docdb", "elasticache"):
        table = json.loads(FILE.read_text("utf-8"))["sizes"][service]
        for family, sizes in table.items():
            found = nearest_class(THAILAND, service, f"{family}.{sizes[0]}")
            assert found is None or has_class(THAILAND, service, found)


def test_a_region_has_the_services_of_its_list():
    assert has_service(SINGAPORE, Service.EKS)
    assert not has_service("ap-southeast-6", Service.DOCUMENTDB)
    assert has_service(THAILAND, Service.RESTORE_TESTING)  # newer than the frozen list


def test_the_nearest_region_with_a_service_is_of_the_same_part_of_the_world():
    near, *_, far = regions_with(Service.DOCUMENTDB, like="ap-southeast-6")
    assert near == "ap-southeast-1"
    assert not far.startswith("ap-")


def test_no_region_is_called_all():
    assert "all" not in regions()
