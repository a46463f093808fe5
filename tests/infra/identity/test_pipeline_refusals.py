"""What the two roles may not do: each line is something that somebody would try."""

from __future__ import annotations

import pytest

from infra.identity.pipeline import trust
from infra.policy.iam import may_assume
from tests.infra.identity.ground import FRONTED, PROVIDER, role, scope

HERE = {"aws:RequestedRegion": "ap-southeast-1"}
GLOBAL = {"aws:RequestedRegion": "us-east-1"}
OURS = {"aws:ResourceTag/Name": "gacp-prod-vpc"}
EC2 = "arn:aws:ec2:ap-southeast-1:123456789012"
IAM = "arn:aws:iam::123456789012"
KEY = "arn:aws:kms:ap-southeast-1:123456789012:key/0123"
SECRET = "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:gacp/prod/app-abcdef"
BOUNDED = {"iam:PermissionsBoundary": f"{IAM}:policy/gacp-prod-boundary"}
STATE = "arn:aws:s3:::gacp-state-123456789012/.pulumi"
STATE_KEY = {"kms:ResourceAliases": ["alias/gacp-prod-state"]}
ROLE = f"{IAM}:role/gacp-prod-cluster-api"


SSM = "arn:aws:ssm:ap-southeast-1:123456789012"
BUNDLES = "arn:aws:s3:::gacp-prod-releases-123456789012"
ENCRYPTED = "kms:EncryptionContext:aws:s3:arn"
VIA_S3 = {"kms:ViaService": "s3.ap-southeast-1.amazonaws.com", ENCRYPTED: BUNDLES}


def bucket(name):
    return f"arn:aws:s3:::{name}"


