"""Steps that bring a release into service: certificate, containers, load check, start at boot."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

from infra.host.onmachine.certificate import Certificates
from infra.host.onmachine.commands import point, run, write
from infra.host.onmachine.edge import CONFIGURATION, Edge
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.errors import ExchangeError, MachineError
from infra.host.onmachine.exchange import Exchange
from infra.host.onmachine.load_check import quick_load
from infra.host.onmachine.places import CURRENT, ENVIRONMENT_FILE, RELEASES, Places
from infra.host.onmachine.release import Release, read_release
from infra.host.onmachine.steps import Report, Step, say
from infra.host.onmachine.system import is_enabled

KEPT = 3  # releases, the one that serves among them
AT_BOOT = ("gacp.service", "gacp-certificate.timer")
UNIT_SECONDS = 60


def own_certificate(places: Places, release: Release) -> Step:
    certificates = Certificates(places, release)
    return Step(
        "certificate",
        lambda: [] if certificates.chain.exists() else ["one of the machine's own, for 7 days"],
        certificates.make_own,
        "`openssl version` has to say 3.0 or newer",
    )


def exchange_to(
    places: Places, folder: Path, release: Release, environment: bytes, engine: Engine
) -> Exchange:
    """The exchange to the release in `folder`, ready to run."""

    def prepare() -> None:
        say(f"{release.once}: first values of secrets, then indexes")
        script = f"{folder}/first_secret.py:/first_secret.py:ro"
        first = ["--entrypoint", "python", "--volume", script]
        engine.run_once(release.once, first, ["/first_secret.py"])
        engine.run_once(release.once, [], [])

    return Exchange(
        engine,
        Edge(engine, release.edge, places),
        environment,
        (folder / CONFIGURATION).read_text(encoding="utf-8"),
        prepare,
        lambda text: say(f"  {text}"),
    )


def serving(
    places: Places, engine: Engine, environment: bytes, before: bytes, report: Report
) -> Step:
    """The exchange. Where it fails, what was exchanged already goes back to the current release.

    `before` is the machine's environment file as it was.
    """
    exchange = exchange_to(places, engine.folder, engine.release, environment, engine)

    def bring() -> None:
        try:
            exchange.run()
        except MachineError as error:
            raise ExchangeError(f"{error}\n{_go_back(places, engine.folder, before)}") from error
        finally:
            report.exchange = dataclasses.asdict(exchange.done)

    return Step(
        "containers",
        exchange.pending,
        bring,
        "correct what the log above says and run set-up again, or run the set-up of an earlier "
        f"release (`ls {RELEASES}`)",
        needs="docker",
    )


def load_check(places: Places, engine: Engine, before: bytes) -> Step:
    """Requests through nginx. Where some fail, the current release comes back."""
    release = engine.release

    def look() -> None:
        load = quick_load(release.domain, release.edge.https_port, release.load_requests)
        say(f"  {load.sentence()}")
        if load.errors:
            raise MachineError(
                f"the quick load check saw errors: {load.sentence()}\n"
                f"{_go_back(places, engine.folder, before)}"
            )

    return Step(
        "load check",
        lambda: [f"{release.load_requests} requests for the health page through nginx"],
        look,
        "`docker logs` of the containers in `docker ps` says why",
        changes=False,
    )


def start_at_boot(places: Places, folder: Path) -> Step:
    """The link to the current release moves only here, after all that can fail."""

    def todo() -> list[str]:
        words = [] if places.current == folder else [f"current release is {folder.name}"]
        return words + [f"start {each} at boot" for each in AT_BOOT if not is_enabled(each)]

    def do() -> None:
        point(places.at(CURRENT), str(folder))
        os.utime(folder)  # the last to serve is the last to be tidied up
        run(["systemctl", "enable", *AT_BOOT], UNIT_SECONDS)
        # They wait for the lock that is held here. The service then finds everything up, and stops
        # it in order when the machine stops.
        run(["systemctl", "start", "--no-block", *AT_BOOT], UNIT_SECONDS)

    return Step("current", todo, do, f"`systemctl status {' '.join(AT_BOOT)}` says why")


def tidy(places: Places, engine: Engine) -> Step:
    """Old releases and their images go, so that the disk doesn't fill; the last few stay."""

    def old() -> list[Path]:
        folder = places.at(RELEASES)
        if not folder.exists():  # --check of a machine on which nothing was set up yet
            return []
        known = sorted(
            (each for each in folder.iterdir() if _is_release(each) and each != engine.folder),
            key=lambda each: each.stat().st_mtime,
        )
        return known[: max(0, len(known) - KEPT + 1)]

    def do() -> None:
        gone = old()
        kept = {each for each in places.at(RELEASES).iterdir() if each not in gone}
        wanted = {image for each in kept for image in _images(each)}
        for each in gone:
            for image in _images(each):
                if image not in wanted and engine.has_image(image):
                    run(["docker", "image", "rm", image], UNIT_SECONDS)
            shutil.rmtree(each)

    return Step(
        "old releases",
        lambda: [f"remove {each.name[:12]}" for each in old()],
        do,
        f"remove folders of {RELEASES} that nobody needs by hand",
        needs="docker",
    )


def _is_release(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(".")


def _images(folder: Path) -> tuple[str, ...]:
    try:
        return read_release(folder).images
    except MachineError:
        return ()  # a folder that holds no release has no images


def _go_back(places: Places, failed: Path, environment: bytes) -> str:
    """What serves after a failure, in words. `environment` is the machine's, as it was."""
    current = places.current
    if current is None:
        return "no release was in service before"
    if current == failed:
        return "this release was in service before: there is none to go back to"
    release = read_release(current)
    engine = Engine(current, release)
    try:
        write(places.at(ENVIRONMENT_FILE), environment, 0o600)
        exchange_to(places, current, release, environment, engine).run()
    except MachineError as error:
        return f"going back to release {current.name[:12]} failed too: {error}"
    return f"release {current.name[:12]} serves, as before"
