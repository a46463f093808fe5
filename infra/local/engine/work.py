"""What a step asks of the provider, and what its answer does to the resource."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from infra.local.engine.client import ProviderError
from infra.local.engine.state import Resource
from infra.local.engine.values import (
    UNKNOWN,
    Properties,
    decode,
    is_secret,
    secret,
)

if TYPE_CHECKING:
    from pulumi.runtime.proto import provider_pb2

    from infra.local.engine.providers import Providers


class Work:
    """Thread-safe; at most `parallel` provider calls run at once. Raises ProviderError."""

    def __init__(self, providers: Providers, *, dry_run: bool, parallel: int) -> None:
        self._providers = providers
        self._dry_run = dry_run
        self._slots = threading.BoundedSemaphore(parallel)

    def make(self, new: Resource) -> None:
        """Fills in id and outputs of a new resource."""
        if not new.custom:
            return
        if new.is_provider:
            new.id = self._providers.new_id(self._dry_run)
            self._configure(new)
            return
        plugin = self._providers.get(new.provider)
        if plugin is None or (self._dry_run and not plugin.previews):
            new.outputs = {} if plugin is None else dict(new.inputs)
            return
        with self._slots:
            new.id, new.outputs = plugin.create(new, self._dry_run)
        if not new.id and not self._dry_run:
            text = f"plugin returned empty resource.ID from create '{new.urn}'"
            raise ProviderError(text, "NO_ID")
        mark_secrets(new)

    def change(self, old: Resource, new: Resource) -> None:
        """Fills in the outputs of a resource that is updated in place."""
        if not new.custom:  # its outputs come later, from the program
            return
        if new.is_provider:
            self._configure(new)
            return
        plugin = self._providers.get(new.provider)
        if plugin is None or (self._dry_run and not plugin.previews):
            new.outputs = {} if plugin is None else dict(new.inputs)
            return
        with self._slots:
            new.outputs = plugin.update(old, new, self._dry_run)
        mark_secrets(new)

    def _configure(self, new: Resource) -> None:
        self._providers.activate(new, new.id)
        new.outputs = {k: v for k, v in new.inputs.items() if k != "__internal"}

    def read(self, new: Resource) -> None:
        """Reads a resource that others manage. Where its id is not known yet, nothing is. One that
        is there and not whole is filled in as far as it goes."""
        plugin = self._providers.get(new.provider)
        if plugin is None or new.id == UNKNOWN:
            new.outputs = {}
            return
        try:
            with self._slots:
                ident, _, outputs = plugin.read(new.urn, new.id, new.inputs, new.inputs)
        except ProviderError as error:
            if error.partial is not None:
                adopt(new, error.partial)
            raise
        if not ident:
            raise ProviderError(f"resource '{new.id}' does not exist", "NOT_FOUND")
        new.id, new.outputs = ident, outputs
        mark_secrets(new)

    def take_over(self, new: Resource) -> None:
        """Fills in a resource that is imported by its id, with the inputs it has. That it is not
        whole is noted: the program's update comes next."""
        plugin = self._providers.get(new.provider)
        if plugin is None:
            new.id, new.inputs, new.outputs = new.importID, {}, {}
            return
        try:
            with self._slots:
                ident, inputs, outputs = plugin.read(new.urn, new.importID, {}, {})
        except ProviderError as error:
            if error.partial is None:
                raise
            ident, inputs, outputs = partial_read(error.partial)
            new.initErrors = list(error.partial.reasons)
        if not ident:
            raise ProviderError(f"resource '{new.importID}' does not exist", "NOT_FOUND")
        if inputs is None:
            raise ProviderError(
                f"provider does not support importing resources; please try updating the "
                f"'{new.type.partition(':')[0]}' plugin",
                "UNIMPLEMENTED",
            )
        new.id, new.inputs, new.outputs = ident, inputs, outputs
        mark_secrets(new)

    def destroy(self, old: Resource) -> None:
        """Deletes the resource; a preview only makes sure that its provider is to be had."""
        plugin = self._providers.get(old.provider)
        if not self._dry_run and plugin is not None:
            with self._slots:
                plugin.delete(old)


class ProtectedError(ProviderError):
    """A delete that is refused before anybody was asked."""

    def __init__(self, urn: str) -> None:
        super().__init__(_protected(urn), "FAILED_PRECONDITION")


def _protected(urn: str) -> str:
    """Why a protected resource is not deleted, and the way out."""
    return (
        f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
        "either remove the `protect` flag from the resource in your Pulumi program and run "
        f"`pulumi up`, or use the command:\n`pulumi state unprotect '{urn}'`"
    )


def irreplaceable(urn: str) -> str:
    """Why a protected resource is not replaced, and the way out."""
    return (
        f'unable to replace resource "{urn}"\nas it is currently marked for protection. To '
        "unprotect the resource, remove the `protect` flag from the resource in your Pulumi "
        "program and run `pulumi up`"
    )


def partial_read(
    partial: provider_pb2.ErrorResourceInitFailed,
) -> tuple[str, Properties | None, Properties]:
    """What a read found that is not whole, as a read gives it."""
    inputs = decode(partial.inputs) if partial.HasField("inputs") else None
    return partial.id, inputs, decode(partial.properties)


def adopt(new: Resource, partial: provider_pb2.ErrorResourceInitFailed) -> None:
    """What a half-done operation left is kept, with the reasons why it is not whole."""
    new.id = partial.id or new.id
    new.outputs = decode(partial.properties)
    new.initErrors = list(partial.reasons)
    mark_secrets(new)


def mark_secrets(resource: Resource) -> None:
    """Outputs that the program calls secret, and those that repeat a secret input."""
    outputs: Properties = resource.outputs
    for key in resource.additionalSecretOutputs:
        if key in outputs:
            outputs[key] = secret(outputs[key])
    for key, value in resource.inputs.items():
        if is_secret(value) and key in outputs:
            outputs[key] = secret(outputs[key])
