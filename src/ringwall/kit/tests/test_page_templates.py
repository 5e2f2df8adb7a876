"""The templates of the kit draw plain page values: safely, without inline code, and usable without a script."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from ringwall.kit import pages
from ringwall.kit.templatetags import ringwall as tags

HERE = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
SCRIPTS = sorted((HERE / "static" / "ringwall" / "js").glob("*.js"))
HOSTILE = '<script>alert("x")</script>'


class Elements(HTMLParser):
    """Collects every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _tag, attrs in self.found if name in attrs]


def drawn(template: str, path: str = "/acme/assets/", **context: Any) -> str:
    return render_to_string(template, context, RequestFactory().get(path))


def register_page(**changes: Any) -> pages.RegisterPage:
    cells = [
        pages.Cell("ref", "A-0001", "ref", "/acme/assets/A-0001/"),
        pages.Cell("title", HOSTILE, "title", is_editable=True),
        pages.Cell("state", "unowned", "state", state="bad"),
    ]
    values: dict[str, Any] = {
        "kind": "asset",
        "title": "Assets",
        "title_one": "Asset",
        "url": "/acme/assets/",
        "columns": [
            pages.Column("ref", "Reference", "ref", "?sort=-ref", "ascending"),
            pages.Column("title", "Title"),
            pages.Column("state", "State", "state"),
        ],
        "rows": [pages.Row("id-1", "A-0001", "/acme/assets/A-0001/", 4, cells, is_withdrawn=True)],
        "pager": pages.Pager(1, 50, 100_342, next_url="?page=2"),
        "empty": pages.Empty(
            "Nothing here yet", "Assets are what is of value.", [pages.Link("New asset", "/acme/assets/new/")]
        ),
        "search": HOSTILE,
        "filters": [pages.Filter("kind", "Kind", "choice", [pages.Choice("system", "System", True)])],
        "chips": [pages.Chip("Kind", "System", "/acme/assets/")],
        "bulk": [pages.Link("Withdraw", "/acme/assets/bulk/withdraw/", "archive", "danger")],
        "exports": [pages.Link("XLSX", "/acme/assets/export/xlsx/")],
        "paste_url": "/acme/assets/import/paste/",
        "save_view_url": "/acme/assets/views/",
    } | changes
    return pages.RegisterPage(**values)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_each_template_compiles_and_carries_no_inline_style_or_code(path: Path) -> None:
    get_template(path.relative_to(HERE / "templates").as_posix())
    assert not re.search(r"""\s(style|on[a-z]+)\s*=\s*["'{]""", path.read_text()), (
        "the content security policy would block it"
    )


def test_our_scripts_stay_below_80_kilobytes() -> None:
    assert SCRIPTS
    assert sum(path.stat().st_size for path in SCRIPTS) < 80_000


def test_text_from_people_is_escaped_wherever_a_register_shows_it() -> None:
    html = drawn("kit/register.html", page=register_page())
    assert HOSTILE not in html
    assert html.count("&lt;script&gt;") >= 2


def test_a_register_row_tells_the_grid_what_it_needs_and_no_more() -> None:
    rows = Elements(str(tags.table_rows(register_page().rows, True)))
    [row] = rows.having("data-id")
    assert row["data-url"] == "/acme/assets/A-0001/"
    assert row["data-version"] == "4"
    assert [attrs["data-key"] for attrs in rows.having("data-edit")] == ["title"]
    assert [attrs["value"] for attrs in rows.having("name")] == ["id-1"]


def test_a_withdrawn_row_and_a_state_say_so_in_a_word() -> None:
    html = str(tags.table_rows(register_page().rows))
    assert re.search(r"A-0001</a> <span[^>]*>withdrawn</span></th>", html)
    assert '<span class="state state-bad">unowned</span>' in html


def test_an_unknown_tone_is_drawn_quiet() -> None:
    assert str(tags.state("odd", "purple")) == '<span class="state state-quiet">odd</span>'


def test_the_fragment_of_a_register_is_the_part_of_the_page_that_htmx_swaps() -> None:
    fragment = drawn("kit/register.html#table", page=register_page())
    assert fragment.lstrip().startswith('<section id="register"')
    assert "<html" not in fragment


def test_search_keeps_sort_and_columns_but_asks_for_its_own_filters_and_the_first_page() -> None:
    html = drawn(
        "kit/register.html",
        "/acme/assets/?sort=-title&col=ref&col=title&kind=system&page=7&q=old",
        page=register_page(),
    )
    form = html.partition('id="register-form"')[2].partition("</form>")[0]
    hidden = [(a["name"], a["value"]) for a in Elements("<form " + form).having("value") if a.get("type") == "hidden"]
    assert hidden == [("sort", "-title"), ("col", "ref"), ("col", "title")]


