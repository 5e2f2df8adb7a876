"""What the pages of catalogues are made of: rows, facts, relations, imports."""

from collections.abc import Sequence
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language_info, ngettext, pgettext
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues import wording
from ringwall.catalogues.models import Catalogue, Profile, Requirement, SourceFile, Statement
from ringwall.catalogues.prose import web_address
from ringwall.catalogues.queries import Surroundings, catalogue_url, quoted
from ringwall.kit.pages import Cell, Column, Fact, Link, Panel, Row

MOST_LINKS = 60
MOST_PROFILES = 50


def catalogue_columns() -> list[Column]:
    return [
        Column("title", _("Catalogue")),
        Column("version", _("Version")),
        Column("language", _("Language")),
        Column("requirements", _("Requirements"), "number"),
        Column("source", _("Source"), "link"),
        Column("imported", _("Imported"), "date"),
        Column("code", _("Identifier"), "ref"),
    ]


def catalogue_row(actor: Actor, catalogue: Catalogue) -> Row:
    url = catalogue_url(actor, catalogue)
    counts = catalogue.counts
    cells = [
        Cell("title", catalogue.title_text, url=url),
        Cell("version", edition_words(catalogue.edition), hint=catalogue.edition),
        Cell("language", languages_of(catalogue)),
        Cell("requirements", _number(counts.get("requirements", 0)), "number"),
        _source(catalogue, url, is_own=catalogue.organisation_id == actor.organisation_id),
        Cell("imported", _day(catalogue.imported_at), "date", hint=_instant(catalogue.imported_at)),
        Cell("code", catalogue.code, "ref"),
    ]
    return Row(str(catalogue.pk), catalogue.code, url, catalogue.version, cells)


def _source(catalogue: Catalogue, url: str, *, is_own: bool) -> Cell:
    """Where it came from; a link to the original file where there is one."""
    if catalogue.is_builtin:
        return Cell("source", catalogue.get_source_display())
    words = _("%(source)s file") if is_own else _("%(source)s file, shared")
    hint = _("Download the original file")
    return Cell(
        "source",
        words % {"source": catalogue.get_source_display()},
        "link",
        f"{url}original/{catalogue.sha256}/",
        hint=hint,
    )


def catalogue_facts(catalogue: Catalogue) -> list[Fact]:
    counts = catalogue.counts
    noun = _("Reference controls") if catalogue.is_reference else _("Requirements")
    total = _number(counts.get("requirements", 0))
    if withdrawn := counts.get("withdrawn"):
        total = _("%(total)s, of these %(withdrawn)s withdrawn") % {"total": total, "withdrawn": _number(withdrawn)}
    verbs = dict(Statement.Verb.choices)
    statements = [f"{_number(count)} {verbs[verb]}" for verb, count in counts.get("statements", {}).items() if count]
    in_order = wording.levels_in_order
    levels = [
        f"{_number(count)} {wording.level_name(level)}" for level, count in in_order(counts.get("levels", {})).items()
    ]
    facts = [
        Fact(_("Version"), edition_words(catalogue.edition), hint=catalogue.edition),
        Fact(_("Publisher"), catalogue.publisher),
        Fact(_("Language"), languages_of(catalogue)),
        Fact(noun, total),
        Fact(_("Statements"), " · ".join(statements)),
        Fact(_("Levels"), " · ".join(levels)),
        Fact(_("Threats"), _number(counts.get("threats", 0) or "")),
        Fact(_("Source"), catalogue.get_source_display()),
        Fact(_("Imported"), _day(catalogue.imported_at), hint=_instant(catalogue.imported_at)),
    ]
    return [fact for fact in facts if fact.value]


