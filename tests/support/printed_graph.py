"""`python -m tests.support.printed_graph STACK PROFILE`: the graph as text, a resource a line."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tests.support.recording import run_program
from tests.support.stacks import stack_configuration

stack, profile = sys.argv[1:]
for resource in run_program(stack, stack_configuration(stack, profile)).resources:
    print(json.dumps(asdict(resource), default=str))