# (action, resource, context): allowed to a deployment; the pair's second is what is refused.
PAIRS = [
    # a role with the boundary; without, with another, or one of somebody else's
    *(
        (action, ROLE, BOUNDED, wrong, context)
        for action in (
            *("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"),
            "iam:PutRolePermissionsBoundary",
        )
        for wrong, context in (
            (ROLE, {}),
            (ROLE, {"iam:PermissionsBoundary": f"{IAM}:policy/of-somebody"}),
            (ROLE, {"iam:PermissionsBoundary": f"{IAM}:policy/gacp-prod-pipeline-boundary"}),
            (f"{IAM}:role/gacp-dev-cluster-api", BOUNDED),
            (f"{IAM}:role/Administrator", BOUNDED),
            (f"{IAM}:role/gacp-prod-pipeline-deploy", BOUNDED),
        )
    ),
    # roles are handed to the services that take them
    *(
        ("iam:PassRole", ROLE, {"iam:PassedToService": "eks.amazonaws.com"}, *wrong)
        for wrong in (
            (ROLE, {"iam:PassedToService": "lambda.amazonaws.com"}),
            (ROLE, {}),
            (f"{IAM}:role/Administrator", {"iam:PassedToService": "eks.amazonaws.com"}),
            (
                f"{IAM}:role/gacp-prod-pipeline-deploy",
                {"iam:PassedToService": "ec2.amazonaws.com"},
            ),
        )
    ),
    # what is the stack's by its name, and not another stack's
    ("s3:PutBucketPolicy", bucket("gacp-prod-documents"), {}, bucket("gacp-dev-documents"), {}),
    (
        "s3:PutBucketPolicy",
        bucket("gacp-prod-documents"),
        {},
        bucket("gacp-state-123456789012"),
        {},
    ),
    (
        "secretsmanager:UpdateSecret",
        SECRET,
        {},
        SECRET.replace("prod", "staging"),
        {},
    ),
    # what is the stack's by its tag
    ("ec2:DeleteVpc", f"{EC2}:vpc/vpc-1", OURS, f"{EC2}:vpc/vpc-1", {}),
    (
        "ec2:DeleteVpc",
        f"{EC2}:vpc/vpc-1",
        OURS,
        f"{EC2}:vpc/vpc-1",
        {"aws:ResourceTag/Name": "gacp-dev-vpc"},
    ),
    (
        "ec2:DeleteVpc",
        f"{EC2}:vpc/vpc-1",
        OURS,
        f"{EC2.replace('southeast-1', 'southeast-2')}:vpc/vpc-1",
        {**OURS, "aws:RequestedRegion": "ap-southeast-2"},
    ),
    # tagging what is being made, and not taking what somebody else has
    (
        "ec2:CreateTags",
        f"{EC2}:vpc/vpc-1",
        {"aws:RequestTag/Name": "gacp-prod-vpc", "ec2:CreateAction": "CreateVpc"},
        f"{EC2}:vpc/vpc-1",
        {"aws:RequestTag/Name": "gacp-prod-vpc"},
    ),
    (
        "kms:TagResource",
        KEY,
        {"aws:RequestTag/Name": "gacp-prod-data"},
        KEY,
        {"aws:RequestTag/Name": "gacp-prod-data", "aws:ResourceTag/Name": "of-somebody"},
    ),
    # keys are used by services for what is made, not by the caller
    (
        "kms:Decrypt",
        KEY,
        {
            "aws:ResourceTag/Name": "gacp-prod-data",
            "kms:ViaService": "rds.ap-southeast-1.amazonaws.com",
        },
        KEY,
        {"aws:ResourceTag/Name": "gacp-prod-data"},
    ),
    # records of the domain, and of no other in the zone's account
    (
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1",
        {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["gacp.example.com"]},
        "arn:aws:route53:::hostedzone/Z1",
        {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["mail.example.com"]},
    ),
    # the state of this stack
    ("s3:PutObject", f"{STATE}/stacks/gacp/prod.json", {}, f"{STATE}/stacks/gacp/dev.json", {}),
    (
        "s3:DeleteObject",
        f"{STATE}/locks/organization/gacp/prod/x.json",
        {},
        f"{STATE}/locks/organization/gacp/staging/x.json",
        {},
    ),
    ("kms:Decrypt", KEY, STATE_KEY, KEY, {"kms:ResourceAliases": ["alias/gacp-dev-state"]}),
    # a release: its bundle, its parameter, its command; no other object, parameter, machine
    *(
        (action, f"{BUNDLES}/host/x.tar.gz", {}, wrong, {})
        for action in ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject")
        for wrong in (
            f"{BUNDLES}/other/x",
            bucket("gacp-prod-documents-123456789012/host/x"),
            bucket("gacp-prod-releases-210987654321/host/x"),
            bucket("gacp-dev-releases-123456789012/host/x"),
        )
    ),
    ("ssm:GetParameter", f"{SSM}:parameter/gacp/prod/host/release", {}, f"{SSM}:parameter/x", {}),
    (
        "ssm:PutParameter",
        f"{SSM}:parameter/gacp/prod/host/release",
        {},
        f"{SSM}:parameter/gacp/dev/host/release",
        {},
    ),
    (
        "ssm:UpdateDocument",
        f"{SSM}:document/gacp-prod-host-release",
        {},
        f"{SSM}:document/gacp-dev-host-release",
        {},
    ),
    (
        "ssm:CreateAssociation",
        f"{SSM}:association/x",
        {"aws:RequestTag/Name": "gacp-prod-host-release"},
        f"{SSM}:association/x",
        {"aws:RequestTag/Name": "of-somebody"},
    ),
    ("ssm:CreateAssociation", f"{EC2}:instance/i-1", OURS, f"{EC2}:instance/i-1", {}),
    (
        "ssm:UpdateAssociation",
        f"{SSM}:association/x",
        OURS,
        f"{SSM}:association/x",
        {"aws:ResourceTag/Name": "gacp-dev-host-release"},
    ),
    *(
        ("kms:GenerateDataKey", KEY, {**OURS, **VIA_S3}, KEY, {**OURS, **VIA_S3, **wrong})
        for wrong in (
            {"kms:ViaService": "ssm.ap-southeast-1.amazonaws.com"},
            {ENCRYPTED: bucket("gacp-prod-documents-123456789012")},
            {"aws:ResourceTag/Name": "of-somebody"},
        )
    ),
]


@pytest.mark.parametrize(("action", "right", "given", "wrong", "other"), PAIRS)
def test_a_deployment_does_the_one_and_not_the_other(action, right, given, wrong, other):
    region = GLOBAL if action.startswith(("iam:", "route53:")) else HERE
    assert role("deploy").may(action, right, **{**region, **given})
    assert not role("deploy").may(action, wrong, **{**region, **other})


