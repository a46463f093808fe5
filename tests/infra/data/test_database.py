from dataclasses import replace

from infra.config.model import DatabaseConfig
from infra.data.database import cluster_parameters, exported_logs, instance_slots

CONFIG = DatabaseConfig()


def test_tls_and_audit_follow_the_configuration():
    assert cluster_parameters(CONFIG)["tls"] == "enabled"
    assert cluster_parameters(CONFIG)["audit_logs"] == "enabled"
    bare = replace(CONFIG, tls=False, audit=False)
    assert cluster_parameters(bare)["tls"] == "disabled"
    assert cluster_parameters(bare)["audit_logs"] == "disabled"


def test_without_audit_only_the_profiler_is_exported():
    assert exported_logs(CONFIG) == ("audit", "profiler")
    assert exported_logs(replace(CONFIG, audit=False)) == ("profiler",)


def test_instances_take_the_zones_in_turn_and_more_of_them_move_none():
    zones = ("r-1a", "r-1b", "r-1c")
    four = instance_slots(4, zones)
    assert four == (("a", "r-1a"), ("b", "r-1b"), ("c", "r-1c"), ("d", "r-1a"))
    assert instance_slots(2, zones) == four[:2]
