"""The world of the proof: two organisations, a person for every viewer, and in every register a record for every reason
not to see one. Records are filled from the declared input fields, so that a new register takes part by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeGuard

from allauth.mfa.models import Authenticator
from django import forms
from django.utils import timezone

from ringwall.access.models import Person, RoleAssignment, Unit, User
from ringwall.access.policy import Actor, system_actor
from ringwall.administration.setup import ensure_installation
from ringwall.catalogues.builtin import load_builtin
from ringwall.catalogues.models import Requirement
from ringwall.conftest import World, make_world
from ringwall.kit import registry
from ringwall.kit.errors import Invalid
from ringwall.kit.fields import ReferenceField, UnitField, choices_of
from ringwall.kit.records import Record
from ringwall.kit.register import Register
from ringwall.risk.criteria_actions import ensure_default_criteria
from ringwall.risk.models import CriteriaEdition
from ringwall.site.tests.proof.secrets import Secret, Secrets
from ringwall.site.tests.proof.viewers import members


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands, and so who sees it."""

    key: str
    unit: str = "root"
    restricted: bool = False
    owner: str = "guard"
    organisation: str = "demo"


PLACES = (
    Place("at the top"),
    Place("in production", unit="production"),
    Place("in sales", unit="sales"),
    Place("restricted", unit="sales", restricted=True),
    Place("elsewhere", organisation="other", owner="ana"),
)
OWNERS = ("risk-owner", "control-owner", "asset-owner")
"""Viewers who see what they own: one restricted record of each kind belongs to each of them."""


