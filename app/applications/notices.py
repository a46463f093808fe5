"""Which e-mail follows which step, as outbox items of the same write."""

from __future__ import annotations

from typing import Any

from app.applications.model import Application
from app.core.connections import Database, Document
from app.core.outbox import item
from app.core.records import from_document
from app.users.model import User
from app.users.service import USERS, by_id

SUBMITTED = "application-submitted"
INSPECTION_PLANNED = "inspection-planned"
RETURNED = "application-returned"
REFUSED = "application-refused"


def mail_item(
    user: User, template: str, application: Application, context: dict[str, Any]
) -> Document:
    """One e-mail to `user`. The key holds the version that the step starts from, so that a step
    that is written once is told once, however often the job runs."""
    return item(
        "send-email",
        {
            "template": template,
            "to": user.email,
            "language": user.language.value,
            "context": {
                "name": user.name,
                "farm": application.farm.name,
                "applicationId": application.id,
                **context,
            },
            "messageKey": f"{application.id}.{template}.{application.version}",
        },
    )


async def notice(
    database: Database, application: Application, template: str, **context: Any
) -> list[Document]:
    """The e-mail to the owner of `application`; none if the account is gone."""
    found = await database[USERS].find_one(by_id(application.owner_id))
    if found is None:
        return []
    return [mail_item(from_document(found, User), template, application, context)]
