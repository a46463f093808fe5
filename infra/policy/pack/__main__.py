"""The policy pack, as an engine starts it: `--policy-pack infra/policy/pack`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from pulumi_policy import PolicyPack

from infra.config.loader import load_settings
from infra.config.source import program_configuration
from infra.policy.controls import CONTROLS
from infra.policy.exceptions import FILE, read_exceptions
from infra.policy.model import Profile
from infra.policy.packing import Pack, profile_of


@cache
def stack_profile() -> Profile:
    """Read when the first policy runs: then the engine has told the configuration."""
    return profile_of(load_settings(program_configuration()), datetime.now(tz=UTC).date())


known = [control.id for control in CONTROLS]
PolicyPack("gacp", Pack(stack_profile, read_exceptions(FILE, known)).policies())
