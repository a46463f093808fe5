"""The peer of the benchmark registers what our program registers, and no component."""

import pytest

from tests.infra.bench.flat import NotFlatError, flat_program
from tests.support.recording import Graph, Registered, run_program


def registered(graph):
    return {(each.type, each.name): (each.inputs, each.protect) for each in graph.custom}


def test_the_flat_program_registers_the_same_resources(graph_of, configuration_of):
    ours = graph_of("prod", "cluster")
    source = compile(flat_program(ours), "flat", "exec")
    flat = run_program("prod", configuration_of("prod", "cluster"), lambda: exec(source, {}))
    assert registered(flat) == registered(ours)
    assert flat.components == []


def test_what_waits_for_each_other_is_no_program():
    one, other = (
        Registered(
            urn=name,
            type="aws:sns/topic:Topic",
            name=name,
            parent="",
            custom=True,
            inputs={},
            depends_on=(behind,),
        )
        for name, behind in (("a", "b"), ("b", "a"))
    )
    with pytest.raises(NotFlatError, match="wait for each other"):
        flat_program(Graph("prod", [one, other]))


def test_a_type_that_the_sdk_has_not_is_named():
    thing = Registered("u", "aws:sns/nothing:Nothing", "u", "", True, {})
    with pytest.raises(NotFlatError, match=r"sns\.Nothing"):
        flat_program(Graph("prod", [thing]))
