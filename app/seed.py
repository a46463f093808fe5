"""One account a role and one issued certificate of series TEST, however often it runs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from app.applications.model import (
    Application,
    Crop,
    Decision,
    Farm,
    Outcome,
    PlannedInspection,
    Purpose,
)
from app.applications.states import State
from app.applications.transitions import APPLICATIONS
from app.certificates.number import Series
from app.core.identity import Language, Role
from app.core.inputs import Email, Password
from app.core.records import new_id, now, to_document
from app.lifespan import Platform
from app.users.model import User, normal_email
from app.users.service import USERS, by_email

NAMES = {
    Role.FARMER: "สมหญิง ใจดี",
    Role.INSPECTOR: "วิชัย ตรวจการ",
    Role.APPROVER: "อรุณี เห็นชอบ",
    Role.ADMINISTRATOR: "ผู้ดูแลระบบ",
}


class Account(msgspec.Struct, forbid_unknown_fields=True):
    """Credentials of a seeded account."""

    email: Email
    password: Password


class Accounts(msgspec.Struct, forbid_unknown_fields=True):
    """The seeded accounts, one a role."""

    farmer: Account
    inspector: Account
    approver: Account
    administrator: Account


class AccountsError(Exception):
    """The file of accounts cannot be used; the message has no password in it."""


def read_accounts(path: Path) -> Accounts:
    """The accounts in `path`. Raises `AccountsError`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Accounts)
    except OSError as error:
        raise AccountsError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise AccountsError(
            f"{path} must hold an object with farmer, inspector, approver and administrator, each "
            f"with email and password of 12 characters or more: {error}"
        ) from error


async def seed(platform: Platform, accounts: Accounts) -> str:
    """Make what is missing, and give accounts the file's passwords; the certificate's number."""
    people = {role: await _account(platform, role, getattr(accounts, role.value)) for role in Role}
    return await _certificate(platform, people)


async def _account(platform: Platform, role: Role, account: Account) -> User:
    users = platform.connections.database[USERS]
    user = await platform.users.find_by_email(account.email)
    if user is not None and await platform.passwords.matches(account.password, user.password_hash):
        return user
    password_hash = await platform.passwords.hash(account.password)
    if user is not None:
        await users.update_one({"_id": user.id}, {"$set": {"passwordHash": password_hash}})
        return user
    made = User(
        id=new_id(),
        email=normal_email(account.email),
        name=NAMES[role],
        language=Language.THAI,
        role=role,
        password_hash=password_hash,
        created_at=now(),
    )
    # An upsert by address: two seeds at once make one account.
    await users.update_one(
        by_email(account.email), {"$setOnInsert": to_document(made)}, upsert=True
    )
    return await platform.users.find_by_email(account.email) or made


async def _certificate(platform: Platform, people: dict[Role, User]) -> str:
    """An application that was approved, and its certificate of series TEST."""
    application = _application(people)
    await platform.connections.database[APPLICATIONS].update_one(
        {"_id": application.id}, {"$setOnInsert": to_document(application)}, upsert=True
    )
    issued = await platform.certificates.issue(application, people[Role.FARMER], Series.TEST)
    return issued.number


def _application(people: dict[Role, User]) -> Application:
    farmer, inspector, approver = (
        people[role] for role in (Role.FARMER, Role.INSPECTOR, Role.APPROVER)
    )
    moment = now()
    return Application(
        # One for the farmer, under an id that every run finds again.
        id=farmer.id[:-4] + "seed",
        owner_id=farmer.id,
        farm=Farm(
            name="ไร่สมุนไพรแม่ริม",
            province="เชียงใหม่",
            district="แม่ริม",
            address="99 หมู่ 3 ตำบลริมใต้",
            area_rai=12.5,
            latitude=18.9127,
            longitude=98.9436,
        ),
        crops=[
            Crop(name="ขมิ้นชัน", scientific_name="Curcuma longa L.", part="เหง้า"),
            Crop(name="ฟ้าทะลายโจร", scientific_name="Andrographis paniculata", part="ใบ"),
        ],
        purpose=Purpose.NEW,
        state=State.APPROVED,
        version=1,
        created_at=moment,
        updated_at=moment,
        inspection=PlannedInspection(
            id=new_id(),
            inspector_id=inspector.id,
            scheduled_for=moment,
            score=92,
            summary="แปลงตัวอย่าง",
        ),
        decision=Decision(
            id=new_id(),
            outcome=Outcome.APPROVED,
            reason="แปลงตัวอย่างสำหรับทดสอบระบบ",
            approver_id=approver.id,
            decided_at=moment,
        ),
    )
