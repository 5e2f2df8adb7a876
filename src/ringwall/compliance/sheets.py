"""A check as a spreadsheet: worked on offline, brought back with a preview of what it changes and what it runs into.

One row a requirement, and below it one a statement. The last column tells what the row set out with, so that only what
two people changed is a conflict.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override, pgettext_lazy

from ringwall.access.policy import Actor
from ringwall.compliance import actions, rules
from ringwall.compliance.models import Answer, Check, Value
from ringwall.kit.errors import ActError, Denied, Invalid
from ringwall.kit.imports import Finding
from ringwall.kit.texts import require_plain
from ringwall.kit.words import cell_words
from ringwall.lib.columns import guess
from ringwall.lib.sheets_types import Sheet

COLUMNS: Mapping[str, Any] = {
    "identifier": gettext_lazy("Identifier"),
    "title": gettext_lazy("Title"),
    "statement": gettext_lazy("Statement"),
    "verb": gettext_lazy("Modal verb"),
    "text": gettext_lazy("Text"),
    "answer": pgettext_lazy("answer", "Answer"),
    "maturity": gettext_lazy("Maturity"),
    "justification": gettext_lazy("Justification"),
    "remark": gettext_lazy("Remark"),
    "asked": gettext_lazy("Who was asked"),
    "stamp": gettext_lazy("Set out with"),
}
READ_ONLY = frozenset({"identifier", "title", "statement", "verb", "text", "stamp"})
TEXTS = ("justification", "remark", "asked")
LONGEST = {"justification": 20_000, "remark": 20_000, "asked": 200}


def header() -> list[str]:
    return [str(label) for label in COLUMNS.values()]


def rows_of(check: Check) -> Iterator[list[Any]]:
    """The rows of the spreadsheet in the order of COLUMNS, in the language in use."""
    words = {value: str(label) for value, label in Value.choices}
    answers = Answer.objects.filter(round=check, withdrawn_on=None).select_related("requirement")
    for answer in answers.order_by("requirement__position").prefetch_related("requirement__statements"):
        requirement, given = answer.requirement, answer.given
        statements = [row for row in requirement.statements.all() if not row.is_withdrawn]
        text = "" if len(statements) > 1 else requirement.in_language("text")
        value = "" if given.value is rules.Value.OPEN else words[given.value]
        yield [
            requirement.ref, requirement.title_text, "", "", text, value, given.maturity,
            given.justification, given.remark, given.asked, rules.stamp_of(given),
        ]  # fmt: skip
        for row in statements if len(statements) > 1 else ():
            told = given.statements.get(row.number)
            value = words[told] if told else ""
            yield [requirement.ref, "", row.number, row.get_verb_display(), row.text, value, None, "", "", "", ""]


@dataclass
class PlannedAnswer:
    """What the file says of one requirement. `outcome`: changed, unchanged, kept, conflict, refused."""

    number: int
    answer: Answer
    given: rules.Given | None = None
    stamp: str = ""
    outcome: str = ""
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, row: int, column: str, message: str) -> None:
        self.outcome = "refused"
        self.findings.append(Finding("error", row, column, message))

    @property
    def ref(self) -> str:
        return str(self.answer.requirement.ref)

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(field, stored, in the file) of what differs."""
        if self.given is None:
            return []
        now, names = self.answer.given, [("answer", "value"), ("maturity", "maturity"), *((t, t) for t in TEXTS)]
        told = [
            (str(COLUMNS[label]), _shown(getattr(now, name)), _shown(getattr(self.given, name)))
            for label, name in names
        ]
        for number in sorted({*now.statements, *self.given.statements}):
            told.append((number, _shown(now.statements.get(number, "")), _shown(self.given.statements.get(number, ""))))
        return [one for one in told if one[1] != one[2]]


@dataclass
class CheckPlan:
    check: Check
    rows: list[PlannedAnswer]
    findings: list[Finding]

    @property
    def counts(self) -> dict[str, int]:
        outcomes = ("changed", "unchanged", "kept", "conflict", "refused")
        return {outcome: sum(row.outcome == outcome for row in self.rows) for outcome in outcomes}

    @property
    def all_findings(self) -> list[Finding]:
        return [*self.findings, *(finding for row in self.rows for finding in row.findings)]

    @property
    def is_refused(self) -> bool:
        return any(finding.severity == "error" for finding in self.all_findings)

    @property
    def conflicts(self) -> list[PlannedAnswer]:
        return [row for row in self.rows if row.outcome == "conflict"]


def _shown(value: Any) -> str:
    if isinstance(value, rules.Value):
        return "" if value is rules.Value.OPEN else str(Value(value).label)
    return "" if value is None else str(value)


