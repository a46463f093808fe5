import pytest

from app.settings import PLACEHOLDER, SettingsError, load_settings
from tests.app.environment import COMPLETE

MAY_BE_EMPTY = {
    "DATABASE_SECRET_ARN",
    "MAIL_SECRET_ARN",
    "REDIS_QUEUE_USER",
    "REDIS_CACHE_USER",
}
OF_THE_SDK = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
READ = sorted(COMPLETE.keys() - OF_THE_SDK)
PRODUCTION = COMPLETE | {
    "GACP_ENVIRONMENT": "prod",
    "PUBLIC_URL": "https://gacp.example",
    "DATABASE_TLS": "true",
    "DATABASE_SECRET_ARN": "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:db",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "of the instance",
}


def faults_of(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refusal:
        load_settings(environment)
    return refusal.value.faults


def test_a_complete_environment_is_read():
    settings = load_settings(COMPLETE)
    assert settings.database.port == 27117
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.is_local
    assert not settings.database.tls


def test_production_settings_are_read():
    assert not load_settings(PRODUCTION).is_local


@pytest.mark.parametrize("name", READ)
def test_a_missing_name_is_named(name):
    environment = {key: value for key, value in COMPLETE.items() if key != name}
    assert any(fault.startswith(f"{name} is missing") for fault in faults_of(environment))


@pytest.mark.parametrize("name", sorted(set(READ) - MAY_BE_EMPTY))
def test_an_empty_value_is_a_missing_one(name):
    assert any(fault.startswith(f"{name} ") for fault in faults_of(COMPLETE | {name: " "}))


@pytest.mark.parametrize("name", READ)
def test_a_placeholder_that_was_left_is_named(name):
    faults = faults_of(COMPLETE | {name: PLACEHOLDER})
    assert any(fault.startswith(f"{name} still holds") for fault in faults)


def test_every_fault_is_listed_at_once():
    faults = faults_of({})
    assert {fault.split()[0] for fault in faults} >= set(READ)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_PORT", "mongodb", "1 to 65535"),
        ("DATABASE_PORT", "70000", "1 to 65535"),
        ("MAIL_PORT", "²", "1 to 65535"),
        ("DATABASE_TLS", "yes", "one of true, false"),
        ("DATABASE_KIND", "atlas", "one of documentdb, mongodb, mongodb+srv"),
        ("REDIS_QUEUE_AUTH", "password", "one of none, iam"),
        ("GACP_ENVIRONMENT", "production", "one of local, dev, staging, cheap, prod"),
        ("LOG_FORMAT", "xml", "one of json, text"),
        ("PUBLIC_URL", "gacp.example", "https://gacp.example"),
    ],
)
def test_a_malformed_value_is_named_with_its_rule(name, value, says):
    (fault,) = faults_of(COMPLETE | {name: value})
    assert name in fault
    assert value in fault
    assert says in fault


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://gacp.example"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("DATABASE_TLS", "false"),
        ("DATABASE_SECRET_ARN", ""),
    ],
)
def test_what_is_fit_for_local_alone_is_refused_in_production(name, value):
    (fault,) = faults_of(PRODUCTION | {name: value})
    assert name in fault


def test_a_redis_with_signed_tokens_needs_a_user():
    faults = faults_of(COMPLETE | {"REDIS_QUEUE_AUTH": "iam"})
    assert faults == ["REDIS_QUEUE_USER is missing"]
