"""Small files of every kind that is evidence, and some that only look like it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.evidence.rules import MEDIA_TYPES

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def office(ending: str, **more: bytes) -> bytes:
    if main := MAIN_PARTS.get(ending):
        return zipped({"[Content_Types].xml": b"<Types/>", main: b"<document/>", **more})
    return zipped({"mimetype": MEDIA_TYPES[ending].encode(), "content.xml": b"<content/>", **more})


SAMPLES: dict[str, bytes] = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 20,
    "jpg": b"\xff\xd8\xff\xe0" + b"\x00" * 20,
    "jpeg": b"\xff\xd8\xff\xe1" + b"\x00" * 20,
    "gif": b"GIF89a" + b"\x00" * 20,
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "txt": "Prüfprotokoll, 3 von 20".encode(),
    "csv": b"\xff\xfe" + "a;b\r\n1;ü\r\n".encode("utf-16-le"),
    "eml": b"From: a@example.org\r\nSubject: restore test\r\n\r\n<html>done</html>",
    "msg": OLE + b"\x00" * 500 + "__properties_version1.0".encode("utf-16-le"),
    **{ending: office(ending) for ending in ("docx", "xlsx", "pptx", "odt", "ods", "odp")},
}


def lying_zip(size: int) -> bytes:
    """A document whose directory claims a small part that unpacks to `size` bytes."""
    honest = office("docx", big=b"\x00" * size)
    return honest.replace(struct.pack("<L", size), struct.pack("<L", 10))


def damaged_zip() -> bytes:
    whole = bytearray(office("docx", part=bytes(range(256)) * 20))
    at = whole.index(zlib.compress(bytes(range(256)) * 20, wbits=-15)[:20])
    whole[at + 10] ^= 0xFF
    return bytes(whole)


def upload(name: str = "report.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    ending = name.rpartition(".")[2].lower()
    return SimpleUploadedFile(name, SAMPLES[ending] if content is None else content)