OWN = (
    f"{IAM}:role/gacp-prod-pipeline-deploy",
    f"{IAM}:role/gacp-prod-pipeline-preview",
    f"{IAM}:policy/gacp-prod-boundary",
    f"{IAM}:policy/gacp-prod-pipeline-boundary",
    f"{IAM}:policy/gacp-prod-pipeline-identity",
    PROVIDER,
)
NEVER = [
    *(
        (action, own, BOUNDED)
        for own in OWN
        for action in (
            *("iam:UpdateAssumeRolePolicy", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"),
            *("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"),
            *("iam:AddClientIDToOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider"),
        )
    ),
    ("iam:DeleteRolePermissionsBoundary", ROLE, BOUNDED),
    ("iam:CreateUser", f"{IAM}:user/me", {}),
    ("iam:CreateAccessKey", f"{IAM}:user/me", {}),
    ("sts:AssumeRole", ROLE, {}),
    ("secretsmanager:GetSecretValue", SECRET, {}),
    ("ssm:GetParameter", f"{SSM}:parameter/gacp/prod/x", {}),
    ("ssm:SendCommand", f"{SSM}:document/gacp-prod-host-release", {}),
    ("ssm:SendCommand", f"{EC2}:instance/i-1", OURS),
    ("ssm:StartSession", f"{EC2}:instance/i-1", OURS),
    ("s3:GetObject", f"{BUNDLES}/other", {}),
    ("s3:DeleteObjectVersion", f"{BUNDLES}/host/x.tar.gz", {}),
    ("ec2:DeleteVolume", f"{EC2}:volume/vol-1", OURS),
    ("ec2:DeleteSnapshot", f"{EC2}:snapshot/snap-1", OURS),
    ("s3:GetObject", "arn:aws:s3:::gacp-prod-documents-123456789012/x", {}),
    ("s3:GetObjectVersion", "arn:aws:s3:::gacp-prod-backups-123456789012/x", {}),
    ("s3:BypassGovernanceRetention", "arn:aws:s3:::gacp-prod-backups-123456789012/x", {}),
    ("s3:DeleteBucket", bucket("gacp-prod-backups-123456789012"), {}),
    ("s3:DeleteBucket", bucket("gacp-state-123456789012"), {}),
    ("kms:ScheduleKeyDeletion", KEY, {"aws:ResourceTag/Name": "gacp-prod-data"}),
    ("kms:DeleteAlias", "arn:aws:kms:ap-southeast-1:123456789012:alias/gacp-prod-state", {}),
    ("rds:DeleteDBCluster", "arn:aws:rds:ap-southeast-1:123456789012:cluster:gacp-prod-x", {}),
    (
        "backup:DeleteRecoveryPoint",
        "arn:aws:backup:ap-southeast-1:123456789012:recovery-point:x",
        {},
    ),
    ("organizations:LeaveOrganization", "*", {}),
]


@pytest.mark.parametrize("name", ["preview", "deploy"])
@pytest.mark.parametrize(("action", "resource", "context"), NEVER)
def test_neither_role_does_what_no_pipeline_may(name, action, resource, context):
    for region in (HERE, GLOBAL):
        assert not role(name).may(action, resource, **{**region, **context})


@pytest.mark.parametrize(("action", "resource", "context"), NEVER)
def test_what_no_pipeline_may_stays_refused_whatever_is_attached(action, resource, context):
    everything = ({"Effect": "Allow", "Action": "*", "Resource": "*"},)
    widened = type(role("deploy"))(
        role("deploy").resource, everything, role("deploy").boundary, role("deploy").trust
    )
    for region in (HERE, GLOBAL):
        assert not widened.may(action, resource, **{**region, **context})


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:CreateBucket", bucket("gacp-prod-new"), {}),
        ("s3:PutObject", f"{STATE}/stacks/gacp/prod.json", {}),
        ("s3:PutObject", f"{STATE}/locks/organization/gacp/prod/x.json", {}),
        ("kms:Encrypt", KEY, STATE_KEY),
        ("iam:CreateRole", ROLE, BOUNDED),
        ("secretsmanager:PutSecretValue", SECRET, {}),
        ("ecr:PutImage", "arn:aws:ecr:ap-southeast-1:123456789012:repository/gacp/prod/app", {}),
        ("ec2:RunInstances", f"{EC2}:instance/i-1", {"aws:RequestTag/Name": "gacp-prod-host"}),
        ("s3:PutObject", f"{BUNDLES}/host/x.tar.gz", {}),
        ("ssm:PutParameter", f"{SSM}:parameter/gacp/prod/host/release", {}),
        ("ssm:UpdateAssociation", f"{SSM}:association/x", OURS),
    ],
)
def test_a_preview_changes_nothing_that_a_deployment_does(action, resource, context):
    region = GLOBAL if action.startswith("iam:") else HERE
    assert role("deploy").may(action, resource, **{**region, **context})
    assert not role("preview").may(action, resource, **{**region, **context})


