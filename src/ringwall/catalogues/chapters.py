"""The knowledge that ships with the product as chapters to read. Each is made when it is first asked for in a language.

Titles, identifiers, levels and modal verbs are facts of the sources that a chapter names; the texts are our own.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from ringwall.catalogues import glossary
from ringwall.catalogues.builtin import ANNEX_A, CLAUSES
from ringwall.catalogues.knowledge import read, spoken
from ringwall.catalogues.models import Statement
from ringwall.catalogues.queries import quoted
from ringwall.catalogues.wording import value_name

CORE_VALUES = {"C": "Confidentiality", "I": "Integrity", "A": "Availability"}


@dataclass(frozen=True, slots=True)
class Ref:
    """A link: `path` relative to the organisation. One into a catalogue is shown without link to who may not see it."""

    label: str
    path: str
    title: str = ""
    note: str = ""
    is_requirement: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an entry under its own heading. `style` says how `lines` are set; `pairs` are (label, text), for
    statements (modal verb, its word, text).
    """

    heading: str
    lines: Sequence[str] = ()
    style: Literal["text", "points", "numbers", "refs", "chips", "pairs", "statements"] = "text"
    refs: Sequence[Ref] = ()
    pairs: Sequence[tuple[str, ...]] = ()

    @property
    def unheaded(self) -> "Part":
        """For a page that sets the heading itself."""
        return replace(self, heading="")


@dataclass(frozen=True, slots=True)
class Entry:
    """One step, role, threat, term and so on. `key` is its anchor, `path` its own page where it has one, `other` its
    title in the other language where it is told, `values` what the chapter can be filtered by.
    """

    key: str
    title: str
    ref: str = ""
    text: str = ""
    other: str = ""
    marks: Sequence[str] = ()
    parts: Sequence[Part] = ()
    path: str = ""
    values: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    text: str = ""
    entries: Sequence[Entry] = ()
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """`source`: after what it was written; `is_linked` False where linking terms would only lead round in a circle."""

    key: str
    title: str
    line: str
    count: str
    sections: Sequence[Section]
    intro: str = ""
    source: str = ""
    filter_label: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    is_linked: bool = True

    @property
    def entries(self) -> list[Entry]:
        return [entry for section in self.sections for entry in section.entries]

    def narrowed(self, value: str) -> "Chapter":
        """Only the entries that bear the value of the filter."""
        sections = [
            replace(section, entries=[entry for entry in section.entries if value in entry.values])
            for section in self.sections
        ]
        return replace(self, sections=[section for section in sections if section.entries])


def told(node: Mapping[str, Any] | None) -> Any:
    """The text or list of texts in the reader's language; where it lacks, in the other one."""
    if not node:
        return ""
    value = node.get(spoken()) or node.get("en") or node.get("de") or ""
    return [str(line) for line in value] if isinstance(value, list) else str(value).strip()


@cache
def _titles(language: str) -> dict[str, str]:
    """Identifier → title of the clauses and reference controls of ISO/IEC 27001:2022."""
    column = "title_de" if language == "de" else "title"
    folder = files("ringwall.catalogues") / "knowledge"
    tables = [(folder / name).read_text(encoding="utf-8") for name in ("iso27001_clauses.csv", "iso27001_annex_a.csv")]
    return {row["id"]: row[column] for table in tables for row in csv.DictReader(io.StringIO(table))}


def requirement_refs(names: Iterable[str]) -> list[Ref]:
    """“6.1.3 a” leads to 6.1.3 of the built-in clauses, “A.5.9” to the built-in Annex A."""
    refs = []
    for name in map(str, names):
        identifier = name.partition(" ")[0]
        catalogue = ANNEX_A if identifier.startswith("A.") else CLAUSES
        title = _titles(spoken()).get(identifier, "")
        refs.append(Ref(name, f"catalogues/{catalogue}/{quoted(identifier)}/", title, is_requirement=True))
    return refs


def step_entries() -> list[Entry]:
    return _step_entries(spoken())


@cache
def _step_entries(_language: str) -> list[Entry]:
    """The 28 steps in their order, each with everything that its page tells."""
    guide = read("iso27003_steps.yaml")
    titles = {step["step"]: told(step["title"]) for step in guide["steps"]}

    def steps(numbers: Iterable[int]) -> list[Ref]:
        return [Ref(str(number), f"knowledge/steps/{number}/", titles[number]) for number in numbers]

    return [
        Entry(
            key=f"step-{step['step']}",
            title=titles[step["step"]],
            ref=str(step["step"]),
            text=told(step["purpose"]),
            marks=[_("Decision of management")] if step["decision_point"] else [],
            path=f"knowledge/steps/{step['step']}/",
            values=[step["phase"], step["clause"]],
            parts=[
                part
                for part in (
                    Part(_("What you need"), told(step["inputs"]), "points"),
                    Part(_("How to do it"), told(step["how"]), "numbers"),
                    Part(_("What lies on the table in the end"), told(step["deliverables"]), "points"),
                    Part(_("Comes after"), style="refs", refs=steps([*step["prerequisites"], *step["schedule_after"]])),
                    Part(
                        _("Asked for by ISO/IEC 27001:2022"), style="refs", refs=requirement_refs(step["clause_2022"])
                    ),
                )
                if part.lines or part.refs
            ],
        )
        for step in guide["steps"]
    ]


