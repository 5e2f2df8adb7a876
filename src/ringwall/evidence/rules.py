"""Which files may be evidence, told by their content, and how long evidence is valid. Pure.

The ending of the name and the bytes must agree. Refused are files that a browser would run (HTML, SVG), archives (their
content would be kept unseen) and office files with macros.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import BinaryIO

MEGABYTE = 1024 * 1024
MAX_SIZE = 25 * MEGABYTE
MAX_NAME = 200
MAX_UNPACKED = 256 * MEGABYTE
MAX_MEMBERS = 10_000
MAX_RATIO = 100
SMALL = 10 * MEGABYTE
"""Up to so many unpacked bytes the ratio does not matter: small tables of equal cells pack extremely well."""
CHUNK = 256 * 1024
SOON = timedelta(days=30)

_OPENXML = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain",
    "csv": "text/csv",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "docx": f"{_OPENXML}.wordprocessingml.document",
    "xlsx": f"{_OPENXML}.spreadsheetml.sheet",
    "pptx": f"{_OPENXML}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MARKUP = re.compile(rb"\s*(?:<\?xml|<!doctype|<!--|<html|<head|<body|<svg|<script|<iframe)", re.IGNORECASE)
_OTHER_FORMATS = (b"%PDF-", b"GIF8", b"PK\x03\x04", b"{\\rtf")
_HEADER = re.compile(rb"(?:^|\n)(?:from|received|return-path):", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks of direction, with which a name can pretend another ending."""


class FileFault(ValueError):
    """A file that is no evidence; `code` and `parameters` say why."""

    def __init__(self, code: str, **parameters: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters


def clean_name(name: str) -> str:
    """The name without folders and hidden characters, shortened before its ending. FileFault `name` if none is left."""
    name = _HIDDEN.sub("", re.split(r"[/\\]", name)[-1]).strip(" .")
    if not name:
        raise FileFault("name")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}" if dot and len(ending) < 10 else name[:MAX_NAME]


def media_type_of(name: str, content: BinaryIO, size: int) -> str:
    """The media type of a file whose ending and bytes agree.

    FileFault: `empty`, `too_large`, `ending` (not on the list), `mismatch`, `markup`, `damaged`, `encrypted`, `bomb`,
    `macros`.
    """
    if size == 0:
        raise FileFault("empty")
    if size > MAX_SIZE:
        raise FileFault("too_large", size=size, limit=MAX_SIZE)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in MEDIA_TYPES:
        raise FileFault("ending", ending=ending, known=", ".join(MEDIA_TYPES))
    content.seek(0)
    head = content.read(4096)
    if not _CHECKS[ending](ending, head, content):
        raise FileFault("mismatch", ending=ending)
    content.seek(0)
    return MEDIA_TYPES[ending]


def _is_image(ending: str, head: bytes, content: BinaryIO) -> bool:
    signs = {
        "pdf": head.startswith(b"%PDF-"),
        "png": head.startswith(b"\x89PNG\r\n\x1a\n"),
        "jpg": head.startswith(b"\xff\xd8\xff"),
        "gif": head.startswith((b"GIF87a", b"GIF89a")),
        "webp": head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    }
    return signs["jpg" if ending == "jpeg" else ending]


def _is_text(ending: str, head: bytes, content: BinaryIO) -> bool:
    """UTF-8, UTF-16 with its mark, or an older 8-bit text; no zero bytes, and nothing that begins like a web page."""
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(head[:2])
    if wide:
        try:
            start = head[2:].decode(wide, "ignore").encode()
        except UnicodeDecodeError:
            return False
    else:
        start = head.removeprefix(b"\xef\xbb\xbf")
    if start.startswith(_OTHER_FORMATS):
        return False
    if _MARKUP.match(start):
        raise FileFault("markup")
    if wide:
        return b"\x00" not in start
    content.seek(0)
    while chunk := content.read(CHUNK):
        if any(
            byte in chunk for byte in (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x0e", b"\x7f")
        ):
            return False
    return True


def _is_mail(ending: str, head: bytes, content: BinaryIO) -> bool:
    return _is_text(ending, head, content) and bool(_HEADER.search(head))


def _is_outlook(ending: str, head: bytes, content: BinaryIO) -> bool:
    """A compound file in whose directory the properties of a message stand; other old office files are not taken."""
    if not head.startswith(_OLE):
        return False
    content.seek(0)
    return "__properties_version1.0".encode("utf-16-le") in content.read()


def _is_office(ending: str, head: bytes, content: BinaryIO) -> bool:
    if head.startswith(_OLE) and ending in _MAIN_PART:
        raise FileFault("encrypted")
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(content) as archive:
            _check_directory(archive)
            names = set(archive.namelist())
            if any(
                name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) or name.startswith("Basic/") for name in names
            ):
                raise FileFault("macros")
            if main := _MAIN_PART.get(ending):
                is_right = main in names and "[Content_Types].xml" in names
            else:
                is_right = "mimetype" in names and archive.read("mimetype").strip() == MEDIA_TYPES[ending].encode()
            _read_through(archive)
            return is_right
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OverflowError,
        OSError,
    ) as error:
        raise FileFault("damaged") from error


def _check_directory(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if (
        len(members) > MAX_MEMBERS
        or unpacked > MAX_UNPACKED
        or (unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1))
    ):
        raise FileFault("bomb", unpacked=unpacked)
    if any(m.flag_bits & 0x1 for m in members):
        raise FileFault("encrypted")


def _read_through(archive: zipfile.ZipFile) -> None:
    """Unpack every member in pieces: never more than its (checked) directory says, and its checksum must hold."""
    for member in archive.infolist():
        with archive.open(member) as part:
            while part.read(CHUNK):
                pass


_CHECKS: dict[str, Callable[[str, bytes, BinaryIO], bool]] = {
    **dict.fromkeys(("pdf", "png", "jpg", "jpeg", "gif", "webp"), _is_image),
    **dict.fromkeys(("txt", "csv"), _is_text),
    "eml": _is_mail,
    "msg": _is_outlook,
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), _is_office),
}


class Validity(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def validity(valid_until: date | None, withdrawn_on: date | None, today: date) -> Validity:
    """Valid on its last day still; expiring from 30 days before."""
    if withdrawn_on is not None:
        return Validity.WITHDRAWN
    if valid_until is None or valid_until - today > SOON:
        return Validity.VALID
    return Validity.EXPIRED if valid_until < today else Validity.EXPIRING