def test_a_preview_reads_the_state_of_its_own_stack():
    assert role("preview").may("s3:GetObject", f"{STATE}/stacks/gacp/prod.json", **HERE)
    assert role("preview").may("kms:Decrypt", KEY, **HERE, **STATE_KEY)
    assert not role("preview").may("s3:GetObject", f"{STATE}/stacks/gacp/dev.json", **HERE)
    assert not role("preview").may("s3:GetObject", f"{STATE}/../other/x", **HERE)


def test_a_preview_reads_what_is_released_and_opens_nothing_else_with_that_key():
    ours = {**HERE, **OURS, **VIA_S3}
    assert role("preview").may("s3:GetObject", f"{BUNDLES}/host/x.tar.gz", **HERE)
    assert role("preview").may("kms:Decrypt", KEY, **ours)
    documents = {**ours, ENCRYPTED: bucket("gacp-prod-documents-123456789012")}
    assert not role("preview").may("kms:Decrypt", KEY, **documents)
    assert not role("preview").may("kms:GenerateDataKey", KEY, **ours)


CDN_HOME = "arn:aws:logs:us-east-1:123456789012"


def test_deliveries_of_cloudfront_are_made_and_changed_by_tag_and_where_there_is_one():
    fronted, tagged = role("deploy", FRONTED), {"aws:RequestTag/Name": "gacp-prod-cdn"}
    delivery = f"{CDN_HOME}:delivery:x"
    assert fronted.may("logs:CreateDelivery", delivery, **GLOBAL, **tagged)
    assert fronted.may("logs:PutResourcePolicy", **GLOBAL)
    assert not fronted.may("logs:PutResourcePolicy", **HERE)
    assert not fronted.may("logs:CreateDelivery", delivery, **GLOBAL)
    assert not fronted.may("logs:DeleteDelivery", delivery, **GLOBAL)
    assert not fronted.may("logs:DeleteLogGroup", f"{CDN_HOME}:log-group:aws-waf-logs-x", **GLOBAL)
    for case in ("host", "cluster"):
        assert not role("deploy", case).may("logs:CreateDelivery", delivery, **GLOBAL, **tagged)
        assert not role("deploy", case).may("logs:PutResourcePolicy", **GLOBAL)


ISSUER = "token.actions.githubusercontent.com"
MINE = "repo:gacp/platform"


def takes(name, sub, aud="sts.amazonaws.com", provider=PROVIDER):
    claims = {f"{ISSUER}:sub": sub, f"{ISSUER}:aud": aud}
    return may_assume(role(name).trust, provider, {k: v for k, v in claims.items() if v})


@pytest.mark.parametrize("sub", [f"{MINE}:pull_request", f"{MINE}:ref:refs/heads/main"])
def test_pull_requests_and_the_main_branch_preview_and_deploy_nothing(sub):
    assert takes("preview", sub)
    assert not takes("deploy", sub)


def test_the_environment_deploys():
    assert takes("deploy", f"{MINE}:environment:prod")
    assert not takes("preview", f"{MINE}:environment:prod")


@pytest.mark.parametrize(
    "sub",
    [
        "repo:somebody/platform:environment:prod",
        "repo:gacp/platform-fork:environment:prod",
        "repo:gacp/other:pull_request",
        f"{MINE}:environment:staging",
        f"{MINE}:environment:prod-2",
        f"{MINE}:ref:refs/heads/feature",
        f"{MINE}:ref:refs/tags/main",
        f"{MINE}:environment:*",
        f"{MINE}:*",
        "repo:GACP/Platform:environment:prod",
        "",
    ],
)
@pytest.mark.parametrize("name", ["preview", "deploy"])
def test_no_other_token_takes_a_role(name, sub):
    assert not takes(name, sub)


@pytest.mark.parametrize(
    ("sub", "name"), [(f"{MINE}:environment:prod", "deploy"), (f"{MINE}:pull_request", "preview")]
)
def test_a_token_for_somebody_else_or_of_another_issuer_takes_no_role(sub, name):
    assert not takes(name, sub, aud="https://github.com/gacp")
    assert not takes(name, sub, aud="")
    assert not takes(name, sub, provider="arn:aws:iam::210987654321:oidc-provider/x")


def test_trust_is_by_exact_words():
    (statement,) = trust.deploys(PROVIDER, "gacp/platform", "prod")
    assert set(statement["Condition"]) == {"StringEquals"}
    assert "*" not in str(statement["Condition"])


def test_two_stacks_of_an_account_have_nothing_in_common():
    assert scope().prefix == "gacp-prod-"
    assert not role("deploy").may(
        "sqs:DeleteQueue", "arn:aws:sqs:ap-southeast-1:123456789012:gacp-staging-x", **HERE
    )
