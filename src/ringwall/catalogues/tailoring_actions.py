"""What may be done with profiles: choose requirements, set values of parameters, add requirements of one's own."""

import re
from importlib import import_module
from typing import Annotated, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, Profile, Requirement
from ringwall.kit.actions import action, record_actions
from ringwall.kit.errors import Invalid
from ringwall.kit.fields import ReferenceField
from ringwall.kit.texts import forbid_control_characters

FIELDS = ("ref", "title", "description", "catalogues", "unit", "owner", "restricted")
acts = record_actions(Profile, FIELDS)

UNCHOOSABLE = (Requirement.Kind.GROUP, Requirement.Kind.THREAT)
LONGEST = 2000
Short = Annotated[str, Field(max_length=LONGEST)]


class NamesField(forms.JSONField):
    """A list of identifiers."""

    spoken_type = Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=20_000)]

    def clean(self, value: Any) -> list[str]:
        found = super().clean(value) or []
        if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
            raise ValidationError(_("Give a list of identifiers."))
        return list(dict.fromkeys(found))


class TextsField(forms.JSONField):
    """Identifier → a text, or a list of texts where `many`. Blank texts are left out."""

    def __init__(self, *, many: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.many = many
        self.spoken_type = dict[str, list[Short]] if many else dict[str, Short]

    def clean(self, value: Any) -> dict[str, Any]:
        found = super().clean(value) or {}
        if not isinstance(found, dict):
            raise ValidationError(_("Give a text for each identifier."))
        cleaned = {}
        for name, given in found.items():
            texts = given if isinstance(given, list) and self.many else [given]
            if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts):
                raise ValidationError(_("Give a text for each identifier."))
            for text in texts:
                forbid_control_characters(text)
            lines = [line for text in texts if (line := " ".join(text.split()))]
            cleaned[name] = lines if self.many else "".join(lines[:1])
        return cleaned


def choosable(catalogue: Catalogue) -> list[str]:
    """Identifiers of all requirements in force that a profile may take from the catalogue, in its order."""
    rows = Requirement.objects.filter(catalogue=catalogue, is_withdrawn=False).exclude(category__in=UNCHOOSABLE)
    return list(rows.order_by("position").values_list("identifier", flat=True))


def _never(profile: Profile) -> bool:
    """These acts have pages of their own; a record page offers none of them as a plain form."""
    return False


@action(
    "profile.choose",
    label=_("Choose requirements"),
    icon="list-checks",
    applies=_never,
    fields={
        "catalogue": ReferenceField(Catalogue, label=_("catalogue")),
        "within": NamesField(label=_("of which"), required=False),
        "chosen": NamesField(label=_("chosen"), required=False),
        "reasons": TextsField(label=_("reasons"), required=False),
    },
)
def choose(
    profile: Profile,
    *,
    actor: Actor,
    catalogue: Catalogue,
    within: list[str],
    chosen: list[str],
    reasons: dict[str, str],
) -> Profile:
    """Of the requirements `within` (all of the catalogue where empty) take those that are `chosen`; `reasons` says of
    others why they are left out. What stands outside `within` stays as it is."""
    if catalogue not in profile.catalogues.all():
        raise Invalid({"catalogue": [_("The profile does not take from this catalogue.")]})
    every = choosable(catalogue)
    known = set(every)
    if unknown := [name for name in (*within, *chosen, *reasons) if name not in known]:
        raise Invalid({"chosen": [_("%(name)s is no requirement in force there.") % {"name": unknown[0][:80]}]})
    asked = set(within) or known
    taken = set(profile.chosen_of(catalogue, every)) - asked | (set(chosen) & asked)
    why = {name: text for name, text in profile.reasons_of(catalogue).items() if name not in asked}
    why |= {name: text for name, text in reasons.items() if text and name in asked}
    stored = profile.choices.get(str(catalogue.pk), {})
    choice: dict[str, Any] = {
        "chosen": [name for name in every if name in taken],
        "reasons": {name: why[name] for name in every if name in why and name not in taken},
    }
    new = [name for name in stored.get("new", ()) if name not in asked]
    moved = {name: to for name, to in stored.get("moved", {}).items() if name not in taken}
    choice |= {key: kept for key, kept in (("new", new), ("moved", moved)) if kept}
    profile.choices = profile.choices | {str(catalogue.pk): choice}
    profile.save()
    return profile


@action(
    "profile.set_values",
    label=_("Set values"),
    icon="sliders-horizontal",
    applies=_never,
    fields={"values": TextsField(label=_("values"), many=True)},
)
def set_values(profile: Profile, *, actor: Actor, values: dict[str, list[str]]) -> Profile:
    """Give parameters the organisation's own values; an empty list takes a value back."""
    known: set[str] = import_module("ringwall.catalogues.tailoring").parameters_of(profile)
    if unknown := [name for name in values if name not in known]:
        raise Invalid(
            {"values": [_("No catalogue of the profile has a parameter %(name)s.") % {"name": unknown[0][:80]}]}
        )
    kept = profile.values | {name: list(texts) for name, texts in values.items()}
    profile.values = {name: texts for name, texts in kept.items() if texts}
    profile.save()
    return profile


_TOKEN = re.compile(r"[^\W\d][\w.\-]*")


@action(
    "profile.add",
    label=_("Add requirement"),
    icon="plus",
    applies=_never,
    help_text=_("A requirement that no catalogue holds. With the identifier of one added before, it takes its place."),
    fields={
        "identifier": forms.CharField(
            label=_("identifier"),
            max_length=60,
            help_text=_("Begins with a letter, such as OWN-1."),
            validators=[forbid_control_characters],
        ),
        "title": forms.CharField(label=_("title"), max_length=200, validators=[forbid_control_characters]),
    },
)
def add(
    profile: Profile,
    *,
    actor: Actor,
    identifier: str,
    title: str,
    text: Annotated[str, _("text")] = "",
    guidance: Annotated[str, _("guidance")] = "",
) -> Profile:
    if not _TOKEN.fullmatch(identifier):
        raise Invalid({"identifier": [_("Use a letter first, then letters, digits, dots and hyphens.")]})
    if Requirement.objects.filter(catalogue__in=profile.catalogues.all(), identifier=identifier).exists():
        raise Invalid({"identifier": [_("A catalogue of the profile has this identifier already.")]})
    made = {"identifier": identifier, "title": title, "text": text, "guidance": guidance}
    rest = [one for one in profile.additions if one["identifier"] != identifier]
    profile.additions = sorted([*rest, made], key=lambda one: one["identifier"])
    profile.save()
    return profile


@action("profile.drop", label=_("Remove requirement"), icon="x", applies=_never, is_danger=True)
def drop(profile: Profile, *, actor: Actor, identifier: Annotated[str, _("identifier")]) -> Profile:
    """Take a requirement of one's own out again."""
    rest = [one for one in profile.additions if one["identifier"] != identifier.strip()]
    if len(rest) == len(profile.additions):
        raise Invalid({"identifier": [_("The profile has no requirement of its own with this identifier.")]})
    profile.additions = rest
    profile.save()
    return profile
