"""A form with one file, read from the stream and stopped at the limit: nothing is spooled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.errors import DocumentRefused, Invalid, TooLarge

MOST_FIELD_BYTES = 4096
MOST_PARTS = 8
MOST_HEADER_BYTES = 4096


@dataclass(slots=True)
class Form:
    """What was sent: text fields by name, and the file with its name."""

    fields: dict[str, str] = field(default_factory=dict[str, str])
    file_name: str | None = None
    content: bytearray = field(default_factory=bytearray)


class FormReader:
    """Callbacks for the parser. Raises `TooLarge` on the first byte over the limit."""

    def __init__(self, most_bytes: int) -> None:
        self.form = Form()
        self.complete = False
        self._most_bytes = most_bytes
        self._parts = 0
        self._name = ""
        self._is_file = False
        self._value = bytearray()
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._headers: dict[str, bytes] = {}

    def callbacks(self) -> dict[str, object]:
        """The callbacks under the names that the parser knows."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_text,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Invalid("body", f"at most {MOST_PARTS} parts")
        self._headers = {}
        self._value = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._check_header()

    def _header_text(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._header_name) + len(self._header_value) > MOST_HEADER_BYTES:
            raise Invalid("body", f"part headers of at most {MOST_HEADER_BYTES} bytes")

    def _header_end(self) -> None:
        self._headers[self._header_name.decode("latin-1").lower()] = bytes(self._header_value)
        self._header_name, self._header_value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        file_name = options.get(b"filename")
        self._is_file = file_name is not None
        if file_name is not None:
            if self._name != "file" or self.form.file_name is not None:
                raise Invalid("file", "one file, in the part named file")
            self.form.file_name = file_name.decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.form.content += data[start:end]
            if len(self.form.content) > self._most_bytes:
                raise TooLarge(limit=f"{self._most_bytes // (1024 * 1024)} MiB")
            return
        self._value += data[start:end]
        if len(self._value) > MOST_FIELD_BYTES:
            raise Invalid(self._name or "body", f"at most {MOST_FIELD_BYTES} bytes")

    def _end(self) -> None:
        if not self._is_file:
            if self._name in self.form.fields:
                raise Invalid(self._name, "given once")
            self.form.fields[self._name] = self._value.decode("utf-8", "replace")

    def _finish(self) -> None:
        self.complete = True


async def read_form(content_type: str, body: AsyncIterator[bytes], most_bytes: int) -> Form:
    """The form in `body`, whose file has at most `most_bytes` bytes.

    Raises `TooLarge`, `Invalid` for a form that breaks a rule, `DocumentRefused` without a file.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Invalid("body", "multipart/form-data with a boundary")
    reader = FormReader(most_bytes)
    parser = MultipartParser(boundary, reader.callbacks())  # pyright: ignore[reportArgumentType]
    try:
        async for chunk in body:
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise Invalid("body", "well-formed multipart/form-data") from error
    if not reader.complete:
        raise Invalid("body", "a form that ends with its boundary")
    if reader.form.file_name is None:
        raise DocumentRefused("document.no-file")
    return reader.form
