"""A tracked stack on the local engine with the provider that needs no account."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.config.keys import deep_merged
from infra.config.placeholders import with_examples
from infra.local.aws.install import install

ROOT = Path(__file__).parents[2]
RUN_SECONDS = 240
STACKS = tuple(sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")))


CELLS = (
    ("local", "external"),
    *((stack, profile) for stack in ("dev", "staging", "prod") for profile in ("host", "cluster")),
)
ON_AWS = CELLS[1:]


def stack_configuration(stack: str, profile: str | None = None) -> dict[str, object]:
    """`config` of a tracked stack file, with examples where the owner has yet to write.

    A `profile` is put in the place of the file's.
    """
    file = ROOT / f"Pulumi.{stack}.yaml"
    example = file.with_name(f"{file.name}.example")
    text = (file if file.exists() else example).read_text(encoding="utf-8")
    config = with_examples(yaml.safe_load(text)["config"])
    if profile is None:
        return config
    return deep_merged(config, {"gacp:compute": {"profile": profile}})


def with_pipeline(config: dict[str, object]) -> dict[str, object]:
    """The configuration of a stack that GitHub Actions deploys."""
    return {
        **config,
        "gacp:pipeline": {"repository": "gacp/platform", "stateBucket": "gacp-state-123456789012"},
    }


@dataclass(frozen=True)
class Engine:
    """A stack of its own: home, state, world and stack file lie in `folder`.

    `account` is the folder of the stack whose AWS account it shares, else it has one of its own.
    """

    folder: Path
    stack: str
    account: Path | None = None

    @property
    def world(self) -> Path:
        return (self.account or self.folder) / "world.sqlite"

    def run(self, *words: str, code: int = 0, file: Path | None = None) -> str:
        """What the engine prints; fails where it ends with another exit code."""
        done = self.ran(*words, file=file)
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{words} ended with {done.returncode}: {said[-6000:]}"
        return said

    def ran(self, *words: str, file: Path | None = None) -> subprocess.CompletedProcess[str]:
        """One run of the engine, however it ends."""
        return subprocess.run(
            self.command(*words, file=file),
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )

    def command(self, *words: str, file: Path | None = None) -> list[str]:
        return [
            *(sys.executable, *self.start_words, *words),
            *("--stack", self.stack, "--config-file", str(file or self.file)),
        ]

    @property
    def project(self) -> Path:
        """Where Pulumi.yaml is."""
        return ROOT

    @property
    def start_words(self) -> tuple[str, ...]:
        return ("-m", "infra.local.engine")

    def configure(self, config: dict[str, object]) -> None:
        """Another configuration for the same stack."""
        salted = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        self.file.write_text(yaml.safe_dump({**salted, "config": config}), encoding="utf-8")

    def records(self, *words: str) -> list[tuple[str, ...]]:
        """Runs a tool of the provider on this stack's record; `list` gives (type, id) pairs."""
        store = ("--store", str(self.world))
        done = subprocess.run(
            [sys.executable, "-m", "infra.local.aws", words[0], *store, *words[1:]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GACP_LOCAL_DIR": str(self.folder),
            "GACP_LOCAL_AWS_STORE": str(self.world),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "of this test",
        }

    @property
    def file(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"


def start[E: Engine](
    folder: Path,
    stack: str,
    config: dict[str, object],
    account: Path | None = None,
    kind: type[E] = Engine,
) -> E:
    """A new stack; `kind` runs another program than the platform's."""
    engine = kind(folder, stack, account)
    (folder / "state").mkdir(parents=True)
    install(folder / "home")
    engine.file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    engine.run("stack", "init", stack)
    return engine


def copy(engine: Engine, folder: Path) -> Engine:
    """The same stack, state and world in another folder."""
    shutil.copytree(engine.folder, folder)
    return Engine(folder, engine.stack)
