"""Every kind of job with its handler, and what surrounds each: outages, records, figures."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from botocore.exceptions import BotoCoreError
from prometheus_client import Counter, Histogram
from pymongo.errors import ConnectionFailure
from redis.exceptions import ConnectionError as RedisConnectionError

from app.core.connections import Database
from app.core.mail import Mailer, MailUnavailableError
from app.core.outbox import finish
from app.core.queues import Delivery, PostponedError, RefusedError, UnknownKindError
from app.core.storage import StorageUnavailableError
from app.core.telemetry import REGISTRY
from app.jobs.certificates import KIND as CERTIFICATE
from app.jobs.certificates import IssueCertificateJob
from app.jobs.documents import KIND as DOCUMENT
from app.jobs.documents import ProcessDocumentJob
from app.jobs.holding import Hold
from app.jobs.messages import KIND as EMAIL
from app.jobs.messages import SendEmailJob
from app.jobs.quality import KIND as QUALITY
from app.jobs.quality import QualityCheckJob
from app.lifespan import Platform

type Handle = Callable[[Delivery], Awaitable[None]]

# What passes when a service comes back. It counts no attempt: three are for the job's own faults.
OUTAGES = (
    ConnectionFailure,
    RedisConnectionError,
    StorageUnavailableError,
    MailUnavailableError,
    BotoCoreError,
    OSError,
    TimeoutError,
)
LONGEST_WAIT_SECONDS = 30.0
MOST_STARTS = 1000  # eight hours of waiting: then a person should look

JOBS = Counter("gacp_jobs", "Jobs by how a run ended", ("kind", "outcome"), registry=REGISTRY)
SECONDS = Histogram(
    "gacp_job_seconds",
    "Time of a run",
    ("kind",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=REGISTRY,
)

_log = structlog.stdlib.get_logger("app.jobs")


@dataclass(frozen=True, slots=True)
class Handlers:
    """Handlers by kind; `on_failure` for the kinds that leave somebody waiting."""

    database: Database
    handle: Mapping[str, Handle]
    on_failure: Mapping[str, Handle]

    async def run(self, delivery: Delivery) -> None:
        """Run a job, then forget its record. Outages postpone it."""
        handler = self.handle.get(delivery.kind)
        if handler is None:
            raise RefusedError(str(UnknownKindError(delivery.kind)))
        started = time.perf_counter()
        outcome = "failed"
        with structlog.contextvars.bound_contextvars(job_id=delivery.id, job_kind=delivery.kind):
            try:
                await handler(delivery)
                await finish(self.database, delivery.id)
                outcome = "done"
            except PostponedError:
                outcome = "postponed"
                raise
            except OUTAGES as error:
                outcome = "postponed"
                raise _postponed(delivery, error) from error
            finally:
                elapsed = time.perf_counter() - started
                JOBS.labels(delivery.kind, outcome).inc()
                SECONDS.labels(delivery.kind).observe(elapsed)
                _log.info("job ran", outcome=outcome, seconds=round(elapsed, 3))

    async def failed(self, delivery: Delivery, reason: str) -> None:
        """Tell those who wait that a job failed for good."""
        _log.error("job failed for good", job_id=delivery.id, kind=delivery.kind, error=reason)
        if hook := self.on_failure.get(delivery.kind):
            try:
                await hook(delivery)
            except RefusedError as error:
                # What the job was about is gone, so nobody waits for it.
                _log.warning("nobody to tell", job_id=delivery.id, error=str(error))


def handlers_of(platform: Platform, hold: Hold) -> Handlers:
    """The handlers, wired to what the process holds."""
    database, audit = platform.connections.database, platform.audit
    quality = QualityCheckJob(database, audit, hold)
    documents = ProcessDocumentJob(database, platform.storage, audit, hold)
    mailer = Mailer(database, platform.settings.mail, platform.secrets.mail)
    return Handlers(
        database=database,
        handle={
            QUALITY: quality,
            DOCUMENT: documents,
            CERTIFICATE: IssueCertificateJob(database, platform.certificates, hold),
            EMAIL: SendEmailJob(mailer, audit, hold),
        },
        on_failure={QUALITY: quality.failed, DOCUMENT: documents.failed},
    )


def _postponed(delivery: Delivery, error: Exception) -> Exception:
    if delivery.starts >= MOST_STARTS:
        return RefusedError(f"gave up after {delivery.starts} starts: {error}")
    seconds = min(LONGEST_WAIT_SECONDS, 2.0 ** min(delivery.starts, 10) / 2)
    return PostponedError(f"{type(error).__name__}: {error}", seconds)
