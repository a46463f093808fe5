"""Reading the provider's source: the part of Go, both layouts, and what a schema says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra.local.aws.provenance import verify
from infra.local.aws.provenance.agreement import differences
from infra.local.aws.provenance.checkout import Checkout, SourceError
from infra.local.aws.provenance.constants import Constants
from infra.local.aws.provenance.facts import Reading
from infra.local.aws.provenance.golang import (
    Call,
    GoError,
    Lit,
    Name,
    Op,
    Reader,
    tokens_of,
)
from infra.local.aws.provenance.schemas import Source
from infra.local.aws.provenance.statements import literals, returned
from infra.local.aws.provenance.terraform import camel, sdk_name, snake, terraform_type
from infra.local.aws.spec import Sometimes, TypeSpec
from infra.local.aws.tools import run

# A service of our own making, in the form of the provider's.
SERVICE = """package things

import (
	awstypes "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/hashicorp/terraform-provider-aws/internal/verify"
)

const (
	smallest = 2
	fallback = "steady"
)

func (p *servicePackage) SDKResources() []*inttypes.ServicePackageSDKResource {
	return []*inttypes.ServicePackageSDKResource{
		{
			Factory:  resourceThing,
			TypeName: "aws_thing",
		},
	}
}

func resourceThing() *schema.Resource {
	return &schema.Resource{
		CustomizeDiff: customdiff.All(
			customdiff.ForceNewIf("mood", func(o, n any) bool { return true }),
			forceMore,
		),
		SchemaFunc: func() map[string]*schema.Schema {
			own := func() *schema.Schema {
				return &schema.Schema{Type: schema.TypeBool, Optional: true}
			}
			return map[string]*schema.Schema{
				names.AttrKMSKeyID: {
					Type:         schema.TypeString,
					Optional:     true,
					Computed:     true,
					ForceNew:     true,
					ValidateFunc: verify.ValidARN,
				},
				"size": {
					Type:          schema.TypeInt,
					Optional:      true,
					Default:       smallest,
					ConflictsWith: []string{"mood"},
					ValidateFunc:  validation.IntBetween(smallest, 10),
				},
				"mood": {
					Type:         schema.TypeString,
					Optional:     true,
					Default:      fallback,
					ValidateFunc: validation.StringInSlice(moods_Values(), false),
				},
				"tenancy": {
					Type:             schema.TypeString,
					Optional:         true,
					Default:          awstypes.TenancyDefault,
					ValidateDiagFunc: enum.Validate[awstypes.Tenancy](),
				},
				"switch": own(),
				"part": {
					Type:     schema.TypeSet,
					Optional: true,
					MaxItems: 3,
					Elem: &schema.Resource{
						Schema: map[string]*schema.Schema{
							names.AttrName: {Type: schema.TypeString, Required: true},
						},
					},
				},
			}
		},
	}
}

func moods_Values() []string {
	return []string{fallback, "wild"}
}

func forceMore(d *schema.ResourceDiff) error {
	return d.ForceNew(names.AttrKMSKeyID)
}
"""
VERIFY = """package verify

