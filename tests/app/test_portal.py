import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.asgi import WebRole, create_litestar, wrapped
from app.assets import ASSETS, static_url
from app.certificates.number import Series
from app.core.indexes import create_indexes
from app.settings import load_settings
from tests.app.environment import COMPLETE
from tests.app.lifespan import running
from tests.app.people import People


@pytest.fixture
async def pages():
    """The portal without services: what needs no certificate."""
    app = create_litestar(WebRole.PORTAL, load_settings(COMPLETE))
    transport = httpx.ASGITransport(wrapped(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
        yield client


@pytest.fixture
async def portal(app_settings):
    app = create_litestar(WebRole.PORTAL, app_settings)
    async with running(app):
        await create_indexes(app.state["platform"].connections.database)
        transport = httpx.ASGITransport(wrapped(app), raise_app_exceptions=False)
        base = "http://portal.example"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            yield client, app.state["platform"]


async def issued(platform, series=Series.GACP):
    from app.applications.model import Application, Crop, Farm, Purpose
    from app.applications.states import State
    from app.core.records import new_id, now, to_document

    people = await People.arrive(platform)
    application = Application(
        id=new_id(),
        owner_id=people.farmer.user.id,
        farm=Farm(
            name="ไร่ <b>สมุนไพร</b> & เพื่อน",
            province="เชียงใหม่",
            district="แม่ริม",
            address="99 หมู่ 3 ความลับ",
            area_rai=12.5,
            latitude=18.9,
            longitude=98.9,
        ),
        crops=[Crop(name="ขมิ้นชัน", scientific_name="Curcuma longa L.")],
        purpose=Purpose.NEW,
        state=State.APPROVED,
        version=1,
        created_at=now(),
        updated_at=now(),
    )
    await platform.connections.database["applications"].insert_one(to_document(application))
    return await platform.certificates.issue(application, people.farmer.user, series)


@pytest.mark.parametrize("path", ["/", "/verify"])
@pytest.mark.parametrize(("language", "says"), [("th", "ตรวจสอบใบรับรอง"), ("en", "Verify")])
async def test_pages_are_shown_in_both_languages(pages, path, language, says):
    answer = await pages.get(path, params={"lang": language})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert says in answer.text


@pytest.mark.parametrize("lang", ["", "fr", "<script>"])
async def test_thai_is_the_language_of_who_asks_for_none_of_ours(pages, lang):
    answer = await pages.get("/", params={"lang": lang})
    assert '<html lang="th">' in answer.text
    assert "<script>" not in answer.text


async def test_a_page_can_be_used_by_keyboard_and_on_a_telephone(pages):
    html = (await pages.get("/verify")).text
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in html
    assert 'href="#content"' in html
    assert 'id="content"' in html
    assert '<label for="number">' in html
    assert 'id="number"' in html
    assert ":focus-visible" in ASSETS["portal.css"].body.decode()


async def test_a_page_runs_no_script_and_asks_nobody_else(pages):
    html = (await pages.get("/")).text
    assert "<script" not in html
    assert " style=" not in html
    assert "://" not in html


async def test_every_file_that_a_page_names_is_served_for_seven_days(pages):
    html = (await pages.get("/")).text
    urls = set(re.findall(r"/static/[\w.-]+", html + ASSETS["portal.css"].body.decode()))
    assert len(urls) == 4
    for url in urls:
        answer = await pages.get(url)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=604800, immutable"
    assert static_url("portal.css") in urls


async def test_a_static_file_that_is_not_there_is_no_file_of_ours(pages):
    for path in ("/static/portal.css", "/static/..%2Fsettings.py", "/static/x.000000000000.css"):
        assert (await pages.get(path)).status_code == 404


async def test_the_form_leads_to_the_certificates_page(pages):
    answer = await pages.get("/verify", params={"number": " gacp-2569-7qk4m 9t2xw/../x "})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/verify/GACP-2569-7QK4M9T2XW%2F..%2FX?lang=th"


@pytest.mark.parametrize(("lang", "says"), [("th", "ไม่พบหน้านี้"), ("en", "Page not found")])
async def test_an_unknown_page_is_told_as_a_page(pages, lang, says):
    answer = await pages.get("/nowhere", params={"lang": lang})
    assert answer.status_code == 404
    assert says in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.services
async def test_a_certificate_is_shown_in_thai_with_buddhist_years(portal):
    client, platform = portal
    certificate = await issued(platform)
    answer = await client.get(f"/verify/{certificate.number}")
    assert answer.status_code == 200
    year = (certificate.issued_at + timedelta(hours=7)).year
    assert f"{year + 543}</time>" in answer.text
    assert f"{year}</time>" not in answer.text
    for told in ("ใช้ได้", certificate.number, "สมหญิง ใจดี", "เชียงใหม่", "ขมิ้นชัน", "Curcuma longa L."):
        assert told in answer.text
    for private in ("99 หมู่ 3 ความลับ", "18.9", "@gacp.example"):
        assert private not in answer.text
    english = await client.get(f"/verify/{certificate.number}", params={"lang": "en"})
    assert "This certificate is genuine and in force." in english.text
    assert f"{year}</time>" in english.text


@pytest.mark.services
async def test_what_a_farmer_wrote_is_text_on_the_page(portal):
    client, platform = portal
    certificate = await issued(platform)
    html = (await client.get(f"/verify/{certificate.number}")).text
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "&amp; เพื่อน" in html


@pytest.mark.services
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"state": "revoked"}, "เพิกถอน"),
        ({"state": "suspended"}, "พักใช้"),
        ({"validUntil": datetime(2020, 1, 1, tzinfo=UTC)}, "หมดอายุ"),
    ],
)
async def test_a_certificate_that_is_not_in_force_says_so_first(portal, change, says):
    client, platform = portal
    certificate = await issued(platform)
    database = platform.connections.database
    await database["certificates"].update_one({"_id": certificate.id}, {"$set": change})
    html = (await client.get(f"/verify/{certificate.number}")).text
    assert f"<strong>{says}</strong>" in html
    assert "<strong>ใช้ได้</strong>" not in html


@pytest.mark.services
async def test_a_test_certificate_is_marked_as_one(portal):
    client, platform = portal
    real, test = await issued(platform), await issued(platform, Series.TEST)
    says = "ใบรับรองสำหรับทดสอบ"
    assert says not in (await client.get(f"/verify/{real.number}")).text
    assert says in (await client.get(f"/verify/{test.number}")).text


@pytest.mark.services
@pytest.mark.parametrize("number", ["GACP-2569-7QK4M-9T2XW", "x", "<script>", "$gt"])
async def test_an_unknown_number_is_told_with_the_form_to_try_again(portal, number):
    client, _ = portal
    answer = await client.get(f"/verify/{number}", params={"lang": "en"})
    assert answer.status_code == 404
    assert "No such certificate" in answer.text
    assert '<label for="number">' in answer.text
    assert "<script>" not in answer.text
