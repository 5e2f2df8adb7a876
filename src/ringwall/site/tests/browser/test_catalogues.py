"""From a catalogue's file to its next edition in a real browser: imported, searched, tailored, mapped, compared,
carried over and out again; the same walk in both languages."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ringwall.catalogues.tests.files import control, oscal

pytestmark = pytest.mark.browser

COUNTED = {
    "params": [{"id": "interval", "label": "how often"}],
    "parts": [{"id": "w-3_smt", "name": "statement", "prose": "Keys MUST be counted {{ insert: param, interval }}."}],
}
LOCK = control("w-1", "Lock", "Doors MUST be locked.")
VISITORS = control("w-2", "Visitors", "Visitors MAY wait in the hall.")
KEYS = {"id": "w-3", "title": "Keys", **COUNTED}
EDITIONS = {
    "first": (LOCK, VISITORS, KEYS),
    "second": (
        control("w-1", "Lock", "Doors and gates MUST be locked."),
        VISITORS,
        KEYS,
        control("w-4", "Alarm", "The alarm SHOULD be tested."),
    ),
}
MAPPING = "Source,Relation,Target\nw-1,equal,1\nw-2,contains,2\n"
NORM = (
    "identifier,kind,title,text\n"
    "1,requirement,Doors,Doors MUST be locked.\n"
    "2,requirement,Guests,Guests MAY wait.\n"
    "3,requirement,Fire,Fire MUST be put out.\n"
)
WORDS = {
    "en": {
        "imported": "3 added",
        "one": "1 of 3 requirements",
        "two": "2 of 3 requirements",
        "chosen": "2 requirements chosen",
        "half": "67 %",
        "reworded": "Reworded",
        "new": "New in this edition",
        "confirmed": "confirmed",
        "same": "nothing changed",
    },
    "de": {
        "imported": "3 neu",
        "one": "1 von 3 Anforderungen",
        "two": "2 von 3 Anforderungen",
        "chosen": "2 Anforderungen gewählt",
        "half": "67 %",
        "reworded": "Neu gefasst",
        "new": "Neu in dieser Ausgabe",
        "confirmed": "bestätigt",
        "same": "Es hat sich nichts geändert",
    },
}
PRIMARY = "main form button.button-primary"


def speak(page: Any, language: str) -> None:
    if page.get_attribute("html", "lang") != language:
        page.goto("/lindtal/")
        page.evaluate("code => document.querySelector(`button[name=language][value=${code}]`).click()", language)
        page.wait_for_function("code => document.documentElement.lang === code", arg=language)


@pytest.fixture(params=WORDS)
def reader(request: pytest.FixtureRequest, signed_in: Any) -> Iterator[tuple[Any, str]]:
    """The ISMS manager's page in one language; in English again for whoever comes next."""
    page = signed_in("isms_manager")
    speak(page, request.param)
    yield page, request.param
    speak(page, "en")


