"""A small world for jobs: settings for the embedded services, people, farms and papers."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import time
import urllib.request
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from PIL import Image

from app.applications.model import (
    Application,
    Crop,
    Farm,
    Job,
    JobStatus,
    Purpose,
    QualityCheck,
)
from app.applications.notices import SUBMITTED, mail_item
from app.applications.states import State
from app.core.identity import Language, Role
from app.core.indexes import create_indexes
from app.core.outbox import announce, item
from app.core.records import from_document, new_id, now, to_document
from app.core.secrets import Secrets
from app.documents.model import Document, DocumentKind, DocumentState, Position
from app.lifespan import Platform, assemble
from app.settings import Settings, load_settings
from app.users.model import User
from tests.support.platform import Services

FARM = Farm(
    name="สวนสมุนไพรบ้านห้วยทราย",
    province="เชียงใหม่",
    district="สันกำแพง",
    address="99/1 หมู่ 4 ตำบลห้วยทราย",
    area_rai=12.5,
    latitude=18.7453,
    longitude=99.1206,
)
DEADLINE_SECONDS = 60


def environment_for(services: Services, database: str) -> dict[str, str]:
    """What `infra/workloads` renders, for these services; without the ARN of the secret."""

    def redis(prefix: str, where: Any) -> dict[str, str]:
        return {
            f"{prefix}_HOST": where.host,
            f"{prefix}_PORT": str(where.port),
            f"{prefix}_TLS": "false",
            f"{prefix}_USER": "",
            f"{prefix}_AUTH": "none",
        }

    return {
        "GACP_ENVIRONMENT": "local",
        "AWS_REGION": "ap-southeast-1",
        "AWS_ENDPOINT_URL": services.aws_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "DATABASE_KIND": "documentdb",
        "DATABASE_HOST": services.database.host,
        "DATABASE_PORT": str(services.database.port),
        "DATABASE_TLS": "false",
        "DATABASE_NAME": database,
        "DATABASE_SECRET_ARN": "",
        **redis("REDIS_QUEUE", services.redis_queue),
        **redis("REDIS_CACHE", services.redis_cache),
        "REDIS_CACHE_CLUSTER": "false",
        "BUCKET_DOCUMENTS": f"{database}-documents",
        "BUCKET_BACKUPS": f"{database}-backups",
        "MAIL_HOST": services.mail.host,
        "MAIL_PORT": str(services.mail.port),
        "MAIL_TLS": "false",
        "MAIL_SENDER": "certification@gacp.example",
        "MAIL_SECRET_ARN": "",
        "PUBLIC_URL": "http://127.0.0.1:8080",
        "LOG_LEVEL": "info",
        "LOG_FORMAT": "text",
    }


def photograph(latitude: float | None = FARM.latitude, longitude: float = FARM.longitude) -> bytes:
    """A JPEG of 2400x1600 with its position in the EXIF, lying on its side (orientation 6)."""
    image = Image.linear_gradient("L").resize((2400, 1600)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Farmer's telephone"
    if latitude is not None:
        exif[0x8825] = {
            1: "N",
            2: (latitude, 0.0, 0.0),
            3: "E",
            4: (longitude, 0.0, 0.0),
        }
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=90)
    return out.getvalue()


async def until(
    condition: Callable[[], Awaitable[object]], what: str, seconds: float = DEADLINE_SECONDS
) -> Any:
    """Wait for a true answer and return it; the failure says what was waited for."""
    ends = time.monotonic() + seconds
    while True:
        answer = await condition()
        if answer:
            return answer
        assert time.monotonic() < ends, f"still not after {seconds:.0f} s: {what}"
        await asyncio.sleep(0.1)


@dataclass
class World:
    """One database, bucket and secret of its own, and the records of one farm."""

    services: Services
    environment: dict[str, str]
    settings: Settings
    platform: Platform
    people: dict[str, User] = field(default_factory=dict[str, User])

    @property
    def database(self) -> Any:
        return self.platform.connections.database

    async def farmer(self, language: Language = Language.THAI) -> User:
        user = User(
            id=new_id(),
            email=f"{new_id()}@farm.example",
            name="สมหญิง ใจดี",
            language=language,
            role=Role.FARMER,
            password_hash="$argon2id$none",
            created_at=now(),
        )
        await self.database["users"].insert_one(to_document(user))
        return user

    async def application(
        self, owner: User, state: State = State.SUBMITTED, **changes: Any
    ) -> Application:
        """A stored application without work, as the API leaves it."""
        application = Application(
            id=new_id(),
            owner_id=owner.id,
            farm=FARM,
            crops=[Crop(name="ขมิ้นชัน", scientific_name="Curcuma longa L.", part="เหง้า")],
            purpose=Purpose.NEW,
            state=state,
            version=1,
            created_at=now(),
            updated_at=now(),
        )
        for name, value in changes.items():
            setattr(application, name, value)
        await self.database["applications"].insert_one(to_document(application))
        return application

    async def document(
        self,
        application: Application,
        kind: DocumentKind,
        content: bytes,
        name: str,
        content_type: str,
        **changes: Any,
    ) -> Document:
        """A stored upload that asks for its processing."""
        document_id = new_id()
        key = f"applications/{application.id}/documents/{document_id}/original"
        await self.platform.storage.put(key, content, content_type)
        document = Document(
            id=document_id,
            application_id=application.id,
            owner_id=application.owner_id,
            kind=kind,
            file_name=name,
            content_type=content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            key=key,
            state=DocumentState.RECEIVED,
            version=1,
            created_at=now(),
        )
        for field_name, value in changes.items():
            setattr(document, field_name, value)
        stored = to_document(document)
        stored["outbox"] = [item("process-document", {"documentId": document_id})]
        await self.database["documents"].insert_one(stored)
        await announce(self.platform.connections.redis_queue)
        return document

    async def submitted(self, owner: User) -> tuple[Application, str]:
        """An application with good papers, handed in; and its job's id."""
        application = await self.application(owner, State.SUBMITTED)
        here = Position(latitude=FARM.latitude, longitude=FARM.longitude)
        await self.document(
            application, DocumentKind.PHOTO, photograph(), "แปลง.jpg", "image/jpeg", position=here
        )
        await self.document(
            application, DocumentKind.DEED, b"%PDF-1.7 deed", "deed.pdf", "application/pdf"
        )
        return application, await self.ask_for_check(application, owner)

    async def ask_for_check(self, application: Application, owner: User) -> str:
        """What a submission writes: the job's record, then check and e-mail in one write."""
        job_id = new_id()
        record = Job(
            id=job_id,
            kind="quality-check",
            application_id=application.id,
            owner_id=owner.id,
            status=JobStatus.QUEUED,
            created_at=now(),
            updated_at=now(),
        )
        await self.database["jobs"].insert_one(to_document(record))
        work = [
            item("quality-check", {"applicationId": application.id, "jobId": job_id}),
            mail_item(owner, SUBMITTED, application, {}),
        ]
        check = to_document(QualityCheck(job_id=job_id))
        await self.database["applications"].update_one(
            {"_id": application.id},
            {"$set": {"qualityCheck": check}, "$push": {"outbox": {"$each": work}}},
        )
        await announce(self.platform.connections.redis_queue)
        return job_id

    async def approve(self, application: Application) -> None:
        """What an approval writes."""
        await self.database["applications"].update_one(
            {"_id": application.id},
            {
                "$set": {"state": State.APPROVED.value},
                "$inc": {"version": 1},
                "$push": {"outbox": item("issue-certificate", {"applicationId": application.id})},
            },
        )
        await announce(self.platform.connections.redis_queue)

    async def read(self, application: Application) -> Application:
        found = await self.database["applications"].find_one({"_id": application.id})
        return from_document(found, Application)

    async def all(self, collection: str, **filters: Any) -> list[dict[str, Any]]:
        return await self.database[collection].find(filters).to_list()

    async def is_idle(self) -> bool:
        """No work is accepted and undone: no outbox element, no record in flight."""
        for collection in ("applications", "documents", "certificates", "users"):
            if await self.database[collection].find_one({"outbox.id": {"$gt": ""}}):
                return False
        return await self.database["work"].find_one({"state": "queued"}) is None

    async def settle(self) -> None:
        await until(self.is_idle, "all accepted work is done")

    async def letters_to(self, user: User) -> list[dict[str, Any]]:
        """Messages that the sink holds for `user`, one for a Message-ID."""
        return await asyncio.to_thread(self._letters_to, user.email)

    def _letters_to(self, address: str) -> list[dict[str, Any]]:
        url = f"{self.services.mail.view_url}/messages?to={quote(address)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["items"]


