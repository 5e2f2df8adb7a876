"""Reads one sheet of an XLSX or ODS workbook, once its container and its XML were found harmless."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ringwall.lib import sheets_ods, sheets_xlsx
from ringwall.lib.sheets_archive import Archive, unpack
from ringwall.lib.sheets_types import CellFinding, Limits, SheetError
from ringwall.lib.sheets_xml import Extent

LEGACY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Start of a compound file: an old XLS, or an XLSX wrapped for encryption ([MS-OFFCRYPTO] 2.3.4)."""

ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class RawSheet:
    """Values as the reader gives them, from A1 on: `str`, `float`, `bool`, dates, times; blank cells are ""."""

    name: str
    names: tuple[str, ...]
    rows: Iterator[list[Any]]
    findings: list[CellFinding]


def read_workbook(data: bytes, sheet: str | None, limits: Limits) -> RawSheet:
    """The named sheet, or the first one that is a table. Raises SheetError."""
    archive = unpack(data, limits)
    extents = _measure(archive, limits)
    workbook, names = _open(archive)
    if not names:
        raise SheetError("no_rows")
    if sheet is not None and sheet not in names:
        raise SheetError("no_sheet", sheet=sheet, sheets=", ".join(names))
    chosen = names[0] if sheet is None else sheet
    extent = extents.get(chosen)
    if extent is None:
        raise SheetError("damaged", place=f"sheet {chosen}", detail="the part that holds the sheet is missing")
    rows = _guarded(lambda: workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False), chosen)
    return RawSheet(chosen, tuple(names), iter(rows), extent.findings)


def plain(value: Any) -> str | float | bool | date | datetime:
    """Times and durations, which no register stores, become text: "12:30:00", "36:00:00"."""
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return value  # type: ignore[no-any-return]


def _measure(archive: Archive, limits: Limits) -> dict[str, Extent]:
    parts = archive.parts
    if "xl/workbook.bin" in parts:
        raise SheetError("unsupported", found="binary workbooks (XLSB)")
    if sheets_ods.is_encrypted(parts):
        raise SheetError("encrypted")
    if sheets_xlsx.WORKBOOK in parts:
        return sheets_xlsx.extents(parts, limits)
    if sheets_ods.CONTENT in parts:
        return sheets_ods.extents(parts, limits)
    raise SheetError("unsupported", found="archives without a workbook in them")


def _open(archive: Archive) -> tuple[Any, list[str]]:
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    try:
        workbook = _guarded(lambda: CalamineWorkbook.from_filelike(archive.repacked()), "")
    except PasswordError as error:
        raise SheetError("encrypted") from error
    tables = [found.name for found in workbook.sheets_metadata if found.typ == SheetTypeEnum.WorkSheet]
    return workbook, tables


def _guarded(read: Any, sheet: str) -> Any:
    from python_calamine import CalamineError, PasswordError

    place = f"sheet {sheet}" if sheet else ""
    try:
        return read()
    except PasswordError:
        raise
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise SheetError("damaged", place=place, detail=str(error) or type(error).__name__) from error
    except BaseException as error:
        # A panic of the native reader derives from BaseException only.
        if type(error).__name__ == "PanicException":
            raise SheetError("damaged", place=place, detail="the reader gave up") from error
        raise
