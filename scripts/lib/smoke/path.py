"""Lines of the certification path, from an application in Thai to the decision."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from scripts.lib.smoke.context import (
    API,
    Context,
    as_list,
    as_object,
    hold,
    read_json,
    text,
)
from scripts.lib.smoke.files import (
    LATITUDE,
    LONGITUDE,
    SmokeFile,
    carries_position,
    decimal_degrees,
    five_files,
    image_size,
)
from scripts.lib.smoke.line import CheckFailedError, Line

PROVINCE = "เชียงใหม่"
# Largest width and height of each rendition (requirements D5).
RENDITIONS = {"display": (1920, 1080), "thumbnail": (800, 600)}
POSITION_TOLERANCE = 0.0005  # degrees, about 50 m: EXIF holds whole seconds of arc here
SUBMIT_SECONDS = 2.0  # far above the objective of 50 ms: this is no benchmark


def application_body(marker: str) -> dict[str, object]:
    """A farm in Thai; `marker` makes it findable."""
    return {
        "farm": {
            "name": f"สวนสมุนไพรทดสอบ {marker}",
            "province": PROVINCE,
            "district": "เมืองเชียงใหม่",
            "address": "99 หมู่ 4 ตำบลสุเทพ",
            "areaRai": 12.5,
            "latitude": round(decimal_degrees(LATITUDE), 6),
            "longitude": round(decimal_degrees(LONGITUDE), 6),
        },
        "crops": [
            {"name": "ฟ้าทะลายโจร", "scientificName": "Andrographis paniculata", "part": "ใบ"}
        ],
        "purpose": "new",
    }


def create(context: Context) -> str:
    """The farmer files an application; what is read back is what was written."""
    context.found.marker = f"smoke-{uuid4().hex[:12]}"
    body = application_body(context.found.marker)
    answer = context.ask("POST", f"{API}/applications", role="farmer", body=body, expect=201)
    context.found.application = text(read_json(answer), "id")
    stored = read_json(context.ask("GET", _address(context), role="farmer"))
    hold(stored.get("state"), "draft", "the new application's state")
    farm = as_object(stored.get("farm"))
    hold(farm.get("name"), as_object(body["farm"])["name"], "the farm's name")
    hold(farm.get("province"), PROVINCE, "the farm's province")
    return context.found.application


def upload(context: Context) -> str:
    """Each of the five files is taken, and listed with its size and kind."""
    files = five_files(context.found.marker)
    for file in files:
        answer = context.ask(
            "POST",
            f"{_address(context)}/documents",
            role="farmer",
            files={"file": (file.name, file.content, file.media_type)},
            form={"kind": file.kind},
            expect=201,
        )
        context.found.documents[file.name] = text(read_json(answer), "id")
    listed = read_json(context.ask("GET", f"{_address(context)}/documents", role="farmer"))
    _hold_documents(files, [as_object(item) for item in as_list(listed.get("items"))])
    return f"{sum(len(file.content) for file in files) / 1024:.0f} KiB in {len(files)} files"


def _hold_documents(files: tuple[SmokeFile, ...], listed: list[object]) -> None:
    seen = sorted((d["fileName"], d["kind"], d["size"]) for d in map(as_object, listed))
    hold(seen, sorted((f.name, f.kind, len(f.content)) for f in files), "the list of documents")


def submit(context: Context) -> str:
    """Submitting answers at once with the id of a job."""
    started = time.perf_counter()
    answer = context.ask("POST", f"{_address(context)}/submit", role="farmer", expect=202)
    seconds = time.perf_counter() - started
    body = read_json(answer)
    context.found.job = text(body, "jobId")
    hold(body.get("status"), "queued", "the job's status")
    if seconds > SUBMIT_SECONDS:
        raise CheckFailedError(f"the answer took {seconds:.1f} s, at most {SUBMIT_SECONDS} s")
    return context.found.job


def quality_check(context: Context) -> str:
    """The queue ran the check: its result says which checker it was, and the state moved on."""

    def ended() -> object | None:
        answer = context.ask("GET", f"{API}/ai-qc/status/{context.found.job}", role="farmer")
        status = read_json(answer)
        return status if status.get("status") in ("completed", "failed") else None

    status = as_object(context.wait("the quality check is done", ended))
    hold(status.get("status"), "completed", "the quality check")
    result = as_object(status.get("result"))
    hold(result.get("checker"), "local-rules", "the checker")
    if result.get("passed") is not True:
        raise CheckFailedError(f"a complete application did not pass: {result.get('findings')}")
    _wait_for_state(context, "checked")
    return f"{result['checker']}, score {result.get('score')}"


def images(context: Context) -> str:
    """Photographs were reduced, renditions lost the position, the record kept it."""
    sizes = [
        _hold_renditions(context, name, document)
        for name, document in context.found.documents.items()
        if name.endswith(".jpg")
    ]
    return f"{len(sizes)} photographs, renditions {max(sizes) / 1024:.0f} KiB at most"


def _hold_renditions(context: Context, name: str, document: str) -> int:
    """Hold one photograph's renditions to their rules; bytes of the larger one."""

    def processed() -> object | None:
        body = read_json(context.ask("GET", f"{API}/documents/{document}", role="farmer"))
        return None if body.get("state") == "received" else body

    body = as_object(context.wait(f"{name} is processed", processed))
    hold(body.get("state"), "processed", name)
    position = as_object(body.get("position"))
    for axis, parts in (("latitude", LATITUDE), ("longitude", LONGITUDE)):
        value = position.get(axis)
        if not isinstance(value, float) or abs(value - decimal_degrees(parts)) > POSITION_TOLERANCE:
            raise CheckFailedError(
                f"{name}: {axis} is {value!r}, expected {decimal_degrees(parts):.4f}"
            )
    largest = 0
    for rendition, limit in RENDITIONS.items():
        path = f"{API}/documents/{document}/content?rendition={rendition}"
        content = context.ask("GET", path, role="farmer").content
        _hold_image(f"{name} ({rendition})", content, limit)
        largest = max(largest, len(content))
    return largest


