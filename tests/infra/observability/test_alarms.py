"""Alarms and dashboard, as planned and as registered."""

import json

import pytest

from infra.observability import alarm_plan
from infra.observability.alarm_plan import Missing
from infra.observability.dashboard import Graph, dashboard_body


@pytest.fixture(scope="module")
def host(graph_of):
    return graph_of("prod", "host")


@pytest.fixture(scope="module")
def cluster(graph_of):
    return graph_of("prod", "cluster")


def alarms(graph):
    return {each.name: each.inputs for each in graph.of_type("MetricAlarm")}


def test_every_alarm_tells_the_topic_and_says_what_to_do(host, cluster):
    for graph in (host, cluster):
        for name, alarm in alarms(graph).items():
            assert alarm["alarmActions"] == alarm["okActions"], name
            assert ":gacp-prod-alerts" in alarm["alarmActions"][0]
            assert len(alarm["alarmDescription"].split()) > 4, name


def test_what_reports_all_the_time_is_missed_when_it_stops(host, cluster):
    assert alarms(host)["machine-status"]["treatMissingData"] == Missing.BAD
    assert alarms(cluster)["edge-web-none"]["treatMissingData"] == Missing.BAD


def test_each_node_of_redis_is_watched_by_the_name_that_it_has(host):
    found = {
        alarm["dimensions"]["CacheClusterId"]
        for alarm in alarms(host).values()
        if alarm["namespace"] == "AWS/ElastiCache"
    }
    assert found == {
        f"gacp-prod-redis-{role}-00{number}" for role in ("queue", "cache") for number in (1, 2)
    }


def test_a_queue_that_loses_keys_is_an_alarm_and_a_cache_that_does_is_not():
    queue = {a.metric for a in alarm_plan.of_redis("queue", "q", 1, loses_keys=False)}
    cache = {a.metric for a in alarm_plan.of_redis("cache", "c", 1, loses_keys=True)}
    assert "Evictions" in queue
    assert "Evictions" not in cache


def test_replicas_are_watched_where_there_are_some():
    one = [a.slot for a in alarm_plan.of_database("d", 1)]
    two = [a.slot for a in alarm_plan.of_database("d", 2)]
    assert set(two) - set(one) == {"database-lag"}


def test_a_certificate_warns_before_it_ends(host):
    alarm = alarms(host)["certificate"]
    assert alarm["comparisonOperator"] == "LessThanThreshold"
    assert alarm["threshold"] == 30


def test_backups_and_the_way_in_are_watched_by_profile(host, cluster):
    assert {"backup-failed", "backup-restore", "backup-copy", "machine-status"} <= set(alarms(host))
    assert {"edge-web-none", "edge-redirect-some"} <= set(alarms(cluster))
    assert "machine-status" not in alarms(cluster)


def test_the_dashboard_shows_every_metric_once_with_its_threshold(host):
    body = json.loads(host.one("cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])
    shown = {tuple(w["properties"]["metrics"][0][:2]) for w in body["widgets"]}
    watched = {(a["namespace"], a["metricName"]) for a in alarms(host).values()}
    assert shown == watched
    assert len(body["widgets"]) == len(watched)
    assert all(w["properties"]["annotations"]["horizontal"] for w in body["widgets"])


def test_no_two_graphs_of_the_dashboard_overlap():
    graphs = [Graph("t", "N", f"m{n}", {"D": "d"}, "Average", 60, 1) for n in range(7)]
    widgets = json.loads(dashboard_body(graphs, "ap-southeast-1"))["widgets"]
    places = {(w["x"], w["y"]) for w in widgets}
    assert len(places) == 7
    assert all(w["x"] + w["width"] <= 24 for w in widgets)


def test_local_has_no_alarms(local_graph):
    assert not local_graph.of_type("MetricAlarm")
    assert not local_graph.of_type("Dashboard")
