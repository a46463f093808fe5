"""An existing VPC that a stack lives in, as its owner names it."""

# ruff: noqa: RUF009 - key() and section() give a dataclasses.field

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from infra.config import rules
from infra.config.keys import key, section


def _in_zone(letter: str) -> Any:
    return key(f"Its subnet in zone {letter}.", rules.optional(rules.SUBNET_ID), default="")


@dataclass(frozen=True, slots=True)
class SubnetsByZone:
    """Ids of a tier's subnets, by the letter of their zone."""

    a: str = _in_zone("a")
    b: str = _in_zone("b")
    c: str = _in_zone("c")
    d: str = _in_zone("d")
    e: str = _in_zone("e")
    f: str = _in_zone("f")
    g: str = _in_zone("g")
    h: str = _in_zone("h")

    @property
    def given(self) -> dict[str, str]:
        """Zone letter to id, in the order of the letters, where an id is given."""
        ids = {field.name: str(getattr(self, field.name)) for field in dataclasses.fields(self)}
        return {letter: id_ for letter, id_ in ids.items() if id_}


@dataclass(frozen=True, slots=True)
class AdoptConfig:
    """A VPC that somebody else made and keeps: it is read and never changed."""

    vpc_id: str = key(
        "The VPC; empty makes one of the stack's own.", rules.optional(rules.VPC_ID), default=""
    )
    public_subnets: SubnetsByZone = section(SubnetsByZone)
    private_subnets: SubnetsByZone = section(SubnetsByZone)
    data_subnets: SubnetsByZone = section(SubnetsByZone)

    @property
    def tiers(self) -> dict[str, SubnetsByZone]:
        """Tier to its subnets, in the order of the tiers."""
        return {
            "public": self.public_subnets,
            "private": self.private_subnets,
            "data": self.data_subnets,
        }
