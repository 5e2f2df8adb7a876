"""Gathers the words to translate from code and templates and compiles the German ones: what `bin/messages` calls.

bin/messages           writes src/ringwall/<feature>/locale/de/LC_MESSAGES/django.po and .mo of every feature, and
                       names the words that have no German yet
bin/messages --check   writes nothing; the exit code is 1 if a file is not what the code asks for, a word has no German,
                       or a .mo differs from its .po

GNU gettext must be installed (Debian, Ubuntu: apt install gettext).
"""

# ruff: noqa: S603 - every command is written in this file

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.core.management.commands import makemessages

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "ringwall"
PO = Path("locale", "de", "LC_MESSAGES", "django.po")
SOURCES = {".py", ".html", ".txt"}
HEADER = r"""msgid ""
msgstr ""
"Language: de\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


@dataclass(slots=True)
class Message:
    """One entry of a .po file. `forms` holds the translations: one, or one per plural form."""

    msgid: str
    context: str | None = None
    plural: str | None = None
    forms: list[str] = field(default_factory=list)
    flags: str = ""

    @property
    def is_translated(self) -> bool:
        return all(self.forms) and "fuzzy" not in self.flags

    @property
    def compiled(self) -> Iterator[tuple[str | tuple[str, int], str]]:
        """Keys and values under which the standard library's gettext holds this message."""
        key = self.msgid if self.context is None else f"{self.context}\x04{self.msgid}"
        if self.plural is None:
            yield key, self.forms[0]
        else:
            yield from (((key, number), form) for number, form in enumerate(self.forms))


def read_po(text: str) -> list[Message]:
    """The messages of a .po file without its header and without obsolete entries."""
    messages = []
    for block in re.split(r"\n\s*\n", text):
        flags = "".join(line for line in block.splitlines() if line.startswith("#,"))
        parts = {
            keyword: "".join(ast.literal_eval(line.strip()) for line in lines.splitlines())
            for keyword, lines in re.findall(r'^(msg[\w\[\]]+) ((?:".*"(?:\n|$))+)', block, re.MULTILINE)
        }
        if parts.get("msgid"):
            forms = [value for keyword, value in parts.items() if keyword.startswith("msgstr")]
            messages.append(Message(parts["msgid"], parts.get("msgctxt"), parts.get("msgid_plural"), forms, flags))
    return messages


def read_mo(path: Path) -> dict[str | tuple[str, int], str]:
    with path.open("rb") as file:
        catalogue: dict[str | tuple[str, int], str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: value for key, value in catalogue.items() if key}


class Extraction(makemessages.Command):
    """Without guesses: a word that is new has no German until somebody writes it."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def features() -> list[Path]:
    return sorted(apps.parent for apps in PACKAGE.glob("*/apps.py"))


def extracted(feature: Path) -> str:
    """The .po file as the code of the feature asks for it, with the German that stands in the present one."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / feature.name
        for source in _sources(feature):
            target = copy / source.relative_to(feature)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        (copy / PO).parent.mkdir(parents=True, exist_ok=True)
        (copy / PO).write_text((feature / PO).read_text() if (feature / PO).exists() else HEADER)
        with chdir(copy), open(os.devnull, "w") as silence:
            call_command(Extraction(stdout=silence), locale=["de"], no_location=True, no_obsolete=True, verbosity=0)
        body = "\n\n".join(map(_without_guess, (copy / PO).read_text().split("\n\n")[1:]))
    return f"{HEADER}\n{body.rstrip()}\n" if body.strip() else ""


def _without_guess(block: str) -> str:
    """The entry, emptied where msgmerge kept the German of a plural form that has changed and called it fuzzy."""
    if not re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE):
        return block
    block = re.sub(r"^#\|.*\n", "", block, flags=re.MULTILINE)
    block = re.sub(r"^#, fuzzy\n|(?<=^#,) fuzzy,", "", block, flags=re.MULTILINE)
    return re.sub(r'^(msgstr\S*) ".*"(?:\n".*")*', r'\1 ""', block, flags=re.MULTILINE)


def _sources(feature: Path) -> Iterator[Path]:
    for path in feature.rglob("*"):
        inside = path.relative_to(feature).parts
        if path.suffix in SOURCES and not {"tests", "migrations", "locale"} & set(inside):
            yield path


def _compile(feature: Path) -> list[str]:
    """Writes the .mo file; what msgfmt finds wrong with the .po file, such as a placeholder that only one side has."""
    command = ["msgfmt", "--check-format", "--output-file", str(PO.with_suffix(".mo")), str(PO)]
    told = subprocess.run(command, cwd=feature, capture_output=True, text=True)
    return [f"ringwall/{feature.name}/{line}" for line in told.stderr.splitlines()] if told.returncode else []


def findings_of(feature: Path, wanted: str) -> list[str]:
    """What is wrong with the stored files of a feature, given the .po file its code asks for."""
    po = feature / PO
    name = po.relative_to(PACKAGE.parent)
    if not wanted:
        return [f"{name}: there is nothing to translate any more"] if po.exists() else []
    if not po.exists():
        return [f"{name}: missing"]
    found = [] if po.read_text() == wanted else [f"{name}: is not what the code asks for"]
    messages = read_po(wanted)
    found += [f"{name}: no German for “{message.msgid}”" for message in messages if not message.is_translated]
    compiled = dict(pair for message in read_po(po.read_text()) if message.is_translated for pair in message.compiled)
    if not po.with_suffix(".mo").exists() or read_mo(po.with_suffix(".mo")) != compiled:
        found.append(f"{name.with_suffix('.mo')}: differs from the .po file")
    return found


def write(feature: Path, wanted: str) -> list[str]:
    """Stores and compiles the .po file; what is wrong with it."""
    po = feature / PO
    if not wanted:
        shutil.rmtree(feature / "locale", ignore_errors=True)
        return []
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(wanted)
    return _compile(feature)


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    if any(shutil.which(program) is None for program in ("xgettext", "msgmerge", "msguniq", "msgattrib", "msgfmt")):
        print("GNU gettext is not installed (Debian, Ubuntu: apt install gettext).", file=sys.stderr)
        return 2
    found: list[str] = []
    for feature in features():
        wanted = extracted(feature)
        if not arguments:
            found += write(feature, wanted)
        found += findings_of(feature, wanted)
    print("\n".join(found) or "Every word has its German, and the files are up to date.")
    return 1 if found and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
