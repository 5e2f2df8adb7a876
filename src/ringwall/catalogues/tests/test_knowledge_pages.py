"""The knowledge as pages: every chapter whole, in both languages, for every member; terms linked to the glossary."""

import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ringwall.catalogues import chapters, chapters_of_iso, glossary, passages
from ringwall.catalogues.builtin import ANNEX_A, CLAUSES
from ringwall.catalogues.knowledge import read
from ringwall.conftest import World
from ringwall.kit import registry

pytestmark = pytest.mark.once

LANGUAGES = ("en", "de")
ENTRIES = {
    "cycle": 2 + 5,
    "steps": 28,
    "roles": 32,
    "threats": 47,
    "damage-scenarios": 6,
    "isms1": 9 + 16,
    "standards": 21,
    "glossary": 149,
}


def reader(world: World, name: str = "emil", language: str = "en") -> Client:
    user = world.people[name].user
    assert user is not None
    user.language = language
    user.save()
    return world.client(name)


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def anchors(html: str) -> list[str]:
    return re.findall(r'<article class="entry" id="([^"]+)">', html)


def links(html: str) -> list[str]:
    main = html[html.index('<main id="main"') : html.index("</main>")]
    return re.findall(r'href="([^"]+)"', main)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_employee_finds_all_chapters_from_the_navigation(world: World, language: str) -> None:
    client = reader(world, language=language)
    assert f'href="{world.url("knowledge/")}"' in page(client, world.url())
    html = page(client, world.url("knowledge/"))
    assert [link for link in links(html) if link.startswith("./")] == [f"./{key}/" for key in chapters.CHAPTERS]
    assert ("28 Schritte" if language == "de" else "28 steps") in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", chapters.CHAPTERS)
