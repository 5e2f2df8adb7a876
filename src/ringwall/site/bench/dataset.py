"""Makes the data set in few large transactions, past the actions: each record with its ledger entry, links and
search row.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from ringwall.access.models import Person, User
from ringwall.assets.models import Asset, Dependency
from ringwall.catalogues.models import Requirement
from ringwall.compliance.counting import count_anew
from ringwall.compliance.models import Check
from ringwall.context.models import IsmsScope, ScopeUnit
from ringwall.controls.models import Control, ControlRequirement
from ringwall.kit import registry
from ringwall.kit.acts import state_of
from ringwall.kit.bulk import insert_links, insert_rows
from ringwall.kit.records import Counter, ref_key
from ringwall.ledger.rules import Change
from ringwall.risk.models import (
    Acceptance,
    AcceptanceState,
    Assessment,
    CriteriaEdition,
    Option,
    Risk,
    RiskAsset,
    RiskControl,
    RiskCriteria,
    RiskRequirement,
)
from ringwall.risk.rules.criteria import read
from ringwall.risk.rules.defaults import default_content
from ringwall.search.indexing import index
from ringwall.site.bench.checks import make_catalogue, make_rounds
from ringwall.site.bench.entries import EntryMaker
from ringwall.site.bench.organisation import ALL, Ground, make_ground
from ringwall.site.bench.rows import START, Clock, RecordMaker
from ringwall.site.bench.sizes import Sizes
from ringwall.site.bench.upkeep import UpkeepMaker
from ringwall.soa.models import SoaRow

CHUNK = 5000
ANNEX_A = "iso27001-2022-annex-a"
IN_FIRST_SCOPE = 300
"""Risks of the scope whose statement of applicability is measured, and controls that implement its entries."""
UNASSESSED = 50
"""Of so many risks one is not assessed yet."""

Tell = Callable[[str], None]


def make(sizes: Sizes, tell: Tell) -> None:
    """Fill an empty, migrated database. The same sizes give the same records, but for ids and salts."""
    began = time.monotonic()

    def told(what: str) -> None:
        tell(f"{time.monotonic() - began:6.1f} s  {what}")

    chance = random.Random(27001)  # noqa: S311 - no secrets
    with transaction.atomic():
        ground = make_ground(sizes, chance)
    _Making(sizes, ground, chance, told).everything()


class _Making:
    def __init__(self, sizes: Sizes, ground: Ground, chance: random.Random, tell: Tell) -> None:
        self.sizes, self.ground, self.chance, self.tell = sizes, ground, chance, tell
        self.organisation = ground.organisation
        self.person = Person.objects.get(user=User.objects.get(email=ALL.email))
        self.clock = Clock(sizes.entries)
        self.maker = RecordMaker(ground, chance, self.clock)
        self.asset_ids: list[UUID] = []
        self.control_ids: list[UUID] = []
        self.controls: list[Control] = []
        self.made: dict[type[Any], int] = {}
        self.updates: list[Change] = []

    def everything(self) -> None:
        with transaction.atomic():
            self.entries = EntryMaker(self.organisation.pk, self.person.pk, self.person.name)
            self.requirements = list(
                Requirement.objects.filter(catalogue__code=ANNEX_A, category="reference_control").order_by("position")
            )
            self.scopes = self._scopes()
            self._controls()
            self._assets()
            self._risks()
            self._statement()
            self._checks()
            self._upkeep()
            for change in self.updates:
                self.entries.append("asset.update", self.clock.tick(), [change])
            count = self.entries.finish()
            self._counters()
            self.tell(f"{count} ledger entries")

    def _scopes(self) -> list[IsmsScope]:
        scopes = [
            IsmsScope(
                organisation=self.organisation,
                version=1,
                ref=f"S-{n:04d}",
                ref_key=ref_key(f"S-{n:04d}"),
                unit=self.ground.units[0],
                title=f"Scope {n}",
                covers="Services and sites of a division",
                review_on=self.maker.day(),
            )
            for n in range(1, self.sizes.scopes + 1)
        ]
        insert_rows(scopes)
        insert_rows(
            [ScopeUnit(organisation=self.organisation, scope=scopes[0], unit=unit) for unit in self.ground.units[1:8]]
        )
        return scopes

    def _controls(self) -> None:
        for numbers in _chunks(self.sizes.controls):
            rows = list(self.maker.controls(numbers))
            self._enter(rows, "control.create", lambda row: [_creation(row)])
            self._store(rows)
            pairs = [
                (row.pk, self.requirements[n % 93].pk)
                for n, row in zip(numbers, rows, strict=True)
                if n <= IN_FIRST_SCOPE
            ]
            insert_links(ControlRequirement, self.organisation.pk, "control", "requirement", pairs)
            self.control_ids += [row.pk for row in rows]
            self.controls += rows[:IN_FIRST_SCOPE]
        self.tell(f"{self.sizes.controls} controls")

    def _assets(self) -> None:
        left = self.sizes.dependencies
        for numbers in _chunks(self.sizes.assets):
            rows = list(self.maker.assets(numbers))
            needs: dict[UUID, set[UUID]] = {}
            for number, row in zip(numbers, rows, strict=True):
                wanted = min(len(self.asset_ids), round(left / (self.sizes.assets - number + 1)))
                needs[row.pk] = set(self.chance.sample(self.asset_ids, wanted))
                left -= wanted
                self.asset_ids.append(row.pk)
            self._enter(rows, "asset.create", partial(_asset_made, needs))
            self.updates += [_renewed(row) for row in rows[: max(0, self.sizes.updates - numbers[0] + 1)]]
            self._store(rows)
            pairs = [(pk, target) for pk, targets in needs.items() for target in targets]
            carried = {f"carries_{value}": True for value in ("confidentiality", "integrity", "availability")}
            insert_links(Dependency, self.organisation.pk, "asset", "needs", pairs, **carried, reason="")
        self.tell(f"{self.sizes.assets} assets, {self.sizes.dependencies - left} dependencies")

    def _risks(self) -> None:
        edition = self._criteria()
        criteria = read(edition.content)
        for numbers in _chunks(self.sizes.risks):
            rows = list(self.maker.risks(numbers))
            assessments: dict[UUID, Assessment] = {}
            for number, row in zip(numbers, rows, strict=True):
                row.scope = (
                    self.scopes[0] if number <= IN_FIRST_SCOPE else self.scopes[1 + number % (len(self.scopes) - 1)]
                )
                if number % UNASSESSED:
                    assessments[row.pk] = self._assess(row, edition, criteria)
            self._enter(rows, "risk.assess", partial(_risk_assessed, assessments))
            self._store(rows)
            insert_rows(list(assessments.values()))
            accepted = [row for row in rows if row.acceptance != AcceptanceState.NONE]
            insert_rows([self._acceptance(row, assessments[row.pk]) for row in accepted])
            self._link_risks(numbers, rows)
        self.tell(f"{self.sizes.risks} risks, assessed")

    def _criteria(self) -> CriteriaEdition:
        content = default_content()
        criteria = RiskCriteria(
            organisation=self.organisation,
            version=1,
            ref="RC-0001",
            ref_key=ref_key("RC-0001"),
            unit=self.ground.units[0],
            title="Risk criteria",
            content=content,
            has_draft=False,
            in_force=1,
        )
        edition = CriteriaEdition(
            organisation=self.organisation,
            version=1,
            criteria=criteria,
            number=1,
            name="Risk criteria 1",
            content=content,
            approved_on=START.date(),
            approved_by=self.person,
        )
        insert_rows([criteria])
        insert_rows([edition])
        return edition

    def _assess(self, row: Risk, edition: CriteriaEdition, criteria: Any) -> Assessment:
        likelihood, consequence = self.chance.randint(1, 5), self.chance.randint(1, 5)
        target = (max(1, likelihood - 1), max(1, consequence - self.chance.randint(0, 2)))
        row.edition, row.assessed_on = edition, row.created_at.date()
        row.likelihood, row.consequence, row.level = likelihood, consequence, criteria.level(likelihood, consequence)
        row.target_likelihood, row.target_consequence, row.target_level = *target, criteria.level(*target)
        row.is_above_acceptance = criteria.is_above_acceptance(row.level)
        if row.treatment == Option.RETAIN and row.owner_id:
            assert row.review_on is not None
            row.acceptance = AcceptanceState.WAITING if self.chance.random() < 0.1 else AcceptanceState.IN_FORCE
            if row.acceptance == AcceptanceState.IN_FORCE:
                row.accepted_until = row.review_on + timedelta(days=200)
        return Assessment(
            organisation=self.organisation,
            version=1,
            risk=row,
            edition=edition,
            on=row.assessed_on,
            by=self.person,
            round="2024",
            likelihood=likelihood,
            consequence=consequence,
            level=row.level,
            target_likelihood=target[0],
            target_consequence=target[1],
            target_level=row.target_level,
            rationale="Judged with the owner.",
        )

    def _acceptance(self, row: Risk, assessment: Assessment) -> Acceptance:
        assert row.review_on is not None
        return Acceptance(
            organisation=self.organisation,
            version=1,
            risk=row,
            assessment=assessment,
            state=row.acceptance,
            level=row.level,
            reason="Treatment would cost more than the damage.",
            until_on=row.review_on + timedelta(days=200),
            by=row.owner,
            at=row.created_at,
        )

    def _link_risks(self, numbers: range, rows: Sequence[Risk]) -> None:
        key, chance = self.organisation.pk, self.chance
        assets = [(row.pk, pk) for row in rows for pk in chance.sample(self.asset_ids, chance.randint(0, 2))]
        controls = [(row.pk, pk) for row in rows for pk in chance.sample(self.control_ids, chance.randint(0, 1))]
        modified = [(n, row) for n, row in zip(numbers, rows, strict=True) if row.treatment == Option.MODIFY]
        insert_links(RiskAsset, key, "risk", "asset", assets)
        insert_links(RiskControl, key, "risk", "control", controls)
        insert_links(
            RiskRequirement, key, "risk", "requirement", [(row.pk, self.requirements[n % 93].pk) for n, row in modified]
        )

    def _statement(self) -> None:
        """The decided statement of the first scope."""
        insert_rows(
            [
                SoaRow(
                    organisation=self.organisation,
                    version=1,
                    ref=f"SOA-{n:04d}",
                    ref_key=ref_key(f"SOA-{n:04d}"),
                    unit=self.ground.units[0],
                    scope=self.scopes[0],
                    requirement=requirement,
                    position=n,
                    drivers=[],
                    applicability=SoaRow.Applicability.NOT_APPLICABLE
                    if n % 9 == 0
                    else SoaRow.Applicability.APPLICABLE,
                    justification="Nothing of this kind is done here." if n % 9 == 0 else "Treats risks of the scope.",
                )
                for n, requirement in enumerate(self.requirements, start=1)
            ]
        )
        self.tell("statement of applicability")

    def _checks(self) -> None:
        """All of one scope, so that the progress of a scope is counted from all of their answers."""
        catalogue = make_catalogue(self.sizes.asked)
        made = make_rounds(self.sizes, self.maker, self.scopes[1], catalogue, self._enter_and_store)
        count_anew()
        self.made[Check] = len(made)
        self.tell(f"{len(made)} checks with {len(made) * self.sizes.asked} answers")

    def _upkeep(self) -> None:
        made = UpkeepMaker(self.sizes, self.maker, self._enter_and_store).everything(self.controls)
        self.made.update(made)
        self.tell(f"{sum(self.made.values())} findings, incidents and what belongs to them; {self.sizes.tasks} tasks")

    def _enter_and_store(self, rows: Sequence[Any]) -> None:
        self._enter(rows, f"{rows[0].kind}.create", lambda row: [_creation(row)])
        self._store(rows)

    def _enter(self, rows: Sequence[Any], verb: str, changes: Callable[[Any], list[Change]]) -> None:
        for row in rows:
            self.entries.append(verb, row.created_at, changes(row))

    def _store(self, rows: Sequence[Any]) -> None:
        insert_rows(rows)
        if register := registry.registers.get(type(rows[0]).kind):
            index(register, rows)

    def _counters(self) -> None:
        sizes: tuple[tuple[type[Any], int], ...] = (
            (Asset, self.sizes.assets),
            (Risk, self.sizes.risks),
            (Control, self.sizes.controls),
            (IsmsScope, self.sizes.scopes),
            (SoaRow, 93),
            *self.made.items(),
        )
        Counter.objects.bulk_create(
            [Counter(organisation=self.organisation, prefix=model.prefix, last=last) for model, last in sizes]
        )


def _creation(row: Any, of: Any = None, **links: list[str]) -> Change:
    """The change that making a record is; a row without visibility of its own has that of the record it belongs to."""
    seen = of or row
    return Change(
        kind=row.kind,
        subject=row.pk,
        ref=str(getattr(row, "ref", "")),
        operation="create",
        version=1,
        before=None,
        after=state_of(row) | links,
        unit=seen.unit_id,
        restricted=seen.restricted,
        owner=seen.owner_id,
    )


def _asset_made(needs: Mapping[UUID, set[UUID]], row: Asset) -> list[Change]:
    return [_creation(row, depends_on=sorted(map(str, needs[row.pk])))]


def _risk_assessed(assessments: Mapping[UUID, Assessment], row: Risk) -> list[Change]:
    return [_creation(row), *(_creation(made, row) for made in (assessments.get(row.pk),) if made)]


def _renewed(asset: Asset) -> Change:
    """The asset gets another title after its creation is in the ledger: its second entry."""
    before, asset.title, asset.version = asset.title, f"{asset.title} (renewed)", 2
    return Change(
        kind="asset",
        subject=asset.pk,
        ref=asset.ref,
        operation="update",
        version=2,
        before={"title": before},
        after={"title": asset.title},
        unit=asset.unit_id,
        restricted=asset.restricted,
        owner=asset.owner_id,
    )


def _chunks(total: int) -> Iterable[range]:
    """1 to `total`, a few thousand at a time: memory stays small."""
    return (range(first, min(first + CHUNK, total + 1)) for first in range(1, total + 1, CHUNK))
