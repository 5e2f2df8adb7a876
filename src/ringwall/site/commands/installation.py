"""Commands that make an installation and run it: init, demo, run, serve, worker."""

import argparse
import json
import os
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ringwall.access.models import Organisation
from ringwall.access.policy import system_actor
from ringwall.administration.setup import ensure_installation, renew_link, set_up
from ringwall.catalogues.builtin import load_builtin
from ringwall.ledger.actions import checkpoint_all
from ringwall.risk.criteria_actions import ensure_default_criteria
from ringwall.site import tables
from ringwall.site.cli import GOOD, Answer, UsageError, command, system_user
from ringwall.site.web import SIGN_INS, is_free, is_loopback, remember_prepared


def add_commands(commands: Any) -> None:
    made = command(commands, "init", _init, "make database, organisation and first administrator; asks nothing")
    made.add_argument("--name", default="My organisation", help="name of the organisation")
    made.add_argument("--code", default="main", help="short name in addresses")
    made.add_argument("--language", choices=("en", "de"), default="en")
    made.add_argument("--email", default="", help="email of the first administrator")
    made = command(commands, "demo", _demo, "load the demonstration organisations into an empty data directory")
    made.add_argument("--language", choices=("en", "de"), default="en")
    for name, call, text in (
        ("run", _run, "start with the demonstration organisations where there is nothing yet"),
        ("serve", _serve, "serve what is there, with one worker for long work"),
    ):
        made = command(commands, name, call, text, reports=False)
        made.add_argument("--host", default="127.0.0.1")
        made.add_argument("--port", type=_port, default=8000)
        made.add_argument("--workers", type=int, default=1, help="web processes")
    made = command(commands, "worker", _worker, "do the long work of another server's queue", reports=False)
    made.add_argument("--once", action="store_true", help="end when the queue is empty")
    made = command(commands, "link", _link, "a new one-time link by which a person sets their password")
    made.add_argument("email", metavar="EMAIL")
    command(commands, "migrate", _migrate, "bring the database to this version", reports=False)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def prepare_database() -> None:
    """Create or update the tables; quick when there is nothing to do."""
    tables.prepare()
    call_command("createcachetable", verbosity=0)
    remember_prepared()


def is_prepared() -> bool:
    return "access_organisation" in connection.introspection.table_names()


def has_organisation() -> bool:
    return is_prepared() and Organisation.objects.filter(is_installation=False).exists()


def _link(given: argparse.Namespace) -> Answer:
    link = f"/welcome/{renew_link(given.email)}/"
    return GOOD, {"email": given.email, "link": link}, f"{link} (valid once, for seven days; the old password is void)"


def _migrate(given: argparse.Namespace) -> Answer:
    prepare_database()
    return GOOD, None, "The database is at this version."


def _init(given: argparse.Namespace) -> Answer:
    if has_organisation():
        raise UsageError(f"{settings.RINGWALL_DATA} holds an organisation already; choose another RINGWALL_DATA")
    prepare_database()
    email = given.email or f"{system_user()}@localhost.localdomain"
    made = set_up(given.name, given.code, given.language, email, system_user())
    add_basics(made.organisation)
    link = f"/welcome/{made.link_token}/"
    body = {"organisation": given.code, "administrator": email, "link": link}
    text = (
        f"Organisation {given.name} ({given.code}) is made.\n"
        f"Start with `ringwall serve`, then open http://127.0.0.1:8000{link} to choose a password "
        "(valid once, for seven days)."
    )
    return GOOD, body, text


def add_basics(organisation: Organisation) -> None:
    """What every organisation begins with: the built-in catalogues and a draft of risk criteria."""
    load_builtin(system_actor(ensure_installation(), "set-up", ["catalogue.import"]))
    ensure_default_criteria(system_actor(organisation, "set-up", ["criteria.create"]))


def _demo(given: argparse.Namespace) -> Answer:
    sign_ins = load_demo(given.language)
    body = {"organisations": sorted({s["organisation"] for s in sign_ins}), "sign_ins": sign_ins}
    return GOOD, body, told_sign_ins(sign_ins)


def load_demo(language: str) -> list[dict[str, str]]:
    """The demonstration in an empty data directory; returns its sign-ins, kept beside the data as well."""
    from ringwall.site.demo.loading import load

    if has_organisation():
        raise UsageError(
            f"{settings.RINGWALL_DATA} holds an organisation already; the demonstration needs an empty data directory"
        )
    prepare_database()
    sign_ins = load(language)
    file = settings.RINGWALL_DATA / SIGN_INS
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(sign_ins, out, indent=1)
    return sign_ins


def kept_sign_ins() -> list[dict[str, str]]:
    file = settings.RINGWALL_DATA / SIGN_INS
    return list(json.loads(file.read_text())) if file.exists() else []


def told_sign_ins(sign_ins: list[dict[str, str]]) -> str:
    """By organisation, each under its name and short name; one line a person."""
    width = max((len(s["email"]) for s in sign_ins), default=0)
    lines: list[str] = []
    for code, rows in groupby(sign_ins, key=lambda s: s["organisation"]):
        people = list(rows)
        lines.append(f"{people[0].get('organisation_name', code)} ({code})")
        lines += [f"  {s['email']:<{width}}  {s['password']}  {_part(s)}" for s in people]
    return "\n".join(lines)


def _part(sign_in: dict[str, str]) -> str:
    """The role, and the job title where it says more."""
    role, title = sign_in["role"], sign_in.get("job_title", "")
    return title if title.startswith(role) else f"{role}: {title}" if title else role


def _run(given: argparse.Namespace) -> Answer:
    if not has_organisation():
        if not is_loopback(given.host):
            raise UsageError(
                f"the demonstration has known sign-ins and is not served on {given.host}; "
                "use `ringwall init`, then `ringwall serve`"
            )
        print("Loading the demonstration organisations …", flush=True)
        load_demo(os.environ.get("LANG", "en")[:2] if os.environ.get("LANG", "en")[:2] == "de" else "en")
    sign_ins = kept_sign_ins()
    return _served(given, sign_ins, f"Sign in as:\n{told_sign_ins(sign_ins)}" if sign_ins else "")


def _serve(given: argparse.Namespace) -> Answer:
    if not has_organisation():
        raise UsageError("there is no organisation yet; run `ringwall init` or `ringwall demo` first")
    return _served(given, kept_sign_ins())


def _served(given: argparse.Namespace, sign_ins: list[dict[str, str]], more: str = "") -> Answer:
    from ringwall.site.serving import serve

    if sign_ins and not is_loopback(given.host):
        raise UsageError(
            f"the demonstration has known sign-ins and is not served on {given.host}; use --host 127.0.0.1"
        )
    if given.early is None and not is_free(given.host, given.port):
        raise UsageError(
            f"port {given.port} on {given.host} is taken by another program or not yours to use; "
            "choose another with --port"
        )
    shown = f"[{given.host}]" if ":" in given.host else given.host
    print(f"Ringwall is at http://{shown}:{given.port}/  (Ctrl-C ends it)", flush=True)
    if more:
        print(more, flush=True)
    return serve(given.host, given.port, given.workers, given.early), None, ""


def _worker(given: argparse.Namespace) -> Answer:
    call_command("db_worker", verbosity=0, batch=given.once, interval=0.5)
    checkpoint_all()
    return GOOD, None, ""
