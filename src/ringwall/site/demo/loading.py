"""Loads the demonstration organisations through the same actions as everybody's data, in the order in which it
happened.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone, translation

from ringwall.access.models import Organisation, Person, Unit
from ringwall.access.policy import Actor, actor_for_person, roles, system_actor
from ringwall.administration.setup import ensure_installation, set_up
from ringwall.catalogues.builtin import load_builtin
from ringwall.kit import registry
from ringwall.kit.errors import ActError
from ringwall.ledger.queries import act_count
from ringwall.notices.visits import note_visit
from ringwall.site.demo import (
    catalogues,
    checks,
    controls,
    improvement,
    incidents,
    profiles,
    registers,
    risks,
    statement,
    tasks,
)
from ringwall.site.demo.clock import on_day

MAIN = "lindtal"
CODES = (MAIN, "hellwege", "auenbrueck")
"""Short names of the organisations; each has a folder of this name."""

PARTS = (registers, controls, risks, tasks, improvement, statement, profiles, catalogues, checks, incidents)
"""Each tells its part of the story, from the file of its own."""


AWAY = 7
"""So many days ago those who may sign in were here last."""


@cache
def data(code: str, name: str) -> Any:
    """One file of an organisation; nothing in it where the organisation has none."""
    file = files("ringwall.site.demo") / code / f"{name}.yaml"
    if not file.is_file():
        return {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


@dataclass
class Story:
    """What is being told: the organisation, its people by key, and the events still to come, by day."""

    code: str
    language: str
    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    events: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    away_since: int = 0
    """Where the ledger stood when those who may sign in were here last."""

    _actors: dict[tuple[str, date | None], Actor] = field(default_factory=dict)

    def read(self, name: str) -> Any:
        return data(self.code, name)

    @cached_property
    def about(self) -> dict[str, Any]:
        return dict(self.read("organisation"))

    @cached_property
    def organisation(self) -> Organisation:
        return Organisation.objects.get(code=self.code)

    @property
    def first_day(self) -> int:
        return int(self.about["first_day"])

    def who(self, part: str) -> str:
        """The key of the person who plays a part in the telling: administrator, keeper or approver."""
        return str(self.about["telling"][part])

    def words(self, row: dict[str, Any], name: str) -> str:
        """The text of a field in the language of loading; "" where the row has none."""
        return str(row.get(f"{name}_{self.language}") or row.get(name) or "")

    @cached_property
    def _passing(self) -> set[str]:
        """The people with a role that begins or ends on a day: who they are depends on the day."""
        return {p["key"] for p in self.about["people"] if any({"from", "until"} & role.keys() for role in p["roles"])}

    def actor(self, key: str) -> Actor:
        """Who the person is on the day that is being told."""
        known = (key, timezone.localdate() if key in self._passing else None)
        if known not in self._actors:
            person = Person.objects.select_related("organisation", "user").get(pk=self.people[key].pk)
            self._actors[known] = actor_for_person(person, user=person.user)
        return self._actors[known]

    def forget_actors(self) -> None:
        """After units or roles have changed."""
        self._actors.clear()

    def at(self, day: int, event: Callable[[], None]) -> None:
        self.events.append((max(day, self.first_day + 5), len(self.events), event))

    def do(self, name: str, who: str, raw: dict[str, Any], *, subject: Any = None, reason: str = "") -> Any:
        """One action by one person."""
        try:
            return registry.actions[name].run(self.actor(who), raw, subject=subject, reason=reason)
        except ActError as error:
            raise RuntimeError(
                f"the demonstration of {self.code} cannot tell {name} of {subject or raw} by {who}: {error}"
            ) from error

    def find(self, kind: str, ref: str) -> Any:
        return registry.registers[kind].model._base_manager.get(organisation_id=self.organisation.pk, ref=ref)

    def day(self, offset: int | None) -> str:
        """The date so many days from today, as input writes it."""
        return "" if offset is None else (TODAY() + timedelta(days=offset)).isoformat()

    def tell(self) -> None:
        for day, _order, event in sorted(self.events, key=lambda e: e[:2]):
            if day > -AWAY and not self.away_since:
                self.away_since = act_count(self.organisation.pk)
            with on_day(day):
                event()


def TODAY() -> date:
    """The real day of loading, also while the clock is set back."""
    return _today or timezone.localdate()


_today: date | None = None


def load(language: str) -> list[dict[str, str]]:
    """Returns the sign-ins: key, organisation and its name, email, password, name, job title, role."""
    global _today
    _today = timezone.localdate()
    stories = [Story(code, language) for code in CODES]
    # One transaction: all or nothing, and one wait for the disk instead of hundreds.
    with translation.override(language), transaction.atomic():
        with on_day(min(story.first_day for story in stories)):
            load_builtin(system_actor(ensure_installation(), "set-up", ["catalogue.import"]))
        for story in stories:
            with on_day(story.first_day):
                _organisation(story)
            for part in PARTS:
                part.add(story)
            story.tell()
        return _sign_ins(stories)


def _organisation(story: Story) -> None:
    about, chief = story.about, story.who("administrator")
    people = {row["key"]: row for row in about["people"]}
    name = story.words(about["organisation"], "name")
    made = set_up(name, story.code, story.language, people[chief]["email"], people[chief]["name"])
    root = Unit.objects.get(organisation=made.organisation, parent=None)
    story.people[chief] = Person.objects.get(organisation=made.organisation)
    for row in about["units"]:
        if row["parent"] is None:
            story.units[row["key"]] = root
            continue
        raw = {"name": story.words(row, "title"), "parent": str(story.units[row["parent"]].pk)}
        story.units[row["key"]] = story.do("unit.create", chief, raw)
        story.forget_actors()
    for key, row in people.items():
        raw = {
            "name": row["name"],
            "email": row["email"],
            "job_title": story.words(row, "job_title"),
            "unit": str(story.units[row["unit"]].pk),
        }
        if key == chief:
            story.do("person.update", chief, raw, subject=story.people[key])
            continue
        story.people[key] = story.do("person.create", chief, raw)
        registry.actions["user.create"](story.people[key], actor=story.actor(chief))
    for key, row in people.items():
        for given in row["roles"]:
            _assign(story, key, given)
    story.forget_actors()


def _assign(story: Story, key: str, given: dict[str, Any]) -> None:
    raw = {
        "person": str(story.people[key].pk),
        "role": given["role"],
        "unit": str(story.units[given["unit"]].pk),
        "from_on": story.day(given.get("from")),
        "until_on": story.day(given.get("until")),
    }
    story.do("assignment.create", story.who("administrator"), raw)


def _sign_ins(stories: list[Story]) -> list[dict[str, str]]:
    """One random password for everybody who may sign in: a login may belong to several organisations, and the slow
    hash is worked out once.
    """
    password = "-".join(secrets.token_hex(2) for _part in range(4))
    encoded = make_password(password)
    rows: list[dict[str, str]] = []
    for story in stories:
        for shown in story.about["sign_ins"]:
            person = Person.objects.select_related("user").get(pk=story.people[shown["person"]].pk)
            user = person.user
            assert user is not None
            user.password, user.language = encoded, story.language
            user.save(update_fields=["password", "language"])
            note_visit(person, story.away_since, timezone.now() - timedelta(days=AWAY))
            rows.append(
                {
                    "key": shown["key"] if story.code == MAIN else f"{story.code}.{shown['key']}",
                    "organisation": story.code,
                    "organisation_name": story.organisation.name,
                    "email": user.email,
                    "password": password,
                    "name": person.name,
                    "job_title": person.job_title,
                    "role": str(roles[shown.get("role", shown["key"])].label),
                }
            )
    return rows
