"""Policy packs as a person uses them: what a policy says decides what happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.engine.playground import Playground, Run

pytestmark = pytest.mark.engine

PROGRAM = """
from probe_sdk import Other, Thing
a = Thing("a", value="1", tags={"owner": "me"})
b = Thing("b", parentId=a.id)
c = Other("c", value="x")
"""

OWNER = """
def owner(args, report):
    if args.resource_type == "probe:index:Thing" and "owner" not in args.props.get("tags", {}):
        report("no owner")

def own(args):
    if args.resource_type == "probe:index:Thing" and "owner" not in args.props.get("tags", {}):
        return {**args.props, "tags": {"owner": "house"}}

def few(args, report):
    limit = args.get_config().get("limit", 1)
    things = [r for r in args.resources if r.resource_type == "probe:index:Thing"]
    if len(things) > limit:
        report(f"{len(things)} Things, {limit} allowed", things[-1].urn)
"""


@pytest.fixture
def ground(tmp_path: Path) -> Playground:
    found = Playground(tmp_path)
    found.program(PROGRAM)
    return found


def violations(run: Run) -> list[tuple[str, str, str]]:
    return sorted(
        (body["enforcementLevel"], body["policyName"], body["resourceUrn"].rpartition("::")[2])
        for body in run.bodies("policyEvent")
    )


def up(ground: Playground, *words: str) -> Run:
    return ground.run("up", "--yes", "--skip-preview", *words)


def test_a_remediation_changes_what_is_made_and_is_told(ground: Playground) -> None:
    ground.pack(
        "house",
        OWNER + 'PolicyPack("house", [ResourceValidationPolicy("own", "Owned.", owner, '
        "EnforcementLevel.REMEDIATE, remediate=own)])",
    )
    run = up(ground, "--policy-pack", "house")
    assert run.code == 0, run.out + run.err
    (told,) = run.bodies("policyRemediationEvent")
    assert told["before"] == {"parentId": "a-1", "size": 1}
    assert told["after"] == {"parentId": "a-1", "size": 1, "tags": {"owner": "house"}}
    assert ground.state()["b"]["inputs"]["tags"] == {"owner": "house"}
    assert violations(run) == []
    failed = [b["resourceUrn"] for b in run.bodies("policyRemediateSummaryEvent") if "failed" in b]
    assert [urn.rpartition("::")[2] for urn in failed] == ["b"]
    assert "[remediate]  own  (1 resource)" in run.out
    again = ground.run("preview", "--policy-pack", "house", "--expect-no-changes")
    assert again.code == 0, again.out


def test_what_a_remediation_does_not_put_right_is_forbidden(ground: Playground) -> None:
    ground.pack(
        "house",
        OWNER + 'PolicyPack("house", [ResourceValidationPolicy("own", "Owned.", owner, '
        "EnforcementLevel.REMEDIATE, remediate=lambda args: None)])",
    )
    run = up(ground, "--policy-pack", "house")
    assert run.code == 1
    assert violations(run) == [("mandatory", "own", "b")]
    assert "b" not in ground.state()


def test_a_disabled_policy_is_not_asked(ground: Playground) -> None:
    ground.pack(
        "house",
        OWNER + 'PolicyPack("house", [ResourceValidationPolicy("own", "Owned.", owner, '
        "EnforcementLevel.DISABLED)])",
    )
    run = up(ground, "--policy-pack", "house")
    assert run.code == 0
    assert violations(run) == []
    assert not any("passed" in b for b in run.bodies("policyAnalyzeSummaryEvent"))


def test_a_mandatory_stack_policy_fails_the_update_after_everything_was_made(
    ground: Playground,
) -> None:
    ground.pack(
        "house",
        OWNER + 'PolicyPack("house", [StackValidationPolicy("few", "Few.", few, '
        "EnforcementLevel.MANDATORY)])",
    )
    preview = ground.run("preview", "--policy-pack", "house")
    assert preview.code == 1
    assert preview.bodies("diagnosticEvent")[-1]["message"] == "preview failed\n"
    run = up(ground, "--policy-pack", "house")
    assert run.code == 1
    assert {"a", "b", "c"} <= set(ground.state())
    (found,) = violations(run)
    assert found[:2] == ("mandatory", "few")
    assert found[2] in ("a", "b"), "the resource that the policy names"
    assert run.bodies("diagnosticEvent")[-1]["message"] == "update failed\n"
    assert run.bodies("summaryEvent")[0]["result"] == "failed"


def test_configuration_sets_levels_and_values(ground: Playground) -> None:
    ground.pack(
        "house",
        OWNER + 'schema = PolicyConfigSchema({"limit": {"type": "integer", "minimum": 1}})\n'
        'PolicyPack("house", [\n'
        '    ResourceValidationPolicy("own", "Owned.", owner, EnforcementLevel.MANDATORY),\n'
        '    StackValidationPolicy("few", "Few.", few, EnforcementLevel.ADVISORY, schema)])',
    )
    flags = ["--policy-pack", "house", "--policy-pack-config", "house.json"]
    file = ground.work / "house.json"
    file.write_text(json.dumps({"own": "advisory", "few": {"limit": 2}}))
    run = ground.run("preview", *flags)
    assert run.code == 0, run.out + run.err
    assert violations(run) == [("advisory", "own", "b")]
    file.write_text(json.dumps({"all": "mandatory", "own": "disabled"}))
    run = ground.run("preview", *flags)
    assert run.code == 1
    assert [found[:2] for found in violations(run)] == [("mandatory", "few")]
    file.write_text(json.dumps({"few": {"limit": 0}}))
    run = up(ground, *flags)
    assert run.code == 1
    assert "few: limit: Must be greater than or equal to 1" in run.err
    assert [kind for kind, _ in run.events] == ["policyLoadEvent", "diagnosticEvent", "cancelEvent"]
    assert "resources" not in json.loads(ground.run("stack", "export").out)["deployment"]


def test_several_packs_judge_each_resource_and_each_remediates_what_the_one_before_left(
    ground: Playground,
) -> None:
    def remedy(word: str) -> str:
        return (
            "def mark(args):\n"
            '    if args.resource_type == "probe:index:Other":\n'
            f'        return {{**args.props, "value": args.props["value"] + "{word}"}}\n'
            f'PolicyPack("{word}", [ResourceValidationPolicy("m", "M.", remediate=mark, '
            "enforcement_level=EnforcementLevel.REMEDIATE)])"
        )

    ground.pack("one", remedy("one"))
    ground.pack("two", remedy("two"), version="3.0.0")
    run = up(ground, "--policy-pack", "one", "--policy-pack", "two")
    assert run.code == 0, run.out + run.err
    assert ground.state()["c"]["inputs"]["value"] == "xonetwo"
    packs = run.bodies("summaryEvent")[0]["PolicyPacks"]
    assert packs == {"one|local|one": "0.2.0", "two|local|two": "3.0.0"}


def test_what_is_unknown_in_a_preview_is_advisory_there_and_judged_in_the_update(
    ground: Playground,
) -> None:
    ground.pack(
        "house",
        "def parent(args, report):\n"
        '    if args.name == "b" and args.props["parentId"].startswith("a"):\n'
        '        report("bad parent")\n'
        'PolicyPack("house", [ResourceValidationPolicy("p", "P.", parent, '
        "EnforcementLevel.MANDATORY, severity=Severity.HIGH)])",
    )
    preview = ground.run("preview", "--policy-pack", "house")
    assert preview.code == 0
    (told,) = preview.bodies("policyEvent")
    assert told["enforcementLevel"] == "advisory"
    assert "can't be known during preview" in told["message"]
    run = ground.run("up", "--yes", "--policy-pack", "house")
    assert run.code == 1
    assert violations(run) == [("mandatory", "p", "b")]
    assert run.bodies("policyEvent")[0]["severity"] == "high"
    assert "[mandatory] [severity: high]  p  (probe:index:Thing: b)" in run.out


def test_a_policy_sees_options_provider_and_secrets(ground: Playground) -> None:
    ground.program(
        "import pulumi\nfrom probe_sdk import Thing, Provider\n"
        'p = Provider("p", zone="z9")\n'
        'Thing("a", value=pulumi.Output.secret("hush"), opts=pulumi.ResourceOptions(protect=True, '
        'provider=p, ignore_changes=["size"]))\n'
    )
    ground.pack(
        "house",
        "import pulumi\n"
        "def see(args, report):\n"
        '    if args.name == "a":\n'
        "        o = args.opts\n"
        "        report(repr((o.protect, list(o.ignore_changes), args.provider.name,\n"
        '                     args.provider.props["zone"], args.props["value"] == "hush",\n'
        "                     o.delete_before_replace, pulumi.get_stack())))\n"
        'PolicyPack("house", [ResourceValidationPolicy("see", "See.", see)])',
    )
    run = ground.run("preview", "--policy-pack", "house")
    (told,) = run.bodies("policyEvent")
    assert told["message"] == "See.\n(True, ['size'], 'p', 'z9', True, None, 'dev')\n"
    assert "hush" not in run.out + json.dumps(run.events)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('no start')", "RuntimeError: no start"),
        ("pass", "it ended with status 0"),
    ],
)
def test_a_pack_that_does_not_start_is_an_error_with_its_last_words(
    ground: Playground, text: str, said: str
) -> None:
    ground.pack("house", text)
    run = up(ground, "--policy-pack", "house")
    assert run.code == 1
    assert "error: the policy pack house did not print its port" in run.err
    assert said in run.err
    assert not list((ground.top / "backend").rglob("locks/**/*.json"))


def test_a_policy_that_raises_ends_the_deployment_before_its_resource(ground: Playground) -> None:
    ground.pack(
        "house",
        "def boom(args, report):\n"
        '    if args.name == "b":\n'
        '        print("looking at b")\n'
        '        raise KeyError("boom")\n'
        'PolicyPack("house", [ResourceValidationPolicy("boom", "B.", boom)])',
    )
    run = up(ground, "--policy-pack", "house")
    assert run.code == 1
    errors = [b for b in run.bodies("diagnosticEvent") if b["severity"] == "error"]
    (error,) = errors
    assert error["urn"].endswith("::b")
    assert error["message"].startswith(
        "failed to run policy: Exception calling application: 'boom'"
    )
    assert "b" not in ground.state()
    assert "    looking at b\n" in run.out, "what the pack prints is shown"


def test_a_pack_whose_process_dies_is_named_with_its_status(ground: Playground) -> None:
    ground.pack(
        "house",
        "import os\ndef leave(args, report):\n    os._exit(7)\n"
        'PolicyPack("house", [ResourceValidationPolicy("leave", "L.", leave)])',
    )
    run = up(ground, "--policy-pack", "house")
    assert run.code == 1
    assert "policy pack house ended with status 7" in run.out


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--policy-pack", "nowhere"], "nowhere is no policy pack"),
        (["--policy-pack-config", "a.json"], "must be specified with"),
        (
            ["--policy-pack", "a", "--policy-pack", "b", "--policy-pack-config", "a.json"],
            "must match the number",
        ),
    ],
)
def test_flags_that_lead_nowhere_are_named(ground: Playground, flags: list[str], said: str) -> None:
    run = ground.run("preview", *flags)
    assert run.code == 1
    assert said in run.err


def test_a_pack_leaves_with_an_engine_that_is_killed(ground: Playground) -> None:
    note = ground.top / "pid"
    ground.pack(
        "house",
        "import os, time, pathlib\n"
        "def wait(args, report):\n"
        f"    pathlib.Path({str(note)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        'PolicyPack("house", [ResourceValidationPolicy("wait", "W.", wait)])',
    )
    engine = subprocess.Popen(
        [*ground.argv, "preview", "--policy-pack", "house"],
        cwd=ground.work,
        env=ground.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        pid = int(_until(lambda: note.exists() and note.read_text()))
    finally:
        engine.send_signal(signal.SIGKILL)
        engine.wait()
    _until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def _until(condition):  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("the condition did not come true within 30 s")
