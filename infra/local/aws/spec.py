"""What the table of types says about one type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.aws.codec import Properties, Value

if TYPE_CHECKING:
    from infra.local.aws.making import Making
    from infra.local.aws.world import World

ACCOUNT = "123456789012"
PARTITION = "aws"


class AwsError(Exception):
    """A refusal in AWS's words: `code` is the error code that the service gives.

    `state` says that the request is well formed and what exists stands in its way.
    """

    def __init__(self, code: str, message: str, *, state: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.state = state


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule is asked: AWS's answer depends on the region."""

    region: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that AWS (or the provider for AWS) would refuse, and why, with the rule's source."""

    property: str
    reason: str


type Rule = Callable[[Properties, Scope], Iterator[Failure]]
type WorldRule = Callable[["World", "Making"], None]
type Computed = str | Callable[["Making"], Value]


@dataclass(frozen=True, slots=True)
class Default:
    value: Value
    source: str


@dataclass(frozen=True, slots=True)
class Autoname:
    """A physical name made of the logical one and seven random hexadecimal digits, as pulumi-aws
    makes it; `verbatim` without the digits (an object's key).
    """

    property: str = "name"
    longest: int = 255
    lower: bool = False
    unless: tuple[str, ...] = ()  # inputs that name the resource instead, such as namePrefix
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """An input that points at another resource: AWS refuses one that is not there, or of another
    kind.

    `path` may hold `[*]`; `to` lists the types that it may name and `by` the outputs that it may
    name them by. `holds` says that the other resource cannot be deleted while this one points at
    it; `anywhere` that it may be in another region.
    """

    path: str
    to: tuple[str, ...]
    by: tuple[str, ...] = ("id",)
    code: str = "InvalidParameterValue"
    holds: bool = True
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Sometimes:
    """A change of an input that replaces only if `when` holds for the old and the new inputs."""

    when: Callable[[Properties, Properties], bool]
    source: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """The source of computed outputs: `only` are no inputs, `filled` are where left out."""

    source: str
    only: frozenset[str]
    filled: frozenset[str]


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """One row of the table.

    `id` and `computed` are templates (see `making.py`) or functions; `outputs` says where the
    computed ones are from; `live` names computed outputs
    that an update makes anew; `local_wins` are outputs that the local services decide even where
    the program gives an input. `force_new` maps an input (or a path pattern) to the source that
    says a change replaces. `unique` are inputs that together name the resource, so that two cannot
    stand side by side. `in_use` is the error code when something still holds the resource, `force`
    the input that lets the delete go ahead and take the holders along. `fills` are inputs in whose
    output AWS fills in more than was given. `pending` is the error code of using it after its
    deletion, where the service only schedules that. `brings` maps a type to the output that names
    one of it, which came with this resource. `unchecked` rows stand for types without one.
    """

    token: str
    id: Computed
    computed: Mapping[str, Computed] = field(default_factory=dict[str, Computed])
    outputs: Outputs | None = None
    live: tuple[str, ...] = ()
    local_wins: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    force_new: Mapping[str, str] = field(default_factory=dict[str, str])
    sometimes: Mapping[str, Sometimes] = field(default_factory=dict[str, "Sometimes"])
    defaults: Mapping[str, Default] = field(default_factory=dict[str, Default])
    autoname: Autoname | None = None
    unique: tuple[str, ...] = ()
    exists: str = "AlreadyExistsException"
    sets: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    references: tuple[Reference, ...] = ()
    world: tuple[WorldRule, ...] = ()
    in_use: str = "DependencyViolation"
    force: str = ""
    pending: str = ""
    unchecked: bool = False
    brings: Mapping[str, str] = field(default_factory=dict[str, str])
    keep: tuple[
        WorldRule, ...
    ] = ()  # rules of deletion beyond references, such as deletion protection

    @property
    def service(self) -> str:
        return self.token.split(":")[1].split("/")[0]

    def replaces_at(self, path: str, old: Properties, new: Properties) -> bool:
        """Whether a change at this path, between these inputs, needs a new resource."""
        bare = re.sub(r"\[\d+\]", "[*]", path)
        causes = [
            "region",  # of every resource: terraform-provider-aws internal/provider: ForceNew
            *self.force_new,
            *(key for key, some in self.sometimes.items() if some.when(old, new)),
        ]
        return any(bare == cause or bare.startswith((f"{cause}.", f"{cause}[")) for cause in causes)

    def is_set(self, path: str) -> bool:
        """Whether the list at this path has no order (Terraform's sets, which the SDK shows as
        lists).
        """
        bare = re.sub(r"\[\d+\]", "", path)
        return bare in self.sets or bare.rsplit(".", 1)[-1] in SETS


# Names that are sets wherever they stand (hashicorp/terraform-provider-aws, `schema.TypeSet`).
SETS = frozenset(
    {
        "availabilityZones",
        "cidrBlocks",
        "enabledCloudwatchLogsExports",
        "ipv6CidrBlocks",
        "prefixListIds",
        "routeTableIds",
        "securityGroupIds",
        "subjectAlternativeNames",
        "subnetIds",
        "userIds",
        "userGroupIds",
        "validationRecordFqdns",
        "vpcSecurityGroupIds",
    }
)


def outputs_of(file: str, only: str, *, filled: str = "") -> Outputs:
    """Outputs, as words, that a file of the provider for AWS reads back."""
    source = f"terraform-provider-aws internal/service/{file}: Read"
    return Outputs(source, frozenset(only.split()), frozenset(filled.split()))


def forced(source: str, *names: str) -> dict[str, str]:
    """Inputs whose change replaces, all by one source."""
    return dict.fromkeys(names, source)


def always(value: Value) -> Computed:
    """A computed output that is the same for every resource of the type."""
    return lambda _: value