def test_every_chapter_lists_all_its_entries(world: World, key: str, language: str) -> None:
    html = page(reader(world, language=language), world.url(f"knowledge/{key}/"))
    found = anchors(html)
    assert len(found) == len(set(found)) == ENTRIES[key]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert [one for one, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_link_of_the_knowledge_leads_nowhere(world: World, builtin: Any, language: str) -> None:
    """With the built-in catalogues there, every address answers, and every anchor stands on its page."""
    client = reader(world, "ben", language)
    start = world.url("knowledge/")
    todo = [f"{start}{key}/" for key in chapters.CHAPTERS] + [f"{start}steps/{number}/" for number in range(1, 29)]
    seen: dict[str, str] = {}
    wanted = set()
    for url in todo:
        seen[url] = page(client, url)
        for link in links(seen[url]):
            wanted.add(link if link.startswith("/") else f"{url}{link}")
    requirements = 0
    for link in wanted:
        address, _hash, anchor = link.partition("#")
        address = address.partition("?")[0]
        if address not in seen:
            seen[address] = page(client, address)
            requirements += "/catalogues/" in address
        assert not anchor or f'id="{anchor}"' in seen[address], link
    assert requirements > 50


def test_a_step_tells_its_clause_its_place_and_what_it_asks(world: World, builtin: Any) -> None:
    html = page(reader(world, "ben"), world.url("knowledge/steps/7/"))
    assert "after ISO/IEC 27003:2010, clause 5.4" in html
    assert "7 of 28" in html
    assert "waits for a decision of management" in html
    assert f'href="{world.url(f"catalogues/{CLAUSES}/5.1/")}"' in html
    assert f'href="{world.url("knowledge/steps/6/")}"' in html
    assert "waits for a decision" not in page(reader(world, "ben"), world.url("knowledge/steps/6/"))


def test_who_may_not_see_catalogues_reads_the_clauses_without_links(world: World) -> None:
    html = page(reader(world), world.url("knowledge/steps/7/"))
    assert "Leadership and commitment" in html
    assert [link for link in links(html) if "/catalogues/" in link] == []
    assert [link for link in links(page(reader(world), world.url("knowledge/isms1/"))) if "/catalogues/" in link] == []


@pytest.mark.parametrize("number", ["0", "29", "999999999999"])
def test_a_step_that_does_not_exist_is_not_found(world: World, number: str) -> None:
    assert reader(world).get(world.url(f"knowledge/steps/{number}/")).status_code == 404


def test_a_chapter_that_does_not_exist_is_not_found(world: World) -> None:
    assert reader(world).get(world.url("knowledge/nothing/")).status_code == 404


def test_threats_are_narrowed_by_the_core_value_they_touch(world: World) -> None:
    client = reader(world)
    every = read("elementary_threats.yaml")["threats"]
    for value in "CIA":
        expected = [threat["id"].replace(" ", "") for threat in every if value in threat["core_values"]]
        assert anchors(page(client, world.url(f"knowledge/threats/?value={value}"))) == expected
    assert len(anchors(page(client, world.url("knowledge/threats/?value=x")))) == 47


def test_a_conflict_of_roles_stands_at_both() -> None:
    found = {entry.key: entry for entry in chapters_of_iso.roles().entries}

    def named(key: str) -> set[str]:
        return {ref.path.partition("#")[2] for part in found[key].parts if part.style == "refs" for ref in part.refs}

    assert "internal_auditor" in named("information_security_officer")
    assert "information_security_officer" in named("internal_auditor")


def test_every_reference_to_the_standard_bears_its_title() -> None:
    names = [name for step in read("iso27003_steps.yaml")["steps"] for name in step["clause_2022"]]
    names += [name for one in read("isms1.yaml")["requirements"] for name in one["iso27001"]]
    refs = passages.requirement_refs(names)
    assert all(ref.title for ref in refs)
    assert {ref.path for ref in refs if ref.label in ("6.1.3 a", "A.5.9")} == {
        f"catalogues/{CLAUSES}/6.1.3/",
        f"catalogues/{ANNEX_A}/A.5.9/",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_is_alphabetical_in_the_language_of_the_page_and_names_the_other_word(
    world: World, language: str
) -> None:
    html = page(reader(world, language=language), world.url("knowledge/glossary/"))
    keys = anchors(html)
    other = "en" if language == "de" else "de"
    terms = {entry["key"]: entry["term"] for entry in read("glossary.yaml")["terms"]}
    plain = str.maketrans("äöü", "aou")
    titles = [terms[key][language].casefold().translate(plain) for key in keys]
    assert titles == sorted(titles)
    assert f'lang="{other}">{terms["damage_scenario"][other]}</span>' in html
    assert 'class="term"' not in html


def test_a_text_that_lacks_one_language_is_told_in_the_other() -> None:
    assert passages.told({"en": "Only English"}) == "Only English"
    assert passages.told({"de": "Nur Deutsch"}) == "Nur Deutsch"
    assert passages.told({}) == passages.told(None) == ""
    word = glossary._word({"key": "x", "term": {"de": "Wort"}, "explanation": {"de": "Ein Wort."}}, "en")
    assert (word.term, word.explanation, word.spellings) == ("Wort", "Ein Wort.", ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_spelling_stands_for_two_terms(language: str) -> None:
    spelt = Counter(spelling for word in glossary.words(language) for spelling in word.spellings)
    assert [spelling for spelling, count in spelt.items() if count > 1] == []
    assert all(spelling == spelling.strip() and spelling for spelling in spelt)
    every = {word.key for word in glossary.words(language)}
    assert {term.key for term in registry.answers("terms", language)} < every


def test_linked_names_languages_and_forms_add_spellings() -> None:
    for entry in read("glossary.yaml")["terms"]:
        assert set(entry.get("linked", ())) <= set(LANGUAGES), entry["key"]
        assert len(entry.get("forms", ())) == len(set(entry.get("forms", ()))), entry["key"]
    by_key = {word.key: word.spellings for word in glossary.words("en")}
    assert by_key["dependency"][:4] == ("Dependency", "dependency", "Dependencies", "dependencies")
    assert "control" not in by_key["control"] and "controls" in by_key["control"]
    german = {word.key: word.spellings for word in glossary.words("de")}
    assert {"Asset", "Assets"} <= set(german["asset"])
    assert "anforderung" not in german["requirement"]
    assert {"oberste Leitung", "obersten Leitung", "Institutionsleitung"} <= set(german["top_management"])


@pytest.mark.parametrize(("language", "term"), [("en", "requirements"), ("de", "Anforderungen")])
def test_a_term_is_linked_once_on_a_page_to_its_anchor(world: World, language: str, term: str) -> None:
    html = page(reader(world, language=language), world.url("knowledge/standards/"))
    url = world.url("knowledge/glossary/#requirement")
    assert html.count(f'href="{url}"') == 1
    assert f'<a href="{url}" aria-describedby="term-requirement">{term}</a>' in html


def test_the_guidance_on_a_requirement_links_its_terms(world: World, builtin: Any) -> None:
    html = page(reader(world, "ben", "de"), world.url(f"catalogues/{ANNEX_A}/A.8.8/"))
    assert html.count(f'href="{world.url("knowledge/glossary/#vulnerability")}"') == 1


@pytest.mark.parametrize(
    ("language", "typed", "url"),
    [
        ("en", "residual risk", "glossary/#residual_risk"),
        ("de", "restrisiko", "glossary/#residual_risk"),
        ("en", "G 0.39", "threats/#G0.39"),
        ("de", "internes audit", ""),
        ("en", "elementary threats", "threats/"),
        ("en", "business objectives", "steps/1/"),
    ],
)
def test_the_search_finds_chapters_and_entries_by_title(world: World, language: str, typed: str, url: str) -> None:
    html = page(reader(world, language=language), world.url(f"search/?q={typed}"))
    found = [link for link in links(html) if "/knowledge/" in link]
    assert (world.url(f"knowledge/{url}") in found) if url else found == []


def test_no_page_of_the_knowledge_asks_the_database_for_it(world: World) -> None:
    client = reader(world)
    counted = []
    for path in ("", "roles/", "steps/7/"):
        client.get(world.url(f"knowledge/{path}"))
        with CaptureQueriesContext(connection) as captured:
            page(client, world.url(f"knowledge/{path}"))
        counted.append(len(captured))
    client.get(world.url("account/"))
    assert len(set(counted)) == 1
    assert not any("catalogues_" in query["sql"] for query in captured.captured_queries)


def test_the_chapters_are_made_once_for_each_language() -> None:
    english = chapters.chapter("roles")
    assert english is chapters.chapter("roles")
    with translation.override("de"):
        german = chapters.chapter("roles")
    assert german is not None and german.title == "Rollen" and german is not english
