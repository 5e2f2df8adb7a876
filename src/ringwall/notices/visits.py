"""When a person was here last. Written past acts, like sessions: it changes with every look of theirs."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.ledger.queries import act_count
from ringwall.notices.models import Visit
from ringwall.notices.rules.visits import Stay, arrived, caught_up


def arrive(actor: Actor) -> Stay:
    """Notes that the person is here. Two queries, one more where there is something to note."""
    known, size = _known(actor), act_count(actor.organisation_id)
    stay = arrived(known, timezone.now(), size)
    if stay != known:
        _note(actor.person_key, stay)
    return stay


def last_stay(actor: Actor) -> Stay:
    """As it is noted, or of this moment for one who was never here; notes nothing."""
    return _known(actor) or caught_up(timezone.now(), act_count(actor.organisation_id))


def catch_up(actor: Actor) -> None:
    """All changes until now count as seen."""
    _note(actor.person_key, caught_up(timezone.now(), act_count(actor.organisation_id)))


def note_visit(person: Person, size: int, at: datetime) -> None:
    """As if the person had been here then, the ledger holding `size` entries."""
    _note(person.pk, caught_up(at, size))


def _known(actor: Actor) -> Stay | None:
    found = Visit.objects.filter(pk=actor.person_key).values_list("since", "since_at", "seen", "seen_at").first()
    return Stay(*found) if found else None


def _note(person: UUID, stay: Stay) -> None:
    Visit.objects.bulk_create(
        [Visit(person_id=person, since=stay.since, since_at=stay.since_at, seen=stay.seen, seen_at=stay.seen_at)],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["since", "since_at", "seen", "seen_at"],
    )
