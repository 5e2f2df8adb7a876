"""Profiles move along when a catalogue has a new edition: what one takes, what it leaves out and why, and its values of
parameters.

Where the new requirement stands in the place of the old one (`Carriage.replaces`), the profile takes it instead of the
old one, so that at every moment each stands in it once. Along a mapping it takes the new one besides. What the new
edition demands and nobody carried waits in the profile as new: somebody decides it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover.rules import LEFT_OUT, NOT_TAKEN
from ringwall.catalogues.models import Catalogue, Profile, ProfileCatalogue, Requirement
from ringwall.catalogues.tailoring_actions import UNCHOOSABLE, choosable, choose
from ringwall.kit import registry
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.registry import Attached, Carriage

Choice = dict[str, Any]


class ProfileCarrier:
    """A profile says yes to what it takes; of the rest it says that it is left out, with or without a reason."""

    label = gettext_lazy("Profiles")
    is_decision = False

    def told(self, answer: str) -> Any:
        return _("leaves it out") if answer in (LEFT_OUT, NOT_TAKEN) else _("takes it")

    def attached(self, actor: Actor, requirements: Iterable[UUID]) -> Sequence[Attached]:
        rows = Requirement.objects.filter(pk__in=list(requirements), is_withdrawn=False).exclude(
            category__in=UNCHOOSABLE
        )
        by_catalogue: defaultdict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
        for pk, catalogue, identifier in rows.order_by("position").values_list("pk", "catalogue_id", "identifier"):
            by_catalogue[catalogue].append((pk, identifier))
        links = ProfileCatalogue.objects.filter(catalogue_id__in=by_catalogue).values_list("profile_id", "catalogue_id")
        takes: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for profile_id, catalogue_id in links:
            takes[profile_id].append(catalogue_id)
        seen = Profile.objects.visible_to(actor).present().filter(pk__in=takes).order_by("ref_key")
        base = f"/{actor.organisation.code}/profiles/"
        return [
            Attached(
                profile.pk,
                pk,
                profile.pk,
                profile.ref,
                profile.title,
                f"{base}{profile.ref}/",
                *_said(profile.choices.get(str(catalogue)), identifier),
            )
            for profile in seen
            for catalogue in takes[profile.pk]
            for pk, identifier in by_catalogue[catalogue]
        ]

    def carry(self, carriages: Sequence[Carriage], *, actor: Actor) -> list[dict[str, Any]]:
        """{"sources": those in whose place it stands, each with its catalogue, whether it was taken, and why not;
        "values": values given to parameters of other names}, {} where nothing was written."""
        profiles, possible = _profiles({one.place for one in carriages}, actor), cache(choosable)
        names = _identifiers({source.requirement for one in carriages for source in one.sources})
        parameters = cache(_parameters)
        done = [_taken(profiles[one.place], one, names, possible, parameters) for one in carriages]
        current_act().save_many(list(profiles.values()))
        return done

    def undo(self, carriages: Sequence[tuple[Carriage, dict[str, Any]]], *, actor: Actor) -> list[bool]:
        profiles, possible = _profiles({one.place for one, _done in carriages}, actor), cache(choosable)
        undone = [_given_back(profiles[one.place], one, done, possible) for one, done in carriages]
        current_act().save_many(list(profiles.values()))
        return undone


def _said(choice: Choice | None, identifier: str) -> tuple[str, Any]:
    """(answer, in words); the answer is empty where nobody decided it, or where another one took its place."""
    if choice is None or identifier in choice["chosen"]:
        return "yes", _("taken")
    if identifier in choice.get("moved", {}):
        return "", _("carried over")
    if identifier in choice.get("new", ()):
        return "", _("not decided")
    why = choice["reasons"].get(identifier, "")
    return (LEFT_OUT, _("left out: %(why)s") % {"why": why}) if why else (NOT_TAKEN, _("left out"))


def _profiles(keys: set[UUID], actor: Actor) -> dict[UUID, Profile]:
    """Locked, with their catalogues. Raises Denied for one from which the actor may not choose."""
    rows = Profile.objects.select_for_update().filter(pk__in=keys)
    for row in rows:
        if not actor.may(choose.name, row):
            raise Denied(_("You hold no right to edit %(profile)s.") % {"profile": row})
        row.choices = deepcopy(row.choices)  # what was stored stays as it was, to be held against
    return {row.pk: row for row in rows}


def _identifiers(keys: set[UUID]) -> dict[UUID, tuple[Catalogue, str]]:
    rows = Requirement.objects.filter(pk__in=keys).select_related("catalogue").only("identifier", "catalogue")
    return {row.pk: (row.catalogue, row.identifier) for row in rows}


Possible = Callable[[Catalogue], list[str]]


def _taken(
    profile: Profile,
    one: Carriage,
    names: Mapping[UUID, tuple[Catalogue, str]],
    possible: Possible,
    parameters: Callable[[Catalogue], Mapping[str, Sequence[Any]]],
) -> dict[str, Any]:
    """The target decided in the profile, and its sources taken out where it stands in their place."""
    catalogue, name = one.target.catalogue, one.target.identifier
    choice = _choice(profile, catalogue, possible)
    if choice is None:  # takes it whole
        return {}
    if name not in choice["new"]:
        raise Refused(_("%(row)s is decided already; that decision stays.") % {"row": f"{profile.ref} {name}"})
    found = [names[source.requirement] for source in one.sources]
    reasons, sources = [], []
    for source, identifier in found if one.replaces else ():
        old = _explicit(profile, source, possible)
        is_chosen, why = identifier in old["chosen"], old["reasons"].pop(identifier, "")
        old["chosen"] = [other for other in old["chosen"] if other != identifier]
        old.setdefault("moved", {})[identifier] = name
        reasons.append(why)
        sources.append([str(source.pk), identifier, is_chosen, why])
    choice["new"].remove(name)
    if one.answer in (LEFT_OUT, NOT_TAKEN):
        if why := "; ".join(dict.fromkeys(filter(None, reasons))):
            choice["reasons"][name] = why
        return {"sources": sources}
    taken = {*choice["chosen"], name}
    choice["chosen"] = [other for other in possible(catalogue) if other in taken]
    values = _values(profile, found, catalogue, name, parameters) if profile.values else {}
    profile.values = profile.values | values
    return {"sources": sources, "values": values}


def _given_back(profile: Profile, one: Carriage, done: Mapping[str, Any], possible: Possible) -> bool:
    """As it was before; False where somebody decided anew since, or chose again from the old one."""
    if not done:
        return True
    catalogue, name = one.target.catalogue, one.target.identifier
    choice = profile.choices.get(str(catalogue.pk))
    is_chosen = choice is not None and name in choice["chosen"]
    sources = done["sources"]
    why = "; ".join(dict.fromkeys(filter(None, (source[3] for source in sources))))
    if (
        choice is None
        or is_chosen is (one.answer in (LEFT_OUT, NOT_TAKEN))
        or name in choice.get("new", ())
        or choice["reasons"].get(name, "") != ("" if is_chosen else why)
        or any(profile.choices.get(at, {}).get("moved", {}).get(old) != name for at, old, _was, _why in sources)
    ):
        return False
    choice["chosen"] = [other for other in choice["chosen"] if other != name]
    choice["reasons"].pop(name, None)
    waiting = {*choice.get("new", ()), name}
    every = possible(catalogue)
    choice["new"] = [other for other in every if other in waiting]
    for at, old, was_chosen, reason in sources:
        _restored(profile, at, old, possible, is_chosen=was_chosen, why=reason)
    for parameter, texts in done.get("values", {}).items():
        if profile.values.get(parameter) == texts:
            profile.values = {key: kept for key, kept in profile.values.items() if key != parameter}
    if choice["new"] == every:  # as before the first was carried
        del profile.choices[str(catalogue.pk)]
        profile.set_links("catalogues", [row for row in _catalogues(profile) if row.pk != catalogue.pk])
    return True


def _choice(profile: Profile, catalogue: Catalogue, possible: Possible) -> Choice | None:
    """What it takes of the new catalogue, which becomes one of its own with all to be decided. None where it takes all
    of it."""
    key = str(catalogue.pk)
    if key not in profile.choices:
        linked = _catalogues(profile)
        if catalogue in linked:
            return None
        profile.choices[key] = {"chosen": [], "reasons": {}, "new": list(possible(catalogue))}
        profile.set_links("catalogues", [*linked, catalogue])
    choice: Choice = profile.choices[key]
    choice.setdefault("new", [])
    return choice


def _catalogues(profile: Profile) -> list[Catalogue]:
    """Those it will have from the next save on."""
    return list(profile.__dict__.get("_links", {}).get("catalogues", profile.catalogues.all()))


def _explicit(profile: Profile, catalogue: Catalogue, possible: Possible) -> Choice:
    """Its choice of the old catalogue, written out where it takes all of it."""
    key = str(catalogue.pk)
    if key not in profile.choices:
        profile.choices[key] = {"chosen": list(possible(catalogue)), "reasons": {}, "was_whole": True}
    choice: Choice = profile.choices[key]
    return choice


def _restored(profile: Profile, key: str, identifier: str, possible: Possible, *, is_chosen: bool, why: str) -> None:
    choice, catalogue = profile.choices[key], Catalogue.objects.get(pk=key)
    del choice["moved"][identifier]
    every, linked = possible(catalogue), _catalogues(profile)
    if catalogue not in linked:
        profile.set_links("catalogues", [*linked, catalogue])
    if is_chosen:
        taken = {*choice["chosen"], identifier}
        choice["chosen"] = [other for other in every if other in taken]
    elif why:
        choice["reasons"][identifier] = why
    if choice["moved"]:
        return
    del choice["moved"]
    if choice.pop("was_whole", False) and choice["chosen"] == every:
        del profile.choices[key]


def _values(
    profile: Profile,
    sources: Sequence[tuple[Catalogue, str]],
    catalogue: Catalogue,
    name: str,
    parameters: Callable[[Catalogue], Mapping[str, Sequence[Any]]],
) -> dict[str, list[str]]:
    """The values for those parameters of the new requirement that bear another name than in the old one: the ones with
    the same label. A parameter that kept its name keeps its value without doing."""
    targets = {one.label.casefold(): one.id for one in parameters(catalogue).get(name, ())}
    found = {}
    for source, identifier in sources:
        for one in parameters(source).get(identifier, ()):
            target = targets.get(one.label.casefold(), one.id)
            if one.id in profile.values and target not in profile.values and one.id not in targets.values():
                found[target] = list(profile.values[one.id])
    return found


def _parameters(catalogue: Catalogue) -> Mapping[str, Sequence[Any]]:
    found: Mapping[str, Sequence[Any]] = import_module("ringwall.catalogues.tailoring").parameters_by_requirement(
        catalogue
    )
    return found


registry.carriers[Profile.kind] = ProfileCarrier()
