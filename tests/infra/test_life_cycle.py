"""The tracked stacks on the local engine with the provider that needs no account."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from infra.local.aws.install import install

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
RUN_SECONDS = 240


@dataclass(frozen=True)
class Engine:
    """A stack of its own: home, state, world and stack file lie in `folder`."""

    folder: Path
    stack: str

    def run(self, *words: str, code: int = 0, file: Path | None = None) -> str:
        """What the engine prints; fails where it ends with another exit code."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GACP_LOCAL_DIR": str(self.folder),
            "GACP_LOCAL_AWS_STORE": str(self.folder / "world.sqlite"),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "of this test",
        }
        done = subprocess.run(
            [
                *(sys.executable, "-m", "infra.local.engine", *words),
                *("--stack", self.stack, "--config-file", str(file or self.file)),
            ],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said[-6000:]
        return said

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


def test_local_comes_up_stays_as_it_is_and_goes_whole(tmp_path, configuration_of):
    engine = start(tmp_path, "local", configuration_of("local"))
    engine.run("up", "--yes")
    again = engine.run("up", "--yes", "--expect-no-changes")
    assert "unchanged" in again
    engine.run("destroy", "--yes")
    assert "to create" in engine.run("preview")


def test_prod_comes_up_stays_as_it_is_and_refuses_to_go(tmp_path, configuration_of):
    engine = start(tmp_path, "prod", configuration_of("prod"))
    assert "to create" in engine.run("preview")
    engine.run("up", "--yes")
    engine.run("up", "--yes", "--expect-no-changes")
    released = dict(configuration_of("prod"))
    released["gacp:workloads"] = {
        **released["gacp:workloads"],
        "imageDigest": "sha256:" + "1" * 64,
    }
    salted = yaml.safe_load(engine.file.read_text(encoding="utf-8"))
    release = tmp_path / "Pulumi.release.yaml"
    release.write_text(yaml.safe_dump({**salted, "config": released}), encoding="utf-8")
    # A new image touches the machine and nothing else.
    changed = engine.run("preview", "--diff", file=release)
    assert "launchTemplate" in changed
    assert "docdb" not in changed
    refusal = engine.run("destroy", "--yes", code=1)
    assert "cannot be deleted" in refusal
    assert "because it is protected" in refusal
