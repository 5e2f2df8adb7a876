"""Words for mappings: relations as sentences, what was judged and what was not, how far a requirement is covered."""

from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ringwall.catalogues.mapping.models import MappedPair, Mapping, Relation
from ringwall.kit.pages import Cell

COVERAGES: dict[str, Any] = {
    "covered": pgettext_lazy("coverage", "covered"),
    "partly": pgettext_lazy("coverage", "partly covered"),
    "not": pgettext_lazy("coverage", "not covered"),
}
COVERAGE_TONES = {"covered": "good", "partly": "warn", "not": "bad"}
STATUSES: dict[str, Any] = {
    "complete": pgettext_lazy("status of a mapping", "complete"),
    "not-complete": pgettext_lazy("status of a mapping", "not complete"),
    "draft": pgettext_lazy("status of a mapping", "draft"),
    "deprecated": pgettext_lazy("status of a mapping", "deprecated"),
    "superseded": pgettext_lazy("status of a mapping", "superseded"),
}
METHODS: dict[str, Any] = {
    "human": pgettext_lazy("method of a mapping", "by people"),
    "automation": pgettext_lazy("method of a mapping", "by a tool"),
    "hybrid": pgettext_lazy("method of a mapping", "by people and a tool"),
}
UNJUDGED = gettext_lazy("not judged")
UNJUDGED_HINT = gettext_lazy("Set by a tool. It counts for nothing until a person has judged it.")


def relation_words(relation: str) -> str:
    return str(Relation(relation).label)


def judged_cell(pair: MappedPair) -> Cell:
    """Whether a relation counts: judged by whom, given by the publisher, or set by a tool and judged by nobody."""
    if pair.is_withdrawn:
        reason = pair.withdrawn_reason or _("no longer in the file")
        return Cell("judged", _("withdrawn"), "state", state="quiet", hint=reason)
    if pair.is_defaulted:
        return Cell("judged", UNJUDGED, "state", state="warn", hint=UNJUDGED_HINT)
    if pair.judged_on is not None:
        words = _("%(person)s, %(day)s") if pair.judged_by else "%(day)s"
        told = {"person": pair.judged_by, "day": date_format(pair.judged_on, "SHORT_DATE_FORMAT")}
        return Cell("judged", words % told, "text")
    return Cell("judged", _("as in the file"), "text")


def number(count: int) -> str:
    return str(number_format(count, use_l10n=True, force_grouping=True))


def provenance_words(mapping: Mapping) -> str:
    given = mapping.provenance
    parts = (STATUSES.get(given.get("status", "")), METHODS.get(given.get("method", "")))
    return ", ".join(str(part) for part in parts if part)
