import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.__main__ import main


@pytest.fixture(autouse=True)
def own_credentials(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-real-one")


def test_the_token_is_a_signed_question_who_am_i_for_this_cluster(capsys):
    assert main(["kube-token", "gacp-prod-cluster", "--region", "ap-southeast-7"]) == 0
    printed = capsys.readouterr().out
    credential = json.loads(printed)
    token = credential["status"]["token"]
    assert token.startswith("k8s-aws-v1.")
    coded = token.removeprefix("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode())
    asked = parse_qs(url.query)
    assert url.netloc == "sts.ap-southeast-7.amazonaws.com"
    assert asked["Action"] == ["GetCallerIdentity"]
    assert asked["X-Amz-Expires"] == ["60"]
    assert "x-k8s-aws-id" in asked["X-Amz-SignedHeaders"][0]
    assert "not-a-real-one" not in printed + url.query


def test_the_token_is_given_up_before_eks_gives_it_up(capsys):
    assert main(["kube-token", "gacp-prod-cluster", "--region", "ap-southeast-1"]) == 0
    until = json.loads(capsys.readouterr().out)["status"]["expirationTimestamp"]
    left = datetime.fromisoformat(until) - datetime.now(UTC)
    assert timedelta(minutes=13) < left < timedelta(minutes=15)


def test_two_clusters_have_different_tokens(capsys):
    tokens = set()
    for cluster in ("one", "other"):
        assert main(["kube-token", cluster, "--region", "ap-southeast-1"]) == 0
        tokens.add(json.loads(capsys.readouterr().out)["status"]["token"])
    assert len(tokens) == 2


def test_without_credentials_it_says_how_to_sign_in(capsys, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert main(["kube-token", "gacp-prod-cluster", "--region", "ap-southeast-1"]) == 4
    assert "sign in" in capsys.readouterr().err


def test_without_a_region_it_says_where_to_name_one(capsys):
    assert main(["kube-token", "gacp-prod-cluster"]) == 4
    assert "--region" in capsys.readouterr().err
