"""The chapters after IT-Grundschutz: elementary threats, damage scenarios, security management."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ringwall.catalogues.knowledge import read
from ringwall.catalogues.models import Statement
from ringwall.catalogues.passages import Chapter, Entry, Part, Section, requirement_refs, told
from ringwall.catalogues.wording import value_name

CORE_VALUES = {"C": "Confidentiality", "I": "Integrity", "A": "Availability"}


def threats() -> Chapter:
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
        count,
        [Section("all", "", entries=entries)],
        source=_("identifiers, titles and core values after IT-Grundschutz, BSI-Standard 200-3"),
        filter_label=_("Core value"),
        filters={value: value_name(name) for value, name in CORE_VALUES.items()},
    )


def damage() -> Chapter:
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
        count,
        [Section("all", "", entries=entries)],
        intro=_("The bounds are a starting point: set your own, above all the amounts of money."),
        source=_("after BSI-Standard 200-2"),
    )


def isms1() -> Chapter:
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
        Part("", [told(module["application"]), told(module["purpose"])]),
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
    return Chapter("isms1", count, sections, source=source)
