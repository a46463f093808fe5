import json

from pulumi.runtime import config as runtime

from infra.config.source import program_configuration


def test_keys_of_the_engine_and_of_the_process_are_all_seen(monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"gacp:a": "1", "gacp:b": "1"}))
    token = runtime.CONFIG.set({"gacp:b": "2"})
    try:
        assert program_configuration() == {"gacp:a": "1", "gacp:b": "2"}
    finally:
        runtime.CONFIG.reset(token)