def guess_columns(titles: Sequence[str]) -> dict[str, int]:
    """Field → column, whatever language the titles are in."""
    known: dict[str, list[str]] = {key: [] for key in COLUMNS}
    for language in ("en", "de"):
        with override(language):
            for key, label in COLUMNS.items():
                known[key].append(str(label))
    known["identifier"] += ["id", "ref", "requirement", "anforderung", "kennung"]
    known["answer"] += ["status", "umsetzung", "umsetzungsstatus", "implementation"]
    known["remark"] += ["comment", "comments", "kommentar", "bemerkung"]
    return {key: index for index, key in guess(list(titles), known).items() if key}


def _words() -> dict[str, str]:
    """What people write for an answer, in both languages → the answer."""
    found: dict[str, str] = {"": Value.OPEN, "-": Value.OPEN, "n/a": Value.NOT_NEEDED, "na": Value.NOT_NEEDED}
    found |= {"teilw.": Value.PARTIALLY, "partly": Value.PARTIALLY, "partial": Value.PARTIALLY}
    for language in ("en", "de"):
        with override(language):
            found |= {str(label).casefold(): str(value) for value, label in Value.choices}
    return found | {str(value): str(value) for value in Value.values} | {"not needed": Value.NOT_NEEDED}


def plan_answers(actor: Actor, check: Check, sheet: Sheet) -> CheckPlan:
    """What the file would change. Raises Denied for who may not answer, Invalid where the columns make no sense."""
    if not (actor.may(actions.give.name, check) or actor.may(f"{Answer.kind}.import", check)):
        raise Denied(_("You hold no right to answer this check."))
    columns = guess_columns(sheet.header)
    if missing := [str(COLUMNS[key]) for key in ("identifier", "answer") if key not in columns]:
        told = _("No column for: %(fields)s. Name them in the first row.") % {"fields": ", ".join(missing)}
        raise Invalid({"columns": [told]})
    findings = [
        Finding("warning", None, title, _("This column is none of a check's; it was left out."))
        for index, title in enumerate(sheet.header)
        if title and index not in columns.values()
    ]
    findings += [
        Finding("warning" if found.is_warning else "error", found.row, found.place, cell_words(found))
        for found in sheet.findings
        if found.column - 1 in columns.values()
    ]
    answers = _answers(check)
    plan = CheckPlan(check, [], findings)
    reader = _Reader(columns, answers, check.has_maturity, plan)
    for number, cells in sheet.numbered_rows():
        reader.take(number, cells)
    reader.settle()
    named = {row.answer.pk for row in plan.rows}
    if left := len({answer.pk for answer in answers.values()} - named):
        message = ngettext(
            "%(count)d requirement is not in the file; its answer stays as it is.",
            "%(count)d requirements are not in the file; their answers stay as they are.",
            left,
        )
        findings.append(Finding("info", None, "", message % {"count": left}))
    return plan


def _answers(check: Check) -> dict[str, Answer]:
    """By printed identifier and by stored one."""
    found_rows = Answer.objects.filter(round=check, withdrawn_on=None).select_related("requirement")
    found_rows = found_rows.order_by("requirement__position").defer("requirement__text", "requirement__guidance")
    rows: list[Answer] = list(found_rows)
    Answer.before_check(rows)
    found: dict[str, Answer] = {}
    for row in rows:
        row.round = check
        found[row.requirement.identifier] = found[row.requirement.ref] = row
    return found


