"""Who finds what: by words, in the rows one may see, and nothing else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringwall.assets.actions import acts
from ringwall.assets.models import Asset
from ringwall.kit import registry
from ringwall.kit.actions import create_many
from ringwall.kit.acts import acting
from ringwall.kit.records import assign_refs
from ringwall.search.indexing import index, rebuild
from ringwall.search.models import SearchRow
from ringwall.search.queries import find, ids_of

pytestmark = pytest.mark.django_db

HOSTILE = (
    '"',
    "'",
    '""" OR 1',
    "a AND",
    "NEAR(",
    "NOT server",
    "server*",
    "*",
    "-server",
    "marks : o",
    "words:server",
    "^server",
    "{a b}:c",
    "(",
    ")",
    ":",
    "& | ! <->",
    "server:*",
    "\\",
    "'; DROP TABLE search_text; --",
    "😀",
    "\x00",
    "%",
    "_",
    "ﷺ" * 50,
    "a" * 5000,
    " ",
    "\u0301",
    "१२३",
    "𝒮erver",
    "x" + "\u0308" * 50,
)


def make(actor, title, **values):
    return acts.create.run(actor, {"title": title, "category": "system", **values})


def titles(actor, text, limit=20):
    return [hit.title for hit in find(actor, text, limit)]


def test_a_record_is_found_by_every_part_of_it_at_once_after_it_is_made(ana):
    made = make(ana, "Mail server", description="Keeps the letters of the board", ref="SRV-17")
    for text in ("mail", "MAIL SERVER", "letters board", "srv-17", "SRV-17", "17", "mai"):
        assert [hit.ref for hit in find(ana, text)] == [made.ref], text
        assert list(ids_of("asset", text, ana)) == [made.pk], text


def test_all_words_must_occur_and_only_the_last_may_go_on(ana):
    make(ana, "Mail server")
    assert titles(ana, "mail serv") == ["Mail server"]
    assert titles(ana, "mai server") == []
    assert titles(ana, "mail printer") == []


@pytest.mark.parametrize("text", ["Prüfung", "prüfung", "pruf", "PRÜFUNG", "Pru\u0308fung"])
def test_umlauts_and_case_do_not_matter(ana, text):
    make(ana, "Jährliche Prüfung")
    assert titles(ana, text) == ["Jährliche Prüfung"]


def test_the_hit_leads_to_the_record_and_shows_where_the_word_stands(ana):
    made = make(ana, "Archive", description="Old contracts lie here for ten years")
    [hit] = find(ana, "contracts")
    assert hit.url == f"/demo/assets/{made.ref}/"
    assert hit.excerpt == "Old contracts lie here for ten years"


def test_the_exact_reference_comes_first(ana):
    first = make(ana, "First")
    for number in range(5):
        make(ana, f"Copy {number}", description=f"replaces {first.ref}")
    assert find(ana, first.ref.lower())[0].ref == first.ref


def test_a_change_is_found_by_its_new_words_and_no_longer_by_the_old_ones(ana):
    made = make(ana, "Mail server")
    acts.update.run(ana, {"title": "Print server"}, subject=made)
    assert titles(ana, "print") == ["Print server"]
    assert titles(ana, "mail") == []
    assert SearchRow.objects.count() == 1


def test_a_refused_act_leaves_the_index_as_it_was(ana):
    make(ana, "Mail server")
    with pytest.raises(Exception, match="category"):
        acts.create.run(ana, {"title": "Ghost", "category": "nonsense"})
    assert SearchRow.objects.count() == 1


def test_a_withdrawn_record_comes_last_and_says_so(ana):
    old = make(ana, "Server")
    make(ana, "Another server")
    acts.withdraw.run(ana, {}, subject=old, reason="scrapped")
    assert [(hit.title, hit.is_withdrawn) for hit in find(ana, "server")] == [
        ("Another server", False),
        ("Server", True),
    ]


def test_another_organisation_finds_nothing_of_it(ana, elsewhere):
    make(ana, "Secret server")
    for name in elsewhere.people:
        assert find(elsewhere.actor(name), "secret server") == []
        assert list(ids_of("asset", "secret", elsewhere.actor(name))) == []