def test_hidden_fields_keep_every_value_of_a_key() -> None:
    assert str(tags.hidden_fields(QueryDict("a=1&a=2&b=&c=3"), "c")) == (
        '<input type="hidden" name="a" value="1"><input type="hidden" name="a" value="2">'
    )


def test_bulk_actions_need_no_script() -> None:
    found = Elements(drawn("kit/register.html", page=register_page()))
    [action] = found.having("formaction")
    assert action["formaction"] == "/acme/assets/bulk/withdraw/"
    [form] = [attrs for tag, attrs in found.found if tag == "form" and attrs.get("id") == "bulk"]
    assert form["method"] == "post"


def test_an_empty_register_offers_the_first_step() -> None:
    html = drawn("kit/register.html", page=register_page(rows=[]))
    assert 'href="/acme/assets/new/"' in html
    assert "<table" not in html


class AssetForm(forms.Form):
    title = forms.CharField(label="Title", help_text="As people call it.")
    need = forms.ChoiceField(label="Need", choices=[("h", "High")], widget=forms.RadioSelect)


def test_each_error_is_listed_first_and_leads_to_a_field_that_is_there() -> None:
    page = pages.FormPage("New asset", AssetForm({"title": ""}), "/acme/assets/new/", "Create asset", "/acme/assets/")
    html = drawn("kit/form.html", page=page)
    targets = re.findall(r'<li>\s*<a href="#([^"]+)"', html.partition("error-summary")[2])
    ids = {attrs["id"] for attrs in Elements(html).having("id")}
    assert len(targets) == 2
    assert set(targets) <= ids


def test_help_and_error_of_a_field_are_named_by_it() -> None:
    html = drawn("kit/field.html", field=AssetForm({"title": ""})["title"])
    [field] = [attrs for tag, attrs in Elements(html).found if tag == "input"]
    described = (field["aria-describedby"] or "").split()
    assert described == ["id_title_helptext", "id_title_error"]
    assert set(described) <= {attrs["id"] for attrs in Elements(html).having("id")}


def test_a_lost_race_shows_both_values_and_who_was_first() -> None:
    page = pages.FormPage(
        "Edit", AssetForm(), "/x/", "Store", "/y/", version=5, conflict=[("Title", HOSTILE, "mine")], conflict_by="Cleo"
    )
    html = drawn("kit/form.html", page=page)
    assert "Cleo changed this" in html
    assert HOSTILE not in html
    assert '<input type="hidden" name="version" value="5">' in html


def test_the_editor_of_a_cell_carries_the_version_and_shows_the_refusal() -> None:
    html = drawn(
        "kit/cell_form.html",
        field=AssetForm({"title": "x"})["title"],
        url="/a/cell/title/",
        version=9,
        error="No such value.",
    )
    found = Elements(html)
    [form] = found.having("data-cancel")
    assert form["hx-post"] == form["action"] == "/a/cell/title/"
    assert form["data-cancel"] == "/a/cell/title/?cancel=1"
    assert [attrs["value"] for attrs in found.having("name") if attrs["name"] == "version"] == ["9"]
    assert "No such value." in html


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"added": 480, "changed": 20}, "Store 480 new and 20 changed assets"),
        ({"added": 480, "changed": 0}, "Store 480 new assets"),
        ({"added": 0, "changed": 20}, "Store 20 changed assets"),
    ],
)
def test_the_button_says_what_an_import_will_store(counts: dict[str, int], told: str) -> None:
    page = pages.ImportPage("Import", "/i/", "preview", [], counts=counts, can_store=True, noun="assets")
    assert told in drawn("kit/import.html", page=page)


def test_a_refused_import_lists_its_findings_and_offers_no_way_to_store() -> None:
    finding = pages.ImportFinding("error", 17, "Owner", "unknown person")
    row = pages.ImportRow(17, "refused", "A-1", HOSTILE, findings=[finding])
    page = pages.ImportPage("Import", "/i/", "preview", [], rows=[row], counts={"refused": 1}, findings=[finding])
    html = drawn("kit/import.html", page=page)
    assert "Row 17" in html
    assert html.count("unknown person") == 2
    assert HOSTILE not in html
    assert 'name="store"' not in html


def test_an_error_page_draws_without_navigation_or_a_signed_in_person() -> None:
    html = drawn("kit/error.html", status=500, title="Something went wrong", text="Try again.", remedy="")
    assert "<h1" in html
    assert 'id="navigation"' not in html


def test_every_icon_that_a_template_names_exists() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())}
    assert named
    for name in named:
        assert str(tags.icon(name)).startswith("<svg")
