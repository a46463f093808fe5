"""The command that State Manager runs on the machines, as plain data."""

from __future__ import annotations

import json

# The longest that a machine takes: the first start before it, then `set-up` (take_release.py).
WAIT_SECONDS, RUN_SECONDS = 1500, 2400
# A machine that was changed by hand is set right again.
EVERY = "rate(6 hours)"


def release_document() -> str:
    """JSON of a command document that takes the named release.

    A machine that is still starting is waited for: its own first start takes the release. The
    parameter is not for the machine, which reads the stack's own: a new value makes State Manager
    run the command at once. https://docs.aws.amazon.com/systems-manager/latest/userguide/
    documents-command-ssm-plugin-reference.html
    """
    document = {
        "schemaVersion": "2.2",
        "description": "Takes the release that the stack names, one machine after another.",
        "parameters": {
            "release": {
                "type": "String",
                "description": "SHA-256 of the bundle",
                "allowedPattern": "^[0-9a-f]{64}$",
            }
        },
        "mainSteps": [
            {
                "name": "takeRelease",
                "action": "aws:runShellScript",
                "precondition": {"StringEquals": ["platformType", "Linux"]},
                "inputs": {
                    "timeoutSeconds": str(WAIT_SECONDS + RUN_SECONDS),
                    "runCommand": [
                        "set -eu",
                        "echo 'release {{ release }}'",
                        f"timeout {WAIT_SECONDS} cloud-init status --wait > /dev/null || true",
                        f"exec timeout {RUN_SECONDS} /usr/local/sbin/gacp-take-release",
                    ],
                },
            }
        ],
    }
    return json.dumps(document, separators=(",", ":"), sort_keys=True)
