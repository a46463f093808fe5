"""User data: what a machine of profile `host` does on its first start."""

from __future__ import annotations

import ast
import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.host.onmachine.places import DATA

HERE = Path(__file__).parent
# Programs of the machine, by the name that they get there.
PROGRAMS = {"gacp-claim": "claim.py", "gacp-take-release": "take_release.py"}
DATA_DEVICE = "/dev/sdf"  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
LARGEST_USER_DATA = 16 * 1024


class UserDataTooLargeError(ValueError):
    """More than EC2 takes."""


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What the programs of the machine read (`/etc/gacp/host.json`).

    `parameter` names the present release, in `bucket`. `volume` and `address` are ids of what the
    machine claims, empty where it has a volume that came with it, and a balancer before it.
    `group` counts the machine once `hook` is completed.
    """

    region: str
    parameter: str
    bucket: str
    group: str
    hook: str
    volume: str = ""
    address: str = ""
    device: str = DATA_DEVICE
    data: str = DATA


def first_start_script(start: FirstStart) -> str:
    """The script. It names no release, so that none makes a new machine."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - a shell script, not HTML
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    return environment.get_template("user_data.sh.j2").render(
        settings=json.dumps(asdict(start), indent=1, sort_keys=True),
        programs={name: bare((HERE / file).read_text("utf-8")) for name, file in PROGRAMS.items()},
        data=start.data,
    )


def user_data(start: FirstStart) -> str:
    """User data as EC2 takes it, in base64. Raises `UserDataTooLargeError` with the size.

    It isn't compressed: another build of zlib makes other bytes of the same text, and other bytes
    make new machines.
    """
    script = first_start_script(start).encode()
    if len(script) > LARGEST_USER_DATA:
        raise UserDataTooLargeError(
            f"user data has {len(script)} bytes and EC2 takes {LARGEST_USER_DATA}: "
            f"shorten {', '.join(PROGRAMS.values())}"
        )
    return base64.b64encode(script).decode()


def bare(source: str) -> str:
    """A program without its docstrings, which only its source's readers need."""
    lines = source.splitlines(keepends=True)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node) and len(node.body) > 1:
            text = node.body[0]
            for number in range(text.lineno - 1, text.end_lineno or text.lineno):
                lines[number] = ""
    return "".join(lines)
