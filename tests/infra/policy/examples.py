"""All examples by control."""

from tests.infra.policy import (
    examples_access,
    examples_backup,
    examples_beyond,
    examples_compute,
    examples_data,
    examples_network,
    examples_releases,
)
from tests.infra.policy.example import Example

EXAMPLES: dict[str, Example] = {
    **examples_compute.EXAMPLES,
    **examples_network.EXAMPLES,
    **examples_data.EXAMPLES,
    **examples_access.EXAMPLES,
    **examples_backup.EXAMPLES,
    **examples_beyond.EXAMPLES,
    **examples_releases.EXAMPLES,
}
