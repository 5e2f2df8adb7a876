"""The chapters after ISO/IEC 27003:2010 and on the family of standards: steps, roles, standards, cycle."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ringwall.catalogues.knowledge import read, spoken
from ringwall.catalogues.passages import Chapter, Entry, Part, Ref, Section, requirement_refs, told


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
                    Part(
                        _("Comes after"),
                        style="refs",
                        refs=steps(sorted({*step["prerequisites"], *step["schedule_after"]})),
                    ),
                    Part(
                        _("Asked for by ISO/IEC 27001:2022"), style="refs", refs=requirement_refs(step["clause_2022"])
                    ),
                )
                if part.lines or part.refs
            ],
        )
        for step in guide["steps"]
    ]


def steps() -> Chapter:
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
    return Chapter("steps", count, sections, source=told(guide["label"]))


def roles() -> Chapter:
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
    return Chapter("roles", count, sections)


def standards() -> Chapter:
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
    return Chapter("standards", count, sections, intro=told(family["introduction"]))


def cycle() -> Chapter:
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
        Section("cycles", _("Two cycles"), entries=cycles),
        Section("phases", _("What happens in each part"), entries=phases),
    ]
    count = ngettext("%(count)d part", "%(count)d parts", len(phases)) % {"count": len(phases)}
    return Chapter("cycle", count, sections, intro=told(file["introduction"]))
