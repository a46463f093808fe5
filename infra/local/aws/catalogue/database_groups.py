"""DocumentDB: subnet and parameter groups (pure table).

Sources: `internal/service/docdb` of hashicorp/terraform-provider-aws: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import database_group_rules
from infra.local.aws.catalogue.tokens import (
    DOC_PARAMETERS,
    DOC_SUBNETS,
    SUBNET,
)
from infra.local.aws.rules.basic import one_of, pattern
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

TF = "terraform-provider-aws internal/service/docdb/{}: {}"
ARN = "arn:aws:rds:{region}:{account}:"  # DocumentDB's ARNs are of the rds service
_SUBNETS_API = (
    "https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBSubnetGroup.html"
)
_GROUP_API = "https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBClusterParameterGroup.html"
_IDENTIFIER = r"[a-z](?!.*--)[a-z0-9-]*(?<!-)"
_SAYS = (
    "lower-case letters, digits and single hyphens, beginning with a letter, not ending with a"
    " hyphen"
)

TYPES = (
    TypeSpec(
        DOC_SUBNETS,
        id="{in.name}",
        computed={"arn": ARN + "subgrp:{id}", "supportedNetworkTypes": always(["IPV4"])},
        autoname=Autoname(longest=255, lower=True, unless=("namePrefix",)),
        unique=("name",),
        exists="DBSubnetGroupAlreadyExists",
        rules=(
            pattern(
                "name",
                r"(?!default$)[a-z0-9 ._-]{1,255}",
                "lower case, and not `default`",
                _SUBNETS_API,
            ),
        ),
        references=(Reference("subnetIds[*]", (SUBNET,), code="InvalidSubnet", holds=False),),
        world=(database_group_rules.two_zones,),
        in_use="InvalidDBSubnetGroupStateFault",
    ),
    TypeSpec(
        DOC_PARAMETERS,
        id="{in.name}",
        computed={"arn": ARN + "cluster-pg:{id}"},
        autoname=Autoname(longest=255, lower=True, unless=("namePrefix",)),
        unique=("name",),
        exists="DBParameterGroupAlreadyExists",
        rules=(
            pattern("name", _IDENTIFIER, _SAYS, _GROUP_API),
            one_of("family", ("docdb3.6", "docdb4.0", "docdb5.0", "docdb8.0"), _GROUP_API),
            one_of("parameters[*].applyMethod", ("immediate", "pending-reboot"), _GROUP_API),
            database_group_rules.parameters,
        ),
        in_use="InvalidDBParameterGroupState",
    ),
)
