"""Runs all checks of the project, each announced and timed: what `bin/test` calls once the environment stands.

bin/test           everything
bin/test fast      everything but the tests on PostgreSQL and in the browser
bin/test PATH…     pytest with these arguments, on the database DATABASE_URL names (default: SQLite)

The exit code is 0 when all that ran was good, 1 otherwise. Parts that could not run are named in the last lines; with
CI=true they count as failures.
"""

# ruff: noqa: S603, S607 - every command is written in this file

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
BROWSER_MARK = "mark.browser"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Need:
    """A program of the system that some checks use, and the Debian package it comes in."""

    programs: tuple[str, ...]
    package: str
    part: str
    """What cannot be checked without it."""

    def path(self) -> str | None:
        if self.package == "postgresql":
            try:
                return str(postgres.programs())
            except postgres.Missing:
                return None
        return next((found for program in self.programs if (found := shutil.which(program))), None)


NEEDS = (
    Need(("msgfmt",), "gettext", "tests of translations"),
    Need(("pdftotext",), "poppler-utils", "tests of PDF files"),
    Need(("node",), "nodejs npm", "tests of signing in by a provider"),
    Need(("soffice", "libreoffice"), "libreoffice-calc libreoffice-writer", "tests with LibreOffice"),
)
POSTGRES = Need(("postgres",), "postgresql", "tests on PostgreSQL")
BROWSER = Need(CHROMIUM, "chromium", "browser tests")


@dataclass(slots=True)
class Outcome:
    name: str
    seconds: float
    code: int
    last_line: str


@dataclass(slots=True)
class Checks:
    """The run as it goes; `environment` is what every part sees."""

    environment: dict[str, str]
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def part(self, name: str, *command: str | Path, more: dict[str, str] | None = None) -> None:
        print(f"\n── {name}", flush=True)
        start = time.monotonic()
        code, last_line = _stream(command, self.environment | (more or {}))
        outcome = Outcome(name, time.monotonic() - start, code, last_line)
        print(f"── {name}: {'good' if code == 0 else 'FAILED'} ({outcome.seconds:.1f} s)", flush=True)
        self.outcomes.append(outcome)

    def pytest(self, name: str, *arguments: str, more: dict[str, str] | None = None) -> None:
        workers = str(max(2, min(8, os.cpu_count() or 2)))
        self.part(name, BIN / "pytest", "-n", workers, "--dist", "loadgroup", "-rs", *arguments, more=more)

    def skip(self, name: str, reason: str) -> None:
        self.skipped[name] = reason

    def conclude(self) -> int:
        """Prints the table, what was skipped last, and gives the exit code."""
        print("\n── Summary")
        for outcome in self.outcomes:
            counts = f"  {outcome.last_line.strip('= ')}" if " in " in outcome.last_line else ""
            print(f"{'good  ' if outcome.code == 0 else 'FAILED'}  {outcome.name} ({outcome.seconds:.1f} s){counts}")
        total = sum(outcome.seconds for outcome in self.outcomes)
        is_good = all(outcome.code == 0 for outcome in self.outcomes)
        print(f"{'All good' if is_good else 'Something FAILED'} after {total:.0f} s.")
        for name, reason in self.skipped.items():
            print(f"skipped: {name}: {reason}")
        return 0 if is_good and not (self.skipped and os.environ.get("CI") == "true") else 1


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if arguments and arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0
    os.chdir(ROOT)
    with _environment() as environment:
        if arguments and arguments != ["fast"]:
            return subprocess.run([BIN / "pytest", *arguments], env=environment).returncode
        checks = Checks(environment | {"DATABASE_URL": ""})
        _run(checks, is_fast=bool(arguments))
        return checks.conclude()


def _run(checks: Checks, *, is_fast: bool) -> None:
    needs = NEEDS if is_fast else (*NEEDS, POSTGRES, BROWSER)
    _provide(needs)
    for need in needs:
        if need.path() is None:
            checks.skip(need.part, f"not installed (Debian, Ubuntu: apt install {need.package})")
    checks.part(
        "Formatting", BIN / "ruff", "format", "--check", "--output-format", "concise", "src", "bin", "conftest.py"
    )
    checks.part("Lint", BIN / "ruff", "check", "--output-format", "concise", "src", "bin", "conftest.py")
    if templates := sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").glob("**/templates/**/*.html")):
        checks.part("Templates", BIN / "djade", "--target-version", "6.1", "--check", *templates)
    checks.part("Types", BIN / "mypy")
    checks.part("Import contracts", BIN / "lint-imports", "--no-logo")
    checks.pytest("Tests on SQLite", "-m", "not browser and not postgres")
    if is_fast:
        return
    if POSTGRES.path() is not None:
        try:
            with postgres.cluster() as address:
                # The pure floors know no database; once is enough for them.
                pure = ("--ignore=src/ringwall/lib", "--ignore=src/ringwall/oscal")
                checks.pytest("Tests on PostgreSQL", "-m", "not browser", *pure, more={"DATABASE_URL": address})
        except postgres.Missing as error:
            checks.skip(POSTGRES.part, str(error))
    if chromium := BROWSER.path():
        # Only the files that hold browser tests: collecting all the others takes longer than some of them run.
        files = Path("src").glob("**/tests/**/test_*.py")
        paths = sorted(str(path) for path in files if BROWSER_MARK in path.read_text())
        if paths:
            checks.pytest("Browser tests", "-m", "browser", *paths, more={"RINGWALL_CHROMIUM": chromium})
        else:
            checks.skip(BROWSER.part, "there are none")


@contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """The environment of the checks: a data directory of their own, so that nobody's data is touched."""
    with tempfile.TemporaryDirectory(prefix="ringwall-test-") as data:
        yield os.environ | {"RINGWALL_DATA": data, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def _provide(needs: Sequence[Need]) -> None:
    """Installs what is missing where that can be done without asking: as root, with apt."""
    missing = [package for need in needs if need.path() is None for package in need.package.split()]
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"── Installing {', '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *missing]):
        if subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL).returncode:
            return


def _stream(command: Sequence[str | Path], environment: dict[str, str]) -> tuple[int, str]:
    """Runs a command with its output passed on as it comes; its exit code and last line that is not blank."""
    last_line = ""
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            last_line = line.strip() or last_line
    return process.returncode, last_line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
