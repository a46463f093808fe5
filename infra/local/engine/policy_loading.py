"""Starts the policy packs that flags name, and sets each to what its configuration says."""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.engine import policy_config
from infra.local.engine.errors import EngineError
from infra.local.engine.policy_pack import PolicyPack

if TYPE_CHECKING:
    from infra.local.engine.arguments import Arguments
    from infra.local.engine.events import Events
    from infra.local.engine.policy_config import Setting
    from infra.local.engine.policy_pack import Place

_AT_ONCE = 4


def named(arguments: Arguments) -> list[tuple[str, str]]:
    """(folder, configuration file or empty) of each pack; the flags belong together by order."""
    packs = _listed(arguments, "policy-pack")
    files = _listed(arguments, "policy-pack-config")
    if files and not packs:
        raise EngineError('"--policy-pack-config" must be specified with "--policy-pack"')
    if files and len(files) != len(packs):
        raise EngineError(
            f'the number of "--policy-pack-config" flags ({len(files)}) must match the number of '
            f'"--policy-pack" flags ({len(packs)}): the first file is for the first pack, and so '
            "on; an empty file leaves a pack as it is"
        )
    return list(zip(packs, files or [""] * len(packs), strict=True))


def _listed(arguments: Arguments, flag: str) -> list[str]:
    return [item for text in arguments.many(flag) for item in text.split(",") if item]


def load(arguments: Arguments, place: Place, events: Events) -> list[PolicyPack]:
    """The started packs, in the order of the flags. Raises EngineError after every pack that was
    started has been stopped."""
    wanted = named(arguments)
    if not wanted:
        return []
    start = Path(arguments.text("cwd") or ".").resolve()
    read = [policy_config.read_file(file) if file else {} for _, file in wanted]
    for _ in wanted:
        events.emit("policyLoadEvent", {})
    with ThreadPoolExecutor(_AT_ONCE, "policy") as pool:
        starting = [pool.submit(PolicyPack, pack, start / pack, place) for pack, _ in wanted]
    packs = [future.result() for future in starting if future.exception() is None]
    try:
        _raise_first(starting)
        refused: list[str] = []
        for pack, given in zip(packs, read, strict=True):
            refused += _configure(pack, given)
        for text in sorted(refused):
            events.diagnostic("error", f"validating policy config: {text}\n")
        if refused:
            raise EngineError(
                "validating policy config: " + "; ".join(sorted(refused)) + ". The schema of a "
                "policy stands in its pack, the values in the file of --policy-pack-config"
            )
    except EngineError:
        for pack in packs:
            pack.close()
        raise
    return packs


def _raise_first(starting: list[Future[PolicyPack]]) -> None:
    for future in starting:
        if (error := future.exception()) is not None:
            raise error


def _configure(pack: PolicyPack, given: dict[str, Setting]) -> list[str]:
    """Puts the settings in force where the pack's schemas refuse nothing; else what they refuse."""
    unknown = policy_config.unknown_names(pack.policies, given)
    known = ", ".join(policy.name for policy in pack.policies)
    for name in unknown:
        text = f"policy pack {pack.name} has no policy {name!r} to configure; it has {known}"
        if not given[name].level:
            raise EngineError(text)
        sys.stderr.write(f"warning: {text}\n")
    if not pack.configurable:
        if given:
            raise EngineError(f"policy pack {pack.name} does not support configuration")
        return []
    settings = policy_config.settle(pack.policies, pack.initial, given)
    refused = policy_config.refusals(pack.policies, settings)
    if not refused:
        pack.configure({p.name: settings[p.name] for p in pack.policies})
    return [f"{pack.name} {pack.version}  {text}" for text in refused]