def _steps() -> Chapter:
    guide = read("iso27003_steps.yaml")
    entries = step_entries()
    sections = [
        Section(
            f"phase-{phase['clause']}",
            told(phase["title"]),
            told(phase["goal"]),
            [replace(entry, parts=()) for entry in entries if entry.values[0] == phase["clause"]],
        )
        for phase in guide["phases"]
    ]
    count = ngettext("%(count)d step", "%(count)d steps", len(entries)) % {"count": len(entries)}
    return Chapter("steps", "", "", count, sections, source=told(guide["label"]))


def _roles() -> Chapter:
    roles = read("roles.yaml")["roles"]
    titles = {role["key"]: told(role["title"]) for role in roles}
    conflicts: dict[str, list[Ref]] = {role["key"]: [] for role in roles}
    for role in roles:
        for conflict in role["conflicts_with"]:
            # Stated at one of the two, told at both.
            for one, other in ((role["key"], conflict["role"]), (conflict["role"], role["key"])):
                path = f"knowledge/roles/#{other}"
                conflicts[one].append(Ref("", path, titles[other], told(conflict["reason"])))
    entries = {
        role["key"]: Entry(
            key=role["key"],
            title=titles[role["key"]],
            parts=[
                Part(_("Tasks"), told(role["tasks"]), "points"),
                Part(_("Competences"), told(role["competences"]), "points"),
                Part(_("Authority"), [told(role["authority"])]),
                *([Part(_("Does not go with"), style="refs", refs=found)] if (found := conflicts[role["key"]]) else []),
            ],
        )
        for role in roles
    }
    named = [entries[role["key"]] for role in roles if role["annex_b"]]
    others = [entries[role["key"]] for role in roles if not role["annex_b"]]
    sections = [
        Section("annex-b", _("Named in annex B of ISO/IEC 27003:2010"), entries=named),
        Section("daily", _("Needed besides in daily operation"), entries=others),
    ]
    count = ngettext("%(count)d role", "%(count)d roles", len(entries)) % {"count": len(entries)}
    return Chapter("roles", "", "", count, sections)


def _threats() -> Chapter:
    entries = [
        Entry(
            key=threat["id"].replace(" ", ""),
            title=told(threat["title"]),
            ref=threat["id"],
            text=told(threat["text"]),
            marks=[value_name(CORE_VALUES[value]) for value in threat["core_values"]],
            values=threat["core_values"],
        )
        for threat in read("elementary_threats.yaml")["threats"]
    ]
    count = ngettext("%(count)d threat", "%(count)d threats", len(entries)) % {"count": len(entries)}
    return Chapter(
        "threats",
        "",
        "",
        count,
        [Section("all", "", entries=entries)],
        source=_("identifiers, titles and core values after IT-Grundschutz, BSI-Standard 200-3"),
        filter_label=_("Core value"),
        filters={value: value_name(name) for value, name in CORE_VALUES.items()},
    )


def _damage() -> Chapter:
    needs = {
        "normal": pgettext("protection need", "normal"),
        "high": pgettext("protection need", "high"),
        "very_high": pgettext("protection need", "very high"),
    }
    entries = [
        Entry(
            key=scenario["key"].replace("_", "-"),
            title=told(scenario["title"]),
            parts=[
                Part(_("Questions to ask"), told(scenario["questions"]), "points"),
                Part(
                    _("Which protection need follows"),
                    style="pairs",
                    pairs=[(needs[need], told(text)) for need, text in scenario["bounds"].items()],
                ),
            ],
        )
        for scenario in read("damage_scenarios.yaml")["scenarios"]
    ]
    count = ngettext("%(count)d scenario", "%(count)d scenarios", len(entries)) % {"count": len(entries)}
    return Chapter(
        "damage-scenarios",
        "",
        "",
        count,
        [Section("all", "", entries=entries)],
        intro=_("The bounds are a starting point: set your own, above all the amounts of money."),
        source=_("after BSI-Standard 200-2"),
    )


