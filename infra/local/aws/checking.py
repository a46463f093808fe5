"""Check: defaults, names, and what AWS would refuse before it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from infra.local.aws import provided, shapes
from infra.local.aws.codec import Properties, plain
from infra.local.aws.rules import basic, places
from infra.local.aws.rules.declared import failures as schema_failures
from infra.local.aws.spec import Autoname, Failure, Scope, TypeSpec


class NamingMode(StrEnum):
    """What the stack's `pulumi:autonaming` asks of the provider."""

    PROPOSE = "propose"  # take the name if the type allows it
    ENFORCE = "enforce"  # take it as it is
    DISABLE = "disable"  # names are required inputs


@dataclass(frozen=True, slots=True)
class Naming:
    """What a physical name is made of: the logical one, the engine's seed, and the stack's own way
    of naming.
    """

    name: str
    seed: bytes = b""
    mode: NamingMode | None = None
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """`inputs` for the engine; `write_only` values were taken out of them."""

    inputs: Properties = field(repr=False)
    failures: tuple[Failure, ...]
    write_only: Properties = field(repr=False)


def check(
    spec: TypeSpec, olds: Properties, news: Properties, naming: Naming, region: str
) -> Checked:
    """Fill in defaults and the name, and list every refusal (not only the first)."""
    inputs = shapes.coerced(spec.token, news)
    failures: list[Failure] = []
    if spec.autoname:
        failures.extend(_name(spec.autoname, olds, inputs, naming))
    given = plain(inputs)
    inputs = provided.with_defaults(spec.token, inputs)
    failures.extend(refusals(spec, plain(inputs), given, Scope(region)))
    write_only = {key: value for key, value in inputs.items() if shapes.is_write_only(key)}
    kept = {key: value for key, value in inputs.items() if key not in write_only}
    return Checked(kept, tuple(dict.fromkeys(failures)), write_only)


def refusals(
    spec: TypeSpec, inputs: Properties, given: Properties, scope: Scope
) -> Iterator[Failure]:
    """What AWS would refuse of complete inputs; `given` are those without the provider's defaults.

    What is not known yet is never a reason.
    """
    if spec.unchecked:
        return
    wrong_shape = list(shapes.failures(spec.token, inputs))
    yield from wrong_shape
    yield from places.region(inputs, scope)
    if any("Missing" not in failure.reason for failure in wrong_shape):
        return  # the rules read shapes that hold
    declared = shapes.declared_inputs(spec.token)
    if "tags" in declared:
        yield from basic.tags(inputs, scope)
    said = [failure for rule in spec.rules for failure in rule(inputs, scope)]
    yield from said
    named = {failure.property for failure in said}
    for failure in schema_failures(spec.token, inputs, given):
        if failure.property not in named:  # the row's own rule says it better
            yield failure


def _name(
    auto: Autoname, olds: Properties, inputs: Properties, naming: Naming
) -> Iterator[Failure]:
    if inputs.get(auto.property) is not None or any(inputs.get(name) for name in auto.unless):
        return
    if olds.get(auto.property) is not None:
        inputs[auto.property] = olds[
            auto.property
        ]  # the name of a resource outlives its neighbours' changes
    elif auto.verbatim:
        inputs[auto.property] = naming.name
    elif naming.mode is NamingMode.DISABLE:
        yield Failure(
            auto.property,
            f"{auto.property} is required: this stack's pulumi:autonaming is disabled",
        )
    elif naming.mode in (NamingMode.ENFORCE, NamingMode.PROPOSE) and naming.proposed:
        inputs[auto.property] = naming.proposed
    else:
        suffix = hashlib.sha256(naming.seed or naming.name.encode()).hexdigest()[:7]
        stem = naming.name[: auto.longest - len(suffix) - 1]
        stem = stem.lower() if auto.lower else stem
        inputs[auto.property] = f"{stem}-{suffix}"
