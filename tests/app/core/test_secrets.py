import json
import secrets as random

import boto3
import pytest

from app.core.secrets import fetch_secrets, weak_secret_faults
from app.settings import SettingsError, load_settings
from tests.app.environment import COMPLETE, REGION

GOOD = {"jwtSecret": random.token_urlsafe(48), "metricsToken": random.token_urlsafe(32)}


@pytest.fixture
def stored(app_environment):
    """Puts a value into the secret store and gives its ARN."""
    vault = boto3.client("secretsmanager", region_name=REGION)

    def put(value) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return vault.create_secret(Name=f"t{random.token_hex(6)}", SecretString=text)["ARN"]

    yield put
    vault.close()


def faults_of(**arns):
    with pytest.raises(SettingsError) as refusal:
        fetch_secrets(load_settings(COMPLETE | arns))
    for secret in (*GOOD.values(), "hunter2"):
        assert secret not in str(refusal.value)
    return refusal.value.faults


@pytest.mark.services
def test_secrets_are_fetched_by_their_arns(stored):
    database = stored({"username": "gacp", "password": "hunter2"})
    found = fetch_secrets(
        load_settings(COMPLETE | {"APP_SECRET_ARN": stored(GOOD), "DATABASE_SECRET_ARN": database})
    )
    assert found.jwt_secret == GOOD["jwtSecret"]
    assert found.database is not None
    assert found.database.password == "hunter2"
    assert found.mail is None


@pytest.mark.services
def test_secrets_are_not_shown_by_what_holds_them(stored):
    database = stored({"username": "gacp", "password": "hunter2"})
    found = fetch_secrets(
        load_settings(COMPLETE | {"APP_SECRET_ARN": stored(GOOD), "DATABASE_SECRET_ARN": database})
    )
    for secret in (*GOOD.values(), "hunter2"):
        assert secret not in repr(found)
        assert secret not in str(found.database)


@pytest.mark.services
@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("no json", "must hold JSON"),
        ({"jwtSecret": GOOD["jwtSecret"]}, "must hold JSON"),
        (GOOD | {"jwtSecret": "short"}, "at least 32"),
        (GOOD | {"jwtSecret": "changeme" * 8}, "is a default"),
        (GOOD | {"metricsToken": "<CHANGE_ME>"}, "still holds <CHANGE_ME>"),
    ],
)
def test_a_secret_that_is_none_is_refused_by_name(stored, value, says):
    (fault,) = faults_of(APP_SECRET_ARN=stored(value))
    assert "APP_SECRET_ARN" in fault
    assert says in fault


@pytest.mark.services
def test_every_secret_that_is_missing_is_named_at_once(app_environment):
    arn = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:nothing-abcdef"
    faults = faults_of(APP_SECRET_ARN=arn, DATABASE_SECRET_ARN=arn, MAIL_SECRET_ARN=arn)
    assert [fault.partition(":")[0] for fault in faults] == [
        "APP_SECRET_ARN",
        "DATABASE_SECRET_ARN",
        "MAIL_SECRET_ARN",
    ]


def test_a_random_secret_has_no_fault():
    assert weak_secret_faults("x", random.token_urlsafe(48)) == []