def _isms1() -> Chapter:
    file = read("isms1.yaml")
    module, verbs = file["module"], dict(Statement.Verb.choices)
    roles = {key: told(title) for key, title in module["roles"].items()}
    threats = [
        Entry(threat["id"], told(threat["title"]), threat["id"], told(threat["text"])) for threat in file["threats"]
    ]
    requirements = [
        Entry(
            key=requirement["identifier"],
            title=told(requirement["title"]),
            ref=requirement["identifier"],
            marks=[roles[role] for role in requirement["roles"] or [module["responsible"]]],
            values=[requirement["level"]],
            parts=[
                Part(
                    "",
                    style="statements",
                    pairs=[(s["verb"], str(verbs[s["verb"]]), told(s)) for s in requirement["statements"]],
                ),
                Part(
                    _("Comparable in ISO/IEC 27001:2022"), style="chips", refs=requirement_refs(requirement["iso27001"])
                ),
            ],
        )
        for requirement in file["requirements"]
    ]
    about = [
        Part("", [told(module["purpose"]), told(module["application"])]),
        Part(
            "",
            style="pairs",
            pairs=[
                (_("Responsible"), roles[module["responsible"]]),
                (_("Further roles"), ", ".join(roles[role] for role in module["further_roles"])),
                (_("Target object"), told(module["target_object"])),
            ],
        ),
    ]
    levels = {
        "basic": _("Basic requirements"),
        "standard": _("Standard requirements"),
        "elevated": _("Requirements for elevated protection need"),
    }
    withdrawn = {level: [one["identifier"] for one in file["withdrawn"] if one["level"] == level] for level in levels}
    sections = [
        Section("about", _("What it is about"), parts=about),
        Section("threats", _("What threatens"), entries=threats),
        *(
            Section(
                level,
                title,
                _("Withdrawn: %(identifiers)s.") % {"identifiers": ", ".join(withdrawn[level])}
                if withdrawn[level]
                else "",
                [entry for entry in requirements if entry.values == [level]],
            )
            for level, title in levels.items()
        ),
        Section(
            "references",
            _("Read on"),
            parts=[
                Part(
                    _("Sources"), style="pairs", pairs=[(r["source"], told(r["about"])) for r in module["references"]]
                ),
                Part(
                    _("Related modules"),
                    style="pairs",
                    pairs=[(r["module"], told(r["about"])) for r in module["related_modules"]],
                ),
            ],
        ),
    ]
    count = ngettext("%(count)d requirement", "%(count)d requirements", len(requirements)) % {
        "count": len(requirements)
    }
    source = _("after module ISMS.1 of the IT-Grundschutz-Kompendium 2023")
    return Chapter("isms1", "", "", count, sections, source=source)


def _standards() -> Chapter:
    family = read("standards_family.yaml")
    kinds = {
        "vocabulary": _("Vocabulary"),
        "requirements": pgettext("standards", "Requirements"),
        "guidance": pgettext("standards", "Guidance"),
        "sector": _("For single sectors"),
        "withdrawn": pgettext("standards", "Withdrawn"),
    }

    def anchor(number: str) -> str:
        return number.lower().replace("/", "-").replace(" ", "-")

    titles = {standard["number"]: told(standard["title"]) for standard in family["standards"]}
    in_order = [
        Ref(number, f"knowledge/standards/#{anchor(number)}", titles[number]) for number in family["reading_order"]
    ]
    entries = [
        Entry(
            key=anchor(standard["number"]),
            title=titles[standard["number"]],
            ref=":".join(str(part) for part in (standard["number"], standard.get("edition")) if part),
            text=told(standard["text"]),
            values=[standard["kind"]],
        )
        for standard in family["standards"]
    ]
    sections = [
        Section("reading-order", _("In which order to read"), parts=[Part("", style="refs", refs=in_order)]),
        *(Section(kind, title, entries=[e for e in entries if e.values == [kind]]) for kind, title in kinds.items()),
    ]
    count = ngettext("%(count)d standard", "%(count)d standards", len(entries)) % {"count": len(entries)}
    return Chapter("standards", "", "", count, sections, intro=told(family["introduction"]))


