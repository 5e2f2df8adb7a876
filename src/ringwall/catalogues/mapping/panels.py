"""What the pages of mappings are made of: rows, facts, filters, the matrix of groups, and blocks on other pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping import actions, queries
from ringwall.catalogues.mapping.models import MappedPair, Relation
from ringwall.catalogues.mapping.models import Mapping as StoredMapping
from ringwall.catalogues.mapping.words import UNJUDGED, judged_cell, number, provenance_words, relation_words
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.panels import edition_words
from ringwall.catalogues.queries import catalogue_url, quoted
from ringwall.kit.pages import Cell, Choice, Column, Fact, Link, Panel, Row

MOST_PAIRS = 60


def base_url(actor: Actor) -> str:
    return f"/{actor.organisation.code}/catalogues/mappings/"


def mapping_url(actor: Actor, mapping: StoredMapping) -> str:
    return f"{base_url(actor)}{mapping.code}/"


def mapping_columns() -> list[Column]:
    return [
        Column("title", _("Mapping")),
        Column("source", _("From")),
        Column("target", pgettext("mapping", "To")),
        Column("rows", _("Rows"), "number"),
        Column("defaulted", _("Not judged"), "number"),
        Column("status", _("Status")),
        Column("imported", _("Imported"), "date"),
    ]


def mapping_row(actor: Actor, mapping: Any) -> Row:
    """`mapping` as `queries.mappings_of` gives it."""
    url = mapping_url(actor, mapping)
    day = date_format(mapping.imported_at, "SHORT_DATE_FORMAT")
    cells = [
        Cell("title", mapping.title, url=url),
        Cell("source", mapping.source.title_text, url=catalogue_url(actor, mapping.source)),
        Cell("target", mapping.target.title_text, url=catalogue_url(actor, mapping.target)),
        Cell("rows", number(mapping.rows), "number"),
        Cell("defaulted", number(mapping.defaulted) if mapping.defaulted else "", "number", f"{url}?judged=no"),
        Cell("status", provenance_words(mapping)),
        Cell("imported", day, "date"),
    ]
    return Row(str(mapping.pk), mapping.code, url, mapping.version, cells, mapping.is_withdrawn)


def mapping_facts(actor: Actor, mapping: StoredMapping, rows: int, defaulted: int) -> list[Fact]:
    edition = edition_words(mapping.edition)
    facts = [
        Fact(_("From"), mapping.source.title_text, catalogue_url(actor, mapping.source)),
        Fact(pgettext("mapping", "To"), mapping.target.title_text, catalogue_url(actor, mapping.target)),
        Fact(_("Rows"), number(rows)),
        Fact(_("Not judged"), number(defaulted) if defaulted else "", "?judged=no", state="warn" if defaulted else ""),
        Fact(_("Status"), provenance_words(mapping)),
        Fact(_("Version"), edition, hint=mapping.edition),
        Fact(_("Publisher"), mapping.publisher),
        Fact(_("Imported"), date_format(mapping.imported_at, "SHORT_DATE_FORMAT")),
    ]
    return [fact for fact in facts if fact.value]


@dataclass(frozen=True, slots=True)
class PairTable:
    columns: Sequence[Column]
    rows: Sequence[Row]


def pair_table(pairs: Sequence[MappedPair], urls: tuple[str, str], form_of: Callable[[MappedPair], str]) -> PairTable:
    """`urls` of the two catalogues; `form_of` gives the address at which a row is changed, "" where it may not be. What
    no row has, has no column."""
    columns = [
        Column("source", _("From"), "title"),
        Column("relation", _("Relation")),
        Column("target", pgettext("mapping", "To"), "title"),
        Column("judged", _("Judged"), "state"),
        Column("act", ""),
        Column("rationale", _("Rationale"), "wrap"),
    ]
    rows = [_pair_row(pair, urls, form_of(pair)) for pair in pairs]
    return PairTable(*_filled(columns, rows))


def _filled(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[list[Column], list[Row]]:
    """Without the columns in which no row holds anything."""
    kept = {cell.key for row in rows for cell in row.cells if cell.text}
    return (
        [column for column in columns if column.key in kept],
        [replace(row, cells=[cell for cell in row.cells if cell.key in kept]) for row in rows],
    )


def _pair_row(pair: MappedPair, urls: tuple[str, str], own_url: str) -> Row:
    source, target = (
        f"{url}{quoted(end.identifier)}/" for url, end in zip(urls, (pair.source, pair.target), strict=True)
    )
    cells = [
        Cell("source", _named(pair.source, pair.source_statement), "title", source),
        Cell("relation", relation_words(pair.relation)),
        Cell("target", _named(pair.target, pair.target_statement), "title", target),
        judged_cell(pair),
        Cell(
            "act",
            (_("Restore") if pair.is_withdrawn else pgettext("row of a mapping", "Change")) if own_url else "",
            "link",
            own_url,
        ),
        Cell("rationale", pair.rationale, "wrap"),
    ]
    return Row(str(pair.pk), pair.ref, own_url or source, pair.version, cells)


def _named(requirement: Requirement, statement: Any) -> str:
    """“A.5.2 Roles”: as it is printed, or the number of the statement, with the title where there is one."""
    ref = statement.number if statement else requirement.ref
    return f"{ref} {requirement.title_text}" if requirement.title_text not in ("", ref) else str(ref)


@dataclass(frozen=True, slots=True)
class Select:
    key: str
    label: str
    choices: Sequence[Choice]


def selects(mapping: StoredMapping, query: queries.PairQuery, *, has_groups: bool = True) -> list[Select]:
    """The filters of the rows; those by group only where a catalogue has some."""

    def made(key: str, label: str, chosen: str, choices: Iterable[tuple[str, Any]]) -> Select:
        return Select(key, label, [Choice(value, str(text), value == chosen) for value, text in choices])

    judged = [("yes", _("judged")), ("no", UNJUDGED), ("withdrawn", _("withdrawn"))]
    found = [
        made("relation", _("Relation"), query.relation, Relation.choices),
        made("judged", _("Judged"), query.judged, judged),
    ]
    if has_groups:
        for key, label, catalogue, chosen in (
            ("from", _("From group"), mapping.source, query.source_group),
            ("to", _("To group"), mapping.target, query.target_group),
        ):
            groups = [(group.key, group.title) for group in queries.groups_of(catalogue).order if group.key]
            if chosen and chosen not in dict(groups):
                groups.append((chosen, chosen))
            if groups:
                found.append(made(key, label, chosen, groups))
    return found


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """`shade` from 1 to 5 by the share of the fullest cell; 0 where there is nothing."""

    count: str
    url: str
    hint: str
    shade: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    group: queries.Group
    url: str
    cells: Sequence[MatrixCell]
    total: str


def matrix_rows(matrix: queries.Matrix, address: Mapping[str, str]) -> list[MatrixRow]:
    """Each cell leads to the rows behind it; a group leads to the matrix of the groups in it. `address` holds the other
    filters in use."""
    most = max((rows for rows, _defaulted in matrix.counts.values()), default=1)
    return [
        MatrixRow(
            source,
            _address({**address, "view": "matrix", "from": source.key}) if source.key else "",
            [_cell(source, target, matrix, address, most) for target in matrix.targets],
            number(sum(matrix.counts.get((source.key, target.key), (0, 0))[0] for target in matrix.targets)),
        )
        for source in matrix.sources
    ]


def _cell(
    source: queries.Group, target: queries.Group, matrix: queries.Matrix, address: Mapping[str, str], most: int
) -> MatrixCell:
    rows, defaulted = matrix.counts.get((source.key, target.key), (0, 0))
    if not rows:
        return MatrixCell("", "", "", 0)
    hint = ngettext("%(count)d row", "%(count)d rows", rows) % {"count": rows}
    if defaulted:
        hint += ", " + _("of these %(count)d not judged") % {"count": defaulted}
    keys = {"from": source.key, "to": target.key}
    url = _address({**address, **{key: value for key, value in keys.items() if value}})
    return MatrixCell(number(rows), url, f"{source.title} → {target.title}: {hint}", max(1, -(-5 * rows // most)))


def _address(query: Mapping[str, str]) -> str:
    return "?" + urlencode({key: value for key, value in query.items() if value})


def requirement_panel(actor: Actor, requirement: Requirement) -> Panel | None:
    """Both directions, each read from this requirement: it contains, is part of, equals … the other."""
    pairs = queries.pairs_about(actor, requirement)
    if not pairs:
        return None
    rows = [_about(actor, pair, requirement) for pair in pairs[:MOST_PAIRS]]
    columns = [
        Column("relation", _("Relation")),
        Column("other", _("Other requirement"), "title"),
        Column("catalogue", _("Catalogue")),
        Column("judged", _("Judged"), "state"),
        Column("this", _("Statement")),
    ]
    title = _("Mappings")
    if len(pairs) > MOST_PAIRS:
        title = _("Mappings, the first %(count)d") % {"count": MOST_PAIRS}
    columns, rows = _filled(columns, rows)
    return Panel("mappings", title, columns=columns, rows=rows)


def _about(actor: Actor, pair: MappedPair, requirement: Requirement) -> Row:
    is_source = pair.source_id == requirement.pk
    own, other, statement = (
        (pair.source_statement, pair.target, pair.target_statement)
        if is_source
        else (pair.target_statement, pair.source, pair.source_statement)
    )
    catalogue: Catalogue = pair.mapping.target if is_source else pair.mapping.source
    relation = pair.relation if is_source else Relation(pair.relation).reversed
    url = f"{catalogue_url(actor, catalogue)}{quoted(other.identifier)}/"
    cells = [
        Cell("relation", relation_words(relation), hint=pair.rationale),
        Cell("other", _named(other, statement), "title", url),
        Cell("catalogue", catalogue.title_text, url=mapping_url(actor, pair.mapping)),
        judged_cell(pair),
        Cell("this", own.number if own else ""),
    ]
    return Row(str(pair.pk), pair.ref, url, pair.version, cells)


def catalogues_panel(actor: Actor) -> Panel | None:
    """The mappings below the list of catalogues."""
    if not actor.may(queries.VIEW):
        return None
    rows = [mapping_row(actor, one) for one in queries.mappings_of(actor) if not one.is_withdrawn]
    links = [Link(_("All mappings"), base_url(actor), "arrow-left-right")] if rows else []
    if actor.may_everywhere(actions.IMPORT):
        links.append(Link(_("Import mapping"), f"{base_url(actor)}import/", "upload"))
    if not rows and not links:
        return None
    return Panel(
        "mappings",
        _("Mappings between catalogues"),
        columns=mapping_columns(),
        rows=rows,
        actions=links,
        empty=_(
            "A mapping says how the requirements of two catalogues stand to each other: so one sees what is covered by "
            "another norm already, and carries work over to a new edition."
        ),
    )


def catalogue_links(actor: Actor, catalogue: Catalogue) -> list[Link]:
    """What may be asked of a catalogue that some mapping connects with another."""
    if not actor.may(queries.VIEW) or not queries.connected(actor, catalogue):
        return []
    hint = _("What another catalogue covers of this one")
    return [Link(_("Coverage"), f"{catalogue_url(actor, catalogue)}coverage/", "circle-check", hint=hint)]
