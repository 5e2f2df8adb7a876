"""The command line as scripts use it: its own processes, JSON on standard output, exit codes."""

import json
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from ringwall.site.tests.shell import Shell

pytestmark = pytest.mark.xdist_group("command-line")

CATALOGUE = {
    "catalog": {
        "uuid": "6f1a2c0e-6f0b-4c57-8a1c-0d2f6f3f9b11",
        "metadata": {
            "title": "House rules",
            "version": "1",
            "oscal-version": "1.1.2",
            "last-modified": "2026-01-01T00:00:00Z",
        },
        "groups": [
            {
                "id": "hr",
                "title": "Rules",
                "controls": [
                    {
                        "id": "hr-1",
                        "title": "Doors",
                        "parts": [{"id": "hr-1_smt", "name": "statement", "prose": "Doors MUST be locked."}],
                    },
                    {
                        "id": "hr-2",
                        "title": "Lights",
                        "parts": [{"id": "hr-2_smt", "name": "statement", "prose": "Lights SHOULD be off."}],
                    },
                ],
            }
        ],
    }
}


PROFILE = {
    "profile": {
        "uuid": "5f1a2c0e-6f0b-4c57-8a1c-0d2f6f3f9b12",
        "metadata": {
            "title": "Doors only",
            "version": "1",
            "oscal-version": "1.1.2",
            "last-modified": "2026-01-01T00:00:00Z",
        },
        "imports": [{"href": "house.json", "include-controls": [{"with-ids": ["hr-1"]}]}],
        "merge": {"as-is": True},
    }
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("cli") / "data")
    body = made.json("init", "--name", "Example Ltd", "--code", "example", "--email", "boss@example.example")
    assert body["organisation"] == "example"
    assert body["link"].startswith("/welcome/")
    return made


def test_init_refuses_a_directory_that_holds_an_organisation(shell: Shell) -> None:
    done = shell.run("init")
    assert done.returncode == 2
    assert "holds an organisation already" in done.stderr


def test_a_catalogue_comes_in_and_again_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "house.json"
    file.write_text(json.dumps(CATALOGUE))
    first = shell.json("catalogue", "import", str(file))
    assert set(first) == {"catalogue", "title", "version", "added", "changed", "unchanged", "withdrawn", "findings"}
    assert (first["title"], first["version"], first["changed"], first["withdrawn"]) == ("House rules", "1", 0, 0)
    assert first["added"] >= 2
    again = shell.json("catalogue", "import", str(file))
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, first["added"])
    shown = shell.json("catalogue", "show", first["catalogue"])
    assert set(shown) == {
        "id",
        "title",
        "version",
        "language",
        "groups",
        "requirements",
        "withdrawn",
        "statements",
        "levels",
        "threats",
    }
    assert (shown["groups"], shown["requirements"]) == (1, 2)
    assert set(shown["statements"]) == {"MUST", "MUST_NOT", "SHOULD", "SHOULD_NOT", "MAY"}
    assert first["catalogue"] in [row["id"] for row in shell.json("catalogue", "list")["catalogues"]]


@pytest.mark.parametrize("form", ["oscal-json", "oscal-xml", "xlsx"])
def test_a_catalogue_goes_out_and_comes_back_unchanged(shell: Shell, tmp_path: Path, form: str) -> None:
    file, out = tmp_path / "house.json", tmp_path / f"out.{form[-4:].strip('-')}"
    file.write_text(json.dumps(CATALOGUE))
    code = f"house-{form}"
    shell.json("catalogue", "import", str(file), "--id", code)
    told = shell.json("catalogue", "export", code, "--format", form, "--out", str(out))
    assert told == {"catalogue": code, "format": form, "file": str(out), "size": out.stat().st_size}
    assert (out.read_bytes() == file.read_bytes()) is (form == "oscal-json")
    again = shell.json("catalogue", "import", str(out), "--id", code)
    assert (again["added"], again["withdrawn"], again["unchanged"] + again["changed"]) == (0, 0, 2)
    assert form == "xlsx" or again["changed"] == 0
    assert shell.run("catalogue", "export", "no-such", "--out", str(out)).returncode == 2


