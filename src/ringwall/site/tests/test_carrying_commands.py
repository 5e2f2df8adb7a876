"""`catalogue carry` as scripts use it, called within the process."""

import json
from pathlib import Path
from typing import Any

import pytest

from ringwall.conftest import World
from ringwall.site.cli import _carry_out, parser

pytestmark = pytest.mark.once


def test_what_hangs_on_a_catalogue_is_carried_over_to_a_new_edition(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str, person: str = "ana", code: int = 0) -> Any:
        who = ["--as", world.people[person].email] if person else []
        given = parser().parse_args(["--organisation", "demo", *who, *words, "--json"])
        assert _carry_out(given) == code, words
        out = capsys.readouterr().out
        return json.loads(out) if out else None

    file = tmp_path / "edition.csv"
    for edition, word in (("first", "Keys"), ("second", "Keys and cards")):
        file.write_text(f"identifier,kind,title,text\n1,requirement,Lock,Doors\n2,requirement,Keys,{word}\n")
        run("catalogue", "import", str(file), "--id", edition)
    file.write_text("ref;title;requirements\nC-1;Guard;first:1, first:2\n")
    run("controls", "import", str(file))
    begin = ("catalogue", "carry", "begin", "first", "second")
    assert run(*begin, "--dry-run") == {
        "source": "first",
        "target": "second",
        "basis": "comparison",
        "by_rule": 1,
        "proposed": 1,
        "need_person": 0,
    }
    for words in ((*begin, "--basis", "mapping"), (*begin[:-1], "first"), ("catalogue", "carry", "show", "unknown")):
        run(*words, code=2)
    run(*begin, person="", code=1)
    run(*begin, person="cleo", code=1)
    assert run("catalogue", "carry", "list") == {"carry_overs": []}
    made = run(*begin)
    assert run("catalogue", "carry", "list", person="")["carry_overs"] == [made]
    (line,) = run("catalogue", "carry", "show", made["id"], "--state", "proposed")["worklist"]
    assert (line["source"], line["target"], line["records"][0]["ref"]) == ("2", "2", "C-1")
    run("catalogue", "carry", "confirm", made["id"], code=1)
    run("catalogue", "carry", "take", made["id"], code=2)
    assert run("catalogue", "carry", "take", made["id"], line["id"])["decided"] == 1
    assert run("catalogue", "carry", "undo", made["id"], "--reason", "too early")["state"] == "undone"
    again = run(*begin)["id"]
    assert run("catalogue", "carry", "refuse", again, "--all")["decided"] == 1
    assert run("catalogue", "carry", "renew", again)["proposed"] == 0
    assert run("catalogue", "carry", "confirm", again)["state"] == "confirmed"
