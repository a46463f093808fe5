"""Run the provider (`python -m infra.local.aws ENGINE_ADDRESS`), or one of its tools.

python -m infra.local.aws 127.0.0.1:4000       the plugin: prints its port, leaves when its parent
dies
python -m infra.local.aws install PULUMI_HOME  put the plugin's executable into an engine home
python -m infra.local.aws coverage [--json]    which inputs are validated, which only recorded
python -m infra.local.aws verify-sources GIT_DIR [--write]   compare the table with the provider's
source
python -m infra.local.aws list [--store FILE]  what is recorded
python -m infra.local.aws drift [--store FILE] ID PATH=VALUE   change it behind the engine's back
python -m infra.local.aws forget [--store FILE] ID             delete it behind the engine's back
"""

from __future__ import annotations

import os
import sys

PARENT = os.getppid()  # before anything slow: a parent that is gone by then must be noticed

TOOLS = ("install", "coverage", "verify-sources", "list", "drift", "forget", "--help", "-h")


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in TOOLS:
        from infra.local.aws.tools import run

        return run(arguments)
    from infra.local.aws.light import use_protocol_only

    use_protocol_only()
    from infra.local.aws.serving import serve

    return serve(PARENT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