def test_two_catalogues_are_compared(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "house.json"
    file.write_text(json.dumps(CATALOGUE))
    shell.json("catalogue", "import", str(file), "--id", "before")
    file.write_text(json.dumps(CATALOGUE).replace("Lights SHOULD", "Lights MUST"))
    shell.json("catalogue", "import", str(file), "--id", "after")
    body = shell.json("catalogue", "diff", "before", "after")
    assert body["counts"] == {"reworded": 1, "added": 0, "withdrawn": 0, "restored": 0, "moved": 0, "same": 1}
    assert [one["identifier"] for one in body["reworded"]] == ["hr-2"]
    assert "reworded: hr-2 Lights" in shell.run("catalogue", "diff", "before", "after").stdout
    assert shell.run("catalogue", "diff", "before", "no-such").returncode == 2


def test_a_mapping_comes_in_and_says_how_one_catalogue_is_covered_by_another(shell: Shell, tmp_path: Path) -> None:
    for code in ("norm-a", "norm-b"):
        file = tmp_path / f"{code}.csv"
        file.write_text("identifier,kind,title\n1,requirement,Lock\n2,requirement,Keys\n")
        shell.json("catalogue", "import", str(file), "--id", code)
    mapping = tmp_path / "a-to-b.csv"
    mapping.write_text("Source,Relation,Target,Defaulted\n1,contains,1,\n2,equal,2,yes\n9,equal,2,\n")
    sides = ("--from", "norm-a", "--to", "norm-b")
    first = shell.json("mapping", "import", str(mapping), *sides)
    assert {name: first[name] for name in ("added", "left_out")} == {"added": 2, "left_out": 1}
    again = shell.json("mapping", "import", str(mapping), *sides)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)
    listed = shell.json("mapping", "list")["mappings"]
    assert [(row["source"], row["target"], row["rows"], row["defaulted"]) for row in listed] == [
        ("norm-a", "norm-b", 2, 1)
    ]
    body = shell.json("mapping", "coverage", "norm-a", "norm-b")
    assert (body["target"], body["by"], body["covered"], body["partly"], body["not"]) == ("norm-b", "norm-a", 1, 0, 1)
    assert (body["unjudged"], body["rows"][1]["unjudged"][0]["source"]) == (1, "2")
    assert "covered by catalogue A" in shell.run("mapping", "coverage", "--help").stdout
    mapping.write_text("nothing")
    assert shell.json("mapping", "import", str(mapping), code=1)["added"] == 0


def test_a_broken_catalogue_is_refused_with_exit_code_1(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(CATALOGUE)[:200])
    body = shell.json("catalogue", "import", str(file), code=1)
    assert body["findings"][0]["severity"] == "error"


def test_an_oscal_file_is_checked_where_there_are_no_data(tmp_path: Path) -> None:
    nowhere = Shell(tmp_path / "nowhere")
    file = tmp_path / "house.json"
    file.write_text(json.dumps(CATALOGUE))
    assert nowhere.json("oscal", "check", str(file)) == {
        "file": str(file),
        "model": "catalog",
        "oscal_version": "1.1.2",
        "findings": [],
    }
    file.write_text(json.dumps(CATALOGUE)[:200])
    body = nowhere.json("oscal", "check", str(file), code=1)
    assert set(body["findings"][0]) == {"severity", "path", "message"}
    assert "cut off" in body["findings"][0]["message"]
    assert not nowhere.data.exists()


def test_commands_on_files_start_without_django(tmp_path: Path) -> None:
    file = tmp_path / "house.json"
    file.write_text(json.dumps(CATALOGUE))
    call = f"main(['--organisation', 'x', 'oscal', 'check', {str(file)!r}])"
    code = f"import sys; from ringwall.site.cli import main; assert {call} == 0; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_a_profile_is_resolved_with_the_files_beside_it(tmp_path: Path, ending: str) -> None:
    nowhere = Shell(tmp_path / "nowhere")
    profile, out = tmp_path / "profile.json", tmp_path / f"resolved.{ending}"
    profile.write_text(json.dumps(PROFILE))
    body = nowhere.json("catalogue", "resolve", str(profile), "--out", str(out), code=1)
    assert (body["controls"], body["out"]) == (0, None)
    assert any("house.json" in finding["message"] for finding in body["findings"])
    assert not out.exists()
    (tmp_path / "house.json").write_text(json.dumps(CATALOGUE))
    assert nowhere.json("catalogue", "resolve", str(profile), "--out", str(out)) == {
        "profile": str(profile),
        "controls": 1,
        "groups": 1,
        "out": str(out),
        "findings": [],
    }
    assert nowhere.json("oscal", "check", str(out))["model"] == "catalog"
    assert out.read_bytes().startswith(b"<?xml" if ending == "xml" else b"{")
    assert nowhere.run("catalogue", "resolve", str(profile), "--out", str(profile)).returncode == 2