@asynccontextmanager
async def world_on(services: Services) -> AsyncGenerator[World]:
    """A fresh world, and this process's own SDK pointed at it; both end with the block."""
    name = f"t{new_id()}"
    environment = environment_for(services, name)
    with pytest.MonkeyPatch.context() as patch:
        for key in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(key, environment[key])
        secret = {"jwtSecret": new_id() * 2, "metricsToken": new_id() * 2}
        arn = await asyncio.to_thread(_provision, environment, secret)
        environment["APP_SECRET_ARN"] = arn
        settings = load_settings(environment)
        platform = assemble(settings, Secrets(secret["jwtSecret"], secret["metricsToken"]))
        await create_indexes(platform.connections.database)
        yield World(services, environment, settings, platform)
        await platform.close()


def _provision(environment: dict[str, str], secret: dict[str, str]) -> str:
    """Make buckets and secret as the stack does; the secret's ARN."""
    region = environment["AWS_REGION"]
    location = {"LocationConstraint": region}
    with (
        closing(boto3.client("s3", region_name=region)) as s3,
        closing(boto3.client("secretsmanager", region_name=region)) as vault,
    ):
        for bucket in ("BUCKET_DOCUMENTS", "BUCKET_BACKUPS"):
            s3.create_bucket(Bucket=environment[bucket], CreateBucketConfiguration=location)
        name = f"{environment['DATABASE_NAME']}-app"
        return vault.create_secret(Name=name, SecretString=json.dumps(secret))["ARN"]
