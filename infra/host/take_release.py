#!/usr/bin/python3
"""Takes the release that the stack names (`gacp-take-release`): reads the parameter, downloads the
bundle, checks it, unpacks it, runs its `set-up`.

Runs on the machine, by the system's Python and boto3. Until `set-up` has ended well nothing of what
serves is touched. Ends with 0 where the release is up; 1 where its `set-up` failed, 3 where the
bundle is not what the stack named, 4 where it could not be had. Where a new machine fell back to
the release that served last it ends with 0, and the alarm tells.
"""

import fcntl
import hashlib
import io
import json
import random
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SETTINGS = Path("/etc/gacp/host.json")
ROOT = Path("/opt/gacp")
CALLS = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})
ATTEMPTS = 4
LARGEST = 64 * 1024 * 1024  # bytes of a bundle; it holds texts
DOWNLOAD_SECONDS = 120
SET_UP_SECONDS = 1500
LOCK_SECONDS = 1800
SHA256 = re.compile(r"[0-9a-f]{64}")
NAMESPACE, METRIC = "gacp/host", "ReleaseFailed"


class ReleaseError(Exception):
    """Not taken; `code` is how the program ends."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    sys.stderr.write(f"gacp-take-release: {text}\n")


def named_release(text: str) -> tuple[str, str]:
    """(key, SHA-256) of the parameter's value. Raises `ReleaseError`."""
    try:
        said = json.loads(text)
        key, digest = str(said["key"]), str(said["sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(3, f"the parameter names no release: {text[:200]!r}") from error
    if not SHA256.fullmatch(digest):
        raise ReleaseError(3, f"{digest[:80]!r} is no SHA-256: 64 hexadecimal digits are")
    return key, digest


def download(s3: Any, bucket: str, key: str) -> bytes:
    """The whole object, in time. A connection that breaks raises what boto3 raises."""
    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    end, content = time.monotonic() + DOWNLOAD_SECONDS, io.BytesIO()
    for chunk in body.iter_chunks(64 * 1024):
        content.write(chunk)
        if content.tell() > LARGEST or time.monotonic() > end:
            raise ReleaseError(4, f"{key} is larger or slower than any bundle")
    return content.getvalue()


def unpacked(archive: bytes, digest: str, root: Path) -> Path:
    """The release's folder, whole or not at all. Raises `ReleaseError` for other content."""
    found = hashlib.sha256(archive).hexdigest()
    if found != digest:
        raise ReleaseError(3, f"the bundle's SHA-256 is {found} and the stack named {digest}")
    target, part = root / "releases" / digest, root / "releases" / f"{digest}.part"
    if not target.exists():
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o755, parents=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
                packed.extractall(part, filter="data")
        except tarfile.TarError as error:
            raise ReleaseError(3, f"the bundle can't be unpacked: {error}") from error
        part.rename(target)
    return target


def holds(file: Path, digest: str) -> bool:
    return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def fetch(settings: Mapping[str, str], root: Path, last: Path) -> tuple[Path, bytes | None]:
    """The named release's folder, and its archive unless `last` holds it already.

    The parameter is read before each attempt: a bundle that is gone was followed by another.
    """
    region, problem = settings["region"], ""
    ssm, s3 = (boto3.client(name, region_name=region, config=CALLS) for name in ("ssm", "s3"))
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.5, 2) * 2**attempt)  # noqa: S311 - no secret
        try:
            value = ssm.get_parameter(Name=settings["parameter"])["Parameter"]["Value"]
            key, digest = named_release(value)
            target = root / "releases" / digest
            if target.exists() and holds(last, digest):
                return target, None
            archive = download(s3, settings["bucket"], key)
        except (BotoCoreError, ClientError, OSError) as error:
            problem = str(error)
            say(f"attempt {attempt + 1} of {ATTEMPTS}: {problem}")
            continue
        return unpacked(archive, digest, root), archive
    raise ReleaseError(4, f"the release could not be had: {problem}")


def set_up(release: Path) -> None:
    words = [str(release / "set-up")]
    try:
        done = subprocess.run(words, cwd=release, timeout=SET_UP_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseError(1, f"{words[0]}: {error}") from error
    if done.returncode:
        raise ReleaseError(1, f"{words[0]} ended with {done.returncode}")


def take(settings: Mapping[str, str], root: Path) -> bool:
    """Whether the named release is up. Raises `ReleaseError` where it is not and nothing changed.

    A machine on which nothing serves yet falls back to the bundle that served last, which the data
    volume holds: it must come up at night whatever was released in the evening.
    """
    last = Path(settings["data"], "release.tar.gz")
    try:
        release, archive = fetch(settings, root, last)
        set_up(release)
    except ReleaseError as error:
        if (root / "current").exists() or not last.exists():
            raise
        say(f"{error}; taking what served last")
        content = last.read_bytes()
        set_up(unpacked(content, hashlib.sha256(content).hexdigest(), root))
        return False
    if archive is not None:
        part = last.with_suffix(".part")
        part.write_bytes(archive)
        part.replace(last)
    return True


@contextmanager
def alone(file: Path) -> Generator[None]:
    """One at a time on this machine; the second waits. Raises `ReleaseError` in the end."""
    with file.open("w") as held:
        end = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > end:
                    raise ReleaseError(4, f"another one holds {file}") from error
                time.sleep(1)
        yield


def tell(settings: Mapping[str, str], failed: bool) -> None:
    """The figure that the alarm watches; that it can't be sent is said and no more."""
    dimensions = [{"Name": "Group", "Value": settings["group"]}]
    data = [{"MetricName": METRIC, "Dimensions": dimensions, "Value": float(failed)}]
    try:
        watch = boto3.client("cloudwatch", region_name=settings["region"], config=CALLS)
        watch.put_metric_data(Namespace=NAMESPACE, MetricData=data)
    except (BotoCoreError, ClientError) as error:
        say(f"the metric {METRIC} was not sent: {error}")


def main(settings: Mapping[str, str], root: Path = ROOT) -> int:
    is_up, code = False, 0
    try:
        with alone(root / ".lock"):
            is_up = take(settings, root)
    except ReleaseError as error:
        say(str(error))
        code = error.code
    tell(settings, failed=not is_up)
    return code


if __name__ == "__main__":
    sys.exit(main(json.loads(SETTINGS.read_text())))
