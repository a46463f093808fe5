"""Lines about the certificate: made, printed, verified by anyone, told, and recorded."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import quote

import httpx
import pypdfium2
import zxingcpp

from scripts.lib.smoke.context import (
    API,
    REQUEST_SECONDS,
    Context,
    as_object,
    hold,
    read_json,
    text,
)
from scripts.lib.smoke.line import CheckFailedError, Line, NotHereError
from scripts.lib.smoke.path import PROVINCE

PDF_SCALE = 3  # 216 dots an inch: every QR of a printed size is read
UNKNOWN_NUMBER = "GACP-0000-0000-0000"
# A word that only the page in that language has.
PAGE_WORDS = {"th": "ใบรับรอง", "en": "ertificate"}


def certificate(context: Context) -> str:
    """The worker made one certificate after the approval."""
    path = f"{API}/applications/{context.found.application}/certificate"
    headers = {"Authorization": f"Bearer {context.found.tokens['farmer']}"}

    def made() -> httpx.Response | None:
        # 404 is the documented answer until it is made; anything else must be the certificate.
        if context.client.get(path, headers=headers, timeout=REQUEST_SECONDS).status_code == 404:
            return None
        return context.ask("GET", path, role="farmer")

    body = read_json(context.wait("the certificate is made", made))
    context.found.certificate = text(body, "number")
    hold(body.get("status"), "valid", "the certificate's status")
    return context.found.certificate


def pdf(context: Context, language: str) -> str:
    """The PDF opens, and its QR leads to the page that verifies this certificate."""
    number = context.found.certificate
    path = f"{API}/certificates/{quote(number)}/pdf?language={language}"
    answer = context.ask("GET", path, role="farmer")
    hold(answer.headers.get("content-type", "").partition(";")[0], "application/pdf", "its type")
    address = decode_qr(answer.content)
    hold(address, f"{context.public_url.rstrip('/')}/verify/{number}", "the address in the QR")
    page = httpx.get(address, timeout=REQUEST_SECONDS)
    hold(page.status_code, 200, f"GET {address} (from the QR)")
    hold(number in page.text, True, "the number on the page behind the QR")
    return f"{len(answer.content) / 1024:.0f} KiB, QR opens {address}"


def decode_qr(content: bytes) -> str:
    """The text in the only QR code of a PDF's pages."""
    try:
        document = pypdfium2.PdfDocument(io.BytesIO(content))
    except pypdfium2.PdfiumError as error:
        raise CheckFailedError(f"the PDF does not open: {error}") from error
    with document:
        images = [page.render(scale=PDF_SCALE).to_pil() for page in document]
    # Asked for every kind, the reader now and then takes a QR's edge for a bar code, and asked for
    # every QR (`QRCode`) a part of one for a Micro QR.
    wanted = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
    codes = {code.text for image in images for code in zxingcpp.read_barcodes(image, wanted)}
    if len(codes) != 1:
        raise CheckFailedError(f"the PDF holds {len(codes)} different codes, expected one QR")
    return codes.pop()


def page(context: Context, language: str) -> str:
    """Anyone sees the certificate's page in a language."""
    number = context.found.certificate
    answer = context.ask("GET", f"/verify/{quote(number)}?lang={language}")
    return hold_page(answer, number, language)


def hold_page(answer: httpx.Response, number: str, language: str) -> str:
    """A verification page says its language, the number and the language's own words."""
    shown = unescape(answer.text)
    if not re.search(rf"<html[^>]*\blang=[\"']?{language}\b", shown):
        raise CheckFailedError(f"the page does not say lang={language!r} on its html element")
    for word in (number, PAGE_WORDS[language]):
        if word not in shown:
            raise CheckFailedError(f"the page in {language!r} does not show {word!r}")
    return f"{len(answer.content) / 1024:.1f} KiB"


def public_json(context: Context) -> str:
    """Anyone reads the certificate as JSON; nothing private is in it."""
    body = _public(context, context.found.certificate)
    hold(body.get("province"), PROVINCE, "the province")
    hold(context.found.marker in text(body, "farm"), True, "the farm of this run in the answer")
    private = sorted({"email", "latitude", "longitude", "position", "address"} & set(body))
    hold(private, [], "private fields in the public answer")
    return f"valid until {text(body, 'validUntil')}"


def seeded(context: Context) -> str:
    """A certificate that existed before this run is still valid, on the page and as JSON."""
    if not context.seeded:
        raise NotHereError("no certificate is known to exist: give its number with --certificate")
    _public(context, context.seeded)
    hold_page(context.ask("GET", f"/verify/{quote(context.seeded)}"), context.seeded, "th")
    return context.seeded


def _public(context: Context, number: str) -> Mapping[str, object]:
    body = read_json(context.ask("GET", f"{API}/public/certificates/{quote(number)}"))
    hold(body.get("number"), number, "the number")
    hold(body.get("status"), "valid", "the status")
    return body


def unknown_certificate(context: Context) -> str:
    """A number that was never issued is 404, as a page and as JSON."""
    context.ask("GET", f"{API}/public/certificates/{UNKNOWN_NUMBER}", expect=404)
    context.ask("GET", f"/verify/{UNKNOWN_NUMBER}", expect=404)
    return "404"


def mails(context: Context) -> str:
    """The farmer was told of the certificate, once."""
    if context.local is None:
        raise NotHereError("the mail sink is on the machine that runs the platform")
    local, number = context.local, context.found.certificate
    receiver = context.accounts["farmer"].email

    def told() -> int | None:
        return sum(number in str(message) for message in local.mails(receiver)) or None

    count = context.wait(f"an e-mail to {receiver} names {number}", told)
    hold(count, 1, f"the number of e-mails that name {number}")
    return f"to {receiver}"


def history(context: Context) -> str:
    """The application's history names each step of the path."""
    path = f"{API}/applications/{context.found.application}/history"
    shown = str(as_object(read_json(context.ask("GET", path, role="administrator"))))
    steps = ("submitted", "checked", "inspection-planned", "inspected", "approved")
    missing = [step for step in steps if step not in shown]
    hold(missing, [], "the steps missing from the history")
    return f"{len(steps)} steps"


def audit(context: Context) -> str:
    """The chain of audit records holds."""
    if context.local is None:
        raise NotHereError("`app audit verify` runs where the application runs")
    ended = context.local.app("audit", "verify")
    if ended.code != 0:
        said = (ended.errors.strip() or ended.output.strip()).splitlines()[-1:] or ["nothing"]
        raise CheckFailedError(f"`app audit verify` ended with {ended.code}: {said[0]}")
    return (ended.output.strip().splitlines() or ["verified"])[-1]


LINES: tuple[Line[Context], ...] = (
    Line("certificate", "the worker issues a certificate", certificate, ("decision",)),
    Line("pdf-th", "PDF in Thai, its QR opens", lambda c: pdf(c, "th"), ("certificate",)),
    Line("pdf-en", "PDF in English, its QR opens", lambda c: pdf(c, "en"), ("certificate",)),
    Line("page-th", "public page in Thai", lambda c: page(c, "th"), ("certificate",)),
    Line("page-en", "public page in English", lambda c: page(c, "en"), ("certificate",)),
    Line("public-json", "public JSON without private data", public_json, ("certificate",)),
    Line("mails", "the farmer is told by e-mail, once", mails, ("certificate",)),
    Line("history", "each step is in the history", history, ("decision", "tokens")),
    Line("audit", "the chain of audit records holds", audit),
    Line("seeded", "an earlier certificate still verifies", seeded),
    Line("unknown-certificate", "an unknown number is 404", unknown_certificate),
)
