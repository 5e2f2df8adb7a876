import json
import subprocess
import sys

import pytest

from ringwall.reports import registry
from ringwall.reports.document import ReportError
from ringwall.reports.registry import ReportType
from ringwall.reports.render import FORMATS, render
from ringwall.reports.tests.samples import report


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch) -> None:
    monkeypatch.setattr(registry, "_types", {})


def find(actor, ref):
    return ref


def build(scope, actor, options):
    return report()


def test_a_registered_report_is_found_by_name_and_listed() -> None:
    soa = registry.register(ReportType("soa", "Statement of applicability", find, build))
    rtp = registry.register(ReportType("rtp", "Risk treatment plan", find, build, ("pdf",)))
    assert registry.get("soa") is soa
    assert registry.all() == [rtp, soa]
    assert registry.register(ReportType("soa", "Statement of applicability", find, build)) == soa


def test_an_unknown_report_is_refused_naming_those_there_are() -> None:
    registry.register(ReportType("soa", "Statement of applicability", find, build))
    with pytest.raises(ReportError, match=r"“sao”.*soa"):
        registry.get("sao")


def test_a_taken_name_and_an_unknown_format_are_refused() -> None:
    registry.register(ReportType("soa", "Statement of applicability", find, build))
    with pytest.raises(ReportError, match="already"):
        registry.register(ReportType("soa", "Another", find, build))
    with pytest.raises(ReportError, match="odt"):
        registry.register(ReportType("x", "X", find, build, ("odt",)))
    assert [each.name for each in registry.all()] == ["soa"]


def test_an_unknown_format_is_refused_naming_those_there_are() -> None:
    with pytest.raises(ReportError, match=r"“odt”.*pdf, docx, xlsx, json"):
        render(report(), "odt")


def test_json_has_every_part_of_the_report_in_a_fixed_order() -> None:
    data = render(report(), "json")
    made = json.loads(data)
    assert data == json.dumps(made, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert (made["format"], made["format_version"], made["as_of"]) == ("ringwall-report", 1, "2026-11-01")
    kinds = [block["block"] for block in made["blocks"]]
    assert kinds[:6] == ["heading", "paragraph", "facts", "note", "figure", "findings"]
    table = made["blocks"][8]
    assert table["columns"][5] == {"key": "cost", "title": "Cost", "kind": "money", "unit": "EUR"}
    assert table["rows"][0]["cost"] == "1234.50"
    assert table["rows"][0]["state"] == {"label": "applicable", "tone": "good"}
    assert "svg" not in data.decode()
    assert made["blocks"][4]["table"][1][0] == "often"


def test_heavy_libraries_are_loaded_only_with_their_format() -> None:
    script = (
        "import sys, ringwall.reports.registry, ringwall.reports.render, ringwall.reports.wording\n"
        "print([name for name in ('typst', 'docx', 'docxtpl', 'xlsxwriter', 'lxml') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert found.stdout.strip() == "[]"


def test_each_format_names_its_media_type_and_ending() -> None:
    assert {name: (each.ending, each.media_type.split("/")[0]) for name, each in FORMATS.items()} == {
        "pdf": (".pdf", "application"),
        "docx": (".docx", "application"),
        "xlsx": (".xlsx", "application"),
        "json": (".json", "application"),
    }
