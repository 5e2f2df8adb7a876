"""Records as a large organisation would have them, made by chance from few words."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ringwall.access.models import Person
from ringwall.assets.models import Asset, Category, Classification
from ringwall.controls.models import Control, Result, State
from ringwall.kit.records import ref_key
from ringwall.lib.ids import uuid7
from ringwall.risk.models import Option, Risk
from ringwall.site.bench.organisation import Ground

COMMON, RARE = "server", "Zaunkönig"
"""A word in about every second record, and one in three records of all."""

_PLACES = (
    "Aachen",
    "Bremen",
    "Chemnitz",
    "Dresden",
    "Essen",
    "Freiburg",
    "Görlitz",
    "Hamburg",
    "Jena",
    "Kassel",
    "Lübeck",
    "Mainz",
)
_USES = (
    "payroll",
    "billing",
    "archive",
    "test",
    "backup",
    "mail",
    "print",
    "build",
    "directory",
    "monitoring",
    "sales",
    "laboratory",
)
_THINGS = (
    "Server",
    "Server cluster",
    "Workstation",
    "Database server",
    "Switch",
    "Contract data",
    "Portal",
    "File server",
)
_THREATS = (
    "Fire",
    "Malware",
    "Loss of staff",
    "Theft",
    "Power failure",
    "Faulty update",
    "Espionage",
    "Misuse of rights",
)
_WORDS = (
    "runs the {use} of {place} on a server in the main building; it is looked after on working days and was last "
    "renewed after the "
    "audit. Its data are kept for ten years, and the team of {place} answers for them together with the owner of the "
    "process."
)
START = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)
SPAN = timedelta(days=700)


@dataclass
class Clock:
    """Instants that only grow, spread over the span: one for each entry of the ledger."""

    entries: int
    passed: int = 0

    def tick(self) -> datetime:
        self.passed += 1
        return START + SPAN * (self.passed / max(self.entries, 1))


class RecordMaker:
    """Makes records of the three large registers without storing them. The same seed gives the same words and
    places.
    """

    def __init__(self, ground: Ground, chance: random.Random, clock: Clock) -> None:
        self.ground, self.chance, self.clock = ground, chance, clock

    def assets(self, numbers: range) -> Iterator[Asset]:
        categories, classes = list(Category), list(Classification)
        for number in numbers:
            asset = self.record(Asset, number)
            use, place = self.chance.choice(_USES), self.chance.choice(_PLACES)
            asset.title = f"{self.chance.choice(_THINGS)} {use} {place} {number}"
            if number % 40_000 == 77:
                asset.title += f" {RARE}"
            asset.category = self.chance.choice(categories)
            asset.description = _WORDS.format(use=use, place=place)
            asset.confidentiality, asset.integrity, asset.availability = (
                self.chance.choice((None, 1, 1, 2, 3)) for _ in range(3)
            )
            asset.classification = self.chance.choice(classes)
            asset.quantity = self.chance.choice((1, 1, 1, 4, 32))
            yield asset

    def controls(self, numbers: range) -> Iterator[Control]:
        states = list(State)
        for number in numbers:
            control = self.record(Control, number)
            control.title = (
                f"Control of the {self.chance.choice(_USES)} server in {self.chance.choice(_PLACES)} {number}"
            )
            control.objective = _WORDS.format(use=self.chance.choice(_USES), place=self.chance.choice(_PLACES))
            control.state = self.chance.choice(states)
            control.blocked_reason = "No budget" if control.state == State.BLOCKED else ""
            control.priority = self.chance.randint(1, 4)
            control.implementer = self._person()
            control.due_on = self.day()
            control.verified_result = self.chance.choice(list(Result)) if control.state == State.IMPLEMENTED else ""
            control.verify_every, control.verify_next_on = 12, self.day()
            yield control

    def risks(self, numbers: range) -> Iterator[Risk]:
        options = list(Option)
        for number in numbers:
            risk = self.record(Risk, number)
            risk.threat = self.chance.choice(_THREATS)
            risk.title = (
                f"{risk.threat} at the {self.chance.choice(_USES)} server of {self.chance.choice(_PLACES)} {number}"
            )
            risk.description = _WORDS.format(use=self.chance.choice(_USES), place=self.chance.choice(_PLACES))
            risk.vulnerability = "No second site"
            risk.treatment = self.chance.choice(options)
            risk.due_on, risk.review_on = self.day(), self.day()
            yield risk

    def record(self, model: type[Any], number: int) -> Any:
        ref = f"{model.prefix}-{number:04d}"
        at = self.clock.tick()
        return model(
            id=uuid7(),
            version=1,
            organisation=self.ground.organisation,
            ref=ref,
            ref_key=ref_key(ref),
            unit=self.chance.choice(self.ground.units),
            owner=self._person(),
            restricted=self.chance.random() < 0.02,
            withdrawn_on=at.date() if number % 50 == 49 else None,
            created_at=at,
            changed_at=at,
        )

    def _person(self) -> Person | None:
        return self.chance.choice(self.ground.people) if self.chance.random() < 0.9 else None

    def day(self) -> Any:
        return (START + SPAN + timedelta(days=self.chance.randint(-60, 400))).date()
