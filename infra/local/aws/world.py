"""Rules between resources: what is pointed at must exist, names are taken once, and what is in use
stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.local.aws.catalogue.managed_policies import MANAGED
from infra.local.aws.codec import UNKNOWN, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.regions import Regional, is_global, is_named_once
from infra.local.aws.spec import ACCOUNT, AwsError, Reference, TypeSpec
from infra.local.aws.store import Record, Store


class World:
    """Questions about what is recorded. Values come without secret marks."""

    def __init__(self, store: Store, table: dict[str, TypeSpec], region: str) -> None:
        self._whole = store
        self._table = table
        self.store = Regional(store, region)
        self.region = region

    def seen_from(self, region: str) -> World:
        """The same record from another region."""
        return World(self._whole, self._table, region)

    def find(
        self,
        tokens: tuple[str, ...],
        value: Value,
        by: tuple[str, ...] = ("id",),
        *,
        anywhere: bool = False,
    ) -> Record | None:
        """The resource of one of these types that `value` names by one of these outputs; `anywhere`
        looks into the other regions too, when this one has none.
        """
        elsewhere = self._whole.of_type(*tokens) if anywhere else ()
        for record in (*self.store.of_type(*tokens), *elsewhere):
            if "id" in by and record.id == value:
                return record
            if any(name != "id" and plain(record.outputs.get(name)) == value for name in by):
                return record
        return None

    def where(self, token: str, name: str, value: Value) -> list[Record]:
        """Resources of a type whose input or output `name` is `value`."""
        return [
            record
            for record in self.store.of_type(token)
            if plain(record.outputs.get(name, record.inputs.get(name))) == value
        ]

    def output(self, token: str, identity: Value, name: str) -> Value:
        """An output of another resource, without secret marks; None where there is none."""
        record = self.store.get(token, identity) if isinstance(identity, str) else None
        return plain(record.outputs.get(name)) if record else None

    def key_arn(self, named: Value) -> Value:
        """The ARN of a KMS key that is named by id or ARN."""
        key = self.find(("aws:kms/key:Key",), named, ("id", "arn"))
        return plain(key.outputs.get("arn")) if key else None

    def _owner(self, tokens: tuple[str, ...], value: Value) -> Record | None:
        """The resource with which one of these types came, such as a VPC's own route table."""
        for record in self._whole.all():
            spec = self._table.get(record.token)
            for token, path in spec.brings.items() if spec else ():
                if token in tokens and value in at(plain(record.outputs), path):
                    return record
        return None

    def check(self, spec: TypeSpec, making: Making) -> None:
        """Raise `AwsError` as AWS would for making or changing this, given what exists."""
        for reference in spec.references:
            for value in at(making.inputs, reference.path):
                self._check_reference(spec, reference, value, making.region)
        for rule in spec.world:
            rule(self, making)

    def check_free(self, spec: TypeSpec, making: Making) -> None:
        """Raise `AwsError` when the name is taken."""
        if not spec.unique:
            return
        wanted = [making.inputs.get(name) for name in spec.unique]
        if any(making.inputs.get(name) is None and name in spec.computed for name in spec.unique):
            return  # AWS makes the name, and makes it new
        taken = self._whole if is_named_once(spec.token) else self.store
        for record in taken.of_type(spec.token):
            if [plain(record.inputs.get(name)) for name in spec.unique] == wanted and any(wanted):
                shown = ", ".join(f"{k} {v!r}" for k, v in zip(spec.unique, wanted, strict=True))
                raise AwsError(
                    spec.exists,
                    f"a {spec.token} with {shown} exists already ({record.id}); choose another or"
                    " import it",
                    state=True,
                )

    def check_unused(self, spec: TypeSpec, record: Record) -> None:
        """Raise `AwsError` when AWS would refuse to delete the resource, because others hold it."""
        holders = [] if _is_forced(spec, record) else list(self.holders(record))
        if holders:
            shown = ", ".join(
                f"{holder.token.rsplit(':', 1)[1]} {holder.id}" for holder in holders[:3]
            )
            way = f"; {spec.force} lets it go with them" if spec.force else ""
            raise AwsError(
                spec.in_use,
                f"{record.id} cannot be deleted: {shown} depends on it{way}",
                state=True,
            )

    def forget(self, spec: TypeSpec, record: Record) -> None:
        """Take the resource out of the record, and what a forced delete takes along."""
        for holder in list(self.holders(record)) if _is_forced(spec, record) else ():
            self._whole.remove(holder)
        if spec.pending:
            for name in {record.id, plain(record.outputs.get("arn"))}:
                self._whole.set_fact(f"pending deletion {name}", spec.pending)
        self._whole.remove(record)

    def holders(self, record: Record) -> Iterator[Record]:
        """Resources whose references keep this one from being deleted."""
        names = {record.id} | {
            value for value in map(plain, record.outputs.values()) if _names(value)
        }
        for other in self._whole.all():
            if other.key == record.key:
                continue
            near = other.region == record.region or is_global(record.token)
            for reference in self._references_to(other.token, record.token):
                if not near and not reference.anywhere:
                    continue
                if any(value in names for value in at(plain(other.inputs), reference.path)):
                    yield other
                    break

    def _references_to(self, token: str, target: str) -> Iterator[Reference]:
        spec = self._table.get(token)
        for reference in spec.references if spec else ():
            if reference.holds and target in reference.to:
                yield reference

    def _check_reference(
        self, spec: TypeSpec, reference: Reference, value: Value, region: str
    ) -> None:
        if not isinstance(value, str) or not value or value == UNKNOWN or _belongs_elsewhere(value):
            return
        found = self.find(reference.to, value, reference.by, anywhere=True)
        found = found or self._owner(reference.to, value)
        if found and (found.region == region or reference.anywhere or is_global(found.token)):
            return
        pending = None if found else self._whole.fact(f"pending deletion {value}")
        if pending:
            raise AwsError(
                pending, f"{spec.token} {reference.path}: {value!r} is pending deletion", state=True
            )
        others = [
            record for record in self.store.all() if value in (record.id, record.outputs.get("arn"))
        ]
        if others and others[0].token not in self._table:
            return  # recorded without checks: nobody here knows what may point at it
        wanted = " or ".join(token.rsplit(":", 1)[1] for token in reference.to)
        said = "it does not exist"
        if found:
            said = f"it is in {found.region} and this is made in {region}"
        elif others:
            said = f"it is a {others[0].token.rsplit(':', 1)[1]}"
        raise AwsError(
            reference.code,
            f"{spec.token} {reference.path}: {value!r} must name a {wanted} by its "
            f"{' or '.join(reference.by)}, but {said}",
        )


