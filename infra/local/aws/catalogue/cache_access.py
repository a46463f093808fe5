"""ElastiCache: what stands around a replication group (pure table).

Sources: `internal/service/elasticache` of hashicorp/terraform-provider-aws: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import cache_access_rules
from infra.local.aws.catalogue.tokens import (
    CACHE_PARAMETERS,
    CACHE_SUBNETS,
    CACHE_USER,
    CACHE_USER_LINK,
    CACHE_USERS,
    SUBNET,
)
from infra.local.aws.rules.basic import at_most_one, length, one_of, pattern
from infra.local.aws.spec import Autoname, Reference, TypeSpec

TF = "terraform-provider-aws internal/service/elasticache/{}: {}"
ARN = "arn:aws:elasticache:{region}:{account}:"
_GROUP_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"
_USER_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUser.html"
_PARAMETERS_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheParameterGroup.html"
_ID = r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]*(?<!-)"
_SAYS = "letters, digits and single hyphens, beginning with a letter, not ending with a hyphen"
_ENGINES = ("redis", "valkey")

TYPES = (
    TypeSpec(
        CACHE_SUBNETS,
        id="{in.name}",
        computed={"arn": ARN + "subnetgroup:{id}", "vpcId": cache_access_rules.vpc_of_subnets},
        autoname=Autoname(longest=255, lower=True),
        unique=("name",),
        exists="CacheSubnetGroupAlreadyExists",
        rules=(
            pattern(
                "name",
                r"(?!default$)[a-z0-9-]{1,255}",
                "lower-case letters, digits and hyphens",
                _GROUP_API,
            ),
        ),
        references=(Reference("subnetIds[*]", (SUBNET,), code="InvalidSubnet", holds=False),),
        world=(cache_access_rules.one_vpc,),
        in_use="CacheSubnetGroupInUse",
    ),
    TypeSpec(
        CACHE_PARAMETERS,
        id="{in.name}",
        computed={"arn": ARN + "parametergroup:{id}"},
        autoname=Autoname(longest=255, lower=True),
        unique=("name",),
        exists="CacheParameterGroupAlreadyExists",
        rules=(
            pattern("name", _ID, _SAYS, _PARAMETERS_API),
            length("name", 1, 255, _PARAMETERS_API),
            one_of(
                "family",
                (
                    "redis5.0",
                    "redis6.x",
                    "redis7",
                    "valkey7",
                    "valkey8",
                    "valkey9",
                    "memcached1.6",
                ),
                _PARAMETERS_API,
            ),
            cache_access_rules.parameters,
        ),
        in_use="InvalidCacheParameterGroupState",
    ),
    TypeSpec(
        CACHE_USER,
        id="{in.userId}",
        computed={
            "arn": ARN + "user:{id}",
            "authenticationMode": cache_access_rules.authentication,
        },
        unique=("userId",),
        exists="UserAlreadyExists",
        rules=(
            pattern("userId", _ID, _SAYS, _USER_API),
            length("userId", 1, 40, _USER_API),
            length("userName", 1, 120, _USER_API),
            one_of("engine", _ENGINES, TF.format("user.go", "ValidateDiagFunc")),
            one_of(
                "authenticationMode.type", ("password", "no-password-required", "iam"), _USER_API
            ),
            at_most_one(
                ("passwords", "noPasswordRequired", "passwordsWo"),
                TF.format("user.go", "ConflictsWith"),
            ),
            cache_access_rules.user(_USER_API),
        ),
    ),
    TypeSpec(
        CACHE_USERS,
        id="{in.userGroupId}",
        computed={"arn": ARN + "usergroup:{id}"},
        unique=("userGroupId",),
        exists="UserGroupAlreadyExists",
        rules=(
            pattern("userGroupId", _ID, _SAYS, _USER_API),
            length("userGroupId", 1, 40, _USER_API),
            one_of("engine", _ENGINES, TF.format("user_group.go", "ValidateDiagFunc")),
        ),
        references=(
            Reference(
                "userIds[*]", (CACHE_USER,), by=("id", "userId"), code="UserNotFound", holds=False
            ),
        ),
        world=(cache_access_rules.group_has_default_user,),
        in_use="InvalidUserGroupState",
    ),
    TypeSpec(
        CACHE_USER_LINK,
        id="{in.userGroupId},{in.userId}",
        unique=("userGroupId", "userId"),
        exists="InvalidUserGroupState",
        rules=(pattern("userId", _ID, _SAYS, _USER_API),),
        references=(
            Reference(
                "userGroupId",
                (CACHE_USERS,),
                by=("id", "userGroupId"),
                code="UserGroupNotFound",
                holds=False,
            ),
            Reference(
                "userId", (CACHE_USER,), by=("id", "userId"), code="UserNotFound", holds=False
            ),
        ),
    ),
)
