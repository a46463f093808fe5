"""Flags and words of the command line."""

from __future__ import annotations

import pytest

from infra.local.engine.arguments import CHANGING, parse
from infra.local.engine.command import main, run
from infra.local.engine.errors import EngineError


def test_flags_are_read_in_every_form() -> None:
    given = parse(
        ["-s", "dev", "--diff", "-m=why", "--yes=false", "--config", "a=1", "-cb=2"],
        CHANGING,
        "up",
    )
    assert given.text("stack") == "dev"
    assert given.text("message") == "why"
    assert given.on("diff")
    assert not given.on("yes")
    assert given.many("config") == ["a=1", "b=2"]


@pytest.mark.parametrize("flag", ["--save-plan", "--tracing=x", "-z"])
def test_a_flag_that_is_not_offered_is_named_with_who_has_it(flag: str) -> None:
    with pytest.raises(EngineError, match=rf"{flag.partition('=')[0]}.*the Pulumi CLI"):
        parse([flag], CHANGING, "up")


def test_a_flag_without_its_value_is_an_error() -> None:
    with pytest.raises(EngineError, match="needs a value"):
        parse(["--message"], CHANGING, "up")


def test_the_version_says_whose_engine_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"]) == 0
    assert capsys.readouterr().out == "v3.259.0+gacp\n"


@pytest.mark.parametrize("argv", [["policy", "ls"], ["stack", "graph"], ["state", "edit"]])
def test_a_command_that_is_not_offered_is_named(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 1
    assert "error: unknown command" in capsys.readouterr().err


def test_no_backend_is_an_error_with_the_way_out(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("project")
    (folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    assert main(["preview", "-C", str(folder), "-s", "dev"]) == 1
    assert "PULUMI_BACKEND_URL is not set" in capsys.readouterr().err
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    assert main(["preview", "-C", str(folder), "-s", "dev"]) == 1
    assert "knows file:// only" in capsys.readouterr().err