def _is_forced(spec: TypeSpec, record: Record) -> bool:
    return bool(spec.force) and plain(record.inputs.get(spec.force)) is True


def _names(value: Value) -> bool:
    return isinstance(value, str) and bool(value) and value != UNKNOWN


def _belongs_elsewhere(value: str) -> bool:
    """What AWS itself, another account or no account owns cannot be looked up here."""
    if value.startswith(("alias/aws/", "default.", "pl-")) or value == "default":
        return True
    if value in MANAGED:
        return True
    parts = value.split(":")
    if parts[-1] == "root" and parts[2:3] == ["iam"]:
        return True  # the account itself
    return value.startswith("arn:") and len(parts) > 5 and parts[4] not in ("", ACCOUNT)


# Codes on which the provider for AWS asks again (hashicorp/terraform-provider-aws, `*_gateway.go`,
# `vpc_subnet.go`,
# `vpc_security_group.go`, `docdb/cluster.go`: RetryWhenAWSErrCodeEquals in the delete functions).
RETRIED = frozenset(
    {
        "DependencyViolation",
        "DeleteConflict",
        "InvalidIPAddress.InUse",
        "InvalidDBSubnetGroupStateFault",
        "InvalidDBParameterGroupState",
        "InvalidDBClusterStateFault",
        "CacheSubnetGroupInUse",
        "InvalidCacheParameterGroupState",
        "InvalidUserGroupState",
        "ResourceInUseException",
        "ResourceInUse",
    }
)
