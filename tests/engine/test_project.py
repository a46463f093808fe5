"""Pulumi.yaml, stack files and the configuration that a program gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.engine.errors import EngineError
from infra.local.engine.project import (
    StackFile,
    configuration,
    find_project,
    qualify,
    write_atomically,
)
from infra.local.engine.secrets import Secrets, new_salt


def project_in(folder: Path, text: str = "name: p\nruntime: python\n") -> Path:
    (folder / "Pulumi.yaml").write_text(text)
    return folder


def test_the_project_is_found_from_a_folder_below(tmp_path: Path) -> None:
    below = project_in(tmp_path) / "a" / "b"
    below.mkdir(parents=True)
    assert find_project(below).root == tmp_path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: p\nruntime: nodejs\n", "runs Python programs only"),
        ("runtime: python\n", "has no `name`"),
        ("- 1\n", "must hold a map"),
        ("a: [", "no valid YAML"),
    ],
)
def test_a_project_that_cannot_be_run_is_refused_by_name(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(EngineError, match=told):
        find_project(project_in(tmp_path, text))


def test_configuration_reaches_the_program_as_the_cli_passes_it(tmp_path: Path) -> None:
    project = find_project(project_in(tmp_path))
    secrets = Secrets(new_salt("x"), "x")
    file = StackFile(tmp_path / "Pulumi.dev.yaml")
    file.config = {
        "aws:region": "ap-southeast-1",
        "p:on": True,
        "p:n": 7,
        "p:token": {"secure": secrets.encrypt("hush")},
        "p:edge": {"url": "u", "key": {"secure": secrets.encrypt("deep")}},
    }
    config = configuration(project, file, {"p:n": "8"}, secrets)
    assert config.values["p:on"] == "true"
    assert config.values["p:n"] == "8"
    assert config.values["p:token"] == "hush"
    assert config.values["p:edge"] == '{"url":"u","key":"deep"}'
    assert config.secret_keys == {"p:token", "p:edge"}
    assert config.namespace("aws") == {"region": "ap-southeast-1"}
    assert "hush" not in str(config.shown())
    assert "deep" not in str(config.shown())


def test_a_stack_file_keeps_its_order_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text("encryptionsalt: v1:x\nconfig:\n  p:z: 1\n  p:a: ไทย\n")
    path.chmod(0o640)
    file = StackFile(path)
    file.config["p:m"] = "2"
    file.save()
    assert list(StackFile(path).config) == ["p:z", "p:a", "p:m"]
    assert "ไทย" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(EngineError, match="can't be written"):
        write_atomically(target, "text")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("key", ["", "a:b:c", "two words"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    project = find_project(project_in(tmp_path))
    assert qualify("plain", project) == "p:plain"
    with pytest.raises(EngineError, match="invalid configuration key"):
        qualify(key, project)
