import json
import secrets as random
from contextlib import closing

import boto3
import pytest

from app.core.secrets import fetch_secrets, weak_secret_faults
from app.settings import SettingsError, load_settings
from tests.app.environment import COMPLETE, REGION

GOOD = {"jwtSecret": random.token_urlsafe(48), "metricsToken": random.token_urlsafe(32)}

URI = "mongodb+srv://gacp:hunter2@cluster0.ab1cd.mongodb.net/?retryWrites=true&w=majority"


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


@pytest.mark.services
def test_a_secret_without_a_value_refuses_the_start_and_says_what_to_do(app_environment):
    with closing(boto3.client("secretsmanager", region_name=REGION)) as vault:
        arn = vault.create_secret(Name=f"t{random.token_hex(6)}")["ARN"]
    faults = faults_of(APP_SECRET_ARN=arn, DATABASE_SECRET_ARN=arn, DATABASE_KIND="mongodb+srv")
    assert len(faults) == 2
    for fault in faults:
        assert arn in fault
        assert "has no value yet: write one" in fault


@pytest.mark.services
@pytest.mark.parametrize(
    ("value", "uri", "user"),
    [
        ({"uri": URI}, URI, None),
        ({"username": "gacp", "password": "hunter2"}, "", "gacp"),
    ],
)
def test_an_external_database_has_a_connection_string_or_a_login(stored, value, uri, user):
    more = {"DATABASE_SECRET_ARN": stored(value), "DATABASE_KIND": "mongodb+srv"}
    found = fetch_secrets(load_settings(COMPLETE | {"APP_SECRET_ARN": stored(GOOD)} | more))
    assert found.database_uri == uri
    assert (found.database and found.database.username) == user
    assert "hunter2" not in repr(found)


@pytest.mark.services
@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("mongodb", {}, "the text uri, or the texts username and password"),
        ("mongodb", {"username": "gacp"}, "the text uri, or the texts username and password"),
        ("mongodb", {"uri": URI, "username": "gacp"}, "and not both"),
        ("mongodb", {"uri": URI, "username": "gacp", "password": "hunter2"}, "and not both"),
        ("mongodb+srv", {"uri": "https://hunter2"}, "must begin with mongodb"),
        ("mongodb+srv", {"uri": "mongodb+srv://gacp:hunter2@a.b.c:27018"}, "without a port"),
        ("documentdb", {"uri": URI}, "the texts username, password"),
    ],
)
def test_a_secret_of_a_database_that_is_none_is_refused_by_name(stored, kind, value, says):
    more = {"DATABASE_SECRET_ARN": stored(value), "DATABASE_KIND": kind}
    (fault,) = faults_of(APP_SECRET_ARN=stored(GOOD), **more)
    assert "DATABASE_SECRET_ARN" in fault
    assert says in fault


def test_a_random_secret_has_no_fault():
    assert weak_secret_faults("x", random.token_urlsafe(48)) == []
