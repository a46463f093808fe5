"""The configuration as an engine hands it to the program."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.runtime import config as runtime


def program_configuration() -> Mapping[str, object]:
    """Every key of the running stack, `NAMESPACE:KEY` to value; objects as JSON text.

    `pulumi.Config` can only be asked for keys by name, and a misspelt key would go unseen: so the
    SDK's own two sources are read whole (the engine's environment, then what was set in process).
    """
    return {**runtime.get_config_env(), **runtime.CONFIG.get()}
