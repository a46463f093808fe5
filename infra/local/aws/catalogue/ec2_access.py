"""Security groups and their rules, network ACLs, flow logs (pure table).

Sources: `vpc_security_group.go`, `vpc_default_security_group.go`, `vpc_security_group_rule.go`,
`vpc_security_group_ingress_rule.go` (ModifyPlan), `vpc_network_acl.go`, `vpc_flow_log.go` of
hashicorp/terraform-provider-aws `internal/service/ec2`, and CloudFormation's createOnlyProperties.
"""

from __future__ import annotations

from infra.local.aws.catalogue import access_rules
from infra.local.aws.catalogue.ec2_network import ARN, TF
from infra.local.aws.catalogue.tokens import (
    DEFAULT_GROUP,
    SECURITY_GROUP,
    VPC,
)
from infra.local.aws.codec import Properties
from infra.local.aws.rules.basic import at_most_one, length, one_of, pattern
from infra.local.aws.rules.network import cidr, cidr6, ports, rule_source
from infra.local.aws.spec import Autoname, Reference, Sometimes, TypeSpec, always

_GROUP_DOC = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html"
_DESCRIPTION = r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*"
_RULE_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_INLINE = (
    cidr("ingress[*].cidrBlocks[*]"),
    cidr("egress[*].cidrBlocks[*]"),
    ports("ingress[*]"),
    ports("egress[*]"),
)


def _source_name(inputs: Properties) -> str | None:
    return next((name for name in _RULE_SOURCES if inputs.get(name) is not None), None)


def _rule(token: str, direction: str) -> TypeSpec:
    other_side = Sometimes(
        lambda old, new: _source_name(old) != _source_name(new),
        TF.format(f"vpc_security_group_{direction}_rule.go", "ModifyPlan"),
    )
    return TypeSpec(
        token,
        id="sgr-{hex}",
        computed={"arn": ARN + "security-group-rule/{id}", "securityGroupRuleId": "{id}"},
        sometimes=dict.fromkeys(_RULE_SOURCES, other_side),
        rules=(
            rule_source(_RULE_SOURCES),
            cidr("cidrIpv4"),
            cidr6("cidrIpv6"),
            ports(protocol="ipProtocol"),
            pattern(
                "description", _DESCRIPTION, "letters, digits and ._-:/()#,@[]+=&;{}!$*", _GROUP_DOC
            ),
            length("description", 0, 255, _GROUP_DOC),
        ),
        references=(
            Reference(
                "securityGroupId",
                (SECURITY_GROUP, DEFAULT_GROUP),
                code="InvalidGroup.NotFound",
                holds=False,
            ),
            Reference(
                "referencedSecurityGroupId",
                (SECURITY_GROUP, DEFAULT_GROUP),
                code="InvalidGroup.NotFound",
            ),
        ),
        unique=("securityGroupId", "ipProtocol", "fromPort", "toPort", *_RULE_SOURCES),
        exists="InvalidPermission.Duplicate",
    )


TYPES = (
    TypeSpec(
        SECURITY_GROUP,
        id="sg-{hex}",
        computed={
            "arn": ARN + "security-group/{id}",
            "ownerId": "{account}",
            "ingress": always([]),
            "egress": always([]),
        },
        autoname=Autoname(unless=("namePrefix",)),
        unique=("name", "vpcId"),
        exists="InvalidGroup.Duplicate",
        rules=(
            at_most_one(
                ("name", "namePrefix"), TF.format("vpc_security_group.go", "ConflictsWith")
            ),
            length("name", 1, 255, _GROUP_DOC),
            pattern(
                "name", r"(?!sg-)" + _DESCRIPTION, "a name does not begin with sg-", _GROUP_DOC
            ),
            pattern(
                "description", _DESCRIPTION, "letters, digits and ._-:/()#,@[]+=&;{}!$*", _GROUP_DOC
            ),
            length("description", 0, 255, _GROUP_DOC),
            *_INLINE,
        ),
        references=(
            Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound"),
            Reference(
                "ingress[*].securityGroups[*]", (SECURITY_GROUP,), code="InvalidGroup.NotFound"
            ),
            Reference(
                "egress[*].securityGroups[*]", (SECURITY_GROUP,), code="InvalidGroup.NotFound"
            ),
        ),
    ),
    TypeSpec(
        DEFAULT_GROUP,
        id=access_rules.default_group_id,
        computed={
            "arn": ARN + "security-group/{id}",
            "ownerId": "{account}",
            "name": "default",
            "description": "default VPC security group",
        },
        unique=("vpcId",),
        rules=_INLINE,
        references=(Reference("vpcId", (VPC,), code="InvalidVpcID.NotFound", holds=False),),
    ),
    TypeSpec(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        id="sgrule-{hex}",
        computed={"securityGroupRuleId": "sgr-{hex}"},
        rules=(
            one_of(
                "type",
                ("ingress", "egress"),
                TF.format("vpc_security_group_rule.go", "ValidateFunc"),
            ),
            cidr("cidrBlocks[*]"),
            ports(),
            at_most_one(
                ("sourceSecurityGroupId", "cidrBlocks"),
                TF.format("vpc_security_group_rule.go", "ConflictsWith"),
            ),
            access_rules.some_source,
        ),
        references=(
            Reference(
                "securityGroupId",
                (SECURITY_GROUP, DEFAULT_GROUP),
                code="InvalidGroup.NotFound",
                holds=False,
            ),
            Reference("sourceSecurityGroupId", (SECURITY_GROUP,), code="InvalidGroup.NotFound"),
        ),
        unique=(
            "type",
            "securityGroupId",
            "protocol",
            "fromPort",
            "toPort",
            "cidrBlocks",
            "ipv6CidrBlocks",
            "sourceSecurityGroupId",
            "self",
        ),
        exists="InvalidPermission.Duplicate",
    ),
    _rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress"),
    _rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "egress"),
)
