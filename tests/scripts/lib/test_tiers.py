import pytest

from scripts.lib import tiers


@pytest.mark.parametrize(
    ("names", "expression"),
    [
        (["unit", "services", "engine", "load", "e2e"], ""),
        (["unit"], "not (services or engine or load or e2e)"),
        (["unit", "engine"], "not (services or load or e2e)"),
        (["services", "load"], "services or load"),
    ],
)
def test_tiers_become_pytests_expression(names, expression):
    assert tiers.marker_expression(names) == expression


class FakePytest:
    returncode = 0

    def __init__(self):
        self.commands = []

    def __call__(self, command, **_):
        self.commands.append(command)
        return self


@pytest.fixture
def ran(monkeypatch):
    fake = FakePytest()
    monkeypatch.setattr(tiers.subprocess, "run", fake)
    monkeypatch.setattr(tiers, "_prepare", lambda _: None)
    monkeypatch.setattr(tiers, "absent", lambda _: [tiers.Absent("an AWS account", "never")])
    return fake


def tier(name, reason, alone=False):
    return tiers.Tier(name, name, lambda _: reason, alone)


def test_what_measures_load_has_the_machine_to_itself(ran):
    layout = tiers.Layout.from_environment({})
    assert tiers.run_tests(layout, [tier("unit", None), tier("load", None, alone=True)]) == 0
    together, alone = ran.commands
    assert set(tiers.PARALLEL) <= set(together)
    assert not set(tiers.PARALLEL) & set(alone)
    assert alone[-1] == "load"


def test_a_failure_in_either_run_is_a_failure(ran, monkeypatch):
    layout = tiers.Layout.from_environment({})
    both = [tier("unit", None), tier("load", None, alone=True)]
    for codes in ([1, 0], [0, 1], [2, 1]):
        left = list(codes)
        monkeypatch.setattr(tiers, "_pytest", lambda *_, left=left: left.pop(0))
        assert tiers.run_tests(layout, both) == max(codes)


def test_a_tier_that_cannot_run_is_named_and_left_out(ran, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    code = tiers.run_tests(
        tiers.Layout.from_environment({}), [tier("unit", None), tier("load", "no nginx")]
    )
    printed = capsys.readouterr().out
    assert code == 0
    assert "CANNOT RUN  no nginx" in printed
    assert "not (services or engine or load or e2e)" in ran.commands[0]


def test_in_ci_a_tier_that_cannot_run_is_a_failure(ran, monkeypatch):
    monkeypatch.setenv("CI", "true")
    layout = tiers.Layout.from_environment({})
    assert tiers.run_tests(layout, [tier("unit", None), tier("load", "no nginx")]) == 1
    assert tiers.run_tests(layout, [tier("unit", None)]) == 0


def test_what_no_registry_has_is_listed_as_not_run_and_fails_nothing(ran, monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    assert tiers.run_tests(tiers.Layout.from_environment({}), [tier("unit", None)]) == 0
    assert (
        "not run, because no package registry has it:\n  an AWS account" in capsys.readouterr().out
    )


def test_a_machine_without_any_of_the_four_lists_all_four(monkeypatch):
    monkeypatch.setattr(tiers.shutil, "which", lambda *_, **__: None)
    listed = [one.what for one in tiers.absent({"PATH": "/nowhere"})]
    assert listed == ["the Pulumi CLI", "a MongoDB server", "a container engine", "an AWS account"]


def test_an_unknown_tier_is_wrong_use():
    with pytest.raises(SystemExit) as ended:
        tiers.main(["nonsense"])
    assert ended.value.code == 2
