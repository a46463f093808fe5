#!/usr/bin/python3
"""Gives this machine what outlives it: the data volume and the stack's address (`gacp-claim`).

Runs on the machine, by the system's Python and boto3. What is claimed already stays as it is, so
it may run at any time; after a larger volume it grows the file system. `gacp-claim ready` tells
the group that the machine serves.
"""

import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SETTINGS = Path("/etc/gacp/host.json")
FSTAB = Path("/etc/fstab")
DISKS = Path("/dev/disk/by-id")
METADATA = "http://169.254.169.254"
CALLS = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 6})
DEADLINE = 900  # seconds: the machine before this one may still be stopping
READY_SECONDS = 300
COMMAND_SECONDS = 300
NOTHING_FOUND = 2  # blkid: no file system, no partition table


class ClaimError(Exception):
    """Not to be had; the message says what and why."""


def wait_for[T](what: str, probe: Callable[[], T | None], seconds: float) -> T:
    """What `probe` gives, asked again until it gives something. Raises `ClaimError` in the end.

    Refusals of AWS are waited out too: a new role's rights are not there at once.
    """
    end, refused = time.monotonic() + seconds, ""
    while True:
        try:
            found = probe()
        except (BotoCoreError, ClientError) as error:
            found, refused = None, f": {error}"
        if found is not None:
            return found
        if time.monotonic() > end:
            raise ClaimError(f"waited {seconds:g} s in vain for {what}{refused}")
        time.sleep(random.uniform(1, 3))  # noqa: S311 - spreads calls, no secret


def next_step(volume: Mapping[str, Any], machine: str) -> str:
    """`attach`, `wait` or `done` for a volume as EC2 describes it. Raises `ClaimError`.

    A volume that another machine has is waited for, never torn away: two writers would end it.
    """
    if volume["State"] not in ("available", "in-use", "creating"):
        raise ClaimError(f"volume {volume['VolumeId']} is {volume['State']}")
    for attachment in volume.get("Attachments", []):
        mine = attachment["InstanceId"] == machine and attachment["State"] == "attached"
        return "done" if mine else "wait"
    return "attach" if volume["State"] == "available" else "wait"


def claim_volume(ec2: Any, volume: str, device: str, machine: str) -> None:
    def step() -> bool | None:
        found = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
        todo = next_step(found, machine)
        if todo == "attach":
            ec2.attach_volume(VolumeId=volume, InstanceId=machine, Device=device)
        return True if todo == "done" else None

    wait_for(f"volume {volume}", step, DEADLINE)


def own_volume(ec2: Any, device: str, machine: str) -> str:
    """The volume that came with the machine as `device`."""
    named = {"attachment.instance-id": machine, "attachment.device": device}
    filters = [{"Name": name, "Values": [value]} for name, value in named.items()]

    def found() -> str | None:
        volumes = ec2.describe_volumes(Filters=filters)["Volumes"]
        return volumes[0]["VolumeId"] if volumes else None

    return wait_for(f"a volume as {device}", found, DEADLINE)


def claim_address(ec2: Any, address: str, machine: str) -> None:
    def mine() -> bool | None:
        found = ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
        if found.get("InstanceId") == machine:
            return True
        ec2.associate_address(AllocationId=address, InstanceId=machine, AllowReassociation=True)
        return None

    wait_for(f"address {address}", mine, DEADLINE)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Raises `ClaimError` with what the command said, except blkid's "nothing there"."""
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    if done.returncode and not (words[0] == "blkid" and done.returncode == NOTHING_FOUND):
        raise ClaimError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
    return done


def file_system(disk: str) -> str:
    """UUID of the disk's ext4, made where the disk is blank. Anything else on it is refused."""
    if run("blkid", "-p", "-o", "export", disk).returncode == NOTHING_FOUND:
        run("mkfs.ext4", "-q", "-L", "gacp-data", disk)
    lines = run("blkid", "-p", "-o", "export", disk).stdout.splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    if said.get("TYPE") != "ext4" or not said.get("UUID"):
        raise ClaimError(f"{disk} holds {said}, not the ext4 that was expected: left alone")
    return said["UUID"]


def mount(disk: str, folder: str, fstab: Path) -> None:
    """Mounted now and at every boot. A boot without the disk goes on, so that people can look in;
    docker waits for the mount (RequiresMountsFor)."""
    line = f"UUID={file_system(disk)} {folder} ext4 defaults,nofail,x-systemd.device-timeout=90 0 2"
    lines = fstab.read_text().splitlines() if fstab.exists() else []
    if line not in lines:
        kept = [each for each in lines if each.split()[1:2] != [folder]]
        fstab.write_text("\n".join([*kept, line, ""]))
        run("systemctl", "daemon-reload")
    Path(folder).mkdir(mode=0o755, parents=True, exist_ok=True)
    if not os.path.ismount(folder):
        run("mount", folder)
    run("resize2fs", disk)


def machine_id() -> str:
    """This instance's id (IMDSv2)."""
    base = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", METADATA)

    def asked(path: str, method: str, header: str, value: str) -> str:
        url, given = f"{base}{path}", {header: value}
        request = urllib.request.Request(url, method=method, headers=given)  # noqa: S310 - IMDS
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - IMDS
            return answer.read().decode()

    ttl = "X-aws-ec2-metadata-token-ttl-seconds"
    token = asked("/latest/api/token", "PUT", ttl, "60")
    return asked("/latest/meta-data/instance-id", "GET", "X-aws-ec2-metadata-token", token)


def claim(settings: Mapping[str, str], disks: Path = DISKS, fstab: Path = FSTAB) -> None:
    """Address first: with it the way to the internet stays the same for all that follows."""
    ec2 = boto3.client("ec2", region_name=settings["region"], config=CALLS)
    machine, device = machine_id(), settings["device"]
    if settings["address"]:
        claim_address(ec2, settings["address"], machine)
    volume = settings["volume"] or own_volume(ec2, device, machine)
    claim_volume(ec2, volume, device, machine)
    # EBS shows itself to Nitro machines as NVMe with the volume's id as serial number.
    name = f"nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
    disk = wait_for(f"disk {name}", lambda: _there(disks / name), DEADLINE)
    mount(disk, settings["data"], fstab)


def _there(path: Path) -> str | None:
    return str(path) if path.exists() else None


def say_ready(scaling: Any, settings: Mapping[str, str], machine: str) -> None:
    """Lets the group count this machine. One that is counted already is left as it is."""

    def counted() -> bool | None:
        found = scaling.describe_auto_scaling_instances(InstanceIds=[machine])
        states = [each["LifecycleState"] for each in found["AutoScalingInstances"]]
        if states == ["Pending:Wait"]:
            scaling.complete_lifecycle_action(
                LifecycleHookName=settings["hook"],
                AutoScalingGroupName=settings["group"],
                InstanceId=machine,
                LifecycleActionResult="CONTINUE",
            )
        return True if states in (["Pending:Wait"], ["InService"], ["Pending:Proceed"]) else None

    wait_for("the group to wait for this machine", counted, READY_SECONDS)


def main(words: list[str], settings: Mapping[str, str]) -> None:
    if words == ["ready"]:
        scaling = boto3.client("autoscaling", region_name=settings["region"], config=CALLS)
        say_ready(scaling, settings, machine_id())
    else:
        claim(settings)


if __name__ == "__main__":
    try:
        main(sys.argv[1:], json.loads(SETTINGS.read_text()))
    except ClaimError as error:
        sys.exit(f"gacp-claim: {error}")
