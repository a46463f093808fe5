"""Previews that need no account: the local engine, a provider of ours, a throw-away passphrase."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from infra.config.placeholders import find_placeholders, with_examples
from infra.local.services.layout import Layout
from infra.policy.reporting import REPORT_VARIABLE
from scripts.lib.assumed import assume_network
from scripts.lib.command import CommandError
from scripts.lib.engine import Engine, EngineResult
from scripts.lib.platform.stack import init_stack, install_provider, read_yaml, write_yaml

PACK = Path("infra/policy/pack")  # in the repository, where the engine runs
PREVIEW_SECONDS = 300.0
UNKNOWN_SECRET = "unknown-offline"  # noqa: S105 — it stands for one


@dataclass(frozen=True, slots=True)
class OfflineStack:
    """A stack in a throw-away backend. `source` says where its state is from, for people."""

    name: str
    engine: Engine
    config: Path
    source: str
    warnings: tuple[str, ...]

    def preview(self, *, diff: bool = False) -> EngineResult:
        """What an update would change; exit code and events are the engine's."""
        return self.engine.run(self._words(diff), PREVIEW_SECONDS, events=True)

    def judged_preview(self) -> tuple[EngineResult, Any]:
        """The same under the policy pack, and the pack's report (infra/policy/reporting.py).

        Violations stop nothing here, so that all are found at once. The report is None where the
        preview failed before the end.
        """
        report = self.config.with_name("policy.json")
        setting = self.config.with_name("policy-config.json")
        setting.write_text(json.dumps({"all": "advisory"}), encoding="utf-8")
        engine = replace(
            self.engine,
            environment={**self.engine.environment, REPORT_VARIABLE: str(report)},
        )
        words = ["--policy-pack", str(PACK), "--policy-pack-config", str(setting)]
        result = engine.run([*self._words(False), *words], PREVIEW_SECONDS, events=True)
        if report.exists():
            return result, json.loads(report.read_text(encoding="utf-8"))
        if result.code == 0:
            raise CommandError(
                f"the policy pack {PACK} judged nothing: look at what it printed:\n"
                f"{result.output}{result.errors}"
            )
        return result, None

    def _words(self, diff: bool) -> list[str]:
        words = ["preview", "--stack", self.name, "--config-file", str(self.config)]
        return [*words, "--non-interactive", *(["--diff"] if diff else [])]


@contextmanager
def offline_stack(layout: Layout, name: str, state: Path | None) -> Generator[OfflineStack]:
    """The stack, ready to preview; gone afterwards. Never the user's backend.

    State: the export `state`, else what lies in `.local/offline/NAME`, else none.
    Raises `CommandError` where the stack's file or the export can't be read.
    """
    layout.create()
    kept = layout.offline / name
    layout.offline.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=layout.offline) as scratch:
        work = Path(scratch)
        passphrase = secrets.token_urlsafe(16)
        if state is None and (kept / "state").is_dir():
            # A copy: a preview must not leave locks or backups behind.
            shutil.copytree(kept / "state", work / "state")
            if (kept / "world.sqlite").exists():
                shutil.copy2(kept / "world.sqlite", work / "world.sqlite")
            passphrase = (kept / "passphrase").read_text(encoding="utf-8")
        (work / "state").mkdir(exist_ok=True)
        engine = _engine(layout, work, passphrase)
        install_provider(layout)
        warnings = _render(layout, name, work / f"Pulumi.{name}.yaml", kept)
        source = _fill(engine, name, work, state, kept)
        config = read_yaml(work / f"Pulumi.{name}.yaml").get("config") or {}
        if assumed := assume_network(work / "world.sqlite", config):
            warnings = (*warnings, assumed)
        yield OfflineStack(name, engine, work / f"Pulumi.{name}.yaml", source, warnings)


def _engine(layout: Layout, work: Path, passphrase: str) -> Engine:
    return Engine(
        layout.bin / "pulumi",
        layout.repository,
        {
            "PULUMI_HOME": str(layout.pulumi_home),
            "PULUMI_BACKEND_URL": f"file://{work / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": passphrase,
            # An empty file name is none: the provider then invents addresses as AWS gives them.
            "GACP_LOCAL_ENDPOINTS": "",
            "GACP_LOCAL_AWS_STORE": str(work / "world.sqlite"),
        },
    )


def _render(layout: Layout, name: str, target: Path, kept: Path) -> tuple[str, ...]:
    """The stack's file with examples for what only the owner knows; gives back the warnings."""
    document = read_yaml(layout.repository / f"Pulumi.{name}.yaml")
    config: Mapping[str, object] = document.get("config") or {}
    left = find_placeholders(config)
    warnings = [
        f"{p.key} is <CHANGE_ME>: previewed with the example {_shown(p.example)}" for p in left
    ]
    # The key is in KMS, which this preview must not ask.
    document.pop("secretsprovider", None)
    document.pop("encryptedkey", None)
    document.pop("encryptionsalt", None)
    salted = kept / f"Pulumi.{name}.yaml"
    if salted.exists() and (salt := read_yaml(salted).get("encryptionsalt")):
        document["encryptionsalt"] = salt
    filled = _without_secrets(with_examples(config), "", warnings)
    write_yaml(target, {**document, "config": filled})
    return tuple(warnings)


def _shown(example: object) -> str:
    if isinstance(example, tuple):
        return ", ".join(str(one) for one in cast("tuple[object, ...]", example))
    return str(example)


def _without_secrets(node: Any, key: str, warnings: list[str]) -> Any:
    if not isinstance(node, Mapping):
        return node
    if set(node) == {"secure"}:
        warnings.append(f"{key} is encrypted: its value is unknown to an offline preview")
        return UNKNOWN_SECRET
    inner = cast("Mapping[str, Any]", node)
    return {
        name: _without_secrets(value, f"{key}.{name}" if key else name, warnings)
        for name, value in inner.items()
    }


def _fill(engine: Engine, name: str, work: Path, state: Path | None, kept: Path) -> str:
    if state is None and (kept / "state").is_dir():
        return f"{kept} (kept from offline updates)"
    salt = init_stack(engine, name)
    config = work / f"Pulumi.{name}.yaml"
    write_yaml(config, {**read_yaml(config), "encryptionsalt": salt})
    if state is None:
        return "empty (nothing is up yet; --state FILE previews against an export)"
    try:
        export = json.loads(state.read_text(encoding="utf-8"))
        resources = len(export["deployment"].get("resources") or [])
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise CommandError(
            f"{state} is no export of a stack ({error!r}): `pulumi stack export --file {state}` "
            "writes one"
        ) from error
    engine.must(
        [
            "stack",
            "import",
            "--file",
            str(state.resolve()),
            "--stack",
            name,
            "--config-file",
            str(config),
        ],
        120,
    )
    return f"{state} ({resources} resources)"
