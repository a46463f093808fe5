"""Steps that make the operating system ready: packages, user, folders, files, engine, networks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from infra.host.onmachine.commands import outcome, run
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.errors import MachineError
from infra.host.onmachine.places import (
    ACCOUNT,
    CERTBOT_LOGS,
    CERTBOT_WORK,
    CERTIFICATES,
    CHALLENGES,
    DATA,
    EDGE,
    RELEASES,
    Places,
)
from infra.host.onmachine.release import Release
from infra.host.onmachine.steps import File, Folder, Step, merged_json, wrong

# Of Ubuntu 24.04.
PACKAGES = (
    "amazon-ecr-credential-helper",
    "certbot",
    "docker-compose-v2",
    "docker.io",
    "openssl",
    "unattended-upgrades",
)
DNS_PROOF = "python3-certbot-dns-route53"
APT_SECONDS, LOOK_SECONDS, UNIT_SECONDS = 600, 30, 120
LEAST_ENGINE = 25  # checks in quick succession while a container starts (start_interval)
USER = "gacp"
LONGEST_STOP = 70  # of a worker, and some seconds
UNITS = ("gacp.service", "gacp-certificate.service", "gacp-certificate.timer")
ENGINE = "docker.service"

UPGRADES = """// Security updates by themselves; a restart of the machine stays a person's decision.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
"""
JOURNAL = "[Journal]\nSystemMaxUse=500M\nMaxRetentionSec=1month\n"


def packages(release: Release) -> Step:
    wanted = (*PACKAGES, DNS_PROOF) if release.proves_by_dns else PACKAGES

    def missing() -> list[str]:
        return [each for each in wanted if not _has_package(each)]

    def install() -> None:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        lock = ["-o", "DPkg::Lock::Timeout=300"]  # a first start's own upgrades may be at work
        run(["apt-get", *lock, "-q", "update"], APT_SECONDS, quiet)
        words = ["-q", "-y", "--no-install-recommends", "install", *missing()]
        run(["apt-get", *lock, *words], APT_SECONDS, quiet)

    return Step(
        "packages",
        lambda: [f"install {' '.join(left)}"] if (left := missing()) else [],
        install,
        "`apt-get update` has to work: look at the network and at /etc/apt, then run set-up again",
    )


def user(release: Release) -> Step:
    uid = str(release.user)

    def todo() -> list[str]:
        holder = _holder("passwd", uid)
        if holder not in ("", USER):
            raise MachineError(
                f"the containers' user id {uid} belongs to {holder} on this machine, who could "
                "read the certificate's key"
            )
        return [f"user {USER} ({uid}) that nobody signs in as"] if not holder else []

    def make() -> None:
        if not _holder("group", uid):
            run(["groupadd", "--gid", uid, USER], LOOK_SECONDS)
        who = ["--uid", uid, "--gid", uid, "--no-create-home", "--shell", "/usr/sbin/nologin"]
        run(["useradd", *who, USER], LOOK_SECONDS)

    return Step(
        "user", todo, make, f"give that person another id: `usermod --uid NEW NAME` ({uid})"
    )


def folders(places: Places, release: Release) -> Step:
    wanted = [
        Folder(places.at("/etc/gacp")),
        Folder(places.at(EDGE)),
        Folder(places.at(RELEASES)),
        Folder(places.at(DATA)),
        Folder(places.at(CERTIFICATES), 0o700, release.user),
        Folder(places.at(CHALLENGES)),
        *(Folder(places.at(each), 0o700) for each in (ACCOUNT, CERTBOT_WORK, CERTBOT_LOGS)),
    ]
    return _made("folders", wanted, "the file system has to be writable and have space: `df -h`")


def files(places: Places, release: Release, folder: Path) -> Step:
    """Units, settings of the engine, the registry's helper, upgrades, size of the journal."""

    def wanted() -> list[File]:
        engine = places.at("/etc/docker/daemon.json")
        # Containers outlive an upgrade of the engine, and get their time when the machine stops.
        ours = {"live-restore": True, "shutdown-timeout": LONGEST_STOP}
        registry = places.at("/root/.docker/config.json")
        helper = {"credHelpers": {release.registry: "ecr-login"}}
        return [
            *(_unit(places, folder, name) for name in UNITS),
            File(engine, merged_json(engine, ours)),
            File(registry, merged_json(registry, helper), 0o600),
            File(places.at("/etc/apt/apt.conf.d/20auto-upgrades"), UPGRADES),
            File(places.at("/etc/systemd/journald.conf.d/gacp.conf"), JOURNAL),
        ]

    def make() -> None:
        changed = [each.path for each in wrong(wanted())]
        for each in wanted():
            if each.path in changed:
                each.make()
        run(["systemctl", "daemon-reload"], UNIT_SECONDS)
        if places.at("/etc/docker/daemon.json") in changed:
            run(["systemctl", "reload-or-restart", ENGINE], UNIT_SECONDS)

    return Step(
        "files",
        lambda: [f"write {each.path.name}" for each in wrong(wanted())],
        make,
        "`systemctl status docker.service` says what the engine has against its settings",
    )