def _cycle() -> Chapter:
    file = read("cycle.yaml")
    titles = {phase["key"]: told(phase["title"]) for phase in file["phases"]}
    phases = [
        Entry(
            key=phase["key"],
            title=titles[phase["key"]],
            text=told(phase["text"]),
            marks=phase["cycle"],
            parts=[
                Part(_("What comes out of it"), told(phase["results"]), "points"),
                Part(_("Clauses of ISO/IEC 27001:2022"), style="refs", refs=requirement_refs(phase["clauses"])),
            ],
        )
        for phase in file["phases"]
    ]
    cycles = [
        Entry(
            key=cycle["key"],
            title=told(cycle["title"]),
            ref=cycle["key"],
            text=told(cycle["text"]),
            parts=[
                Part(
                    "",
                    style="chips",
                    refs=[Ref(titles[key], f"knowledge/cycle/#{key}") for key in cycle["order"]],
                )
            ],
        )
        for cycle in file["cycles"]
    ]
    sections = [
        Section("cycles", _("Two ways to turn"), entries=cycles),
        Section("phases", _("What happens in each part"), entries=phases),
    ]
    count = ngettext("%(count)d part", "%(count)d parts", len(phases)) % {"count": len(phases)}
    return Chapter("cycle", "", "", count, sections, intro=told(file["introduction"]))


def _glossary() -> Chapter:
    words = glossary.words(spoken())
    terms = {word.key: word.term for word in words}
    entries = [
        (
            word.sort_key[:1].upper(),
            Entry(
                key=word.key,
                title=word.term,
                text=word.explanation,
                other=word.other,
                marks=[_("%(word)s in IT-Grundschutz") % {"word": word.of_bsi}] if word.of_bsi else [],
                parts=[
                    Part(
                        _("See also"),
                        style="chips",
                        refs=[Ref(terms[key], f"{glossary.PATH}#{key}") for key in word.see if key in terms],
                    )
                ],
            ),
        )
        for word in words
    ]
    sections = [
        Section(f"letter-{letter.lower()}", letter, entries=[entry for _letter, entry in found])
        for letter, found in groupby(entries, key=lambda pair: pair[0])
    ]
    count = ngettext("%(count)d term", "%(count)d terms", len(words)) % {"count": len(words)}
    return Chapter("glossary", "", "", count, sections, is_linked=False)


Maker = Callable[[], Chapter]
CHAPTERS: Mapping[str, tuple[Any, Any, Maker]] = {
    "cycle": (
        gettext_lazy("PDCA and OPDCA"),
        gettext_lazy("How an ISMS turns: what to do in which part of the cycle."),
        _cycle,
    ),
    "steps": (
        gettext_lazy("Steps to an ISMS"),
        gettext_lazy("From the first talk with management to the plan that can be carried out."),
        _steps,
    ),
    "roles": (
        gettext_lazy("Roles"),
        gettext_lazy("Who does what, what they must know and may decide, and what one person should not do together."),
        _roles,
    ),
    "threats": (
        gettext_lazy("Elementary threats"),
        gettext_lazy("What can happen to information at all, from fire to sabotage."),
        _threats,
    ),
    "damage-scenarios": (
        gettext_lazy("Damage scenarios"),
        gettext_lazy("Questions by which you find out how much protection something needs."),
        _damage,
    ),
    "isms1": (
        gettext_lazy("Security management (ISMS.1)"),
        gettext_lazy("What IT-Grundschutz asks of those who steer security."),
        _isms1,
    ),
    "standards": (
        gettext_lazy("The family of standards"),
        gettext_lazy("Which part of ISO/IEC 27000 answers which question, and which to read first."),
        _standards,
    ),
    "glossary": (
        gettext_lazy("Glossary"),
        gettext_lazy("Each word of the product in a sentence or two, in English and German."),
        _glossary,
    ),
}
"""Key in the address → title, what it is good for, maker; in the order in which they are listed."""


def chapter(key: str) -> Chapter | None:
    """In the reader's language; None where there is no such chapter."""
    return _chapter(key, spoken()) if key in CHAPTERS else None


@cache
def _chapter(key: str, _language: str) -> Chapter:
    title, line, make = CHAPTERS[key]
    return replace(make(), title=str(title), line=str(line))


def titled(text: str, limit: int) -> list[Ref]:
    """Chapters and entries in whose title or identifier every word stands, those that begin like the text first."""
    words = text.casefold().split()[:6]
    if not words:
        return []
    whole = " ".join(words)
    hits = [(not name.startswith(whole), ref) for name, ref in _index(spoken()) if all(word in name for word in words)]
    return [ref for _later, ref in sorted(hits, key=lambda hit: hit[0])[:limit]]


@cache
def _index(_language: str) -> list[tuple[str, Ref]]:
    """(What to look in, the page with its anchor), in the order of the chapters."""
    found = []
    for key in CHAPTERS:
        if (one := chapter(key)) is None:
            continue
        found.append((one.title.casefold(), Ref("", f"knowledge/{key}/", one.title, one.line)))
        for entry in one.entries:
            path = entry.path or f"knowledge/{key}/#{entry.key}"
            found.append((f"{entry.title} {entry.ref}".casefold(), Ref(entry.ref, path, entry.title, one.title)))
    return found
