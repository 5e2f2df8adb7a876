"""Writing: valid against the published schemas, read by other tools, stable, and the same again when read back."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from ringwall.oscal.markdown import block_xml, inline_xml
from ringwall.oscal.reader import read
from ringwall.oscal.shapes import shapes
from ringwall.oscal.tests.shared import DATA, KERNEL, REV4, REV5, needs_data, reading
from ringwall.oscal.writer import strict, to_json
from ringwall.oscal.xml_writing import to_xml

FILES = sorted(str(p.relative_to(DATA)) for p in DATA.glob("[!o]*/*.json")) if DATA.is_dir() else []
SCHEMAS = {
    "catalog": "catalog",
    "profile": "profile",
    "component-definition": "component",
    "system-security-plan": "ssp",
    "assessment-plan": "assessment-plan",
    "assessment-results": "assessment-results",
    "plan-of-action-and-milestones": "poam",
    "mapping-collection": "mapping",
}


@cache
def validator(model: str) -> Draft7Validator:
    text = (DATA / "oscal-schemas" / f"oscal_{SCHEMAS[model]}_schema.json").read_text()
    # Python's expressions have no Unicode properties; these are the two the schemas use.
    text = text.replace("\\\\p{L}", "[^\\\\W\\\\d_]").replace("\\\\p{N}", "\\\\d")
    return Draft7Validator(json.loads(text))


def loosened(tree: Any) -> Any:
    """A tree without what white space means nothing to: XML and Markdown read lines and bullets alike."""
    if isinstance(tree, dict):
        return {key: loosened(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [loosened(value) for value in tree]
    return re.sub(r"[\s*\\-]+", " ", tree).strip() if isinstance(tree, str) else tree


@needs_data
@pytest.mark.parametrize("path", FILES)
def test_json_that_is_written_equals_what_was_read_key_by_key_in_schema_order(path: str) -> None:
    given = reading(path)
    assert given.document is not None
    written = to_json(given.model, given.document)
    assert json.loads(written)[given.model] == given.tree
    assert to_json(given.model, read(written).tree) == written
    assert next(iter(json.loads(written)[given.model])) == "uuid"


@needs_data
@pytest.mark.parametrize("path", [path for path in FILES if path not in (REV5, REV4, KERNEL)])
def test_json_that_is_written_is_valid_against_the_published_schema(path: str) -> None:
    given = reading(path)
    root = json.loads(to_json(given.model, given.document or {}))
    assert [f"{error.json_path}: {error.message[:200]}" for error in validator(given.model).iter_errors(root)] == []


@needs_data
@pytest.mark.parametrize("path", [path for path in FILES if path not in (REV5, REV4)])
def test_xml_that_is_written_reads_back_the_same(path: str) -> None:
    given = reading(path)
    written = to_xml(given.model, given.document or {})
    again = read(written, "x.xml")
    assert again.findings == []
    assert loosened(again.tree) == loosened(strict(given.tree, shapes()[given.model]))
    assert read(to_xml(again.model, again.tree)).tree == again.tree


@needs_data
@pytest.mark.parametrize("path", ["examples/basic-catalog.json", "examples/ssp-example.json"])
def test_compliance_trestle_loads_what_is_written(path: str, tmp_path: Path) -> None:
    distros = pytest.importorskip("trestle.oscal")
    assert distros
    from trestle.oscal.catalog import Catalog
    from trestle.oscal.ssp import SystemSecurityPlan

    given = reading(path)
    target = tmp_path / "written.json"
    target.write_bytes(to_json(given.model, given.tree))
    loaded = (Catalog if given.model == "catalog" else SystemSecurityPlan).oscal_read(target)
    assert loaded is not None
    assert getattr(loaded, "uuid", "") == given.tree["uuid"]


def test_what_the_model_does_not_know_is_not_written() -> None:
    tree = {"metadata": {}, "uuid": "u", "colour": "red", "controls": [], "groups": [{"title": "G", "x": 1}]}
    assert to_json("catalog", tree) == b'{"catalog":{"uuid":"u","metadata":{},"groups":[{"title":"G"}]}}\n'


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ValueError, match="no OSCAL model"):
        to_json("bundle", {})


@pytest.mark.parametrize(
    ("markdown", "xml"),
    [
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("*em* **strong** `a*b`", "<p><em>em</em> <strong>strong</strong> <code>a*b</code></p>"),
        ("see [it](#ac-1)", '<p>see <a href="#ac-1">it</a></p>'),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("within {{ insert: param, ac-1_prm_1 }}.", '<p>within <insert type="param" id-ref="ac-1_prm_1"/>.</p>'),
        ("{{not one}} <b>text</b>", "<p>{{not one}} &lt;b&gt;text&lt;/b&gt;</p>"),
        (
            "| A | B |\n| --- | --- |\n| 1 | 2 |",
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
        ),
    ],
)
def test_markdown_becomes_the_elements_of_oscal(markdown: str, xml: str) -> None:
    assert block_xml(markdown) == xml


def test_a_line_of_markdown_has_no_paragraph() -> None:
    assert inline_xml("a *b*") == "a <em>b</em>"
