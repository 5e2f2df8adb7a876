"""A check as a document: how far it is, what is not met, every answer."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.compliance import drawing, queries, rules
from ringwall.compliance.models import Answer, Check
from ringwall.compliance.wording import TONES, UNMET, VALUES
from ringwall.kit.cells import sees
from ringwall.reports.document import Column, Figure, Heading, KeyValues, Note, Paragraph, Report, State, Table, Tone

PRINTED: Mapping[str, Tone] = {
    "good": "good", "warn": "attention", "bad": "bad", "info": "neutral", "quiet": "neutral"
}  # fmt: skip


def build(check: Check, actor: Actor, language: str) -> Report:
    """The whole check in one language; whoever sees a check sees all of its answers."""
    with translation.override(language):
        rows = queries.answer_rows(check)
        found, groups = queries.progress_in(rows), queries.group_rows(check, rows)
        texts, place = _texts(check), check.asset or check.scope
        about = [check.catalogue.title_text, check.catalogue.edition]
        return Report(
            title=check.title,
            subtitle=" ".join(part for part in about if part),
            organisation=actor.organisation.name,
            scope=str(place) if sees(actor, place) else "",
            language=language,  # type: ignore[arg-type]
            classification=_("Confidential"),
            made_at=timezone.now(),
            as_of=check.on,
            facts=[
                (_("Reference"), check.ref),
                (_("Round of"), date_format(check.on, "SHORT_DATE_FORMAT")),
                (_("State"), str(check.get_state_display())),
                (_("Answered"), _("%(done)d of %(all)d") % {"done": found.done, "all": found.total}),
                (_("Met in full"), f"{found.met_percent} %"),
                (_("Deviations"), str(found.deviations)),
            ],
            blocks=[
                *_overview(check, groups, found),
                *_unmet(rows, texts),
                *_answers(check, rows, texts),
            ],
        )


def _texts(check: Check) -> dict[Any, Answer]:
    rows = Answer.objects.filter(round=check, withdrawn_on=None).select_related("answered_by")
    return {row.pk: row for row in rows}


def _overview(check: Check, groups: list[queries.GroupRow], found: rules.Progress) -> list[Any]:
    blocks: list[Any] = [Heading(1, _("Progress"))]
    counts = [(str(VALUES[value]).capitalize(), str(found.counts[value])) for value in drawing.ORDER]
    if found.carried:
        counts.append((_("To be confirmed"), str(found.carried)))
    if found.maturity is not None:
        counts.append((_("Maturity (mean)"), f"{found.maturity:.1f}"))
    blocks.append(KeyValues(counts))
    if bars := drawing.bars_of(groups, 560.0):
        blocks.append(Figure(bars.svg("print"), bars.title, bars.description, [tuple(row) for row in bars.table()]))
    if check.conclusion:
        blocks += [Heading(2, _("Conclusion")), Paragraph(check.conclusion)]
    if found.open or found.carried:
        told = _("%(count)d requirements are not answered or not confirmed yet.") % {
            "count": found.open + found.carried
        }
        blocks.append(Note(told))
    return blocks


def _unmet(answered: list[queries.AnswerRow], texts: Mapping[Any, Answer]) -> list[Any]:
    found = [row for row in answered if row.unmet in {"must", "should"}]
    columns = [
        Column("identifier", _("Identifier"), 0.8),
        Column("title", _("Title"), 2.0),
        Column("unmet", _("Not met"), 1.0, "state"),
        Column("why", _("Justification and remark"), 2.6),
    ]
    rows: list[list[Any]] = []
    for row in found:
        answer = texts[row.id]
        tone: Tone = "bad" if answer.unmet == rules.Unmet.MUST else "attention"
        why = "\n".join(part for part in (answer.justification, answer.remark) if part)
        rows.append([row.name, row.title, State(str(UNMET[answer.unmet]), tone), why])
    table = Table(columns, rows, name=_("Not met"), landscape=True, empty_text=_("Everything answered is met."))
    return [Heading(1, _("What is not met")), table]


def _answers(check: Check, answered: list[queries.AnswerRow], texts: Mapping[Any, Answer]) -> list[Any]:
    columns = [
        Column("identifier", _("Identifier"), 0.8),
        Column("title", _("Title"), 2.0),
        Column("answer", _("Answer"), 0.8, "state"),
        *([Column("maturity", _("Maturity"), 0.5, "number")] if check.has_maturity else ()),
        Column("justification", _("Justification"), 1.6),
        Column("remark", _("Remark"), 1.6),
        Column("by", _("Answered by"), 0.9),
        Column("on", _("Answered on"), 0.7, "date"),
    ]
    rows: list[list[Any]] = []
    for row in answered:
        answer = texts[row.id]
        rows.append(
            [
                row.name,
                row.title,
                State(str(VALUES[answer.value]), PRINTED[TONES[answer.value]]),
                *([answer.maturity] if check.has_maturity else ()),
                answer.justification,
                answer.remark,
                answer.answered_by.name if answer.answered_by else answer.provenance,
                answer.answered_on,
            ]
        )
    return [Heading(1, _("All answers")), Table(columns, rows, name=_("All answers"), landscape=True)]
