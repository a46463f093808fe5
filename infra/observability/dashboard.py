"""One page of graphs, rendered from the alarms: each graph with the line that it may not cross."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

WIDTH, HEIGHT, ACROSS = 8, 6, 3


@dataclass(frozen=True, slots=True)
class Graph:
    """What one alarm watches, with every value known."""

    title: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    seconds: int
    threshold: float


def dashboard_body(graphs: Sequence[Graph], region: str) -> str:
    """JSON of a dashboard; graphs of one metric with other dimensions share a place.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    places: dict[tuple[str, str], list[Graph]] = {}
    for graph in graphs:
        places.setdefault((graph.namespace, graph.metric), []).append(graph)
    widgets = [
        {
            "type": "metric",
            "x": WIDTH * (index % ACROSS),
            "y": HEIGHT * (index // ACROSS),
            "width": WIDTH,
            "height": HEIGHT,
            "properties": _properties(together, region),
        }
        for index, together in enumerate(places.values())
    ]
    return json.dumps({"widgets": widgets}, separators=(",", ":"), sort_keys=True)


def _properties(together: Sequence[Graph], region: str) -> dict[str, object]:
    first = together[0]
    return {
        "title": first.title,
        "region": region,
        "stat": first.statistic,
        "period": first.seconds,
        "view": "timeSeries",
        "metrics": [
            [graph.namespace, graph.metric, *chain.from_iterable(graph.dimensions.items())]
            for graph in together
        ],
        "annotations": {"horizontal": [{"label": "alarm", "value": first.threshold}]},
    }
