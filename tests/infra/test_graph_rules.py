"""Every rule about the graph, shown red and shown quiet."""

import pytest

from infra.tags import Tags
from tests.support import graph_rules
from tests.support.graph_rules import resource
from tests.support.recording import Graph, Secret

TAGS = Tags("prod", "owner", "centre").of("it")
PART = resource(
    "gacp:room:Part",
    urn="urn:pulumi:t::gacp::gacp:room:Part::part",
    parent="urn:pulumi:t::gacp::pulumi:pulumi:Stack::gacp-t",
    custom=False,
)
VPC = resource("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.20.0.0/16", tags=TAGS)
CLUSTER = {
    "deletionProtection": True,
    "skipFinalSnapshot": False,
    "finalSnapshotIdentifier": "final",
    "storageEncrypted": True,
    "tags": TAGS,
}
DESTROYABLE = {"deletionProtection": False, "skipFinalSnapshot": True, "tags": TAGS}


def subnet(cidr, zone="ap-southeast-1a", name="it"):
    return resource("aws:ec2/subnet:Subnet", name, cidrBlock=cidr, availabilityZone=zone, tags=TAGS)


def cluster(protect=True, **changed):
    return resource("aws:docdb/cluster:Cluster", protect=protect, **{**CLUSTER, **changed})


def without(tag):
    return {name: value for name, value in TAGS.items() if name != tag}


RED = [
    ("twice", [VPC, VPC], "registered twice"),
    ("orphan", [resource("aws:ec2/vpc:Vpc", parent="urn:x", tags=TAGS)], "nobody registered"),
    (
        "outside",
        [resource("aws:ec2/vpc:Vpc", parent="urn:pulumi:t::g::pulumi:pulumi:Stack::s", tags=TAGS)],
        "outside of every component",
    ),
    ("no tags", [resource("aws:ec2/vpc:Vpc")], "no tag env, owner"),
    *(
        (f"no {tag}", [resource("aws:ec2/vpc:Vpc", tags=without(tag))], f"no tag {tag}")
        for tag in TAGS
    ),
    (
        "plain password",
        [cluster(masterPassword="hunter2")],
        "plain value in masterPassword",
    ),
    (
        "plain list of passwords",
        [resource("aws:elasticache/user:User", passwords=["hunter2"], tags=TAGS)],
        "plain value in passwords",
    ),
    (
        "secret string",
        [resource("aws:secretsmanager/secretVersion:SecretVersion", secretString="x", tags=TAGS)],
        "plain value in secretString",
    ),
    (
        "access key in user data",
        [resource("aws:ec2/instance:Instance", userData="KEY=AKIAABCDEFGHIJKLMNOP", tags=TAGS)],
        "userData, which looks like a secret",
    ),
    (
        "address with a password",
        [resource("aws:ssm/parameter:Parameter", value="mongodb://me:pw@host/db", tags=TAGS)],
        "value, which looks like a secret",
    ),
    ("outside the VPC", [VPC, subnet("10.99.0.0/21")], "lies in no VPC"),
    ("host bits", [VPC, subnet("10.20.0.1/21")], "host bits set"),
    (
        "overlap",
        [VPC, subnet("10.20.0.0/21", name="one"), subnet("10.20.4.0/22", name="two")],
        "overlaps 10.20.0.0/21 of one",
    ),
    ("no such zone", [VPC, subnet("10.20.0.0/21", "ap-southeast-1z")], "no region has a zone"),
    ("no such region", [VPC, subnet("10.20.0.0/21", "mars-north-1a")], "no region has a zone"),
    ("unprotected", [cluster(protect=False)], "is not protected"),
    ("deletable", [cluster(deletionProtection=False)], "deletionProtection is False"),
    ("no snapshot", [cluster(skipFinalSnapshot=True)], "skipFinalSnapshot is True"),
    ("snapshot without name", [cluster(finalSnapshotIdentifier=None)], "finalSnapshotIdentifier"),
    (
        "emptied bucket",
        [resource("aws:s3/bucket:Bucket", forceDestroy=True, protect=True, tags=TAGS)],
        "forceDestroy is True",
    ),
    (
        "bucket left open behind the stack",
        [resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")],
        "would go with the stack",
    ),
    ("key of what lasts", [resource("aws:kms/key:Key", "data")], "would go with the stack"),
    (
        "hasty key",
        [resource("aws:kms/key:Key", deletionWindowInDays=7, protect=True, tags=TAGS)],
        "deletionWindowInDays is 7",
    ),
    (
        "hasty secret",
        [
            resource(
                "aws:secretsmanager/secret:Secret",
                recoveryWindowInDays=0,
                protect=True,
                tags=TAGS,
            )
        ],
        "recoveryWindowInDays is 0",
    ),
]


@pytest.mark.parametrize(("resources", "says"), [row[1:] for row in RED], ids=[r[0] for r in RED])
def test_a_graph_that_breaks_a_rule_is_named(resources, says):
    found = graph_rules.problems(Graph("t", [PART, *resources]), protected=True, lasting=True)
    assert any(says in problem for problem in found), found


def test_a_graph_that_keeps_all_rules_is_let_through():
    secret = resource(
        "aws:secretsmanager/secretVersion:SecretVersion", secretString=Secret("x"), tags=TAGS
    )
    kept = resource("aws:s3/bucketVersioning:BucketVersioning", retain_on_delete=True)
    graph = Graph("t", [PART, VPC, subnet("10.20.0.0/21"), cluster(), secret, kept])
    assert graph_rules.problems(graph, protected=True, lasting=True) == []


@pytest.mark.parametrize(
    ("stays", "says"),
    [
        (resource("aws:docdb/cluster:Cluster", protect=True, **DESTROYABLE), "protected or kept"),
        (
            resource("aws:docdb/cluster:Cluster", **{**DESTROYABLE, "deletionProtection": True}),
            "refuses to be deleted",
        ),
        (
            resource("aws:docdb/cluster:Cluster", **{**DESTROYABLE, "skipFinalSnapshot": False}),
            "leaves a snapshot",
        ),
        (resource("aws:s3/bucket:Bucket", tags=TAGS), "holds an object"),
        (
            resource("aws:secretsmanager/secret:Secret", recoveryWindowInDays=7, tags=TAGS),
            "keeps its name for 7 days",
        ),
    ],
)
def test_what_stands_in_the_way_of_destroying_is_named(stays, says):
    found = graph_rules.problems(Graph("t", [PART, stays]), protected=False)
    assert any(says in problem for problem in found), found