def _hold_image(what: str, content: bytes, limit: tuple[int, int]) -> None:
    try:
        size, has_position = image_size(content), carries_position(content)
    except OSError as error:  # what Pillow raises for bytes that are no image
        raise CheckFailedError(f"{what} is no image: {error}") from error
    if size[0] > limit[0] or size[1] > limit[1]:
        raise CheckFailedError(f"{what} is {size[0]}x{size[1]}, at most {limit[0]}x{limit[1]}")
    if has_position:
        raise CheckFailedError(f"{what} still carries the position of the farm")


def inspection(context: Context) -> str:
    """An inspector plans a visit and records findings with a score."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    plan = {"scheduledFor": tomorrow.isoformat().replace("+00:00", "Z")}
    path = f"{_address(context)}/inspections"
    answer = context.ask("POST", path, role="inspector", body=plan, expect=201)
    context.found.inspection = text(read_json(answer), "id")
    findings = {
        "findings": [
            {"criterion": "แหล่งน้ำ", "conforms": True, "note": "น้ำสะอาด มีผลตรวจ"},
            {"criterion": "การเก็บรักษา", "conforms": True, "note": "โรงเก็บแห้งและระบายอากาศ"},
        ],
        "score": 92,
        "summary": "เป็นไปตามข้อกำหนด",
    }
    path = f"{API}/inspections/{context.found.inspection}"
    context.ask("POST", f"{path}/findings", role="inspector", body=findings)
    hold(read_json(context.ask("GET", path, role="inspector")).get("score"), 92, "the score")
    _wait_for_state(context, "inspected")
    return "score 92"


def decision(context: Context) -> str:
    """An approver approves."""
    body = {"outcome": "approved", "reason": "ครบถ้วนตามเกณฑ์"}
    path = f"{_address(context)}/decisions"
    context.ask("POST", path, role="approver", body=body, expect=201)
    _wait_for_state(context, "approved")
    return "approved"


def _address(context: Context) -> str:
    return f"{API}/applications/{context.found.application}"


def _wait_for_state(context: Context, state: str) -> None:
    def reached() -> bool | None:
        seen = read_json(context.ask("GET", _address(context), role="farmer")).get("state")
        return True if seen == state else None

    context.wait(f"the application is {state}", reached)


LINES: tuple[Line[Context], ...] = (
    Line("application", "a farmer files an application in Thai", create, ("sign-in",)),
    Line("upload", "five files are taken and listed", upload, ("application",)),
    Line("submit", "submitting answers 202 with a job", submit, ("upload",)),
    Line("quality-check", "the queue runs the quality check", quality_check, ("submit",)),
    Line("images", "renditions are made, without the position", images, ("upload",)),
    Line("inspection", "an inspector records a score", inspection, ("quality-check", "tokens")),
    Line("decision", "an approver approves", decision, ("inspection",)),
)