def test_a_reader_of_another_unit_finds_only_what_is_there(ana, ben, world):
    make(ana, "Server of production", unit=str(world.production.pk))
    make(ana, "Server of sales", unit=str(world.sales.pk))
    assert titles(ben, "server") == ["Server of sales"]
    assert ids_of("asset", "server", ben).count() == 1


def test_a_record_that_moves_is_found_by_those_who_see_it_now(ana, ben, world):
    made = make(ana, "Server", unit=str(world.sales.pk))
    assert titles(ben, "server") == ["Server"]
    acts.update.run(ana, {"unit": str(world.production.pk)}, subject=made)
    assert titles(ben, "server") == []


def test_a_restricted_record_is_found_only_with_the_right_to_restricted_ones(ana, ben, cleo, world):
    make(ana, "Hidden server", unit=str(world.sales.pk), restricted="on")
    assert titles(ben, "server") == []
    assert list(ids_of("asset", "hidden", ben)) == []
    assert titles(cleo, "server") == ["Hidden server"]


def test_an_owner_finds_what_is_theirs_restricted_or_not_and_nothing_else(ana, olga, world):
    make(ana, "Server of nobody", unit=str(world.production.pk))
    make(ana, "Server of Olga", owner="olga@demo.example", restricted="on")
    assert titles(olga, "server") == ["Server of Olga"]


def test_nobody_and_a_mere_employee_find_nothing(ana, nobody, emil):
    make(ana, "Server", owner="emil@demo.example")
    for actor in (nobody, emil):
        assert find(actor, "server") == []
        assert list(ids_of("asset", "server", actor)) == []


def test_marks_of_visibility_cannot_be_searched_for(ana):
    made = make(ana, "Server")
    for mark in ("o" + made.organisation_id.hex[-12:], "u" + made.unit_id.hex[-12:], "kasset"):
        assert find(ana, mark) == []
        assert find(ana, "_" + mark) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(ana, text):
    make(ana, "Server", description="plain")
    assert find(ana, text) == [] or titles(ana, text) == ["Server"]
    assert ids_of("asset", text, ana).count() in {0, 1}
    assert Asset.objects.count() == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_whatever_is_typed_gives_hits_and_never_an_error(ana, text):
    assert isinstance(find(ana, text), list)
    assert isinstance(list(ids_of("asset", text, ana)), list)


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_stands_in_a_record_can_be_indexed(ana, text):
    made = Asset(
        organisation=ana.organisation,
        title=f"Odd {text}"[:200].replace("\x00", ""),
        category="system",
        unit=ana.units.root,
    )
    with acting(ana, "asset.create") as act:
        assign_refs([made])
        act.save(made)
    assert [hit.ref for hit in find(ana, "odd")] == [made.ref]


def test_an_import_is_indexed_row_by_row_in_few_statements(ana, django_assert_max_num_queries):
    made = create_many(Asset, [{"title": f"Server {n}", "category": "system"} for n in range(30)], actor=ana)
    assert len(find(ana, "server", 100)) == 30
    with django_assert_max_num_queries(70):
        index(registry.registers["asset"], made)


def test_rebuilding_gives_the_same_hits_for_all_organisations(ana, elsewhere):
    make(ana, "Server here")
    make(elsewhere.actor("ana"), "Server there")
    before = sorted(SearchRow.objects.values_list("record", "title", "text"))
    SearchRow.objects.filter(title="Server here").delete()
    assert rebuild() == 2
    assert sorted(SearchRow.objects.values_list("record", "title", "text")) == before
    assert titles(ana, "server") == ["Server here"]


def test_the_list_of_a_register_is_filtered_by_full_text(ana, world):
    make(ana, "Mail server")
    make(ana, "Printer")
    page = world.client("ana").get(world.url("assets/"), {"q": "mail"})
    assert page.status_code == 200
    assert "Mail server" in page.text and "Printer" not in page.text
