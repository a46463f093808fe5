"""The job `send-email`: one message for one key (what that promises is said in `app.core.mail`)."""

from __future__ import annotations

from app.core.audit import Audit
from app.core.identity import Language
from app.core.mail import Letter, Mailer, MailRefusedError, UnknownTemplateError
from app.core.queues import Delivery, RefusedError
from app.jobs.holding import Hold

KIND = "send-email"


class SendEmailJob:
    """Sends one e-mail. Idempotent as far as SMTP lets it be."""

    def __init__(self, mailer: Mailer, audit: Audit, hold: Hold) -> None:
        self._mailer, self._audit, self._hold = mailer, audit, hold

    async def __call__(self, delivery: Delivery) -> None:
        payload = delivery.payload
        letter = Letter(
            key=str(payload["messageKey"]),
            template=str(payload["template"]),
            to=str(payload["to"]),
            language=Language(payload["language"]),
            context=payload["context"],
        )
        await self._hold.point(f"{KIND}:before-send")
        try:
            await self._mailer.send(letter, after_acceptance=self._after_acceptance)
        except (UnknownTemplateError, MailRefusedError) as error:
            raise RefusedError(str(error)) from error
        application_id = letter.context.get("applicationId", "")
        await self._audit.record(
            "",
            "mail.sent",
            f"application/{application_id}",
            {"template": letter.template},
            "",
            key=f"mail.sent.{letter.key}",
        )

    async def _after_acceptance(self) -> None:
        await self._hold.point(f"{KIND}:after-acceptance")
