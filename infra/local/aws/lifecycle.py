"""What the provider does for one resource: check, make, change, read, delete. No protocol here."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from infra.local.aws import reading, shapes
from infra.local.aws.checking import Checked, Naming, check
from infra.local.aws.codec import UNKNOWN, Properties, Value, has_unknown, plain, secret
from infra.local.aws.config import ProviderConfig
from infra.local.aws.diff import Difference, difference
from infra.local.aws.endpoints import Endpoints
from infra.local.aws.making import Making, filled, new_id, render, rendered
from infra.local.aws.patience import patiently
from infra.local.aws.realising import Realisers
from infra.local.aws.spec import AwsError, TypeSpec
from infra.local.aws.store import Record, Store, changed
from infra.local.aws.table import TABLE, spec_of
from infra.local.aws.unfinished import Unfinished
from infra.local.aws.world import World


@dataclass(slots=True)
class Lifecycle:
    """Resources of one provider instance. `patience` is how many seconds a delete waits while the
    resource is held: the provider for AWS asks again for minutes (`retry.RetryContext` on
    DependencyViolation and its like).
    """

    store: Store
    config: ProviderConfig
    endpoints: Endpoints
    patience: float = 20.0
    record_unknown: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    write_only: dict[tuple[str, str], Properties] = field(default_factory=dict, repr=False)
    world: World = field(init=False)
    real: Realisers = field(init=False)
    unfinished: Unfinished = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.store, dict(TABLE), self.config.region)
        self.real = Realisers(self.store, self.endpoints)
        self.unfinished = Unfinished(self.store)

    def check(self, token: str, olds: Properties, news: Properties, naming: Naming) -> Checked:
        """Inputs with defaults and names filled in, and what AWS would refuse about them."""
        region = plain(news.get("region"))
        checked = check(self._spec(token), olds, news, naming, self._region(region))
        # Write-only values go no further than this process: the engine gets the inputs without
        # them.
        self.write_only[token, naming.name] = checked.write_only
        return checked

    def diff(self, token: str, old: Properties, new: Properties, outputs: Properties) -> Difference:
        spec = self._spec(token)
        tags = self._all_tags(spec, new)
        if "region" in shapes.declared_inputs(token) and "region" in outputs:
            old = {**old, "region": outputs["region"]}  # whether it was written down or not
            new = {**new, "region": new.get("region") or self.config.region}
        return difference(spec, old, new, outputs, tags)

    def create(
        self, token: str, name: str, inputs: Properties, *, preview: bool, urn: str = ""
    ) -> tuple[str, Properties]:
        """The new id and state; in a preview no id, and every computed output unknown.

        What an unfinished create of this URN made is taken over, or taken away where the inputs
        make it another resource. Raises `AwsError` where AWS would refuse.
        """
        spec = self._spec(token)
        making = self._making(spec, name, inputs, preview=preview)
        if preview:
            unknown = dict.fromkeys(self._computed(spec, inputs), UNKNOWN)
            return "", self._outputs(spec, inputs, unknown | filled(spec, making))
        if (half := self.unfinished.of(urn, token)) is not None:
            if not self.diff(token, half.inputs, inputs, half.outputs).replaces:
                settled = self.update(token, half.id, name, inputs, half.outputs, preview=False)
                return half.id, settled
            self.delete(token, half.id, half.region)
            self.unfinished.known(*half.key)
        with self.store.alone():
            making.world.check(spec, making)
            making.world.check_free(spec, making)
            facts = self.real.make(making)
            making.id = new_id(spec, making, facts)
            for key in self._computed(spec, inputs):
                if key not in making.outputs:
                    making.outputs[key] = rendered(spec, key, making)
            outputs = self._outputs(spec, inputs, making.outputs)
            record = Record(token, making.id, making.region, inputs, outputs)
            self.store.put(record)
            self.unfinished.begun(urn, record)
            making.outputs = plain(outputs)
            self.real.settle(making)
        return making.id, outputs

    def update(
        self,
        token: str,
        identity: str,
        name: str,
        inputs: Properties,
        olds: Properties,
        *,
        preview: bool,
    ) -> Properties:
        """The new state. Raises `AwsError` where AWS would refuse, or when the resource is gone."""
        spec = self._spec(token)
        making = self._making(spec, name, inputs, preview=preview)
        making.id, making.outputs = identity, plain(olds)
        if preview:
            kept = {key: olds.get(key, UNKNOWN) for key in self._computed(spec, inputs)}
            kept |= dict.fromkeys(spec.live, UNKNOWN)
            return self._outputs(spec, inputs, kept | filled(spec, making))
        with self.store.alone():
            record = making.world.store.get(token, identity)
            if record is None:
                raise AwsError(
                    f"{spec.token.rsplit(':', 1)[1]}NotFound",
                    f"{identity} does not exist",
                    state=True,
                )
            making.world.check(spec, making)
            making.outputs = plain(record.outputs)
            for key in (*spec.live, *spec.fills):
                making.outputs[key] = render(spec.computed[key], making)
            kept = {
                key: (making.outputs[key] if key in making.outputs else rendered(spec, key, making))
                for key in self._computed(spec, inputs)
            }
            outputs = self._outputs(spec, inputs, kept)
            self.store.put(changed(record, inputs=inputs, outputs=outputs))
            making.outputs = plain(outputs)
            self.real.settle(making)
        return outputs

    def read(self, token: str, identity: str, region: str) -> Record | None:
        """The resource as it is now: the record, brought to what somebody changed or took away on
        the loopback API. None when there is none.
        """
        record = self.world.seen_from(region).store.get(token, identity)
        if record is None:
            self._spec(token)
            return None
        with self.store.alone():
            making = self.making_of(record)
            seen = self.real.seen(making)
            if seen is None:
                self.store.remove(record)
                return None
            spec = spec_of(token, record_unknown=True)
            now = reading.brought_to(record, seen, spec, self.config.default_tags)
            if now is not record:
                self.store.put(now)
        return now

    def making_of(self, record: Record) -> Making:
        """A recorded resource as its realiser sees it."""
        # What was recorded without checks can be read and deleted without the switch.
        spec = spec_of(record.token, record_unknown=True)
        making = self._making(spec, "", record.inputs, preview=False)
        making.id, making.outputs, making.region = record.id, plain(record.outputs), record.region
        making.world = self.world.seen_from(record.region)
        return making

    def delete(self, token: str, identity: str, region: str) -> None:
        """Delete; what is gone already is no error. Raises `AwsError` while something holds it."""
        spec = spec_of(token, record_unknown=True)

        def attempt() -> None:
            with self.store.alone():
                record = self.world.seen_from(region).store.get(token, identity)
                if record is None:
                    return
                making = self.making_of(record)
                making.world.check_unused(spec, record)
                for rule in spec.keep:
                    rule(making.world, making)
                self.real.remove(making)
                making.world.forget(spec, record)

        patiently(attempt, self.patience, self.stopping)

    def _spec(self, token: str) -> TypeSpec:
        return spec_of(token, record_unknown=self.record_unknown)

    def _making(self, spec: TypeSpec, name: str, inputs: Properties, *, preview: bool) -> Making:
        given = plain(inputs)
        for key, value in self.write_only.get((spec.token, name), {}).items():
            given[key] = plain(value)
        if not preview and has_unknown(given):
            raise AwsError(
                "InvalidParameterValue", f"{spec.token} {name}: an input is still unknown"
            )
        region = self.region_of(given)
        return Making(
            token=spec.token,
            name=name,
            region=region,
            inputs=given,
            world=self.world.seen_from(region),
            endpoints=self.endpoints,
            preview=preview,
        )

    def _computed(self, spec: TypeSpec, inputs: Properties) -> list[str]:
        """Outputs that are not echoes of inputs, in the order of the table."""
        names = dict.fromkeys([*spec.computed, *shapes.declared_outputs(spec.token)])
        mine = (*spec.fills, *(spec.local_wins if self.endpoints.services else ()))
        return [n for n in names if n != "tagsAll" and (n in mine or inputs.get(n) is None)]

    def _outputs(self, spec: TypeSpec, inputs: Properties, computed: Properties) -> Properties:
        outputs = {key: value for key, value in inputs.items() if not shapes.is_write_only(key)}
        outputs |= {key: value for key, value in computed.items() if value is not None}
        declared = shapes.declared_inputs(spec.token)
        if "region" in declared:
            outputs["region"] = self.region_of(inputs)
        if "tagsAll" in shapes.declared_outputs(spec.token):
            outputs["tagsAll"] = self._all_tags(spec, inputs)
        for key in shapes.secret_outputs(spec.token):
            if key in outputs:
                outputs[key] = secret(outputs[key])
        return outputs

    def _all_tags(self, spec: TypeSpec, inputs: Properties) -> Value:
        if "tagsAll" not in shapes.declared_outputs(spec.token):
            return None
        own = plain(inputs.get("tags")) or {}
        return UNKNOWN if own == UNKNOWN else {**self.config.default_tags, **own}

    def region_of(self, properties: Properties) -> str:
        """The region of a resource by its inputs or outputs, else the provider's."""
        return self._region(plain(properties.get("region")))

    def _region(self, own: Value) -> str:
        return own if isinstance(own, str) and own != UNKNOWN else self.config.region