def profiles_panel(actor: Actor) -> Panel | None:
    """The profiles that this person sees, on the page of the catalogues; None for those who see none at all."""
    if not actor.may("profile.view"):
        return None
    base = f"/{actor.organisation.code}/profiles/"
    rows = Profile.objects.visible_to(actor).present().prefetch_related("catalogues").order_by("title")[:MOST_PROFILES]
    lines = [
        Row(
            str(profile.pk),
            profile.ref,
            f"{base}{profile.ref}/",
            profile.version,
            [
                Cell("title", profile.title, "title", f"{base}{profile.ref}/"),
                Cell("ref", profile.ref, "ref"),
                Cell("catalogues", ", ".join(catalogue.title_text for catalogue in profile.catalogues.all())),
                Cell("tree", _("Open as a catalogue"), "link", f"{base}{profile.ref}/tree/"),
            ],
        )
        for profile in rows
    ]
    links = [Link(_("All profiles"), base, "list")] if len(lines) == MOST_PROFILES else []
    if actor.may("profile.create"):
        links.append(Link(_("New profile"), f"{base}new/", "plus"))
    columns = [
        Column("title", _("Profile"), "title"),
        Column("ref", _("Reference"), "ref"),
        Column("catalogues", _("Catalogues")),
        Column("tree", _("Contents"), "link"),
    ]
    empty = _("A profile takes from catalogues what holds for something, and sets their parameters. There is none yet.")
    return Panel("profiles", _("Profiles"), columns=columns, rows=lines, actions=links, empty=empty)


def import_lines(files: Sequence[SourceFile], *, is_own: bool) -> list[dict[str, Any]]:
    """The imports of a catalogue, newest first. Who imported is told in the own organisation alone."""
    return [
        {
            "name": file.name,
            "at": file.at,
            "by": file.by if is_own else "",
            "edition": edition_words(file.edition),
            "sha256": file.sha256,
            "size": file.size,
            "outcome": file.outcome,
            "findings": file.findings,
            "finding_words": ngettext("%(count)d note on the file", "%(count)d notes on the file", len(file.findings))
            % {"count": len(file.findings)},
        }
        for file in files
    ]


def requirement_side(requirement: Requirement, around: Surroundings, url: str) -> list[Panel]:
    """Facts, then one list for each kind of relation."""
    facts = [
        Fact(_("Kind"), _category(requirement)),
        Fact(_("Identifier"), requirement.identifier if requirement.label else ""),
        Fact(_("Level"), wording.level_name(requirement.level)),
        *(
            Fact(wording.attribute_name(name), ", ".join(map(wording.value_name, values)))
            for name, values in requirement.attributes.items()
            if values
        ),
    ]
    found = [Panel("facts", _("Details"), facts=[fact for fact in facts if fact.value])]
    relations: dict[str, list[dict[str, str]]] = {}
    for link in requirement.links[:MOST_LINKS]:
        relations.setdefault(wording.relation_name(link.get("rel", "")), []).append(_relation(link, around, url))
    for number, (name, links) in enumerate(relations.items()):
        found.append(Panel(f"links-{number}", name, template="catalogues/relations.html", context={"links": links}))
    return found


def _relation(link: dict[str, Any], around: Surroundings, url: str) -> dict[str, str]:
    if (target := around.named.get(link["target"])) is not None and link.get("internal"):
        return {"ref": target.ref, "title": target.title_text, "url": f"{url}{quoted(target.identifier)}/"}
    address = "" if link.get("internal") else web_address(link["target"])
    return {"ref": "", "title": link.get("text") or link["target"], "url": address, "is_outside": "1"}


def neighbour(row: Requirement, url: str) -> Link:
    return Link(
        row.title_text,
        f"{url}{quoted(row.identifier)}/",
        key=row.ref,
        hint=pgettext("requirement", "withdrawn") if row.is_withdrawn else "",
    )


def _category(requirement: Requirement) -> str:
    text = str(requirement.get_category_display())
    return text[:1].upper() + text[1:]


def languages_of(catalogue: Catalogue) -> str:
    return ", ".join(filter(None, map(language_name, [catalogue.language, *catalogue.titles])))


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"]) if code else ""
    except KeyError:
        return code


def edition_words(edition: str) -> str:
    """Some publishers name an instant as version; its day is what people read."""
    return (
        edition[:10] if len(edition) > 18 and edition[4:5] == edition[7:8] == "-" and edition[10:11] == "T" else edition
    )


def named(catalogue: Catalogue) -> str:
    """Its title, with the version where the title does not tell it."""
    edition, title = edition_words(catalogue.edition), catalogue.title_text
    return f"{title}, {edition}" if edition and edition not in title else title


def _number(value: Any) -> str:
    return "" if value == "" else str(formats.number_format(value, use_l10n=True, force_grouping=True))


def _day(at: Any) -> str:
    return str(formats.date_format(timezone.localtime(at), "SHORT_DATE_FORMAT"))


def _instant(at: Any) -> str:
    return str(formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"))