def engine_runs() -> Step:
    def todo() -> list[str]:
        if not is_enabled(ENGINE):
            return [f"start {ENGINE} now and at boot"]
        _check_version()
        return []

    def start() -> None:
        run(["systemctl", "enable", "--now", ENGINE], UNIT_SECONDS)
        _check_version()

    return Step(
        "engine",
        todo,
        start,
        "`journalctl --unit docker.service` says why; Ubuntu 24.04 has 27 or newer in its updates",
    )


def networks(engine: Engine) -> Step:
    release = engine.release
    half = release.front_range.replace(".0/24", ".128/25")
    plans = {
        release.front_network: (release.front_range, half),
        release.back_network: ("", ""),
    }

    def missing() -> Sequence[str]:
        return [f"network {name}" for name in plans if not engine.has_network(name)]

    def make() -> None:
        for name, (subnet, dynamic) in plans.items():
            if not engine.has_network(name):
                engine.make_network(name, subnet, dynamic)

    return Step(
        "networks",
        missing,
        make,
        f"`docker network ls` and `ip route`: nothing else may use {release.front_range}",
        needs="docker",
    )


def images(engine: Engine) -> Step:
    def missing() -> list[str]:
        return [each for each in engine.release.images if not engine.has_image(each)]

    def pull() -> None:
        for each in missing():
            engine.pull(each)

    return Step(
        "images",
        lambda: [f"pull {each}" for each in missing()],
        pull,
        "the registry has to be reachable, and the machine's role or the keys in the environment "
        "file must allow to read it",
        needs="docker",
    )


def _made(name: str, wanted: Sequence[File | Folder], way_out: str) -> Step:
    def make() -> None:
        for each in wrong(wanted):
            each.make()

    return Step(name, lambda: [f"make {each.path}" for each in wrong(wanted)], make, way_out)


def _unit(places: Places, folder: Path, name: str) -> File:
    text = (folder / name).read_text(encoding="utf-8")
    return File(places.at(f"/etc/systemd/system/{name}"), text)


def _has_package(name: str) -> bool:
    code, output, _ = outcome(
        ["dpkg-query", "--show", "--showformat=${Status}", name], LOOK_SECONDS
    )
    return code == 0 and output.strip() == "install ok installed"


def _holder(table: str, number: str) -> str:
    """The name that a user's or group's number belongs to; empty for nobody."""
    code, output, _ = outcome(["getent", table, number], LOOK_SECONDS)
    return output.partition(":")[0] if code == 0 else ""


def _check_version() -> None:
    words = ["docker", "version", "--format", "{{.Server.Version}}"]
    version = run(words, LOOK_SECONDS).strip()
    major = version.partition(".")[0]
    if not major.isdigit() or int(major) < LEAST_ENGINE:
        raise MachineError(f"the container engine is {version}: {LEAST_ENGINE} or newer is wanted")


def is_enabled(unit: str) -> bool:
    """Whether it runs, or is about to, and will again after the next boot."""
    enabled = outcome(["systemctl", "is-enabled", "--quiet", unit], LOOK_SECONDS)[0] == 0
    # Of a one-shot unit at work it says `activating`, with another exit code.
    state = outcome(["systemctl", "is-active", unit], LOOK_SECONDS)[1].strip()
    return enabled and state in ("active", "activating")
