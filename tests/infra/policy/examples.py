"""All examples by control."""

from tests.infra.policy import (
    examples_access,
    examples_backup,
    examples_beyond,
    examples_boundaries,
    examples_compute,
    examples_data,
    examples_edge,
    examples_network,
    examples_pipeline,
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
    **examples_boundaries.EXAMPLES,
    **examples_pipeline.EXAMPLES,
    **examples_edge.EXAMPLES,
    **examples_releases.EXAMPLES,
}
