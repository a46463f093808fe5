"""Examples of the controls that Table A has no row for."""

from __future__ import annotations

from infra.policy import types as t
from infra.policy.controls.beyond import CALLED
from infra.policy.controls.watching import METRICS
from infra.policy.model import UNKNOWN
from tests.infra.policy.editing import add, cut, drop, option, put
from tests.infra.policy.example import Example, Red, example, values
from tests.infra.policy.examples_data import AWS_KEY
from tests.infra.policy.whole import _id, arn, res

COPIES = "MetricAlarm::backups-copy-failed"
ALARM, HOSTS, BUDGET = (
    "MetricAlarm::database-CPUUtilization",
    "MetricAlarm::edge-none",
    "Budget::budget",
)
OUT, BETWEEN = "SecurityGroupEgressRule::workloads-out", "SecurityGroupRule::workloads-in"
DATABASE_IN = "SecurityGroupIngressRule::database-in"
RULES = (t.GROUP, t.INGRESS_RULE, t.EGRESS_RULE, t.GROUP_RULE)
TOPIC, STRANGE = arn(t.TOPIC, "alerts"), "arn:aws:sns:ap-southeast-1:210987654321:x"
WEB = {"LoadBalancer": "net/edge/1"}
TOLD = "notifications.0.subscriberSnsTopicArns"
FILTER = "costFilters.0"


def way_out(**more: object):
    named = {"ipProtocol": "tcp", "fromPort": 27017, "toPort": 27017, "description": "x", **more}
    return add(res(t.EGRESS_RULE, "out", securityGroupId=_id("workloads"), **named))


