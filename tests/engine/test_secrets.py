"""Secrets are those of the CLI's passphrase provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.engine.errors import EngineError
from infra.local.engine.secrets import Secrets, environment_of_children, new_salt, passphrase

# A salt that the CLI made under "password" (pulumi/pulumi, pkg/secrets/passphrase/manager_test.go).
OF_THE_CLI = "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ=="


def test_a_salt_that_the_cli_made_is_opened_by_its_passphrase() -> None:
    secrets = Secrets(OF_THE_CLI, "password")
    assert secrets.decrypt(OF_THE_CLI.split(":", 2)[2]) == "pulumi"


def test_a_wrong_passphrase_is_refused_with_the_way_out_and_without_showing_it() -> None:
    with pytest.raises(EngineError, match="incorrect passphrase") as caught:
        Secrets(OF_THE_CLI, "wrong-one").encrypt("x")
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in str(caught.value)
    assert "wrong-one" not in str(caught.value)


def test_a_value_comes_back_and_no_two_ciphertexts_are_equal() -> None:
    secrets = Secrets(new_salt("phrase"), "phrase")
    one, two = secrets.encrypt("สวัสดี"), secrets.encrypt("สวัสดี")
    assert one != two
    assert secrets.decrypt(one) == secrets.decrypt(two) == "สวัสดี"


def test_a_value_that_was_read_keeps_its_ciphertext_when_it_is_written_again() -> None:
    salt = new_salt("phrase")
    text = Secrets(salt, "phrase").encrypt("hush")
    later = Secrets(salt, "phrase")
    assert later.decrypt(text) == "hush"
    assert later.encrypt("hush") == text


@pytest.mark.parametrize("damaged", ["v1:AAAA:BBBB", "nonsense", "v1:!!:??"])
def test_a_damaged_ciphertext_is_an_error_that_says_what_to_restore(damaged: str) -> None:
    with pytest.raises(EngineError, match="encryptionsalt"):
        Secrets(OF_THE_CLI, "password").decrypt(damaged)


def test_the_passphrase_comes_from_the_environment_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    file = tmp_path / "passphrase"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(file))
    with pytest.raises(EngineError, match="can't be read"):
        passphrase()
    file.write_text("from file\n")
    assert passphrase() == "from file"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    assert passphrase() == ""


def test_programs_and_plugins_are_not_told_the_way_to_the_passphrase(monkeypatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "phrase")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "somewhere")
    monkeypatch.setenv("PULUMI_HOME", "home")
    children = environment_of_children()
    assert children["PULUMI_HOME"] == "home"
    assert not [name for name in children if "PASSPHRASE" in name]
