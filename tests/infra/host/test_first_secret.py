import json

import boto3
import pytest
from moto import mock_aws

from infra.host.first_secret import put_first_value


@pytest.fixture
def client(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="ap-southeast-1")


def test_a_secret_without_a_value_gets_a_random_one(client):
    values = []
    for name in ("gacp/a/app", "gacp/b/app"):
        arn = client.create_secret(Name=name)["ARN"]
        assert put_first_value(client, arn) is True
        values.append(json.loads(client.get_secret_value(SecretId=arn)["SecretString"]))
    assert set(values[0]) == {"jwtSecret", "metricsToken"}
    assert len(values[0]["jwtSecret"]) == 64  # 48 bytes as base64url
    assert values[0] != values[1]


def test_a_value_that_is_there_stays(client):
    arn = client.create_secret(Name="gacp/a/app", SecretString="ours")["ARN"]
    assert put_first_value(client, arn) is False
    assert client.get_secret_value(SecretId=arn)["SecretString"] == "ours"
