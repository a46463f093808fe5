"""Somebody of every role, and an application in every state that a test wants."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.applications.states import Actor, State, Step
from app.applications.transitions import StepTaken, take_step
from app.core.identity import Caller, Language, Role
from app.core.records import new_id, now, to_document
from app.users.model import User

if TYPE_CHECKING:
    import httpx

    from app.lifespan import Platform

FARM = {
    "name": "ไร่สมุนไพรบ้านดอยน้ำตกซ้ำ ๑๒๓",
    "province": "เชียงใหม่",
    "district": "แม่ริม",
    "address": "99 หมู่ 3 ตำบลริมใต้",
    "areaRai": 12.5,
    "latitude": 18.9127,
    "longitude": 98.9436,
}
APPLICATION = {
    "farm": FARM,
    "crops": [{"name": "ขมิ้นชัน", "scientificName": "Curcuma longa L.", "part": "เหง้า"}],
    "purpose": "new",
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account with a token."""

    user: User
    token: str

    @property
    def caller(self) -> Caller:
        return Caller(self.user.id, self.user.role)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class People:
    """Two farmers and two inspectors, so that one is never the owner, and one of the others."""

    platform: Platform
    farmer: Person
    neighbour: Person
    inspector: Person
    colleague: Person
    approver: Person
    administrator: Person

    @classmethod
    async def arrive(cls, platform: Platform) -> People:
        """Make the accounts without hashing: tests of sign-in make their own."""

        async def person(role: Role) -> Person:
            user = User(
                id=new_id(),
                email=f"{role}.{secrets.token_hex(4)}@gacp.example",
                name="สมหญิง ใจดี",
                language=Language.THAI,
                role=role,
                password_hash="no password",
                created_at=now(),
            )
            await platform.connections.database["users"].insert_one(to_document(user))
            return Person(user, platform.tokens.issue(user.id, role).token)

        return cls(
            platform=platform,
            farmer=await person(Role.FARMER),
            neighbour=await person(Role.FARMER),
            inspector=await person(Role.INSPECTOR),
            colleague=await person(Role.INSPECTOR),
            approver=await person(Role.APPROVER),
            administrator=await person(Role.ADMINISTRATOR),
        )

    def with_role(self, role: Role) -> Person:
        return getattr(self, role.value)

    async def draft(self, http: httpx.AsyncClient) -> str:
        """An application of the farmer's; its id."""
        answer = await http.post(
            "/api/v1/applications", json=APPLICATION, headers=self.farmer.headers
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def document(self, http: httpx.AsyncClient, application_id: str) -> str:
        """A record uploaded to the farmer's application; its id."""
        answer = await http.post(
            f"/api/v1/applications/{application_id}/documents",
            data={"kind": "record"},
            files={"file": ("บันทึก.csv", "วันที่,น้ำหนัก\n1,2\n".encode())},
            headers=self.farmer.headers,
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def submitted(self, http: httpx.AsyncClient) -> tuple[str, str]:
        """A submitted application of the farmer's; its id and its job's."""
        application_id = await self.draft(http)
        await self.document(http, application_id)
        answer = await http.post(
            f"/api/v1/applications/{application_id}/submit", headers=self.farmer.headers
        )
        assert answer.status_code == 202, answer.text
        return application_id, answer.json()["jobId"]

    async def checked(self, http: httpx.AsyncClient) -> str:
        """An application that passed its check, as the worker would leave it."""
        application_id, _ = await self.submitted(http)
        await self.system_step(application_id, Step.PASS_CHECK)
        return application_id

    async def planned(self, http: httpx.AsyncClient) -> tuple[str, str]:
        """An application with a planned inspection; both ids."""
        application_id = await self.checked(http)
        answer = await http.post(
            f"/api/v1/applications/{application_id}/inspections",
            json={"scheduledFor": (now() + timedelta(days=3)).isoformat()},
            headers=self.inspector.headers,
        )
        assert answer.status_code == 201, answer.text
        return application_id, answer.json()["id"]

    async def inspected(self, http: httpx.AsyncClient) -> tuple[str, str]:
        """An application with findings; its id and its inspection's."""
        application_id, inspection_id = await self.planned(http)
        answer = await http.post(
            f"/api/v1/inspections/{inspection_id}/findings",
            json=REPORT,
            headers=self.inspector.headers,
        )
        assert answer.status_code == 200, answer.text
        return application_id, inspection_id

    async def system_step(self, application_id: str, step: Step) -> None:
        """What the worker does after a check."""
        application = await self.platform.applications.get(
            self.administrator.caller, application_id
        )
        database = self.platform.connections.database
        assert await take_step(database, application, StepTaken(step, Actor.SYSTEM))

    async def stored(self, application_id: str) -> dict[str, Any]:
        """The application as it lies in the database."""
        found = await self.platform.connections.database["applications"].find_one(
            {"_id": application_id}
        )
        assert found is not None
        return found

    async def force_state(self, application_id: str, state: State) -> None:
        """Put an application into a state that no step of the test leads to."""
        await self.platform.connections.database["applications"].update_one(
            {"_id": application_id}, {"$set": {"state": state.value}}
        )


REPORT = {
    "findings": [{"criterion": "น้ำสะอาด", "conforms": True, "note": "ผ่าน"}],
    "score": 91,
    "summary": "แปลงสะอาด เป็นระเบียบ",
}
