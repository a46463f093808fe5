import pytest

from app.settings import DATABASE_KINDS, ENVIRONMENTS
from infra.config.choices import Environment
from infra.workloads.environment import (
    VARIABLES,
    LogFormat,
    MissingOutputError,
    application_environment,
)

# The contract between the platform and the application: nothing more, nothing less.
CONTRACT = """
    GACP_ENVIRONMENT AWS_REGION DATABASE_KIND DATABASE_HOST DATABASE_PORT DATABASE_TLS
    DATABASE_NAME DATABASE_SECRET_ARN REDIS_QUEUE_HOST REDIS_QUEUE_PORT REDIS_QUEUE_TLS
    REDIS_QUEUE_USER REDIS_QUEUE_AUTH REDIS_CACHE_HOST REDIS_CACHE_PORT REDIS_CACHE_CLUSTER
    REDIS_CACHE_TLS REDIS_CACHE_USER REDIS_CACHE_AUTH BUCKET_DOCUMENTS BUCKET_BACKUPS
    APP_SECRET_ARN MAIL_HOST MAIL_PORT MAIL_TLS MAIL_SENDER MAIL_SECRET_ARN PUBLIC_URL LOG_LEVEL
    LOG_FORMAT
"""


@pytest.fixture
def outputs(local_graph):
    return dict(local_graph.outputs)


def test_the_environment_has_the_names_of_the_contract(outputs):
    assert sorted(application_environment(outputs)) == sorted(CONTRACT.split())


def test_every_variable_reads_an_output_that_the_program_puts_out(outputs):
    assert set(VARIABLES.values()) <= set(outputs)


def test_truth_and_numbers_are_written_as_the_application_reads_them(outputs):
    rendered = application_environment({**outputs, "databasePort": 27017.0, "databaseTls": True})
    assert rendered["DATABASE_PORT"] == "27017"
    assert rendered["DATABASE_TLS"] == "true"
    assert rendered["MAIL_TLS"] == "false"


def test_no_credentials_is_an_empty_name_and_not_a_missing_one(outputs):
    assert application_environment(outputs)["MAIL_SECRET_ARN"] == ""


def test_a_stack_that_was_not_brought_up_is_named_with_what_is_missing(outputs):
    del outputs["databaseHost"]
    outputs["appSecretArn"] = None
    with pytest.raises(MissingOutputError, match=r"databaseHost, appSecretArn.*gacp up") as refusal:
        application_environment(outputs)
    assert refusal.value.names == ("databaseHost", "appSecretArn")


def test_people_on_a_laptop_may_read_text(outputs):
    rendered = application_environment(outputs, "debug", LogFormat.TEXT)
    assert (rendered["LOG_LEVEL"], rendered["LOG_FORMAT"]) == ("debug", "text")


def test_the_application_starts_in_every_environment_that_a_stack_may_be():
    assert set(ENVIRONMENTS) == set(Environment)


def test_the_application_knows_the_kind_of_database_that_a_stack_puts_out(outputs):
    assert outputs["databaseKind"] in DATABASE_KINDS
