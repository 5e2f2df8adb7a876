"""The gaps between two catalogues as a document."""

from collections.abc import Sequence
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping.covering import CoverageOf, CoveredRequirement, meaning
from ringwall.catalogues.mapping.words import COVERAGES, relation_words
from ringwall.catalogues.wording import level_name
from ringwall.oscal.mappings import Coverage, MappingRow
from ringwall.reports.document import (
    Block,
    Cell,
    Column,
    Heading,
    Note,
    Paragraph,
    Report,
    State,
    Table,
    Tone,
)

TONES: dict[str, Tone] = {"covered": "good", "partly": "attention", "not": "bad"}


def gap_report(found: CoverageOf, actor: Actor, language: Literal["en", "de"]) -> Report:
    """The requirements of the target that are not or only partly covered, with totals by group."""
    with override(language):
        counts = found.counts
        gaps = [row for row in found.rows if row.coverage is not Coverage.COVERED]
        names = {"target": found.target.title_text, "by": found.by.title_text}
        return Report(
            title=_("Gaps: %(target)s") % names,
            subtitle=_("as covered by %(by)s") % names,
            organisation=actor.organisation.name,
            language=language,
            classification=_("Internal"),
            made_at=timezone.now(),
            as_of=timezone.localdate(),
            facts=[
                (_("Requirements"), str(len(found.rows))),
                *((_capital(str(COVERAGES[kind])), str(count)) for kind, count in counts.items()),
                (_("Mappings"), "; ".join(title for title, _code in found.mappings)),
            ],
            blocks=_blocks(found, gaps),
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _blocks(found: CoverageOf, gaps: Sequence[CoveredRequirement]) -> list[Block]:
    blocks: list[Block] = [Heading(1, _("What the words mean"))]
    blocks += [Paragraph(text) for text in meaning(found.by)]
    if found.unjudged:
        words = _("For %(count)d requirements that are not covered there are relations which nobody judged yet.")
        blocks.append(Note(words % {"count": found.unjudged}))
    groups: list[list[Cell]] = [
        [group.title, sum(counts.values()), *counts.values()] for group, counts in found.by_group().items()
    ]
    columns = [
        Column("group", _("Group"), 3.0),
        Column("total", _("Requirements"), 1.0, "number"),
        *(Column(str(kind), _capital(str(COVERAGES[kind])), 1.0, "number") for kind in Coverage),
    ]
    blocks += [Heading(1, _("By group")), Table(columns, groups, name=_("By group"))]
    blocks.append(Heading(1, _("Requirements not or only partly covered")))
    if not gaps:
        return [*blocks, Paragraph(_("Every requirement is covered."))]
    columns = [
        Column("ref", _("Identifier"), 1.0),
        Column("title", _("Requirement"), 2.4),
        Column("level", _("Level"), 0.7),
        Column("state", _("Coverage"), 1.0, "state"),
        Column("because", _("Because of"), 2.2),
        Column("unjudged", _("Not judged"), 1.6),
    ]
    rows: list[list[Cell]] = [
        [
            row.ref,
            row.title,
            level_name(row.level),
            State(str(COVERAGES[row.coverage]), TONES[row.coverage]),
            _reasons(found, row, row.covered.because),
            _reasons(found, row, row.covered.unjudged),
        ]
        for row in gaps
    ]
    return [*blocks, Table(columns, rows, name=_("Gaps"), landscape=True)]


def _reasons(found: CoverageOf, row: CoveredRequirement, reasons: Sequence[MappingRow]) -> str:
    """“APP.1.A1 part of X.1”, read towards the requirement of the line, or one of its statements."""
    told = []
    for one in reasons:
        ref = found.sources[one.source][0]
        target = row.ref if one.target == row.identifier else one.target
        told.append(f"{ref} {relation_words(one.relation)} {target}")
    return "; ".join(told)
