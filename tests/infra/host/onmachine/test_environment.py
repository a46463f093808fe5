import pytest

from infra.host.onmachine.environment import EnvironmentFileError, names_in, read_environment
from infra.workloads.environment import VARIABLES
from infra.workloads.sections import KEYS, SECTIONS, render_template

ENVIRONMENT = {**dict.fromkeys(VARIABLES, "x"), "LOG_LEVEL": "info", "LOG_FORMAT": "json"}


@pytest.fixture
def template():
    return render_template(ENVIRONMENT, own_server=True)


def test_the_template_has_ten_sections_and_every_setting_once(template):
    heads = [line for line in template.splitlines() if line[:3].strip("# .").isdigit()]
    assert len(heads) == len(SECTIONS) == 10
    assert heads[0] == "# 1. Application"
    assert heads[9] == "# 10. Logging"
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(ENVIRONMENT)
    assert names_in(template) == {*ENVIRONMENT, *KEYS}


def test_a_server_of_ones_own_needs_keys_and_a_machine_with_a_role_must_not_have_any(template):
    assert "AWS_ACCESS_KEY_ID=<CHANGE_ME>" in template
    assert "AWS_ACCESS_KEY_ID" not in render_template(ENVIRONMENT, own_server=False)


def test_the_template_as_it_is_is_refused_with_all_names(template):
    with pytest.raises(EnvironmentFileError) as refused:
        read_environment(template, names_in(template))
    assert "is left in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" in str(refused.value)


def test_filled_in_it_gives_what_was_filled_in(template):
    filled = template.replace("<CHANGE_ME>", "filled").replace(
        "# LOG_LEVEL=info", "LOG_LEVEL=debug"
    )
    assert read_environment(filled, names_in(template)) == {
        "AWS_ACCESS_KEY_ID": "filled",
        "AWS_SECRET_ACCESS_KEY": "filled",
        "LOG_LEVEL": "debug",
    }


def test_every_fault_is_told_at_once_and_no_value(template):
    text = (
        'LOG_LEVLE=hush\nLOG_LEVEL=a\nLOG_LEVEL=b\nno line\nMAIL_HOST=$hush\nMAIL_SENDER="hush"\n'
    )
    with pytest.raises(EnvironmentFileError) as refused:
        read_environment(text, names_in(template))
    said = str(refused.value)
    assert "LOG_LEVLE is unknown: did you mean LOG_LEVEL?" in said
    assert "LOG_LEVEL is given twice" in said
    assert "line 4 is no NAME=VALUE" in said
    assert "MAIL_HOST holds a $, ' #' or a quote at its start" in said
    assert "MAIL_SENDER holds a $, ' #' or a quote at its start" in said
    assert "hush" not in said


def test_a_name_like_no_other_is_sent_to_the_template(template):
    with pytest.raises(EnvironmentFileError, match=r"ZZZ is unknown: environment.template has all"):
        read_environment("ZZZ=1\n", names_in(template))
