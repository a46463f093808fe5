"""Stack `local`: its rendered configuration, the engine's environment, and `up`."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from infra.local.aws import install as provider
from infra.local.services.endpoints import Endpoint
from infra.local.services.files import write_if_changed
from infra.local.services.layout import Layout
from scripts.lib.command import CommandError
from scripts.lib.engine import Engine, EngineResult, Event, find_cli, succeeded
from scripts.lib.setup.environment import write_passphrase

STACK = "local"
UP_SECONDS = 900.0
LOCAL_ENGINE, CLI = "local", "pulumi"
ENGINES = (LOCAL_ENGINE, CLI)
NO_STACK = "no stack named"  # how engines say that there is none


@dataclass(frozen=True, slots=True)
class StackPlace:
    """Where one engine keeps stack `local`; the CLI has a state of its own (`ENGINE=pulumi`)."""

    engine: str
    command: Path
    state: Path
    config: Path
    store: Path


def place_of(layout: Layout, engine: str) -> StackPlace:
    """Raises `NoCliError` where the CLI is asked for and isn't there."""
    if engine == LOCAL_ENGINE:
        return StackPlace(
            engine,
            layout.bin / "pulumi",
            layout.state,
            layout.config / f"Pulumi.{STACK}.yaml",
            layout.data / "aws-provider" / "world.sqlite",
        )
    own = layout.local / "cli"
    return StackPlace(
        engine,
        find_cli(),
        own / "state",
        own / "config" / f"Pulumi.{STACK}.yaml",
        own / "aws-provider" / "world.sqlite",
    )


def local_engine(layout: Layout, place: StackPlace) -> Engine:
    """The engine with everything that it and the provider need to know."""
    place.state.mkdir(parents=True, exist_ok=True)
    place.store.parent.mkdir(parents=True, exist_ok=True)
    write_passphrase(layout.passphrase_file)
    return Engine(
        place.command,
        layout.repository,
        {
            "PULUMI_HOME": str(layout.pulumi_home),
            "PULUMI_BACKEND_URL": f"file://{place.state}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(layout.passphrase_file),
            "GACP_LOCAL_DIR": str(layout.local),
            "GACP_LOCAL_ENDPOINTS": str(layout.endpoints_file),
            "GACP_LOCAL_AWS_STORE": str(place.store),
        },
    )


def render_configuration(
    layout: Layout, place: StackPlace, public_url: str, sink: Endpoint
) -> None:
    """The stack's file: the tracked one, this machine's addresses, and the salt it had before.

    No tracked file is changed: the engine gets this one by `--config-file`.
    """
    tracked = read_yaml(layout.repository / f"Pulumi.{STACK}.yaml")
    config: dict[str, Any] = dict(tracked.get("config") or {})
    config["gacp:edge"] = {**(config.get("gacp:edge") or {}), "publicUrl": public_url}
    config["gacp:mail"] = {
        **(config.get("gacp:mail") or {}),
        "host": sink.host,
        "port": sink.port,
        "tls": sink.tls,
    }
    document: dict[str, Any] = {**tracked, "config": config}
    document.pop("encryptionsalt", None)  # one in the tracked file would be of another machine
    if salt := _salt(place.config):
        document["encryptionsalt"] = salt
    write_yaml(place.config, document)


def init_stack(engine: Engine, name: str) -> str:
    """Make an empty stack and give back its salt. Raises `EngineFailedError`.

    Engines write a new stack's salt into the stack's file beside the project's; in a folder that
    holds nothing but the project's file no tracked file is touched.
    """
    with tempfile.TemporaryDirectory(prefix="gacp-stack-") as scratch:
        folder = Path(scratch)
        shutil.copy2(engine.folder / "Pulumi.yaml", folder / "Pulumi.yaml")
        words = ["stack", "init", name, "--non-interactive"]
        replace(engine, folder=folder).must(words, 60)
        return str(read_yaml(folder / f"Pulumi.{name}.yaml").get("encryptionsalt") or "")


def _make(engine: Engine, place: StackPlace) -> None:
    salt = init_stack(engine, STACK)
    write_yaml(place.config, {**read_yaml(place.config), "encryptionsalt": salt})


def bring_up(engine: Engine, place: StackPlace, report: Callable[[str], None]) -> EngineResult:
    """`pulumi up` of the stack, which is made where it isn't there yet.

    Raises `EngineFailedError` with the engine's reason.
    """
    if _salt(place.config) is None:
        report(f"stack {STACK} is new ({place.state})")
        _make(engine, place)
    result = _up(engine, place, report)
    if result.code and NO_STACK in result.errors + result.output:
        report(f"the state of stack {STACK} is gone; it is made anew ({place.state})")
        _make(engine, place)
        result = _up(engine, place, report)
    return succeeded(result, ["up", STACK])


def _up(engine: Engine, place: StackPlace, report: Callable[[str], None]) -> EngineResult:
    words = ["up", "--stack", STACK, "--config-file", str(place.config)]
    words += ["--yes", "--skip-preview", "--non-interactive"]
    done = 0

    def watch(event: Event) -> None:
        nonlocal done
        operation = event.get("resOutputsEvent", {}).get("metadata", {}).get("op", "same")
        if operation != "same":
            done += 1
            if done % 20 == 0:
                report(f"{done} resources done")

    return engine.run(words, UP_SECONDS, events=True, watch=watch)


def read_outputs(engine: Engine) -> Mapping[str, object]:
    """What the stack put out; secret values in the clear. Raises `EngineFailedError`."""
    words = ["stack", "output", "--json", "--show-secrets", "--stack", STACK, "--non-interactive"]
    return json.loads(engine.must(words, 60).output)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file's map. Raises `CommandError` where it is none."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CommandError(f"{path} can't be read: {error}") from error
    if not isinstance(document, dict):
        raise CommandError(f"{path} holds no map of settings: restore it with `git restore {path}`")
    return document


def write_yaml(path: Path, document: Mapping[str, Any]) -> bool:
    """Write a stack's file, and say whether anything changed."""
    text = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)
    return write_if_changed(path, text, 0o600)


def _salt(path: Path) -> str | None:
    return read_yaml(path).get("encryptionsalt") if path.exists() else None


def install_provider(layout: Layout) -> None:
    """The AWS provider that needs no account, into the engine home of this platform alone."""
    provider.install(layout.pulumi_home, layout.python, layout.repository)