EXAMPLES: dict[str, Example] = {
    "B01": example(
        *(t.ALARM, t.TOPIC),
        red={
            **values(ALARM, "alarmActions", [], [STRANGE]),
            **values(ALARM, "okActions", [], [STRANGE]),
            "silenced": put(ALARM, "actionsEnabled", False),
            "perhaps silenced": put(ALARM, "actionsEnabled", UNKNOWN),
            **values(ALARM, "dimensions", {}, {"DBClusterIdentifier": ""}),
            "a count under one name": put(HOSTS, "dimensions", WEB),
            **values(ALARM, "threshold", "", True),
            **values(ALARM, "treatMissingData", "ignore"),
            **values(ALARM, "alarmDescription", ""),
        },
        green={
            "at nothing": put(ALARM, "threshold", 0),
            "below nothing": put(ALARM, "threshold", -1.5),
            "on a laptop": Red(cut(ALARM, "alarmActions"), "local"),
        },
    ),
    "B02": example(
        *(t.TOPIC, t.KEY, t.SUBSCRIPTION),
        red={
            **values("Topic::alerts", "kmsMasterKeyId", "", AWS_KEY),
            "nobody hears": drop("TopicSubscription::alerts"),
            "somebody hears another": put("TopicSubscription::alerts", "topic", STRANGE),
        },
        green={"nobody hears dev": Red(drop("TopicSubscription::alerts"), "dev")},
    ),
    "B03": example(
        *(t.BUDGET, t.TOPIC, t.DATABASE),
        red={
            "none": drop(BUDGET),
            **values(BUDGET, "limitAmount", "", "0", "much"),
            **values(BUDGET, "costFilters", []),
            **values(BUDGET, f"{FILTER}.name", "Region"),
            **values(BUDGET, f"{FILTER}.values", [], ["user:env$dev"]),
            "counts two stacks": put(BUDGET, f"{FILTER}.values", ["user:env$prod", "user:env$dev"]),
            "counts another": Red(put(BUDGET, f"{FILTER}.values", ["user:env$prod"]), "dev"),
            **values(BUDGET, "notifications", []),
            **values(BUDGET, TOLD, [], [STRANGE]),
            "tells no address": put(BUDGET, "notifications.1.subscriberEmailAddresses", []),
        },
        green={
            "another filter too": put(
                BUDGET,
                "costFilters",
                [
                    {"name": "Region", "values": ["ap-southeast-1"]},
                    {"name": "TagKeyValue", "values": ["user:env$prod"]},
                ],
            ),
            "none in dev": Red(drop(BUDGET), "dev"),
            "of dev": Red(put(BUDGET, f"{FILTER}.values", ["user:env$dev"]), "dev"),
        },
    ),
    "B04": example(
        *(t.QUEUE, t.KEY),
        red={
            "plain": put("Queue::events", "sqsManagedSseEnabled", False),
            "perhaps plain": put("Queue::events", "sqsManagedSseEnabled", UNKNOWN),
            "a key of AWS": put("Queue::own-key", "kmsMasterKeyId", "alias/aws/sqs"),
            "an unknown key": put("Queue::own-key", "kmsMasterKeyId", UNKNOWN),
        },
        green={"AWS's own": cut("Queue::events", "sqsManagedSseEnabled")},
    ),
    "B05": example(
        *RULES,
        red={
            "a database": way_out(cidrIpv4="0.0.0.0/0"),
            "a cache": way_out(cidrIpv6="::/0", fromPort=6379, toPort=6379),
            "nearly everything": way_out(cidrIpv4="0.0.0.0/1"),
            "every port": put(OUT, "ipProtocol", "-1"),
            "unknown ports": put(OUT, "toPort", UNKNOWN),
            "an unknown range": way_out(cidrIpv4=UNKNOWN),
            "inside the group": put(
                "SecurityGroup::workloads",
                "egress",
                [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
            ),
            "in a rule of the old kind": add(
                res(
                    t.GROUP_RULE,
                    "old",
                    type="egress",
                    protocol="tcp",
                    fromPort=27017,
                    toPort=27017,
                    cidrBlocks=["0.0.0.0/0"],
                    securityGroupId=_id("workloads"),
                    tags={},
                )
            ),
        },
        green={
            "inside the VPC": way_out(cidrIpv4="10.20.0.0/16"),
            "to a group": way_out(referencedSecurityGroupId=_id("database")),
        },
    ),
    "B06": example(
        *RULES,
        red={
            **values(DATABASE_IN, "fromPort", 0),
            **values(DATABASE_IN, "toPort", 65535),
            **values(DATABASE_IN, "ipProtocol", "-1"),
            "a range of the old kind": put(BETWEEN, "toPort", 9000),
            "a way out": way_out(referencedSecurityGroupId=_id("database"), fromPort=1),
        },
        green={
            "all to itself": way_out(
                referencedSecurityGroupId=_id("workloads"), ipProtocol="-1", fromPort=0, toPort=0
            ),
        },
    ),
    "B07": example(
        *(t.VPC, t.ENDPOINT, *CALLED),
        red={
            service: drop(f"VpcEndpoint::endpoint-{service}")
            for services in CALLED.values()
            for service in services
        },
        green={"none in dev": Red(drop("VpcEndpoint::endpoint-kms"), "dev")},
    ),
    "B08": example(
        t.ZONE,
        red={
            "emptied": put("Zone::dns", "forceDestroy", True),
            "perhaps emptied": put("Zone::dns", "forceDestroy", UNKNOWN),
            "unprotected": option("Zone::dns", protect=False),
        },
        green={"AWS's own": cut("Zone::dns", "forceDestroy")},
    ),
    "B09": example(t.AUTOSCALING_GROUP, red=values("Group::host", "minSize", 0)),
    "B10": example(
        *(t.CLUSTER, t.LOG_GROUP),
        red={
            "none": drop("LogGroup::cluster"),
            **values("LogGroup::cluster", "name", "/aws/eks/other/cluster"),
        },
    ),
    "B11": example(
        t.TARGET_GROUP,
        red={
            **values("TargetGroup::web", "healthCheck.protocol", "TCP"),
            **values("TargetGroup::web", "healthCheck.path", ""),
            "none": cut("TargetGroup::web", "healthCheck"),
        },
    ),
    "B12": example(
        *(t.ALARM, t.REDIS, t.BACKUP_PLAN, t.BUCKET, t.BUCKET_REPLICATION, *METRICS),
        red={
            **{
                f"{name} unwatched": drop(f"MetricAlarm::{name}")
                for name in (
                    *("database-FreeableMemory", "host-StatusCheckFailed"),
                    "hosts-GroupInServiceInstances",
                )
            },
            "failed backups unseen": drop("MetricAlarm::vault-NumberOfBackupJobsFailed"),
            "a node of the queue unwatched": drop("MetricAlarm::redis-queue-002"),
            "a node of the cache unwatched": drop("MetricAlarm::redis-cache-001"),
            "failed copies unseen": drop(COPIES),
            "copies counted under two names": put(
                COPIES,
                "dimensions",
                {"SourceBucket": "backups", "DestinationBucket": "backups-copy"},
            ),
            "one node too many": put("ReplicationGroup::redis-cache", "numCacheClusters", 3),
            "another metric": put(ALARM, "metricName", "DatabaseConnections"),
            "another database": put(ALARM, "dimensions", {"Id": "other"}),
        },
        green={
            "an alarm more than the least": drop(HOSTS),
            "in dev": Red(drop(ALARM), "dev"),
        },
    ),
    "B22": example(
        *(t.VOLUME, t.KEY),
        red={
            **values("Volume::host-data", "encrypted", False),
            **values("Volume::host-data", "kmsKeyId", "", AWS_KEY),
            **values("Volume::host-data", "finalSnapshot", False),
            "unprotected": option("Volume::host-data", protect=False),
        },
        green={"on a laptop": Red(cut("Volume::host-data", "encrypted"), "local")},
    ),
}
