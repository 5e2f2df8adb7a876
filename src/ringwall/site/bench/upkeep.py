"""What keeps an organisation busy: events and incidents, findings and what is done about them, tasks and evidence.

So many of each that every rule of what is not in order meets rows that break it and rows that keep it. The first
incident and the first exception are pressing whenever the data set is made.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ringwall.context.models import Obligation, Waiver
from ringwall.evidence.models import Evidence, StoredFile
from ringwall.improvement.models import (
    ActionState,
    AuthorisedException,
    CorrectiveAction,
    ExceptionLevel,
    ExceptionState,
    Finding,
)
from ringwall.improvement.models import Category as FindingCategory
from ringwall.improvement.models import Source as FindingSource
from ringwall.improvement.models import State as FindingState
from ringwall.incidents.models import Category, Event, Incident, Notification, Severity
from ringwall.kit.bulk import insert_rows
from ringwall.site.bench.rows import RecordMaker
from ringwall.site.bench.sizes import WAIVERS, Sizes
from ringwall.tasks.models import Task

Store = Callable[[Sequence[Any]], None]


class UpkeepMaker:
    """Rows of one organisation; `store` writes records with their entries. Subjects of tasks and evidence are
    controls."""

    def __init__(self, sizes: Sizes, maker: RecordMaker, store: Store) -> None:
        self.sizes, self.maker, self.chance, self.store = sizes, maker, maker.chance, store

    def everything(self, controls: Sequence[Any]) -> list[tuple[type[Any], int]]:
        """(kind of record, how many were made)."""
        findings, incidents = self._stored(self._findings()), self._stored(self._incidents())
        others = (self._actions(findings), self._exceptions(), self._events(), self._obligations(), self._waivers())
        made = [findings, incidents, *map(self._stored, others)]
        insert_rows(list(self._notifications(incidents)))
        insert_rows(list(self._tasks(controls)))
        self._evidence(controls)
        return [(type(records[0]), len(records)) for records in made]

    def _stored(self, records: Iterator[Any]) -> list[Any]:
        """Made and stored before the next are made: instants in the ledger only grow."""
        made = list(records)
        self.store(made)
        return made

    def _findings(self) -> Iterator[Finding]:
        for number in range(1, self.sizes.findings + 1):
            row = self.maker.record(Finding, number)
            row.title, row.description = f"Server {number} lacks its plan", "Seen in the server room."
            row.category = self.chance.choice(list(FindingCategory))
            row.source, row.state = self.chance.choice(list(FindingSource)), self.chance.choice(list(FindingState))
            row.found_on, row.due_on = row.created_at.date(), self.maker.day()
            row.closed_on = self.maker.day() if row.state == FindingState.CLOSED else None
            row.check_on = self.maker.day() if row.state == FindingState.CHECKING else None
            yield row

    def _actions(self, findings: Sequence[Finding]) -> Iterator[CorrectiveAction]:
        for number, finding in enumerate(findings, start=1):
            row = self.maker.record(CorrectiveAction, number)
            row.title, row.finding = f"Write the plan of server {number}", finding
            row.state, row.due_on = self.chance.choice(list(ActionState)), self.maker.day()
            row.done_on = row.due_on if row.state == ActionState.DONE else None
            yield row

    def _exceptions(self) -> Iterator[AuthorisedException]:
        for number in range(1, self.sizes.findings // 10 + 1):
            row = self.maker.record(AuthorisedException, number)
            row.title, row.deviation = f"Server {number} stays as it is", "It runs an old release."
            row.justification, row.until_on = "Its maker is gone.", self.maker.day()
            row.state = self.chance.choice(list(ExceptionState))
            if number == 1:
                row.state, row.until_on = ExceptionState.GRANTED, date.today() + timedelta(days=10)
            row.asked_by = self.chance.choice(self.maker.ground.people)
            if row.state != ExceptionState.ASKED:
                row.level, row.judged_on = self.chance.choice(list(ExceptionLevel)), row.created_at.date()
            if row.state in (ExceptionState.GRANTED, ExceptionState.REFUSED, ExceptionState.ENDED):
                row.decided_on = row.judged_on
            yield row

    def _events(self) -> Iterator[Event]:
        for number in range(1, self.sizes.findings + 1):
            row = self.maker.record(Event, number)
            row.title, row.category = f"Server {number} answers slowly", self.chance.choice(list(Category))
            row.noticed_at, row.state = row.created_at, self.chance.choice(list(Event.State))
            yield row

    def _incidents(self) -> Iterator[Incident]:
        for number in range(1, self.sizes.findings // 4 + 1):
            row = self.maker.record(Incident, number)
            row.title, row.category = f"Server {number} stood still", self.chance.choice(list(Category))
            row.severity = self.chance.choice((None, *Severity))
            row.state = self.chance.choice(list(Incident.State)) if number > 1 else Incident.State.OPEN
            row.detected_at = row.aware_at = row.created_at
            row.closed_on = self.maker.day() if row.state == Incident.State.CLOSED else None
            yield row

    def _notifications(self, incidents: Sequence[Incident]) -> Iterator[Notification]:
        for incident in incidents:
            for regime in (Notification.Regime.GDPR, Notification.Regime.NIS2_WARNING):
                due = datetime.combine(self.maker.day(), time(12), UTC)
                is_pressing = incident is incidents[0]
                if is_pressing:
                    due = datetime.now(UTC) + timedelta(hours=11)
                yield Notification(
                    organisation_id=incident.organisation_id,
                    version=1,
                    incident=incident,
                    regime=regime,
                    due_at=due,
                    sent_at=due - timedelta(hours=4) if self.chance.random() < 0.6 and not is_pressing else None,
                )

    def _obligations(self) -> Iterator[Obligation]:
        for number in range(1, self.sizes.findings // 20 + 1):
            row = self.maker.record(Obligation, number)
            row.title, row.source = f"Contract {number}", f"Contract with customer {number}"
            row.category = self.chance.choice(list(Obligation.Category))
            row.demands, row.review_on = "The server stands in Germany.", self.maker.day()
            yield row

    def _waivers(self) -> Iterator[Waiver]:
        for number in range(1, WAIVERS + 1):
            row = self.maker.record(Waiver, number)
            row.title, row.rule = f"Small site {number}", self.chance.choice(list(Waiver.Rule))
            row.justification, row.compensation = "Two people work there.", "A yearly look from outside."
            row.until_on = self.maker.day()
            yield row

    def _tasks(self, controls: Sequence[Any]) -> Iterator[Task]:
        for number in range(1, self.sizes.tasks + 1):
            subject, people = self.chance.choice(controls), self.maker.ground.people
            yield Task(
                organisation_id=subject.organisation_id,
                version=1,
                subject_kind="control",
                subject_id=subject.pk,
                unit_id=subject.unit_id,
                restricted=subject.restricted,
                owner_id=subject.owner_id,
                title=f"Look at server {number}",
                assignee=people[number % len(people)],
                due_on=self.maker.day(),
                state=Task.State.OPEN if number % 3 else Task.State.DONE,
                made_at=subject.created_at,
                assigned_at=subject.created_at,
                closed_at=None if number % 3 else subject.created_at,
                # Who is above has been told of what is late, as in every house that has run for a day.
                escalated=2,
            )

    def _evidence(self, controls: Sequence[Any]) -> None:
        file = StoredFile(organisation_id=controls[0].organisation_id, version=1, sha256="0" * 64, size=1)
        insert_rows([file])
        rows = []
        for number in range(1, self.sizes.tasks // 2 + 1):
            subject = self.chance.choice(controls)
            rows.append(
                Evidence(
                    organisation_id=subject.organisation_id,
                    version=1,
                    subject_kind="control",
                    subject_id=subject.pk,
                    unit_id=subject.unit_id,
                    restricted=subject.restricted,
                    owner_id=subject.owner_id,
                    file=file,
                    name=f"Protocol {number}.pdf",
                    media_type="application/pdf",
                    valid_until=self.maker.day() if number % 2 else None,
                    added_at=subject.created_at,
                )
            )
        insert_rows(rows)
