"""The page of results and what the palette gets of it."""

from typing import cast

import pytest
from django.test import RequestFactory

from ringwall.assets.actions import acts
from ringwall.kit.requests import ActorRequest
from ringwall.search.commands import commands
from ringwall.search.views import search_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(world):
    def ask(name, text, **headers):
        request = cast(ActorRequest, RequestFactory().get("/demo/search/", {"q": text}, headers=headers))
        request.actor = world.actor(name)
        request.user = world.people[name].user
        return search_page(request)

    return ask


def make(actor, title, **values):
    return acts.create.run(actor, {"title": title, "category": "system", **values})


def test_hits_stand_under_their_register_with_reference_and_title(ask, ana):
    made = make(ana, "Mail server", description="for letters")
    page = ask("ana", "letters").text
    assert f'href="/demo/assets/{made.ref}/"' in page
    assert "Mail server" in page and "Assets" in page and "for letters" in page


def test_the_palette_gets_the_results_alone(ask, ana):
    make(ana, "Mail server")
    part = ask("ana", "mail", HX_Request="true").text
    assert "Mail server" in part
    assert "<html" not in part


def test_what_was_typed_is_shown_as_text(ask):
    assert "<script>" not in ask("ana", "<script>alert(1)</script>").text.replace('<script src="', "")


def test_nothing_found_says_what_to_try(ask):
    assert "Nothing found" in ask("ana", "zebra").text


def test_a_reader_is_offered_no_new_record_and_no_register_beyond_the_role(ana, ben, nobody):
    assert [str(link.label) for link in commands(ana, "new ass")] == ["New asset"]
    assert [link.url for link in commands(ana, "assets")] == ["/demo/assets/"]
    assert commands(ben, "new ass") == []
    assert [link.url for link in commands(ben, "assets")] == ["/demo/assets/"]
    assert commands(nobody, "assets") == []


def test_the_palette_is_not_told_the_places_it_knows_from_the_navigation(ana):
    assert commands(ana, "assets", with_places=False) == []


def test_the_page_needs_few_queries_however_many_hits_there_are(ask, ana, django_assert_max_num_queries):
    for number in range(30):
        make(ana, f"Server {number}")
    with django_assert_max_num_queries(16):
        ask("ana", "server")
