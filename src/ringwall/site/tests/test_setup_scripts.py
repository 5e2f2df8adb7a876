"""The scripts in bin/ make and mend their environment. A stand-in for pip keeps the tests off the network."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[4]
PROGRAM = "import sys\nprint('ringwall', *sys.argv[1:])\n"

# Takes the place of the machine's Python: real, but its environments get a pip that only keeps a log.
STAND_IN = """#!/bin/sh
case "$1 $2" in
"-m venv")
    "{python}" -m venv --without-pip "$3" || exit 1
    for site in "$3"/lib/python*/site-packages; do
        mkdir "$site/pip"
        echo 'import sys; open("{log}", "a").write(" ".join(sys.argv[1:]) + chr(10))' >"$site/pip/__main__.py"
    done
    ;;
*) exec "{python}" "$@" ;;
esac
"""


class Clone:
    """A project just cloned, with one locked requirement and a command line that repeats what it is told."""

    def __init__(self, root: Path) -> None:
        self.root = root / "a clone"
        self.log = root / "pip.log"
        self.interpreter = root / "python3.13"
        for name in ("environment.sh", "ringwall", "run"):
            (self.root / "bin").mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / "bin" / name, self.root / "bin" / name)
        program = self.root / "src" / "ringwall" / "site"
        program.mkdir(parents=True)
        (program / "cli.py").write_text(PROGRAM)
        (self.root / "requirements.txt").write_text("one==1 --hash=sha256:00\n")
        self.provide(STAND_IN.format(python=sys.executable, log=self.log))

    def provide(self, script: str) -> None:
        self.interpreter.write_text(script)
        self.interpreter.chmod(0o755)

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        script, *arguments = command
        environment = os.environ | {"RINGWALL_PYTHON": str(self.interpreter)}
        path = self.root / "bin" / script if "/" not in script else script
        return subprocess.run([path, *arguments], env=environment, capture_output=True, text=True, cwd="/")

    @property
    def installs(self) -> list[str]:
        """The calls of pip that installed something."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith("install")]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_first_call_makes_the_environment_and_prints_only_what_the_program_says(clone: Clone):
    run = clone.call("ringwall", "init", "two words")
    assert (run.returncode, run.stdout) == (0, "ringwall init two words\n")
    assert len(clone.installs) == 1
    assert "--require-hashes" in clone.installs[0]


def test_run_is_the_command_run_with_its_arguments(clone: Clone):
    assert clone.call("run", "--port", "8001").stdout == "ringwall run --port 8001\n"


def test_the_second_call_installs_nothing_and_says_nothing(clone: Clone):
    clone.call("ringwall")
    run = clone.call("ringwall")
    assert (run.returncode, run.stderr) == (0, "")
    assert len(clone.installs) == 1


def test_changed_requirements_are_installed_into_the_same_environment(clone: Clone):
    clone.call("ringwall")
    mark = clone.root / ".venv" / "mark"
    mark.touch()
    (clone.root / "requirements.txt").write_text("one==2 --hash=sha256:00\n")
    assert clone.call("ringwall").returncode == 0
    assert len(clone.installs) == 2
    assert mark.exists()


def test_an_environment_whose_python_is_gone_is_made_anew(clone: Clone):
    clone.call("ringwall")
    python = clone.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.13")
    run = clone.call("ringwall", "x")
    assert (run.returncode, run.stdout) == (0, "ringwall x\n")
    assert len(clone.installs) == 2


def test_a_moved_project_gets_a_new_environment(clone: Clone):
    clone.call("ringwall")
    clone.root = clone.root.rename(clone.root.with_name("moved"))
    mark = clone.root / ".venv" / "mark"
    mark.touch()
    run = clone.call("ringwall", "x")
    assert (run.returncode, run.stdout) == (0, "ringwall x\n")
    assert not mark.exists()


def test_an_installation_that_failed_is_told_and_tried_again(clone: Clone):
    clone.call("ringwall")
    (clone.root / "requirements.txt").write_text("one==2 --hash=sha256:00\n")
    pip = next(clone.root.glob(".venv/lib/python*/site-packages/pip/__main__.py"))
    works = pip.read_text()
    pip.write_text("import sys\nsys.exit('install' in sys.argv)")
    failed = clone.call("ringwall")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert "could not be installed" in failed.stderr
    pip.write_text(works)
    assert clone.call("ringwall").returncode == 0
    assert len(clone.installs) == 2


def test_a_link_to_the_script_finds_the_project(clone: Clone, tmp_path: Path):
    link = tmp_path / "elsewhere"
    link.symlink_to(clone.root / "bin" / "ringwall")
    assert clone.call(str(link), "x").stdout == "ringwall x\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\nexit 127\n", ""),
        ("#!/bin/sh\necho 'is Python 3.11; 3.12 or newer is needed' >&2\nexit 1\n", "is Python 3.11"),
    ],
)
def test_without_a_fitting_python_it_says_what_to_install(clone: Clone, script: str, reason: str):
    clone.provide(script)
    run = clone.call("ringwall")
    assert (run.returncode, run.stdout) == (2, "")
    assert reason in run.stderr
    assert "apt install python3 python3-venv" in run.stderr
    assert not (clone.root / ".venv").exists()


def test_a_shim_that_does_not_work_is_passed_over(clone: Clone, tmp_path: Path):
    path = tmp_path / "path"
    path.mkdir()
    shim = path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    clone.interpreter.rename(path / "python3.12")
    environment = {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    script = (
        f'here="{clone.root}/bin"; sed "/^# Nothing heavier/,$ d" "$here/environment.sh" >"$HOME/part"; . "$HOME/part"'
    )
    found = subprocess.run(
        ["sh", "-c", f'{script}; find_python; echo "$base"'], env=environment, capture_output=True, text=True
    )
    assert found.returncode == 0
    assert found.stdout.strip() != "python3.13"


@pytest.mark.parametrize("name", ["environment.sh", "ringwall", "run", "test", "lock"])
def test_scripts_are_plain_sh(name: str):
    assert subprocess.run(["sh", "-n", PROJECT / "bin" / name]).returncode == 0


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PROJECT / "bin"))
    monkeypatch.delenv("CI", raising=False)
    return importlib.import_module("checks").Checks(dict(os.environ))


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_a_skipped_part_is_the_last_line_and_fails_only_in_ci(checks, ci, code, capsys, monkeypatch):
    monkeypatch.setenv("CI", ci)
    checks.part("One", sys.executable, "-c", "print('1 passed in 2s')")
    checks.skip("browser tests", "no Chromium")
    assert checks.conclude() == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "skipped: browser tests: no Chromium"
    assert any(line.startswith("good") and line.endswith("1 passed in 2s") for line in lines)


def test_a_failed_part_fails_the_whole_and_the_others_still_run(checks, capsys):
    checks.part("One", sys.executable, "-c", "raise SystemExit(3)")
    checks.part("Two", sys.executable, "-c", "print('two ran')")
    assert checks.conclude() == 1
    output = capsys.readouterr().out
    assert "two ran" in output
    assert "FAILED  One" in output
