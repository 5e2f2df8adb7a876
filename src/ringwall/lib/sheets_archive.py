"""The zip container of a workbook, unpacked within bounds.

What is read here is packed anew for the reader of workbooks (`Archive.repacked`), so that the reader sees exactly the
bytes that were checked: a directory that lies about sizes or hides a second directory gains nothing.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass

from ringwall.lib.sheets_types import Limits, SheetError

SMALL = 10 * 1024 * 1024
"""Below this many unpacked bytes the ratio does not matter: small sheets of equal cells pack extremely well."""

ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class Archive:
    """The XML parts of a workbook by name, in the order of the file."""

    parts: dict[str, bytes]

    def repacked(self) -> io.BytesIO:
        """The same parts as an uncompressed zip file."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
            for name, content in self.parts.items():
                target.writestr(zipfile.ZipInfo(name), content)
        buffer.seek(0)
        return buffer


def unpack(data: bytes, limits: Limits) -> Archive:
    """Checks the directory first and unpacks only what a reader of workbooks needs.

    Raises SheetError: `damaged`, `encrypted`, `bomb`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = _checked_directory(archive, len(data), limits)
            return Archive({entry.filename: archive.read(entry) for entry in wanted})
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OverflowError) as error:
        raise SheetError("damaged", detail=str(error) or type(error).__name__) from error
    except (KeyError, ValueError, OSError, MemoryError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("damaged", detail="its directory cannot be read") from error


def _checked_directory(archive: zipfile.ZipFile, size: int, limits: Limits) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise SheetError("encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked // max(size, 1)
    if unpacked > limits.unpacked or len(entries) > limits.members or (unpacked > SMALL and ratio > limits.ratio):
        raise SheetError("bomb", unpacked=unpacked, ratio=ratio, members=len(entries))
    names = [entry.filename for entry in entries]
    if len({name.casefold() for name in names}) < len(names):
        raise SheetError("damaged", detail="it holds one part twice")
    return [entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels")) or _is_marker(entry)]


def _is_marker(entry: zipfile.ZipInfo) -> bool:
    return entry.filename in {"mimetype", "encrypted-package", "xl/workbook.bin"} and entry.file_size < SMALL
