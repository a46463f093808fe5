"""Runs in the program's own process: what the CLI's `pulumi-language-python-exec` does. And in
a policy pack's, with `--policy-pack ENGINE FOLDER`: `python -m pulumi.policy` that leaves with us.

Exit status: 0, or 1 after a RunError (told already), or 32 after any other exception (told
already), or the program's own.
"""

import argparse
import asyncio
import logging
import os
import runpy
import sys
import threading
import time
import traceback

TOLD = 32


def _leave_with(parent: int) -> None:
    """A program whose engine is gone must not go on."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _start(argv: list[str]) -> None:
    """Makes this process look as if the program had been started by itself."""
    sys.argv = argv
    # The folder of this file is no place to import from.
    sys.path[0] = os.getcwd()  # noqa: PTH109 - a plain string is wanted
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()


def serve_policies(engine: str, folder: str) -> None:
    """Runs until it is ended; the pack prints the port on which it answers."""
    _start(["pulumi.policy", engine, folder])
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("monitor", "engine", "project", "stack", "root", "parallel", "program"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--dry-run", action="store_true")
    args = parser.parse_args()
    _start([args.program])
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    import pulumi
    from pulumi.runtime.settings import Settings, configure

    configure(
        Settings(
            project=args.project,
            stack=args.stack,
            monitor=args.monitor,
            engine=args.engine,
            parallel=int(args.parallel),
            dry_run=args.dry_run,
            organization="organization",
            root_directory=args.root,
        )
    )
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def program() -> None:
        # Not the folder, which the interpreter would run from compiled code that it takes for
        # current as long as size and second of the source's time are the same.
        runpy.run_path(os.path.join(args.program, "__main__.py"), run_name="__main__")  # noqa: PTH118

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001 - whatever a program raises is told, with its traceback
        text = traceback.format_exc()
        pulumi.log.error(f"Program failed with an unhandled exception:\n{text}")
        return TOLD
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--policy-pack"]:
        serve_policies(*sys.argv[2:])
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of the SDK's connections may linger; the work is done.
    os._exit(status)
