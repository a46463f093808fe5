"""Gives the application's secret its first value, on the machine's first start.

Runs inside the application's image (standard library and boto3 alone); a value that is there
already is left alone, so that every later start changes nothing. The value is never printed.
"""

import json
import os
import secrets
from typing import Any

import boto3


def put_first_value(client: Any, secret_id: str) -> bool:
    """Whether a value was put: only where the secret has no current version."""
    versions = client.describe_secret(SecretId=secret_id).get("VersionIdsToStages") or {}
    if any("AWSCURRENT" in stages for stages in versions.values()):
        return False
    value = {
        "jwtSecret": secrets.token_urlsafe(48),
        "metricsToken": secrets.token_urlsafe(32),
    }
    client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(value))
    return True


if __name__ == "__main__":
    put_first_value(boto3.client("secretsmanager"), os.environ["APP_SECRET_ARN"])