class _Reader:
    """Takes the rows of a sheet one by one; statements belong to the requirement they name."""

    def __init__(
        self, columns: Mapping[str, int], answers: Mapping[str, Answer], has_maturity: bool, plan: CheckPlan
    ) -> None:
        self.columns, self.answers, self.has_maturity, self.plan = columns, answers, has_maturity, plan
        self.words = _words()
        self.planned: dict[Any, PlannedAnswer] = {}
        self.statements: dict[Any, dict[str, rules.Value]] = {}
        self.values: dict[Any, rules.Value] = {}

    def cell(self, cells: Sequence[Any], key: str) -> str:
        index = self.columns.get(key)
        value = cells[index] if index is not None and index < len(cells) else None
        if value is None:
            return ""
        return format(value, "f") if isinstance(value, Decimal) else str(value).strip()

    def take(self, number: int, cells: Sequence[Any]) -> None:
        name = self.cell(cells, "identifier")
        if not any(self.cell(cells, key) for key in ("identifier", "statement", "answer", *TEXTS)):
            return
        answer = self.answers.get(name) or self.answers.get(name.split(" ", 1)[0])
        if answer is None:
            message = _("%(name)s is not asked by this check.") % {"name": name[:80] or _("An empty identifier")}
            self.plan.findings.append(Finding("error", number, str(COLUMNS["identifier"]), message))
            return
        row = self.planned.get(answer.pk)
        if row is None:
            row = self.planned[answer.pk] = PlannedAnswer(number, answer)
            self.plan.rows.append(row)
        value = self.words.get(" ".join(self.cell(cells, "answer").casefold().split()))
        if value is None:
            message = _("“%(word)s” is no answer. Write yes, partially, no, not needed, or leave it empty.")
            row.refuse(number, str(COLUMNS["answer"]), message % {"word": self.cell(cells, "answer")[:40]})
            return
        if statement := self.cell(cells, "statement"):
            self._take_statement(row, number, statement, rules.Value(value))
        elif answer.pk in self.values:
            told = _("%(name)s stands in row %(row)d already.") % {"name": name, "row": row.number}
            row.refuse(number, str(COLUMNS["identifier"]), told)
        else:
            row.number = number
            self.values[answer.pk] = rules.Value(value)
            self._take_rest(row, number, cells)

    def _take_statement(self, row: PlannedAnswer, number: int, statement: str, value: rules.Value) -> None:
        if statement not in (row.answer.__dict__.get("_verbs") or {}):
            told = _("%(requirement)s has no statement %(number)s.")
            row.refuse(number, str(COLUMNS["statement"]), told % {"requirement": row.ref, "number": statement[:60]})
            return
        if value is not rules.Value.OPEN:
            self.statements.setdefault(row.answer.pk, {})[statement] = value

    def _take_rest(self, row: PlannedAnswer, number: int, cells: Sequence[Any]) -> None:
        now = row.answer.given
        maturity = now.maturity
        if self.has_maturity and "maturity" in self.columns:
            text = self.cell(cells, "maturity")
            if text and text not in {str(step) for step in range(rules.MOST_MATURE + 1)}:
                row.refuse(number, str(COLUMNS["maturity"]), _("A maturity is a whole number from 0 to 5."))
                return
            maturity = int(text) if text else None
        texts = {key: self.cell(cells, key) if key in self.columns else getattr(now, key) for key in TEXTS}
        for key, text in texts.items():
            if len(text) > LONGEST[key]:
                told = _("Longer than %(count)d characters. Shorten it.") % {"count": LONGEST[key]}
                row.refuse(number, str(COLUMNS[key]), told)
            try:
                require_plain(**{key: text})
            except ActError as error:
                row.refuse(number, str(COLUMNS[key]), str(error))
        row.stamp = self.cell(cells, "stamp")
        row.given = rules.Given(rules.Value.OPEN, {}, maturity, **texts)

    def settle(self) -> None:
        """Say of each requirement what the file does to it."""
        for row in self.plan.rows:
            if row.outcome == "refused":
                continue
            now = row.answer.given
            statements = self.statements.get(row.answer.pk, {})
            value = self.values.get(row.answer.pk, now.value)
            verbs = row.answer.__dict__.get("_verbs") or {}
            if statements:
                together = rules.whole([statements.get(number, rules.Value.OPEN) for number in verbs])
                if value not in (now.value, together) and statements == now.statements:
                    statements = {}  # the whole was answered anew, and speaks for its statements
                elif value not in (now.value, together):
                    told = _("The answer does not fit those to its statements. Leave it empty, or empty theirs.")
                    row.refuse(row.number, str(COLUMNS["answer"]), told)
                    continue
                else:
                    value = together
            base = row.given or now
            row.given = rules.Given(value, statements, base.maturity, base.justification, base.remark, base.asked)
            outcome = rules.clash(row.stamp, row.given, now)
            row.outcome = {
                rules.Clash.SAME: "unchanged",
                rules.Clash.TAKE: "changed",
                rules.Clash.KEEP: "kept",
                rules.Clash.CONFLICT: "conflict",
            }[outcome]


def store(plan: CheckPlan, actor: Actor, take: Collection[str] = ()) -> int:
    """Carry the plan out as one act; `take` names the conflicts (by printed identifier) in which the file wins. Raises
    Invalid where anything is refused. Returns how many answers were changed."""
    if plan.is_refused:
        raise Invalid({"": [_("Nothing was stored: some rows are refused. Mend them and try again.")]})
    chosen = [row for row in plan.rows if row.outcome == "changed" or (row.outcome == "conflict" and row.ref in take)]
    told = [
        (
            row.answer,
            {k: str(v) for k, v in g.statements.items()},
            str(g.value),
            g.maturity,
            g.justification,
            g.remark,
            g.asked,
        )
        for row in chosen
        if (g := row.given) is not None
    ]
    actions.give_many(told, actor=actor)
    return len(told)
