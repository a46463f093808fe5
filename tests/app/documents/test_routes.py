import hashlib

import pytest

from app.documents.service import MOST_BYTES
from tests.app.documents.files import HONEST, HOSTILE, LATITUDE, NOT_ALLOWED, photograph

pytestmark = pytest.mark.services


async def upload(http, people, application_id, name, content, person=None, **form):
    return await http.post(
        f"/api/v1/applications/{application_id}/documents",
        data={"kind": "photo"} | form,
        files={"file": (name, content)},
        headers=(person or people.farmer).headers,
    )


async def test_an_upload_is_kept_byte_for_byte_with_its_processing_accepted(http, people):
    application_id = await people.draft(http)
    content = HONEST["ภาพแปลง.jpg"]
    made = await upload(http, people, application_id, "ภาพแปลง.jpg", content)
    assert made.status_code == 201
    shown = made.json()
    assert shown["fileName"] == "ภาพแปลง.jpg"
    assert shown["contentType"] == "image/jpeg"
    assert shown["size"] == len(content)
    assert shown["sha256"] == hashlib.sha256(content).hexdigest()
    assert shown["state"] == "received"
    assert abs(shown["position"]["latitude"] - LATITUDE) < 1e-5
    database = people.platform.connections.database
    stored = await database["documents"].find_one({"_id": shown["id"]})
    assert stored["outbox"][0]["kind"] == "process-document"
    assert stored["outbox"][0]["payload"] == {"documentId": shown["id"]}
    original = await http.get(
        f"/api/v1/documents/{shown['id']}/content", headers=people.inspector.headers
    )
    assert original.content == content
    assert original.headers["content-disposition"].startswith("attachment;")
    assert original.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", list(HONEST))
async def test_every_allowed_type_is_taken(http, people, name):
    application_id = await people.draft(http)
    made = await upload(http, people, application_id, name, HONEST[name])
    assert made.status_code == 201, made.text
    listed = await http.get(
        f"/api/v1/applications/{application_id}/documents", headers=people.approver.headers
    )
    assert listed.json() == {"items": [made.json()], "nextCursor": None}


@pytest.mark.parametrize("case", ["script in SVG", "pixel bomb", "archive after JPEG", "empty"])
async def test_a_hostile_file_is_refused_and_nothing_is_kept(http, people, case):
    application_id = await people.draft(http)
    name, content, reason = HOSTILE[case]
    answer = await upload(http, people, application_id, name, content)
    assert answer.status_code == 422
    assert answer.json()["reason"] == reason
    database = people.platform.connections.database
    assert await database["documents"].count_documents({}) == 0


async def test_a_type_that_is_not_allowed_is_told_with_those_that_are(http, people):
    application_id = await people.draft(http)
    answer = await upload(http, people, application_id, "a.gif", NOT_ALLOWED["picture.gif"])
    assert answer.status_code == 415
    assert "JPEG, PNG, WebP, PDF, XLSX, CSV" in answer.json()["detail"]


def csv_of(size: int) -> bytes:
    return b"a,b\n" + b"1" * (size - 5) + b"\n"


async def test_ten_megabytes_are_taken_and_one_byte_more_is_not(http, people):
    application_id = await people.draft(http)
    exact = await upload(http, people, application_id, "a.csv", csv_of(MOST_BYTES))
    assert exact.status_code == 201
    assert exact.json()["size"] == 10 * 1024 * 1024
    more = await upload(http, people, application_id, "a.csv", csv_of(MOST_BYTES + 1))
    assert more.status_code == 413
    assert more.headers["content-type"] == "application/problem+json"
    assert "10 MiB" in more.json()["detail"]


async def test_a_body_far_over_the_limit_is_refused_by_its_announcement(http, people):
    application_id = await people.draft(http)
    answer = await upload(http, people, application_id, "a.csv", csv_of(12 * 1024 * 1024))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("form", "says"),
    [({"kind": "selfie"}, "photo, deed, plan"), ({"owner": "me"}, "owner")],
)
async def test_a_form_with_a_wrong_part_is_refused_by_name(http, people, form, says):
    application_id = await people.draft(http)
    answer = await upload(http, people, application_id, "a.csv", b"a,b\n", **form)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nphoto\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_what_is_no_complete_form_is_refused(http, people, body, kind):
    application_id = await people.draft(http)
    answer = await http.post(
        f"/api/v1/applications/{application_id}/documents",
        content=body,
        headers=people.farmer.headers | {"Content-Type": kind},
    )
    assert answer.status_code == 422, answer.text


async def test_nothing_is_added_to_what_was_submitted(http, people):
    application_id, _ = await people.submitted(http)
    answer = await upload(http, people, application_id, "a.jpg", photograph())
    assert answer.status_code == 409


async def test_a_rendition_that_is_not_made_yet_is_not_found(http, people):
    application_id = await people.draft(http)
    made = await upload(http, people, application_id, "a.jpg", photograph())
    url = f"/api/v1/documents/{made.json()['id']}/content"
    for rendition, status in (("thumbnail", 404), ("display", 404), ("original", 200)):
        answer = await http.get(url, params={"rendition": rendition}, headers=people.farmer.headers)
        assert answer.status_code == status
    wrong = await http.get(url, params={"rendition": "raw"}, headers=people.farmer.headers)
    assert wrong.status_code == 422


async def test_the_position_is_nobodys_but_the_owners_and_staffs(http, people):
    application_id = await people.draft(http)
    made = await upload(http, people, application_id, "a.jpg", photograph())
    answer = await http.get(
        f"/api/v1/documents/{made.json()['id']}", headers=people.neighbour.headers
    )
    assert answer.status_code == 404
    assert "latitude" not in answer.text
