"""supervisord's configuration file, rendered from the programs it shall run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import jinja2

from infra.local.services.errors import ServicesError
from infra.local.services.files import write_if_changed
from infra.local.services.layout import Layout
from infra.local.services.programs import Supervised

HERE = Path(__file__).resolve().parent
# supervisord's configuration syntax has no way to write these in a path.
UNWRITABLE = ('"', "'", "%", "\n", " #", " ;")


def write_configuration(layout: Layout, programs: Sequence[Supervised]) -> None:
    """Raises `ServicesError` for a folder whose name supervisord could not read back."""
    layout.create()
    for path in (layout.run, layout.log, layout.python, HERE):
        if any(sign in str(path) for sign in UNWRITABLE):
            raise ServicesError(
                f"{path} holds a sign that supervisord can't read in a path (one of "
                f"{' '.join(UNWRITABLE[:3])}): move the checkout, or name another folder "
                "with GACP_LOCAL_DIR"
            )
    template = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 — no HTML
    ).from_string((HERE / "supervisord.conf.j2").read_text(encoding="utf-8"))
    text = template.render(
        socket=layout.supervisor_socket,
        log=layout.log,
        run=layout.run,
        python=layout.python,
        here=HERE,
        programs=sorted(programs, key=lambda program: program.name),
    )
    write_if_changed(layout.supervisor_configuration, text, 0o600)
