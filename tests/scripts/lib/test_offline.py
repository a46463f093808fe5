"""An offline preview under the policy pack: what it asks of the engine, and what it makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.policy.reporting import REPORT_VARIABLE
from scripts.lib.command import CommandError
from scripts.lib.engine import Engine
from scripts.lib.offline import PACK, OfflineStack

WRITES = 'echo \'{"clean": true}\' > "$' + REPORT_VARIABLE + '"'


@pytest.fixture
def stack(tmp_path: Path):
    def make(script: str) -> OfflineStack:
        command = tmp_path / "pulumi"
        command.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\n{script}\n')
        command.chmod(0o755)
        engine = Engine(command, tmp_path)
        return OfflineStack("prod", engine, tmp_path / "Pulumi.prod.yaml", "empty", ())

    return make


def test_the_pack_is_asked_for_everything_and_stops_nothing(stack, tmp_path):
    result, report = stack(WRITES).judged_preview()
    words = (tmp_path / "words").read_text().split()
    assert result.code == 0
    assert report == {"clean": True}
    assert words[words.index("--policy-pack") + 1] == str(PACK)
    settings = Path(words[words.index("--policy-pack-config") + 1])
    assert json.loads(settings.read_text()) == {"all": "advisory"}


def test_a_preview_that_failed_has_no_report(stack):
    result, report = stack("exit 1").judged_preview()
    assert (result.code, report) == (1, None)


def test_a_pack_that_judged_nothing_is_no_clean_stack(stack):
    with pytest.raises(CommandError, match="judged nothing"):
        stack("echo all is fine").judged_preview()
