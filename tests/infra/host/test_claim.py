"""How a machine claims its address and volume: the plan, and a run with stand-ins for commands."""

from __future__ import annotations

import os
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest
from moto import mock_aws

from infra.host import claim
from infra.host.claim import ClaimError, next_step

ME, OTHER = "i-0000000000000000a", "i-0000000000000000b"
UUID = "0b5fcd0e-7f5e-4a4c-9a29-5a2d6a1f6a11"
# A disk is a file here, whose text is what blkid would say; a blank one is empty.
COMMANDS = {
    "blkid": 'test -s "$4" && cat "$4" || exit 2',
    "mkfs.ext4": f'printf "UUID={UUID}\\nTYPE=ext4\\n" > "$4"',
    "mount": "",
    "resize2fs": "",
    "systemctl": "",
}


def volume(state: str, *attachments: tuple[str, str]):
    listed = [{"InstanceId": machine, "State": how} for machine, how in attachments]
    return {"VolumeId": "vol-1", "State": state, "Attachments": listed}


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (volume("available"), "attach"),
        (volume("creating"), "wait"),
        (volume("in-use", (ME, "attached")), "done"),
        (volume("in-use", (ME, "attaching")), "wait"),
        (volume("in-use", (OTHER, "attached")), "wait"),
        (volume("in-use", (OTHER, "detaching")), "wait"),
        (volume("in-use"), "wait"),
    ],
)
def test_a_volume_is_attached_waited_for_or_there(found, step):
    assert next_step(found, ME) == step


