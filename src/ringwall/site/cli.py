"""The command line. Exit code 0: good, 1: findings or refused, 2: wrong usage."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from typing import Any

GOOD, FINDINGS, USAGE = 0, 1, 2

Answer = tuple[int, dict[str, Any] | list[Any] | None, str]
"""(exit code, what --json prints, what a person reads)"""


class UsageError(Exception):
    """The command was called in a way that cannot be carried out; the text names the remedy."""


def _parser() -> tuple[argparse.ArgumentParser, Any]:
    """The command line before any command, and where commands are added."""
    main = argparse.ArgumentParser(
        prog="ringwall", description="Runs an organisation's information security management system."
    )
    main.add_argument("--organisation", metavar="CODE", help="the organisation to act in; default: the only one")
    main.add_argument(
        "--as",
        dest="person",
        metavar="EMAIL",
        help="act as this person; default: the system user, who may import but decide nothing",
    )
    return main, main.add_subparsers(dest="command", required=True, metavar="COMMAND")


def parser() -> argparse.ArgumentParser:
    """All commands. Loads Django."""
    main, commands = _parser()
    from ringwall.site.commands import checks, data, debts, installation, mail, records, reporting

    for module in (installation, records, checks, debts, reporting, mail, data):
        module.add_commands(commands)
    return main


def command(
    commands: Any, name: str, call: Callable[[argparse.Namespace], Answer], text: str, *, reports: bool = True
) -> argparse.ArgumentParser:
    """Add one command; every command that reports takes --json."""
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.set_defaults(call=call)
    if reports:
        made.add_argument("--json", action="store_true", help="print one JSON object to standard output")
    return made


def system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def main(arguments: list[str] | None = None) -> int:
    words = _common_first(sys.argv[1:] if arguments is None else arguments)
    if _command_of(words) in ON_FILES:
        return _carry_out_on_files(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
    import django
    from django.conf import settings

    from ringwall.site.web import start_early

    settings.RINGWALL_DATA.mkdir(parents=True, exist_ok=True)
    early = start_early(words)
    try:
        django.setup()
        given = parser().parse_args(words)
        given.early = early
        return _carry_out(given)
    finally:
        if early is not None and early.poll() is None:
            early.terminate()
            early.wait()


ON_FILES = {("oscal", "check"), ("catalogue", "resolve")}
"""Commands that take paths and need neither Django nor a data directory."""


def _command_of(words: list[str]) -> tuple[str, ...]:
    front = 0
    while front < len(words) and words[front].startswith("-"):
        front += 2 if words[front] in {"--organisation", "--as"} else 1
    return tuple(words[front : front + 2])


def _carry_out_on_files(words: list[str]) -> int:
    from ringwall.site.commands import files

    main, commands = _parser()
    files.add_group(commands)
    catalogue = commands.add_parser("catalogue", help="catalogues of requirements")
    files.add_resolve(catalogue.add_subparsers(dest="verb", required=True, metavar="VERB"))
    given = main.parse_args(words)
    try:
        return _told(given, given.call(given))
    except (UsageError, OSError) as error:
        print(f"ringwall: {error}", file=sys.stderr)
        return USAGE


def _told(given: argparse.Namespace, answer: Answer) -> int:
    code, body, text = answer
    if getattr(given, "json", False):
        print(json.dumps(body, ensure_ascii=False, indent=2))
    elif text:
        print(text)
    return code


def _carry_out(given: argparse.Namespace) -> int:
    from django.db.utils import DatabaseError

    from ringwall.kit.errors import ActError, NoSpace

    try:
        answer: Answer = given.call(given)
    except UsageError as error:
        print(f"ringwall: {error}", file=sys.stderr)
        return USAGE
    except ActError as error:
        code, text = FINDINGS, f"ringwall: {error}"
        body = {"findings": [{"severity": "error", "path": "", "message": str(error)}]}
        if not getattr(given, "json", False):
            print(text, file=sys.stderr)
            return code
        answer = code, body, ""
    except (OSError, DatabaseError) as error:
        print(f"ringwall: {NoSpace.of(error) or error}", file=sys.stderr)
        if "no such table" in str(error) or "does not exist" in str(error):
            print(
                "ringwall: the data directory is not set up; run `ringwall init` or `ringwall demo` first",
                file=sys.stderr,
            )
        return USAGE
    return _told(given, answer)


def _common_first(arguments: list[str]) -> list[str]:
    """--organisation and --as may stand anywhere."""
    front: list[str] = []
    rest: list[str] = []
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        if word in {"--organisation", "--as"} and queue:
            front += [word, queue.pop(0)]
        elif word.startswith(("--organisation=", "--as=")):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


if __name__ == "__main__":
    # By its full name, so that the commands raise the same UsageError that is caught here.
    from ringwall.site import cli

    sys.exit(cli.main())
