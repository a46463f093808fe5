"""The reference page is the structs'."""

from infra.config.keys import leaves
from infra.config.reference import FILE, reference_text
from infra.config.settings import AwsConfig, StackConfig


def test_the_page_is_the_generated_one():
    """After a change of the structs: `python -m infra.config.reference`."""
    assert FILE.read_text(encoding="utf-8") == reference_text()


def test_every_key_has_a_line_with_its_rule():
    lines = [line for line in reference_text().splitlines() if line.startswith("| `")]
    cells = [line.removeprefix("| ").split(" | ") for line in lines]
    keys = [key for key, _, _ in (*leaves(StackConfig, "gacp:"), *leaves(AwsConfig, "aws:"))]
    assert [key.strip("`") for key, *_ in cells] == keys
    assert all(must_be.strip() for _, must_be, *_ in cells)


def test_a_preset_that_differs_is_named():
    assert "`2`; dev: `1`; cheap: `1`; local: `1`" in reference_text()


def test_a_default_of_one_compute_profile_is_named_with_it():
    assert "prod/cluster: `per-zone`" in reference_text()
