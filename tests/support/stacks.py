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


@dataclass(frozen=True)
class Engine:
    """A stack of its own: home, state, world and stack file lie in `folder`."""

    folder: Path
    stack: str

    def run(self, *words: str, code: int = 0, file: Path | None = None) -> str:
        """What the engine prints; fails where it ends with another exit code."""
        done = subprocess.run(
            self.command(*words, file=file),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{words} ended with {done.returncode}: {said[-6000:]}"
        return said

    def command(self, *words: str, file: Path | None = None) -> list[str]:
        return [
            *(sys.executable, "-m", "infra.local.engine", *words),
            *("--stack", self.stack, "--config-file", str(file or self.file)),
        ]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GACP_LOCAL_DIR": str(self.folder),
            "GACP_LOCAL_AWS_STORE": str(self.folder / "world.sqlite"),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "of this test",
        }

    @property
    def file(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"


def start(folder: Path, stack: str, config: dict[str, object]) -> Engine:
    engine = Engine(folder, stack)
    (folder / "state").mkdir()
    install(folder / "home")
    engine.file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    engine.run("stack", "init", stack)
    return engine


def copy(engine: Engine, folder: Path) -> Engine:
    """The same stack, state and world in another folder."""
    shutil.copytree(engine.folder, folder)
    return Engine(folder, engine.stack)
