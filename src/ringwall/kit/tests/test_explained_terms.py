"""Terms of the glossary in texts and labels: the first one on a page leads to its explanation, the rest stay words."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from ringwall.kit import pages, registry
from ringwall.kit.registry import Term
from ringwall.kit.templatetags import glossary

EXPLANATION = 'What is of "value" & more'
TERMS = {
    "en": [
        Term("risk", ["risk", "Risk"], "Chance and harm", "words/#risk"),
        Term("risk_owner", ["risk owner", "Risk owner"], "Who answers for it", "words/#risk_owner"),
        Term("asset", ["asset", "assets", "Asset"], EXPLANATION, "words/#asset"),
    ],
    "de": [Term("asset", ["Wert", "Werte"], "Was zählt", "words/#asset")],
}


@pytest.fixture(autouse=True)
def terms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(registry.providers, "terms", [lambda language: TERMS[language]])
    glossary._terms.cache_clear()
    yield
    glossary._terms.cache_clear()


def request(*, signed_in: bool = True) -> Any:
    found: Any = RequestFactory().get("/acme/")
    found.actor = SimpleNamespace(organisation=SimpleNamespace(code="acme")) if signed_in else None
    return found


def drawn(*texts: Any, **told: Any) -> str:
    template = Template("{% load glossary %}" + "".join(f"{{% explained t{at} %}}|" for at in range(len(texts))))
    values = {f"t{at}": text for at, text in enumerate(texts)}
    return template.render(Context({"request": request(**told), **values}))


def linked(html: str) -> list[str]:
    return re.findall(r'<span class="term"><a [^>]*>([^<]*)</a>', html)


def test_a_term_is_linked_where_the_page_first_uses_it_and_not_again() -> None:
    html = drawn("Each asset counts.", "An asset, two assets.", "Asset")
    assert linked(html) == ["asset"]
    assert html.endswith("|An asset, two assets.|Asset|")
    assert html.count('href="/acme/words/#asset"') == 1


def test_the_explanation_stands_beside_the_link_for_eye_and_screen_reader() -> None:
    html = drawn("asset")
    assert 'aria-describedby="term-asset"' in html
    assert 'role="tooltip" id="term-asset">What is of &quot;value&quot; &amp; more</span>' in html


def test_the_longest_term_wins() -> None:
    assert linked(drawn("The risk owner accepts the risk.")) == ["risk owner", "risk"]


@pytest.mark.parametrize("text", ["brisk", "assets-to-be", "IT-asset", "riskless", "asset/wert", "ASSET"])
def test_only_whole_words_are_terms(text: str) -> None:
    assert drawn(text) == f"{text}|"


def test_plain_text_is_escaped_whether_it_holds_a_term_or_not() -> None:
    assert drawn("<b>none</b>") == "&lt;b&gt;none&lt;/b&gt;|"
    html = drawn('<script>alert("asset")</script>')
    assert "<script" not in html and linked(html) == ["asset"]
    assert html.startswith("&lt;script&gt;alert(&quot;<span")


def test_safe_html_is_kept_and_links_headings_and_attributes_in_it_are_untouched() -> None:
    text = (
        '<h1>An asset</h1><p title="asset > asset">No <a href="/asset">asset <em>asset</em></a>'
        "<code>asset</code> but <strong>assets</strong> &amp; asset</p>"
    )
    html = drawn(mark_safe(text))
    assert linked(html) == ["assets"]
    assert re.sub(r'<span class="term"><a [^>]*>(\w+)</a><span.*?</span></span>', r"\1", html) == f"{text}|"


def test_each_language_has_its_own_words() -> None:
    assert drawn("Wert") == "Wert|"
    with translation.override("de"):
        assert linked(drawn("asset, Werte")) == ["Werte"]


def test_who_is_not_signed_in_gets_the_text_alone() -> None:
    assert drawn("<asset>", signed_in=False) == "&lt;asset&gt;|"


def test_nothing_is_linked_where_no_feature_explains_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.providers, "terms", [])
    glossary._terms.cache_clear()
    assert drawn("asset") == "asset|"


def test_labels_of_facts_and_headings_of_panels_explain_their_terms() -> None:
    panels = [
        pages.Panel("one", "Risk", facts=[pages.Fact("Asset", "risk owner")]),
        pages.Panel("two", "Risk", empty="No risk owner yet."),
    ]
    template = Template('{% for panel in panels %}{% include "kit/panel.html" %}{% endfor %}')
    html = template.render(Context({"request": request(), "panels": panels}))
    assert linked(html) == ["Risk", "Asset", "risk owner"]
    assert re.search(r"<h2 id=\"panel-one-title\"><span class=\"term\">", html)
    assert re.search(r"<dt><span class=\"term\">", html)
    assert '<h2 id="panel-two-title">Risk</h2>' in html
    assert "<dd>risk owner</dd>" in html


def test_the_text_of_an_empty_page_explains_its_terms() -> None:
    context = Context({"request": request(), "empty": pages.Empty("Risk owner", "A risk owner is a person.")})
    html = Template('{% include "kit/empty.html" %}').render(context)
    assert linked(html) == ["risk owner"]
    assert "<h2>Risk owner</h2>" in html