@dataclass
class ProofWorld:
    demo: World
    other: World
    secrets: Secrets = field(default_factory=Secrets)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Kind → place → record."""

    words: dict[Any, str] = field(default_factory=dict)
    """Id of a record → the canary in its texts."""

    attached: dict[str, dict[str, tuple[Any, Secret]]] = field(default_factory=dict)
    """What hangs on records or people (task, evidence, job …) → place → (row, secret)."""

    def record(self, kind: str, place: str) -> Any:
        return self.records[kind][place]

    def secret_of(self, record: Any) -> Secret:
        return self.secrets.words[str(record.pk)]

    def actor(self, organisation: str) -> Actor:
        """A program with every grant, which fills the registers."""
        world = self.demo if organisation == "demo" else self.other
        grants = {*registry.actions, *(f"{kind}.view" for kind in registry.registers), "restricted.view"}
        return system_actor(world.organisation, "proof", grants)


def build() -> ProofWorld:
    world = ProofWorld(make_world("demo"), make_world("other"))
    load_builtin(system_actor(ensure_installation(), "proof", ["catalogue.import"]))
    _people(world)
    _names_of_the_other_organisation(world)
    _criteria(world)
    for register in _in_order():
        world.records[register.kind] = {}
        for place in (
            *PLACES,
            *(Place(f"of {name}", unit="production", restricted=True, owner=name) for name in OWNERS),
        ):
            _make(world, register, place)
    return world


def _people(world: ProofWorld) -> None:
    units = {"root": world.demo.root, "production": world.demo.production, "sales": world.demo.sales}
    for name, role, unit in [*((v.name, v.role, v.unit) for v in members()), ("guard", None, "root")]:
        person = world.demo.people.get(name) or _person(world.demo, name, units[unit])
        world.demo.people[name] = person
        if role is not None:
            RoleAssignment(organisation=world.demo.organisation, person=person, role=role.key, unit=units[unit]).save()
    for each in (*world.demo.people.values(), *world.other.people.values()):
        Authenticator.objects.create(user=each.user, type=Authenticator.Type.TOTP, data={"secret": "unused"})


def _person(world: World, name: str, unit: Unit) -> Person:
    user = User(email=f"{name}@demo.example", name=name.capitalize())
    user.set_unusable_password()
    user.save()
    person = Person(organisation=world.organisation, unit=unit, name=name.capitalize(), email=user.email, user=user)
    person.save()
    return person


def _names_of_the_other_organisation(world: ProofWorld) -> None:
    """Units and people of the other organisation bear canaries, and their ids are secret."""
    elsewhere = Secret("a name of the other organisation", "other", people=frozenset(world.other.people))
    for unit in (world.other.production, world.other.sales):
        Unit.objects.filter(pk=unit.pk).update(name=world.secrets.word(elsewhere))
        world.secrets.add_id(unit.pk, elsewhere)
    for person in world.other.people.values():
        Person.objects.filter(pk=person.pk).update(name=f"{person.name} {world.secrets.word(elsewhere)}")
        world.secrets.add_id(person.pk, elsewhere)


def _criteria(world: ProofWorld) -> None:
    """Risk criteria in force in both organisations, so that risks can be assessed."""
    for organisation in ("demo", "other"):
        criteria = ensure_default_criteria(world.actor(organisation))
        CriteriaEdition(
            organisation_id=criteria.organisation_id,
            criteria=criteria,
            number=1,
            name=f"{criteria.ref}/1",
            content=criteria.content,
            approved_on=timezone.localdate(),
        ).save()


def _in_order() -> list[Register]:
    """Registers so that what a record must name is made before it."""
    left = dict(registry.registers)
    ordered: list[Register] = []
    while left:
        ready = [r for r in left.values() if not (_needed_kinds(r) & (left.keys() - {r.kind}))]
        assert ready, f"records of {sorted(left)} need one another"
        for register in ready:
            ordered.append(left.pop(register.kind))
    return ordered


def _needed_kinds(register: Register) -> set[str]:
    return {f.target.model.kind for f in register.inputs.fields.values() if _names_records(f)}


def _names_records(f: forms.Field) -> TypeGuard[ReferenceField]:
    return (
        isinstance(f, ReferenceField) and isinstance(f.target, object) and _is_record(getattr(f.target, "model", None))
    )


def _is_record(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Record)


def _make(world: ProofWorld, register: Register, place: Place) -> None:
    kind = register.kind
    word = world.secrets.word(Secret(f"{kind} {place.key}", place.organisation))
    values = SPECIAL.get(kind, _values)(world, register, place, word)
    actor = world.actor(place.organisation)
    optional = [name for name, f in register.inputs.fields.items() if not f.required]
    for _attempt in range(len(optional) + 1):
        try:
            record = register.acts.create.run(actor, values, reason=word)
            break
        except Invalid as error:
            doubtful = [name for name in error.errors if name in values and name in optional]
            assert doubtful, f"the proof cannot make a {kind} {place.key}: {error}; teach it in SPECIAL"
            values = {name: value for name, value in values.items() if name not in doubtful}
    record.refresh_from_db()
    world.records[kind][place.key] = record
    world.words[record.pk] = word
    world.secrets.words[word] = world.secrets.words[str(record.pk)] = _secret(register, place, record)


def _secret(register: Register, place: Place, record: Any) -> Secret:
    """Who sees it, from the four columns as they are stored. A row of a statement is seen with its whole scope or
    not.
    """
    columns = getattr(record, "scope", record) if register.kind == "soa_row" else record
    unit = place.unit if columns.unit.name in {"Production", "Sales"} else "root"
    owner = next((name for name in (place.owner,) if columns.owner_id and register.kind != "soa_row"), "")
    what = f"{register.kind} {place.key}"
    return Secret(what, place.organisation, (register.view_grant,), unit, columns.restricted, owner, kind=register.kind)


def values_of(world: ProofWorld, kind: str, place: str) -> dict[str, Any]:
    """The input of a valid record of this kind and place, but for its reference, which is left to the counter."""
    register = registry.registers[kind]
    found = SPECIAL.get(kind, _values)(world, register, next(p for p in PLACES if p.key == place), "a word")
    return {name: value for name, value in found.items() if name != "ref"}


def _values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    return {
        name: value
        for name, f in register.inputs.fields.items()
        if (value := _value(world, place, name, f, word)) is not None
    }


def _value(world: ProofWorld, place: Place, name: str, f: forms.Field, word: str) -> Any:
    here = world.demo if place.organisation == "demo" else world.other
    if name == "ref":
        return word.upper()
    if isinstance(f, UnitField):
        return str({"root": here.root, "production": here.production, "sales": here.sales}[place.unit].pk)
    if isinstance(f, ReferenceField):
        return _reference(world, place, name, f)
    if isinstance(f, forms.BooleanField):
        return place.restricted if name == "restricted" else False
    if isinstance(f, forms.ChoiceField):
        return next(value for value, _label in choices_of(f) if value not in ("", None))
    if isinstance(f, forms.DateField):
        return (timezone.localdate() + timedelta(days=30)).isoformat()
    if isinstance(f, forms.DecimalField | forms.IntegerField):
        low = f.min_value
        return max(1, 1 if low is None or callable(low) else int(low))
    if isinstance(f, forms.JSONField):
        return None
    return word if isinstance(f, forms.CharField) else None


def _reference(world: ProofWorld, place: Place, name: str, f: ReferenceField) -> Any:
    """People: the owner of the place. Records: of a list all there are in the organisation, of a single one that in
    production, so that a record in sales points at what the people of sales do not see."""
    here = world.demo if place.organisation == "demo" else world.other
    model = getattr(f.target, "model", None)
    if model is Person:
        return str(here.people[place.owner].pk)
    if model is Requirement:
        return ["A.5.1"] if f.many else "A.5.1"
    if not _is_record(model):
        return None
    made: Mapping[str, Any] = world.records.get(model.kind, {})  # type: ignore[union-attr]
    mine = [record for key, record in made.items() if (key == "elsewhere") == (place.organisation == "other")]
    if f.many:
        return [str(record.pk) for record in mine] or None
    wanted = "elsewhere" if place.organisation == "other" else "in production"
    return str(made[wanted].pk) if wanted in made else None


def _scope_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """Besides what every record gets: the scope covers its own unit alone."""
    return _values(world, register, place, word) | {"units": [], "reference": None}


def _soa_row_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """About the control of the same place, in the scope of the same place."""
    return {
        "ref": word.upper(),
        "scope": str(world.record("scope", place.key).pk),
        "control": str(world.record("control", place.key).pk),
        "applicability": "applicable",
        "justification": word,
    }


def _check_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """Of one clause, so that its answers are few."""
    asked = {"catalogue": "iso27001-2022", "parts": ["4.1"]}
    return _values(world, register, place, word) | asked


def _answer_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """In the check of the same place, about a clause that it does not ask."""
    round_ = str(world.record("check", place.key).pk)
    texts = {name: word for name in ("justification", "remark", "asked")}
    return {"ref": word.upper(), "round": round_, "requirement": "4.2", "value": "no", **texts}


def _profile_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """From a catalogue that all share."""
    return _values(world, register, place, word) | {"catalogues": ["iso27001-2022-annex-a"]}


def _finding_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """An observation, on which one may act before its cause is known; checked by nobody yet."""
    return _values(world, register, place, word) | {"category": "observation", "checker": "", "found_on": None}


def _letter_values(world: ProofWorld, register: Register, place: Place, word: str) -> dict[str, Any]:
    """From nobody: on the page where one asks, people read what became of their own request, whatever their role."""
    return _values(world, register, place, word) | {"asked_by" if register.kind == "exception" else "suggested_by": ""}


SPECIAL: Mapping[str, Any] = {
    "scope": _scope_values,
    "soa_row": _soa_row_values,
    "finding": _finding_values,
    "exception": _letter_values,
    "improvement": _letter_values,
    "answer": _answer_values,
    "check": _check_values,
    "profile": _profile_values,
}
