"""One process that serves one role: Granian inside our own loop.

The server runs in this process and starts no other, so that nothing is left behind when the process
is killed, and memory is paid once.
"""

from __future__ import annotations

import asyncio
import signal

import structlog
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from app.asgi import WebRole, create_litestar, wrapped
from app.core.secrets import fetch_secrets
from app.core.telemetry import configure_logging, register_process_metrics
from app.lifespan import STATE_KEY
from app.settings import Settings

# Requests in flight get this long to end (requirements.md, G8).
STOP_SECONDS = 5

_log = structlog.stdlib.get_logger("app.server")


def serve(role: WebRole, settings: Settings, host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT; the exit code: 1 if it could not serve.

    Raises `SettingsError` for secrets that are missing.
    """
    configure_logging(settings.log_level, settings.log_format, role.value)
    register_process_metrics()
    # Before anything listens: what is missing is then told in one line, as for the settings.
    secrets = fetch_secrets(settings)
    return uvloop.run(_serve(create_litestar(role, settings, secrets), host, port))


async def _serve(litestar: Litestar, host: str, port: int) -> int:
    server = Server(
        wrapped(litestar),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    ended = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.is_set():
        error = serving.exception()
        _log.error("stopped by itself", listen=f"{host}:{port}", exc_info=error)
        return 1
    litestar.state[STATE_KEY].draining.set()
    server.stop()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await serving
    except TimeoutError:
        _log.warning("requests were cut off", seconds=STOP_SECONDS)
    return 0