var ValidARN = ValidARNCheck()
"""


def git(folder: Path, *words: str) -> None:
    mine = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *mine, *words], cwd=folder, check=True, capture_output=True, timeout=60)


def repository(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Index of v9.8.7")
    return folder / ".git"


def as_index() -> dict[str, str]:
    """The same service with one declaration a file."""
    head = SERVICE.split("const (")[0]
    files = {"internal/verify/var.ValidARN.goindex": VERIFY.replace("var ", "\t")}
    for block in SERVICE.split("\nfunc ")[1:]:
        name = block.split("(")[0] or "servicePackage.SDKResources"
        kind = "func" if "." not in name else "method"
        files[f"internal/service/things/{kind}.{name}.goindex"] = f"{head}func {block}"
    for name, value in (("smallest", "2"), ("fallback", '"steady"')):
        files[f"internal/service/things/var.{name}.goindex"] = f"{head}\t{name} = {value}\n"
    return {f"index/{name}": text for name, text in files.items()}


@pytest.fixture(params=["project", "index"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Checkout:
    project = {"internal/service/things/thing.go": SERVICE, "internal/verify/arn.go": VERIFY}
    files = project if request.param == "project" else as_index()
    return Checkout(repository(tmp_path, files))


def test_a_schema_is_read_in_both_layouts(checkout: Checkout):
    source = Source(checkout)
    name, literal, place = source.resource("aws_thing", "things")
    reading = Reading(Constants(source))
    facts = {key: reading.facts(each) for key, each in source.attributes(literal, place).items()}
    assert name == "resourceThing"
    assert facts == {
        "kms_key_id": {"use": "filled", "forceNew": True, "rule": {"format": "arn"}},
        "size": {
            "use": "optional",
            "default": 2,
            "conflicts": ["mood"],
            "rule": {"between": [2, 10]},
        },
        "mood": {"use": "optional", "default": "steady", "rule": {"oneOf": ["steady", "wild"]}},
        "tenancy": {
            "use": "optional",
            "default": "default",
            "rule": {"oneOf": ["default", "dedicated", "host"]},
        },
        "switch": {"use": "optional"},
        "part": {"use": "optional", "set": True, "items": [None, 3]},
    }
    assert source.forced_by_code(literal, place) == {"mood", "kms_key_id"}


def test_the_commit_and_what_it_is_are_kept(checkout: Checkout):
    assert len(checkout.commit) == 40
    assert checkout.subject == "Index of v9.8.7"


def test_an_unregistered_resource_is_named(checkout: Checkout):
    with pytest.raises(LookupError, match="registers no aws_other"):
        Source(checkout).resource("aws_other", "things")


def test_another_repository_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="holds no internal/verify"):
        Checkout(repository(tmp_path, {"README.md": "x"}))


def test_no_repository_is_refused_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert run(["verify-sources", str(tmp_path)]) == 2
    assert "git cannot read" in capsys.readouterr().err


def test_a_checkout_without_the_types_is_refused_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    files = {"internal/service/things/thing.go": SERVICE, "internal/verify/arn.go": VERIFY}
    assert verify.run(repository(tmp_path, files), write=False) == 2
    assert "registers no aws_acm_certificate" in capsys.readouterr().err


def row(**more: object) -> TypeSpec:
    return TypeSpec("aws:ec2/vpc:Vpc", id="x", **more)  # type: ignore[arg-type]


def test_a_row_that_the_source_does_not_bear_out_is_reported():
    found = {"sometimes": ["cidrBlock"], "absent": ["novelty"], "attributes": {}}
    some = {"instanceTenancy": Sometimes(lambda _old, _new: True, "x")}
    said = list(differences(row(sometimes=some), found))
    assert "instanceTenancy: no code there makes it replace" in said
    assert "cidrBlock: code there makes it replace sometimes, here it never does" in said
    assert "novelty: the SDK has no such input or output" in said
    assert "ownerId: the source has no such attribute" in said


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ('"a\\nb"', "a\nb"),
        ("`a\\nb`", "a\\nb"),
        ("-3", -3),
        ("0.5", 0.5),
        ("a.B", Name("a.B")),
        ("f(1, x...)", Call(Name("f"), (1, Name("x")))),
        ("e.V[t.X]()", Call(Name("e.V", (Name("t.X"),)), ())),
        ("[]string{a, `b`}", Lit("[]string", ((None, Name("a")), (None, "b")))),
        ("&s.T{K: {1}}", Lit("s.T", ((Name("K"), Lit("", ((None, 1),))),))),
        ("a - 1 // c", Op("-", Name("a"), 1)),
        ("T{}.AttributeDefault(x)", None),
    ],
)
def test_expressions_of_go(text: str, node: object):
    found = Reader(tokens_of(text)).expression()
    if node is None:
        assert isinstance(found, Call)
    else:
        assert found == node


def test_only_the_returns_of_the_function_itself_count():
    body = tokens_of("if x { return 1 }; f := func() int { return 2 }; return 3")
    assert list(returned(body)) == [3]


def test_a_result_type_is_no_literal():
    body = tokens_of("func f() *schema.Resource { return &schema.Resource{A: 1} }")
    assert list(literals(body, "schema.Resource")) == [Lit("schema.Resource", ((Name("A"), 1),))]


@pytest.mark.parametrize("text", ["#", "a.b("])
def test_what_is_no_go_is_an_error(text: str):
    with pytest.raises(GoError):
        Reader(tokens_of(text)).expression()


@pytest.mark.parametrize(
    ("token", "terraform"),
    [
        ("aws:ec2/vpc:Vpc", ("aws_vpc", "ec2")),
        ("aws:ebs/volume:Volume", ("aws_ebs_volume", "ec2")),
        ("aws:cloudwatch/logGroup:LogGroup", ("aws_cloudwatch_log_group", "logs")),
        ("aws:s3/bucketObjectv2:BucketObjectv2", ("aws_s3_object", "s3")),
    ],
)
def test_types_by_their_terraform_names(token: str, terraform: tuple[str, str]):
    assert terraform_type(token) == terraform


def test_attributes_by_their_sdk_names():
    assert snake("replicationGroup") == "replication_group"
    assert camel("kms_key_id") == "kmsKeyId"
    assert sdk_name("private_ip", {"privateIp", "privateIps"}, many=False) == "privateIp"
    assert sdk_name("private_ips", {"privateIp", "privateIps"}, many=True) == "privateIps"
    assert sdk_name("metric_query", {"metricQueries"}, many=True) == "metricQueries"
    assert sdk_name("mood", {"size"}, many=False) is None
