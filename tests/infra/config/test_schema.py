import copy
from pathlib import Path

import jsonschema
import pytest
import yaml

from infra.config.schema import FILE, schema_text, stack_file_schema
from tests.support.stacks import STACKS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def validator():
    schema = stack_file_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def tracked(stack):
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))


def test_the_file_that_editors_read_is_the_generated_one():
    """After a change of the structs: `python -m infra.config.schema`."""
    assert FILE.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("stack", STACKS)
def test_the_tracked_stack_files_are_valid(validator, stack):
    assert [error.message for error in validator.iter_errors(tracked(stack))] == []


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("gacp:netwrok", {}),
        ("gacp:network", {"cidrr": "10.0.0.0/16"}),
        ("gacp:network", {"nat": "two"}),
        ("gacp:network", {"zones": ["a"]}),
        ("gacp:database", {"instances": 0}),
        ("gacp:database", {"instances": "two"}),
        ("gacp:logs", {"retentionDays": 10}),
        ("gacp:edge", {"publicUrl": "ftp://x"}),
        ("aws:region", "Singapore"),
    ],
)
def test_an_editor_marks_what_the_loader_refuses(validator, section, value):
    document = copy.deepcopy(tracked("local"))
    document["config"][section] = value
    assert list(validator.iter_errors(document))


def test_every_key_is_described(validator):
    def undescribed(node, path):
        for name, child in node.get("properties", {}).items():
            if not child.get("description"):
                yield f"{path}{name}"
            yield from undescribed(child, f"{path}{name}.")

    config = validator.schema["properties"]["config"]
    assert list(undescribed(config, "")) == []
