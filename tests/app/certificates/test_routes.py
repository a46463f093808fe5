"""Certificates over HTTP."""

from __future__ import annotations

import io

import pypdfium2
import pytest
import zxingcpp

from app.applications.model import Application, Crop, Purpose
from app.applications.states import State
from app.core.identity import Language, Role
from app.core.records import new_id, now, to_document
from app.users.model import User
from tests.app.jobs.world import FARM

pytestmark = pytest.mark.services


@pytest.fixture
async def issued(litestar_app):
    """A certificate with its owner and their token."""
    platform = litestar_app.state["platform"]
    database = platform.connections.database
    owner = User(
        id=new_id(),
        email=f"{new_id()}@farm.example",
        name="สมหญิง ใจดี",
        language=Language.THAI,
        role=Role.FARMER,
        password_hash="$argon2id$none",
        created_at=now(),
    )
    application = Application(
        id=new_id(),
        owner_id=owner.id,
        farm=FARM,
        crops=[Crop(name="ไพล")],
        purpose=Purpose.NEW,
        state=State.APPROVED,
        version=1,
        created_at=now(),
        updated_at=now(),
    )
    await database["users"].insert_one(to_document(owner))
    await database["applications"].insert_one(to_document(application))
    certificate = await platform.certificates.issue(application, owner)
    token = platform.tokens.issue(owner.id, Role.FARMER).token
    return certificate, {"Authorization": f"Bearer {token}"}


async def test_anyone_can_check_a_number(http, issued):
    certificate, _ = issued
    answer = await http.get(f"/api/v1/public/certificates/{certificate.number}")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown.keys() == {
        *("number", "status", "holder", "farm", "province"),
        *("crops", "issuedAt", "validUntil"),
    }
    assert shown["status"] == "valid"
    assert [crop["name"] for crop in shown["crops"]] == ["ไพล"]


@pytest.mark.parametrize("number", ["GACP-2569-00000-00000", "nonsense", "GACP-๒๕๖๙-AAAAA-AAAAA"])
async def test_an_unknown_number_is_a_problem(http, number):
    answer = await http.get(f"/api/v1/public/certificates/{number}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("language", ["th", "en"])
async def test_the_owner_gets_the_page_whose_qr_code_leads_to_the_check(http, issued, language):
    certificate, token = issued
    path = f"/api/v1/certificates/{certificate.number}/pdf"
    answer = await http.get(path, params={"language": language}, headers=token)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    page = pypdfium2.PdfDocument(io.BytesIO(answer.content))[0]
    # The number is made up: of one now and then a part reads as a bar code or a Micro QR, too.
    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
    [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil(), wanted)
    assert code.text.endswith(f"/verify/{certificate.number}")


async def test_the_page_is_not_for_everybody(http, issued):
    certificate, _ = issued
    assert (await http.get(f"/api/v1/certificates/{certificate.number}/pdf")).status_code == 401


async def test_the_owner_finds_it_by_application(http, issued):
    certificate, token = issued
    path = f"/api/v1/applications/{certificate.application_id}/certificate"
    answer = await http.get(path, headers=token)
    assert answer.json()["number"] == certificate.number
    assert answer.json()["verifyUrl"].endswith(f"/verify/{certificate.number}")