@pytest.mark.parametrize("state", ["deleting", "deleted", "error"])
def test_a_volume_that_is_going_is_an_error(state):
    with pytest.raises(ClaimError, match=state):
        next_step(volume(state), ME)


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Stand-ins that write down how they were called; gives the calls."""
    folder, log = tmp_path / "bin", tmp_path / "log"
    folder.mkdir()
    log.touch()
    for name, does in COMMANDS.items():
        file = folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n{does}\n')
        file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return lambda: [line.split()[0] for line in log.read_text().splitlines()]


@pytest.fixture
def disk(tmp_path):
    file = tmp_path / "disk"
    file.touch()
    return file


def test_a_blank_disk_gets_a_file_system_and_a_full_one_keeps_its_own(commands, disk):
    assert claim.file_system(str(disk)) == UUID
    assert commands() == ["blkid", "mkfs.ext4", "blkid"]
    assert claim.file_system(str(disk)) == UUID
    assert commands().count("mkfs.ext4") == 1


@pytest.mark.parametrize("holds", ["TYPE=xfs\nUUID=x\n", "PTTYPE=gpt\n", "TYPE=LVM2_member\n"])
def test_a_disk_with_something_else_on_it_is_left_alone(commands, disk, holds):
    disk.write_text(holds)
    with pytest.raises(ClaimError, match="left alone"):
        claim.file_system(str(disk))
    assert "mkfs.ext4" not in commands()


def test_a_disk_that_can_not_be_read_is_left_alone(commands, tmp_path, disk):
    (tmp_path / "bin/blkid").write_text("#!/bin/sh\necho broken >&2\nexit 4\n")
    with pytest.raises(ClaimError, match="ended with 4: broken"):
        claim.file_system(str(disk))
    assert "mkfs.ext4" not in commands()


def test_it_is_mounted_now_and_at_every_boot_once(commands, disk, tmp_path):
    fstab, folder = tmp_path / "fstab", tmp_path / "data"
    fstab.write_text(f"UUID=old {folder} ext4 defaults 0 2\nLABEL=root / ext4 defaults 0 1\n")
    for _ in range(2):
        claim.mount(str(disk), str(folder), fstab)
    assert fstab.read_text().splitlines() == [
        "LABEL=root / ext4 defaults 0 1",
        f"UUID={UUID} {folder} ext4 defaults,nofail,x-systemd.device-timeout=90 0 2",
    ]
    assert commands().count("systemctl") == 1
    assert commands()[-2:] == ["mount", "resize2fs"]  # a larger volume is used at the next claim


@contextmanager
def metadata_service(machine: str):
    """IMDSv2: no answer without a token."""

    class Service(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._say("token" if self.headers["X-aws-ec2-metadata-token-ttl-seconds"] else None)

        def do_GET(self) -> None:
            self._say(machine if self.headers["X-aws-ec2-metadata-token"] == "token" else None)

        def _say(self, text: str | None) -> None:
            self.send_response(200 if text else 401)
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class World:
    """An account with two machines, a volume and an address; `machine` claims."""

    def __init__(self, folder: Path) -> None:
        self.ec2 = boto3.client("ec2", region_name="ap-southeast-1")
        image = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t4g.medium"}
        made = self.ec2.run_instances(**image, MinCount=2, MaxCount=2)["Instances"]
        self.machine, self.other = (each["InstanceId"] for each in made)
        zone = made[0]["Placement"]["AvailabilityZone"]
        self.volume = self.ec2.create_volume(AvailabilityZone=zone, Size=10)["VolumeId"]
        self.address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        self.folder = folder
        (folder / "disks").mkdir()
        self.disk(self.volume).touch()

    def disk(self, volume: str) -> Path:
        name = f"nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
        return self.folder / "disks" / name

    def claim(self, **settings: str) -> None:
        chosen = {
            "region": "ap-southeast-1",
            "volume": self.volume,
            "address": self.address,
            "device": "/dev/sdf",
            "data": str(self.folder / "data"),
            **settings,
        }
        claim.claim(chosen, self.folder / "disks", self.folder / "fstab")

    def holders(self) -> tuple[str, str]:
        """Who has the volume, and who the address."""
        volume = self.ec2.describe_volumes(VolumeIds=[self.volume])["Volumes"][0]
        address = self.ec2.describe_addresses(AllocationIds=[self.address])["Addresses"][0]
        attached = [each["InstanceId"] for each in volume["Attachments"]]
        return (attached or [""])[0], address.get("InstanceId", "")


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # hundreds that nobody asks for
    monkeypatch.setattr(claim.time, "sleep", lambda _: None)
    with mock_aws():
        found = World(tmp_path)
        monkeypatch.setattr(claim, "machine_id", lambda: found.machine)
        yield found


def test_a_machine_gets_address_and_volume_and_keeps_them(world, commands):
    world.claim()
    assert world.holders() == (world.machine, world.machine)
    world.claim()
    assert world.holders() == (world.machine, world.machine)
    assert commands().count("mkfs.ext4") == 1


def test_the_next_machine_gets_what_the_last_one_had_with_its_data(world, commands, monkeypatch):
    world.claim()
    world.ec2.detach_volume(VolumeId=world.volume, InstanceId=world.machine)
    world.ec2.terminate_instances(InstanceIds=[world.machine])
    monkeypatch.setattr(claim, "machine_id", lambda: world.other)
    world.claim()
    assert world.holders() == (world.other, world.other)
    assert commands().count("mkfs.ext4") == 1


def test_a_volume_that_another_machine_keeps_is_not_torn_away(world, commands, monkeypatch):
    world.ec2.attach_volume(VolumeId=world.volume, InstanceId=world.other, Device="/dev/sdf")
    monkeypatch.setattr(claim, "DEADLINE", -1)
    with pytest.raises(ClaimError, match="in vain for volume vol-"):
        world.claim(address="")
    assert world.holders()[0] == world.other
    assert commands() == []


def test_a_machine_of_several_uses_the_volume_that_came_with_it(world, commands):
    world.ec2.attach_volume(VolumeId=world.volume, InstanceId=world.machine, Device="/dev/sdf")
    world.claim(volume="", address="")
    assert world.holders() == (world.machine, "")
    assert "mount" in commands()


def test_rights_that_come_late_are_waited_for_and_named_in_the_end(world, monkeypatch):
    monkeypatch.setattr(claim, "DEADLINE", -1)
    with pytest.raises(ClaimError, match=r"address eipalloc-0: .*InvalidAllocationID"):
        world.claim(address="eipalloc-0")


def test_a_disk_that_does_not_show_itself_is_an_error(world, monkeypatch, commands):
    world.claim()
    world.disk(world.volume).unlink()
    monkeypatch.setattr(claim, "DEADLINE", -1)
    with pytest.raises(ClaimError, match="nvme-Amazon_Elastic_Block_Store_vol"):
        world.claim()


def test_the_machine_asks_for_its_id_with_a_token(monkeypatch):
    with metadata_service(ME) as address:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        assert claim.machine_id() == ME


class Scaling:
    """Auto Scaling as a machine sees it: its state, and what it completed."""

    def __init__(self, *states: str) -> None:
        self.states, self.completed = list(states), []

    def describe_auto_scaling_instances(self, InstanceIds):  # noqa: N803 - AWS's own names
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"AutoScalingInstances": [{"LifecycleState": state}] if state else []}

    def complete_lifecycle_action(self, **said):
        self.completed.append(said)


@pytest.mark.parametrize(
    ("states", "times"),
    [(("", "Pending", "Pending:Wait"), 1), (("InService",), 0), (("Pending:Proceed",), 0)],
)
def test_the_group_hears_that_the_machine_serves_once(states, times, monkeypatch):
    monkeypatch.setattr(claim.time, "sleep", lambda _: None)
    scaling = Scaling(*states)
    claim.say_ready(scaling, {"hook": "first", "group": "hosts"}, ME)
    assert scaling.completed == times * [
        {
            "LifecycleHookName": "first",
            "AutoScalingGroupName": "hosts",
            "InstanceId": ME,
            "LifecycleActionResult": "CONTINUE",
        }
    ]


def test_a_machine_that_its_group_has_given_up_is_an_error(monkeypatch):
    monkeypatch.setattr(claim, "READY_SECONDS", -1)
    with pytest.raises(ClaimError, match="the group to wait"):
        claim.say_ready(Scaling("Terminating"), {"hook": "first", "group": "hosts"}, ME)