def test_assets_come_in_and_a_refused_row_refuses_all(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "assets.csv"
    file.write_text("ref;title;category\nSRV-1;Mail;system\nSRV-2;Files;system\n")
    assert shell.json("assets", "import", str(file)) == {
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "findings": [],
    }
    assert shell.json("assets", "import", str(file))["unchanged"] == 2
    file.write_text("ref;title;category\nSRV-3;Print;system\nSRV-4;Fax;contraption\n")
    body = shell.json("assets", "import", str(file), code=1)
    assert (body["added"], body["refused"]) == (0, 1)
    assert "row 3" in body["findings"][0]["path"]
    assert shell.json("assets", "import", str(file), "--dry-run", code=1)["refused"] == 1


def test_the_system_user_may_import_but_decide_nothing(shell: Shell) -> None:
    verified = shell.json("ledger", "verify")
    assert verified["ok"]
    assert shell.run("--as", "nobody@example.example", "ledger", "export", "--out", "/dev/null").returncode in {0, 2}
    done = shell.run("catalogue", "show", "no-such")
    assert done.returncode == 2
    assert "no catalogue" in done.stderr


def test_the_ledger_goes_out_and_is_verified_without_the_database(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "ledger.txt"
    made = shell.json("ledger", "export", "--out", str(out))
    elsewhere = Shell(tmp_path / "elsewhere")
    body = elsewhere.json("ledger", "verify-file", str(out), "--key", made["key"])
    assert set(body) == {"ok", "organisations", "findings"}
    assert body["ok"]
    assert body["organisations"][0]["entries"] == made["entries"]
    damaged = bytearray(out.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    out.write_bytes(bytes(damaged))
    assert not elsewhere.json("ledger", "verify-file", str(out), "--key", made["key"], code=1)["ok"]


def test_a_backup_restored_into_an_empty_directory_verifies(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "backup.tgz"
    shell.json("backup", "--out", str(file))
    other = Shell(tmp_path / "restored")
    other.json("restore", str(file))
    before, after = shell.json("ledger", "verify"), other.json("ledger", "verify")
    assert after["ok"]
    assert {o["root"] for o in after["organisations"]} == {o["root"] for o in before["organisations"]}
    assert other.run("restore", str(file)).returncode == 2


def test_a_damaged_backup_is_refused_and_leaves_the_directory_empty(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "backup.tgz"
    shell.json("backup", "--out", str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    other = Shell(tmp_path / "restored")
    done = other.run("restore", str(file))
    assert done.returncode == 2
    assert "not a whole backup" in done.stderr
    assert not (tmp_path / "restored" / "ringwall.sqlite3").exists()
    with tarfile.open(file, "w:gz") as archive:
        archive.add(__file__, "../../outside.py")
    assert other.run("restore", str(file)).returncode == 2


def test_usage_errors_say_what_to_do(shell: Shell) -> None:
    assert shell.run("no-such-command").returncode == 2
    assert "is no file" in shell.run("assets", "import", "/no/such/file.csv").stderr
    assert "there is no organisation" in shell.run("--organisation", "nowhere", "assets", "import", __file__).stderr


def test_the_demonstration_is_not_served_beyond_this_machine(shell: Shell, tmp_path: Path) -> None:
    done = Shell(tmp_path / "new").run("run", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "not served on 0.0.0.0" in done.stderr


def test_a_port_that_is_taken_is_told_in_a_sentence(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = shell.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "is taken" in done.stderr and "--port" in done.stderr and "Traceback" not in done.stderr
