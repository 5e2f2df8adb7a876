"""Loads the demonstration organisation through the same actions as everybody's data, in the order in which it
happened.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone, translation

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.policy import Actor, actor_for_person, roles, system_actor
from ringwall.administration.setup import ensure_installation, set_up
from ringwall.catalogues.builtin import load_builtin
from ringwall.kit import registry
from ringwall.kit.errors import ActError
from ringwall.site.demo import registers, statement
from ringwall.site.demo.clock import on_day

CODE = "lindtal"
FIRST_DAY = -540
SHOWN_ROLES = (
    "isms_manager",
    "top_management",
    "administrator",
    "risk_owner",
    "control_owner",
    "asset_owner",
    "internal_auditor",
    "reader",
    "employee",
)
"""Roles for which a sign-in is made, each for the first person who holds it without an end."""


def data(name: str) -> Any:
    text = (files("ringwall.site.demo") / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders


@dataclass
class Story:
    """What is being told: the organisation, its people by key, and the events still to come, by day."""

    language: str
    organisation: Organisation
    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    events: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _actors: dict[tuple[str, date], Actor] = field(default_factory=dict)

    def words(self, row: dict[str, Any], name: str) -> str:
        """The text of a field in the language of loading; "" where the row has none."""
        return str(row.get(f"{name}_{self.language}") or row.get(name) or "")

    def actor(self, key: str) -> Actor:
        """Who the person is on the day that is being told; once the roles are given they depend on the day alone."""
        known = (key, timezone.localdate())
        if not self.events or known not in self._actors:
            person = Person.objects.select_related("organisation", "user").get(pk=self.people[key].pk)
            self._actors[known] = actor_for_person(person, user=person.user)
        return self._actors[known]

    def at(self, day: int, event: Callable[[], None]) -> None:
        self.events.append((max(day, FIRST_DAY + 5), len(self.events), event))

    def do(self, name: str, who: str, raw: dict[str, Any], *, subject: Any = None, reason: str = "") -> Any:
        """One action by one person; the subject is read afresh."""
        act = registry.actions[name]
        if subject is not None:
            subject = type(subject)._base_manager.get(pk=subject.pk)
        try:
            return act.run(self.actor(who), raw, subject=subject, reason=reason)
        except ActError as error:
            raise RuntimeError(f"the demonstration cannot tell {name} of {subject or raw} by {who}: {error}") from error

    def find(self, kind: str, ref: str) -> Any:
        return registry.registers[kind].model._base_manager.get(organisation_id=self.organisation.pk, ref=ref)

    def day(self, offset: int | None) -> str:
        """The date so many days from today, as input writes it."""
        return "" if offset is None else (TODAY() + timedelta(days=offset)).isoformat()

    def tell(self) -> None:
        for day, _order, event in sorted(self.events, key=lambda e: e[:2]):
            with on_day(day):
                event()


def TODAY() -> date:
    """The real day of loading, also while the clock is set back."""
    return _today or timezone.localdate()


_today: date | None = None


def load(language: str) -> list[dict[str, str]]:
    """Returns the sign-ins: organisation, email, password, name, role."""
    global _today
    _today = timezone.localdate()
    # One transaction: all or nothing, and one wait for the disk instead of hundreds.
    with translation.override(language), transaction.atomic():
        with on_day(FIRST_DAY):
            load_builtin(system_actor(ensure_installation(), "set-up", ["catalogue.import"]))
            story = _organisation(language)
        registers.add(story, data)
        statement.add(story, data)
        story.tell()
        return _sign_ins(story)


def _organisation(language: str) -> Story:
    about = data("organisation")
    people = {row["key"]: row for row in about["people"]}
    chief = people["leitgeb"]
    made = set_up(about["organisation"]["name"], CODE, language, chief["email"], chief["name"])
    story = Story(language, made.organisation)
    root = Unit.objects.get(organisation=made.organisation, parent=None)
    story.people["leitgeb"] = Person.objects.get(organisation=made.organisation)
    for row in about["units"]:
        if row["parent"] is None:
            story.units[row["key"]] = root
            continue
        raw = {"name": story.words(row, "title"), "parent": str(story.units[row["parent"]].pk)}
        story.units[row["key"]] = story.do("unit.create", "leitgeb", raw)
    for key, row in people.items():
        raw = {
            "name": row["name"],
            "email": row["email"],
            "job_title": story.words(row, "job_title"),
            "unit": str(story.units[row["unit"]].pk),
        }
        if key == "leitgeb":
            story.do("person.update", "leitgeb", raw, subject=story.people[key])
            continue
        story.people[key] = story.do("person.create", "leitgeb", raw)
        registry.actions["user.create"](story.people[key], actor=story.actor("leitgeb"))
    for key, row in people.items():
        for given in row.get("access_roles", ()):
            if given["role"] in roles:
                _assign(story, key, given)
    return story


def _assign(story: Story, key: str, given: dict[str, Any]) -> None:
    raw = {
        "person": str(story.people[key].pk),
        "role": given["role"],
        "unit": str(story.units[given["unit"]].pk),
        "from_on": story.day(given.get("from")),
        "until_on": story.day(given.get("until")),
    }
    story.do("assignment.create", "leitgeb", raw)


def _sign_ins(story: Story) -> list[dict[str, str]]:
    """Random passwords for one person of each role."""
    rows: list[dict[str, str]] = []
    for role in SHOWN_ROLES:
        person = next(
            (p for p in story.people.values() if _holds(p, role) and p.email not in {row["email"] for row in rows}),
            None,
        )
        if person is None or person.user_id is None:
            person = next((p for p in story.people.values() if _holds(p, role)), None)
        if person is None:
            continue
        person = Person.objects.select_related("user").get(pk=person.pk)
        user = person.user
        assert user is not None
        if any(row["email"] == user.email for row in rows):
            continue
        password = "-".join(secrets.token_hex(2) for _part in range(4))
        user.set_password(password)
        user.language = story.language
        user.save(update_fields=["password", "language"])
        rows.append(
            {
                "key": role,
                "organisation": story.organisation.code,
                "email": user.email,
                "password": password,
                "name": person.name,
                "role": str(roles[role].label),
            }
        )
    return rows


def _holds(person: Person, role: str) -> bool:
    return person.assignments.filter(role=role, until_on=None).exists()
