"""The application in this process, on the test run's own services."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import boto3
import httpx
import pytest

from tests.app.environment import BUCKET, REGION, application_environment
from tests.app.lifespan import running
from tests.app.people import People

if TYPE_CHECKING:
    from litestar import Litestar

    from app.settings import Settings
    from tests.support.platform import Services


@pytest.fixture(scope="session")
def app_environment(services: Services) -> Iterator[dict[str, str]]:
    """Environment of the application on the services; also set for this process's own SDK."""
    with pytest.MonkeyPatch.context() as patch:
        environment = application_environment(services)
        for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, environment[name])
        store = boto3.client("s3", region_name=REGION)
        store.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        store.close()
        vault = boto3.client("secretsmanager", region_name=REGION)
        value = {
            "jwtSecret": secrets.token_urlsafe(48),
            "metricsToken": secrets.token_urlsafe(32),
        }
        made = vault.create_secret(Name="app-tests", SecretString=json.dumps(value))
        vault.close()
        yield {**environment, "APP_SECRET_ARN": made["ARN"]}


@pytest.fixture(autouse=True, scope="session")
def _no_idle_connections() -> Iterator[None]:
    """Pools are not filled ahead of use: a client that is closed while its background task opens
    idle connections leaves one unclosed (pymongo 4.20), which is a warning and so an error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.core.connections.POOL_LEAST", 0)
        yield


@pytest.fixture
def app_settings(app_environment: dict[str, str]) -> Settings:
    """Settings with a database of the test's own."""
    from app.settings import load_settings

    return load_settings(app_environment | {"DATABASE_NAME": f"t{secrets.token_hex(6)}"})


@pytest.fixture
async def litestar_app(app_settings: Settings) -> AsyncIterator[Litestar]:
    """The API, started: indexes made, connections open."""
    from app.asgi import WebRole, create_litestar
    from app.core.indexes import create_indexes

    app = create_litestar(WebRole.API, app_settings)
    async with running(app):
        await create_indexes(app.state["platform"].connections.database)
        yield app


@pytest.fixture
async def http(litestar_app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client that talks to the API as the edge does."""
    from app.asgi import wrapped

    transport = httpx.ASGITransport(wrapped(litestar_app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example") as client:
        yield client


@pytest.fixture
async def people(litestar_app: Litestar) -> People:
    """Somebody of every role, with tokens."""
    return await People.arrive(litestar_app.state["platform"])
