"""Catalogues in spreadsheets: one row a group or requirement, its place told by a parent or a depth column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from ringwall.catalogues import sheet_extras as extras
from ringwall.catalogues.refusals import Unreadable
from ringwall.catalogues.rules import CatalogueRow, Contents
from ringwall.kit.words import cell_words, file_words
from ringwall.lib.columns import guess
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import WARNINGS, Limits, Sheet, SheetError, column_letters
from ringwall.oscal.content import Level, RequirementRow
from ringwall.oscal.findings import Finding
from ringwall.oscal.statements import language_of, split_statements

COLUMNS: dict[str, tuple[str, ...]] = {
    "identifier": ("id", "no", "nr", "number", "reference", "ref", "ref id", "kennung", "nummer", "bezeichner", "step"),
    "parent": ("parent identifier", "above", "parent id", "übergeordnet", "elternelement"),
    "depth": ("tree level", "ebene", "outline level", "tiefe", "gliederungsebene"),
    "kind": ("type", "category", "art", "typ"),
    "title": ("name", "titel", "heading", "überschrift", "activity", "aktivität"),
    "text": ("description", "requirement", "beschreibung", "anforderung", "wortlaut"),
    "guidance": ("note", "notes", "hint", "hinweis", "hinweise", "umsetzungshinweise", "annotation"),
    "level": ("requirement level", "stufe", "anforderungsniveau", "niveau"),
    "withdrawn": ("is withdrawn", "entfallen", "zurückgezogen"),
}
TEMPLATE = (
    "identifier",
    "parent",
    "kind",
    "title",
    "text",
    "guidance",
    "level",
    "withdrawn",
    "title_de",
    "text_de",
    "guidance_de",
)
KINDS = {
    "group": ("group", "gruppe", "chapter", "kapitel", "family", "module", "baustein"),
    "requirement": ("requirement", "anforderung"),
    "reference_control": ("reference control", "reference_control", "control", "referenzmaßnahme", "maßnahme"),
    "threat": ("threat", "bedrohung", "gefährdung"),
}
LEVELS = {
    "basic": Level.BASIC,
    "basis": Level.BASIC,
    "b": Level.BASIC,
    "standard": Level.STANDARD,
    "s": Level.STANDARD,
    "elevated": Level.ELEVATED,
    "h": Level.ELEVATED,
    "erhöht": Level.ELEVATED,
    "hoch": Level.ELEVATED,
}
YES = frozenset({"yes", "ja", "true", "wahr", "x", "1"})
NO = frozenset({"", "no", "nein", "false", "falsch", "0"})
LIMITS = Limits(size=30 * 1024 * 1024, rows=50_000)
MOST_ERRORS = 100

_ATTRIBUTE = re.compile(r"(?:attribute|attribut|merkmal)\s*:\s*(.+)", re.IGNORECASE)
_TRANSLATED = re.compile(r"(title|titel|text|guidance|hinweise?)\s*[_\s(\[]\s*([a-z]{2})\s*[)\]]?", re.IGNORECASE)
_TRANSLATED_KEYS = {"titel": "title", "hinweis": "guidance", "hinweise": "guidance"}


@dataclass
class _Columns:
    """Index of each column by what it holds."""

    plain: dict[str, int]
    carried: list[int] = field(default_factory=list)
    attributes: dict[str, int] = field(default_factory=dict)
    translated: dict[tuple[str, str], int] = field(default_factory=dict)
    language: str = ""
    """The one whose columns stand for those without a language, where only such with a language are there."""

    def settle(self) -> None:
        """Without a column for the title itself, the first with a language gives it, and with it the other texts."""
        languages = [language for language, key in self.translated if key == "title"]
        if "title" in self.plain or not languages:
            return
        self.language = languages[0]
        for key in ("title", "text", "guidance"):
            if key not in self.plain and (self.language, key) in self.translated:
                self.plain[key] = self.translated.pop((self.language, key))


def read_sheet_catalogue(data: bytes, name: str) -> Contents:
    """The catalogue in the first sheet of a workbook or in a CSV file. Raises Unreadable with every finding."""
    try:
        sheet = read_sheet(data, name, limits=LIMITS)
    except SheetError as error:
        raise Unreadable([Finding("error", error.place, " ".join(file_words(error)))]) from None
    columns = _columns_of(sheet)
    reading = _SheetReading(sheet, columns)
    rows = reading.rows()
    about = _about(sheet, data, name)
    language = (
        about.get("language")
        or columns.language
        or language_of(" ".join(row.row.text or row.row.title for row in rows[:200]))
    )
    if any(finding.severity == "error" for finding in reading.findings):
        raise Unreadable(sorted(reading.findings, key=lambda one: one.severity != "error")[:MOST_ERRORS])
    rows = [_with_statements(row, language) for row in rows]
    rows = [extras.restored(row, reading.carried.get(row.row.identifier, "")) for row in rows]
    stem = re.split(r"[/\\]", name)[-1].rpartition(".")[0] or name
    is_reference = any(row.category == "reference_control" for row in rows)
    if (told := about.get("reference controls", "").casefold()) in YES | NO and told:
        is_reference = told in YES
    return Contents(
        about.get("title") or stem,
        about.get("version", ""),
        language,
        about.get("publisher", ""),
        about.get("document", ""),
        "sheet",
        is_reference,
        rows,
        reading.findings,
        {key.removeprefix("title_"): text for key, text in about.items() if key.startswith("title_")},
    )


def _about(sheet: Sheet, data: bytes, name: str) -> dict[str, str]:
    """The facts on the sheet about the catalogue, where the workbook has one besides that of the rows."""
    if extras.ABOUT not in sheet.names[1:]:
        return {}
    try:
        return extras.about(read_sheet(data, name, sheet=extras.ABOUT, limits=LIMITS).rows)
    except SheetError:
        return {}


def _columns_of(sheet: Sheet) -> _Columns:
    header: list[str] = []
    found = _Columns({})
    for index, title in enumerate(sheet.header):
        if extras.CARRIED.fullmatch(title.strip()):
            found.carried.append(index)
        elif match := _ATTRIBUTE.fullmatch(title.strip()):
            found.attributes[match[1].strip()] = index
        elif match := _TRANSLATED.fullmatch(title.strip()):
            word = match[1].casefold()
            found.translated[(match[2].casefold(), _TRANSLATED_KEYS.get(word, word))] = index
        taken = {*found.attributes.values(), *found.translated.values(), *found.carried}
        header.append("" if index in taken else title)
    found.plain = {key: index for index, key in guess(header, COLUMNS).items() if key}
    found.settle()
    level = found.plain.get("level")
    if level is not None and "depth" not in found.plain and "parent" not in found.plain and _is_numbered(sheet, level):
        found.plain["depth"] = found.plain.pop("level")
    missing = [
        key
        for key in ("identifier", "title")
        if key not in found.plain and not (key == "title" and "text" in found.plain)
    ]
    if missing:
        message = _("The column “%(column)s” is missing. The template shows the columns that are understood.")
        raise Unreadable([Finding("error", _("first row"), message % {"column": column}) for column in missing])
    return found


def _is_numbered(sheet: Sheet, index: int) -> bool:
    values = [row[index] for row in sheet.rows if index < len(row) and row[index] is not None]
    return bool(values) and all(re.fullmatch(r"\d{1,2}", str(value)) for value in values)


class _SheetReading:
    """One pass over the rows; collects findings with row and column."""

    def __init__(self, sheet: Sheet, columns: _Columns) -> None:
        self.sheet, self.columns = sheet, columns
        self.carried: dict[str, str] = {}
        self.findings = [
            Finding("warning" if one.code in WARNINGS else "error", self.place(one.row, one.column), cell_words(one))
            for one in sheet.findings
            if one.code != "no_column_name"
        ]

    def place(self, row: int, column: int | None = None) -> str:
        words = _("row %(row)d") % {"row": row}
        return words if column is None else f"{words}, {column_letters(column)}"

    def error(self, row: int, key: str, message: str) -> None:
        index = self.columns.plain.get(key)
        self.findings.append(Finding("error", self.place(row, None if index is None else index + 1), message))

    def cell(self, row: Sequence[Any], key: str) -> str:
        index = self.columns.plain.get(key)
        return _text(row, index)

    def rows(self) -> list[CatalogueRow]:
        read: list[tuple[int, CatalogueRow]] = []
        path: list[str] = []
        for number, cells in enumerate(self.sheet.rows, self.sheet.first_row_number):
            if not any(cell is not None for cell in cells):
                continue
            if (row := self.read_row(number, cells, path)) is not None:
                read.append((number, row))
        return self.ordered(read)

    def read_row(self, number: int, cells: Sequence[Any], path: list[str]) -> CatalogueRow | None:
        identifier = self.cell(cells, "identifier")
        if not identifier:
            self.error(number, "identifier", _("The identifier is missing."))
            return None
        parent: str | None = self.cell(cells, "parent") or None
        if "depth" in self.columns.plain:
            parent = self.parent_by_depth(number, self.cell(cells, "depth"), identifier, path)
        if carried := "".join(_text(cells, index) for index in self.columns.carried):
            self.carried[identifier] = carried
        withdrawn = self.cell(cells, "withdrawn").casefold()
        if withdrawn not in YES | NO:
            self.error(number, "withdrawn", _("“%(value)s” is neither yes nor no.") % {"value": withdrawn[:40]})
        level = self.cell(cells, "level")
        attributes = {
            name: [part.strip() for part in text.split(";") if part.strip()]
            for name, index in self.columns.attributes.items()
            if (text := _text(cells, index))
        }
        row = RequirementRow(
            identifier=identifier,
            parent_identifier=parent,
            kind="requirement",
            title=" ".join(self.cell(cells, "title").split()),
            position=number,
            text=self.cell(cells, "text"),
            guidance=self.cell(cells, "guidance"),
            level=LEVELS.get(level.casefold(), level[:40]) or None,  # type: ignore[arg-type]
            attributes=attributes,
            withdrawn=withdrawn in YES,
        )
        return CatalogueRow(row, self.kind(number, self.cell(cells, "kind")), self.translations(cells))

    def kind(self, number: int, word: str) -> str:
        if not word:
            return ""
        found = next((kind for kind, words in KINDS.items() if word.casefold() in words), None)
        if found is None:
            message = _("“%(value)s” is none of group, requirement, reference control, threat.")
            self.error(number, "kind", message % {"value": word[:40]})
        return found or ""

    def translations(self, cells: Sequence[Any]) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for (language, key), index in self.columns.translated.items():
            if text := _text(cells, index):
                found.setdefault(language, {})[key] = text
        return found

    def parent_by_depth(self, number: int, text: str, identifier: str, path: list[str]) -> str | None:
        """`path` holds the rows above: the first depth used in the sheet is the top."""
        if not re.fullmatch(r"\d{1,2}", text):
            self.error(number, "depth", _("The depth is missing or no whole number."))
            return None
        first = self.cell(next(iter(self.sheet.rows)), "depth")
        depth = int(text) - (int(first) if first.isdigit() else 0)
        if not 0 <= depth <= len(path):
            self.error(number, "depth", _("The row skips a level of the tree: no row above it has the level before."))
            return None
        path[depth:] = [identifier]
        return path[depth - 1] if depth else None

    def ordered(self, read: list[tuple[int, CatalogueRow]]) -> list[CatalogueRow]:
        """Parents before children, kinds filled in; unknown parents, twins and circles are errors."""
        by_identifier: dict[str, int] = {}
        children: dict[str | None, list[CatalogueRow]] = {}
        for number, one in read:
            earlier = by_identifier.setdefault(one.row.identifier, number)
            if earlier != number:
                message = _(
                    "The identifier “%(name)s” stands in row %(row)d already. "
                    "Numbers such as 5.10 need a column formatted as text."
                )
                self.error(number, "identifier", message % {"name": one.row.identifier[:80], "row": earlier})
            children.setdefault(one.row.parent_identifier, []).append(one)
        for number, one in read:
            parent = one.row.parent_identifier
            if parent is not None and parent not in by_identifier:
                self.error(number, "parent", _("There is no row “%(name)s” to stand under.") % {"name": parent[:80]})
        ordered: list[CatalogueRow] = []
        waiting = list(reversed(children.get(None, [])))
        while waiting and len(ordered) <= len(read):
            one = waiting.pop()
            below = children.get(one.row.identifier, [])
            category = one.category or ("group" if below and not one.row.text else "requirement")
            ordered.append(CatalogueRow(one.row, category, one.translations))
            waiting += reversed(below)
        if len(ordered) < len(read) and not any(finding.severity == "error" for finding in self.findings):
            lost = {one.row.identifier for _number, one in read} - {one.row.identifier for one in ordered}
            message = _("These rows stand under each other in a circle: %(names)s.")
            names = ", ".join(sorted(lost)[:5])
            self.findings.append(Finding("error", "", message % {"names": names}))
        return ordered


def _text(row: Sequence[Any], index: int | None) -> str:
    value = row[index] if index is not None and index < len(row) else None
    return "" if value is None else str(value).strip()


def _with_statements(one: CatalogueRow, language: str) -> CatalogueRow:
    if one.category != "requirement" or not one.row.text:
        return one
    statements = split_statements(one.row.text, one.row.identifier, language or "en")
    return CatalogueRow(replace(one.row, statements=statements), one.category, one.translations)