def test_a_catalogue_from_its_import_to_its_next_edition(reader: tuple[Any, str], sheet: Any) -> None:
    page, language = reader
    words = WORDS[language]
    base, first, second, norm = "/lindtal/catalogues/", f"walk-{language}-1", f"walk-{language}-2", f"norm-{language}"

    def send(address: str, file: Any, **values: str) -> str:
        page.goto(address)
        page.set_input_files("input[type=file]", file)
        for name, value in values.items():
            (page.fill if name == "code" else page.select_option)(f"[name={name}]", value)
        page.click(PRIMARY)
        page.wait_for_load_state()
        return str(page.inner_text("body"))

    def catalogue(code: str, edition: str) -> Any:
        uuid = f"{ord(language[0]):08}-2222-4333-8444-{len(edition):012}"
        title = f"Rules {code}"
        return sheet(f"{code}.json", oscal(*EDITIONS[edition], version=edition, title=title, uuid=uuid).decode())

    # Imported, searched and filtered.
    told = send(f"{base}import/", catalogue(first, "first"), code=first)
    assert words["imported"] in told, told
    page.fill("#catalogue-q", "Visit")
    page.wait_for_function("words => document.querySelector('[data-count]').innerText === words", arg=words["one"])
    page.fill("#catalogue-q", "")
    page.select_option("#filter-verb", "MUST")
    page.wait_for_function("words => document.querySelector('[data-count]').innerText === words", arg=words["two"])

    # Tailored: one left out with its reason, a value for the parameter.
    page.goto(f"/lindtal/profiles/new/?catalogues={first}")
    page.fill("[name=title]", f"Profile {language}")
    page.click(PRIMARY)
    page.wait_for_url("**/profiles/P-*/")
    profile = page.url
    page.click(f"a[href$='/tailor/{first}/']")
    page.uncheck("input[name=chosen][value=w-2]")
    page.fill("[name='reason:w-2']", "no guests")
    page.click("main [data-primary]")
    page.wait_for_selector(f"text={words['chosen']}")
    page.goto(f"{profile}tree/w-3/")
    page.fill("[name='value:interval']", "daily")
    page.click("main [data-primary]")
    page.wait_for_selector(".requirement-text:has-text('daily')")

    # A mapping comes in and says what is covered.
    send(f"{base}import/", sheet(f"{norm}.csv", NORM), code=norm)
    send(f"{base}mappings/import/", sheet(f"map-{language}.csv", MAPPING), source=first, target=norm)
    page.click(PRIMARY)
    page.wait_for_url(lambda url: "/mappings/" in url and "/import/" not in url)
    page.goto(f"{base}{norm}/coverage/?by={first}")
    assert words["half"] in page.inner_text(".coverage-groups")

    # The next edition is compared and carried over: the same by rule, the reworded one by decision.
    send(f"{base}import/", catalogue(second, "second"), code=second)
    page.goto(f"{base}{first}/compare/?with={second}")
    assert words["reworded"] in page.inner_text("main")
    assert "Doors and gates" in page.inner_text(".compare-entry")
    page.goto(f"{base}carry-overs/new/?source={first}&target={second}")
    page.click(".carry-offer button")
    page.wait_for_url("**/carry-overs/*-*/")
    page.check("tbody [name=ids] >> nth=0")
    page.click("#bulk button[value=take]")
    page.wait_for_load_state()
    page.click("a[href$='/act/confirm/']")
    page.click(PRIMARY)
    page.wait_for_selector(f"main .headline:has-text('{words['confirmed']}')")

    # What is new there is decided at the profile, which goes on with the new edition.
    page.goto(profile)
    assert words["new"] in page.inner_text("#panel-profile-new")
    page.check("#panel-profile-new [name=names][value=w-4]")
    page.click("#panel-profile-new button[value=choose]")
    page.wait_for_load_state()
    assert page.locator("#panel-profile-new").count() == 0
    resolved = page.request.get(f"{profile}oscal.json").json()["profile"]
    assert json.dumps(resolved["modify"]["set-parameters"]) == '[{"param-id": "interval", "values": ["daily"]}]'
    (taken,) = resolved["imports"]
    (left_out,) = (one for call in taken["exclude-controls"] for one in call["matching"])
    assert ("include-all" in taken, left_out["pattern"], left_out["remarks"]) == (True, "w-2", "no guests")

    # Out again, as OSCAL and as a spreadsheet that changes nothing.
    page.goto(f"{base}{second}/")
    assert page.request.get(f"{base}{second}/oscal.json").json()["catalog"]["metadata"]["version"] == "second"
    with page.expect_download() as download:
        page.evaluate("location.href = 'catalogue.xlsx'")
    file = download.value.path()
    told = send(f"{base}import/", {"name": f"{second}.xlsx", "mimeType": "", "buffer": file.read_bytes()}, code=second)
    assert words["same"] in told, told
