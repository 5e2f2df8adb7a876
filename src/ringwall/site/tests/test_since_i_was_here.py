"""What others changed since a person was here: told on home and on a page, as far as the person may see."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ringwall
from ringwall.access.models import RoleAssignment
from ringwall.kit import registry
from ringwall.ledger.queries import act_count
from ringwall.notices.models import Visit
from ringwall.notices.rules.visits import BREAK, STEP, Stay, arrived
from ringwall.site.changes import changed_by_others
from ringwall.site.recorded import act_words

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 50)), min_size=1, max_size=30))
def test_a_stay_counts_from_the_end_of_the_visit_before(steps: list[tuple[int, int]]) -> None:
    """Held against a plain telling: each look belongs to the visit of the look noted before, or begins another."""
    stay: Stay | None = None
    now, size = NOON, 0
    noted: tuple[datetime, int] | None = None
    since: tuple[datetime, int] | None = None
    for seconds, acts in steps:
        now, size = now + timedelta(seconds=seconds), size + acts
        stay = arrived(stay, now, size)
        if noted is None:
            since = noted = (now, size)
        elif now - noted[0] >= BREAK:
            since, noted = noted, (now, size)
        elif now - noted[0] >= STEP:
            noted = (now, size)
        assert since == (stay.since_at, stay.since) and noted == (stay.seen_at, stay.seen)
        assert stay.since <= stay.seen <= size


def away(name: str, world: Any) -> None:
    """The person looked at home, and then was away long enough for another visit."""
    world.client(name).get(world.url())
    Visit.objects.filter(person=world.people[name]).update(seen_at=NOON, since_at=NOON)


def asset(world: Any, by: str, title: str, **fields: Any) -> Any:
    raw = {"title": title, "category": "system", "unit": str(world.root.pk)} | fields
    return registry.actions["asset.create"].run(world.actor(by), raw)


@pytest.fixture(autouse=True)
def two_managers(request: pytest.FixtureRequest) -> None:
    """Olga keeps the ISMS together with ana."""
    if "world" in request.fixturenames:
        world = request.getfixturevalue("world")
        RoleAssignment(
            organisation=world.organisation, person=world.people["olga"], role="isms_manager", unit=world.root
        ).save()


@pytest.fixture
def told(world: Any) -> Any:
    """Ana and ben were here; then olga made an asset of ana's, ana moved it to ben's unit and made one herself."""
    away("ana", world)
    away("ben", world)
    mine = asset(world, "olga", "Mail server", unit=str(world.production.pk), owner=str(world.people["ana"].pk))
    registry.actions["asset.update"].run(
        world.actor("ana"), {"unit": str(world.sales.pk), "title": "Mail relay"}, subject=mine
    )
    asset(world, "ana", "Own work")
    return mine


def test_home_tells_what_others_did_and_not_what_one_did_oneself(world: Any, told: Any) -> None:
    page = world.client("ana").get(world.url()).content.decode()
    panel = page.split('id="panel-since"')[1].split("</section>")[0]
    assert "Mail relay" in panel and "Olga" in panel and "Own work" not in panel
    assert "?tab=history#entry-" in panel


def test_what_was_seen_is_not_told_again(world: Any, told: Any) -> None:
    client = world.client("ana")
    assert 'id="panel-since"' in client.get(world.url()).content.decode()
    client.post(world.url("changes/seen/"))
    assert 'id="panel-since"' not in client.get(world.url()).content.decode()
    assert "Mail relay" not in client.get(world.url("changes/")).content.decode()
    assert "Mail relay" in client.get(world.url("changes/?all=1")).content.decode()


def test_each_sees_only_what_their_rights_show(world: Any, told: Any) -> None:
    hidden = asset(world, "ana", "Secret vault", restricted="1")
    ben = changed_by_others(world.actor("ben"), 0)
    labels = " ".join(record.label for record in ben.records)
    assert "Mail relay" in labels and "Own work" not in labels and hidden.ref not in labels
    page = world.client("ben").get(world.url("changes/?all=1")).content.decode()
    assert "Secret vault" not in page and hidden.ref not in page
    assert "Mail relay" not in world.client("nobody").get(world.url("changes/?all=1")).content.decode()


def test_the_page_narrows_by_kind_and_ownership(world: Any, told: Any) -> None:
    other = asset(world, "olga", "Printer", unit=str(world.production.pk))
    client = world.client("ana")
    assert other.ref in client.get(world.url("changes/?kind=asset")).content.decode()
    assert other.ref not in client.get(world.url("changes/?own=1")).content.decode()
    assert told.ref in client.get(world.url("changes/?own=1")).content.decode()
    for wrong in ("kind=nonsense", "before=x", "before=" + "9" * 20):
        assert client.get(world.url(f"changes/?{wrong}")).status_code == 422


def test_many_changes_are_paged_without_loss(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a page ends within an act that changed many records."""
    rows = [{"title": f"Host {number}", "category": "system", "unit": str(world.root.pk)} for number in range(8)]
    made = [registry.actions["asset.create"].run(world.actor("olga"), row) for row in rows]
    update = registry.actions["asset.update"]
    update.run_many(world.actor("olga"), [(row, None) for row in made], {"description": "Rack 4"})
    monkeypatch.setattr("ringwall.site.changes.MOST", 3)
    client, seen, query, pages = world.client("ana"), "", "?all=1&kind=asset", 0
    while query and pages < 10:
        body = client.get(world.url(f"changes/{query}")).content.decode()
        seen, pages = seen + body, pages + 1
        query = unescape(found[1]) if (found := re.search(r'rel="next" href="([^"]+)"', body)) else ""
    assert pages == 6
    assert all(f"Host {number}" in seen for number in range(8))


def test_looking_writes_no_entry(world: Any, told: Any) -> None:
    before = act_count(world.organisation.pk)
    world.client("ana").get(world.url())
    world.client("ana").post(world.url("changes/seen/"))
    assert act_count(world.organisation.pk) == before


def test_every_act_has_words() -> None:
    """The acts of buttons have theirs; those that other code opens by name are read from it."""
    root = Path(ringwall.__path__[0])
    opened = {
        verb.replace("{kind}", "soa").replace("{model.kind}", "asset").replace("{name}", "soa")
        for file in root.rglob("*.py")
        if "tests" not in file.parts
        for verb in re.findall(r"""(?<!\w)acting\([^"\n]*, f?"([^"]+)\"""", file.read_text(encoding="utf-8"))
    }
    assert len(opened) > 15 and {"event.report", "task.escalate"} <= opened
    assert [verb for verb in opened if not act_words(verb)] == []
