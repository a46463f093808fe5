import pytest
import yaml

from infra.local.services.endpoints import Endpoint
from infra.local.services.layout import Layout
from scripts.lib.engine import EngineFailedError
from scripts.lib.platform import stack

TRACKED = {"config": {"aws:region": "ap-southeast-1", "gacp:mail": {"sender": "a@gacp.example"}}}
SINK = Endpoint("127.0.0.1", 2525, view_port=8025)


@pytest.fixture
def layout(tmp_path):
    (tmp_path / "Pulumi.local.yaml").write_text(yaml.safe_dump(TRACKED))
    (tmp_path / "Pulumi.yaml").write_text("name: gacp\nruntime: python\n")
    return Layout.from_environment({}, tmp_path)


@pytest.fixture
def place(layout):
    return stack.place_of(layout, stack.LOCAL_ENGINE)


def fake_engine(layout, place, script):
    place.command.parent.mkdir(parents=True, exist_ok=True)
    place.command.write_text(f"#!/bin/sh\n{script}\n")
    place.command.chmod(0o755)
    return stack.local_engine(layout, place)


def test_addresses_of_this_machine_go_into_a_file_of_its_own(layout, place):
    before = (layout.repository / "Pulumi.local.yaml").read_bytes()
    stack.render_configuration(layout, place, "http://127.0.0.1:9000", SINK)
    config = stack.read_yaml(place.config)["config"]
    assert config["gacp:edge"] == {"publicUrl": "http://127.0.0.1:9000"}
    assert config["gacp:mail"] == {
        "sender": "a@gacp.example",
        "host": "127.0.0.1",
        "port": 2525,
        "tls": False,
    }
    assert (layout.repository / "Pulumi.local.yaml").read_bytes() == before


def test_the_salt_of_this_machine_is_kept_and_a_tracked_one_is_ignored(layout, place):
    (layout.repository / "Pulumi.local.yaml").write_text(
        yaml.safe_dump({**TRACKED, "encryptionsalt": "v1:somebody:else"})
    )
    stack.render_configuration(layout, place, "http://h", SINK)
    assert "encryptionsalt" not in stack.read_yaml(place.config)
    stack.write_yaml(place.config, {**stack.read_yaml(place.config), "encryptionsalt": "v1:o:u"})
    stack.render_configuration(layout, place, "http://other", SINK)
    assert stack.read_yaml(place.config)["encryptionsalt"] == "v1:o:u"


def test_making_a_stack_touches_no_tracked_file(layout, place):
    engine = fake_engine(layout, place, 'echo "encryptionsalt: v1:a:b" > Pulumi.local.yaml')
    assert stack.init_stack(engine, "local") == "v1:a:b"
    assert stack.read_yaml(layout.repository / "Pulumi.local.yaml") == TRACKED


def test_a_stack_whose_state_is_gone_is_made_anew(layout, place):
    stack.write_yaml(place.config, {"config": {}, "encryptionsalt": "v1:old:old"})
    script = f"""case $1 in
      stack) touch {layout.local}/made; echo "encryptionsalt: v1:new:new" > Pulumi.local.yaml;;
      up) test -f {layout.local}/made || {{ echo "no stack named 'local' found" >&2; exit 1; }};;
    esac"""
    said = []
    assert stack.bring_up(fake_engine(layout, place, script), place, said.append).code == 0
    assert "is gone" in said[0]
    assert stack.read_yaml(place.config)["encryptionsalt"] == "v1:new:new"


def test_an_update_that_fails_says_why(layout, place):
    stack.write_yaml(place.config, {"config": {}, "encryptionsalt": "v1:o:u"})
    engine = fake_engine(layout, place, "echo 'error: the bucket is taken' >&2; exit 255")
    with pytest.raises(EngineFailedError, match="the bucket is taken"):
        stack.bring_up(engine, place, lambda _: None)


def test_the_passphrase_reaches_the_engine_by_file_never_by_value(layout, place):
    engine = stack.local_engine(layout, place)
    assert engine.environment["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(layout.passphrase_file)
    assert layout.passphrase_file.read_text() not in str(engine.environment)


def test_a_stack_file_that_is_no_map_is_named(layout, place):
    (layout.repository / "Pulumi.local.yaml").write_text("- 1\n")
    with pytest.raises(stack.CommandError, match="git restore"):
        stack.render_configuration(layout, place, "http://h", SINK)
