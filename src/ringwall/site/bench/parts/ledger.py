"""The ledger as a file, and its verification."""

import time
from collections.abc import Iterator
from typing import Any

from ringwall.ledger.models import Head
from ringwall.site.bench.apart import Failed, apart
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.organisation import ALL
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    organisation = bench.people[ALL.key].actor.organisation_id
    size = Head.objects.get(pk=organisation).size
    file = bench.place / "ledger.txt"
    try:
        written = apart(f"{__name__}:write", str(organisation), str(file))
        yield timed(
            "ledger",
            f"{size} entries to a file",
            "s",
            None,
            [written["seconds"]],
            f"{file.stat().st_size / 1e6:.0f} MB",
        )
        runs = [apart(f"{__name__}:verify", str(file)) for _ in range(3)]
        note = "" if all(one["ok"] for one in runs) else f"does not verify: {runs[0]['finding']}"
        yield timed(
            "ledger", f"verify {runs[0]['entries']} entries from a file", "s", 4, [one["seconds"] for one in runs], note
        )
    except Failed as error:
        yield not_run("ledger", "verify from a file", "s", 4, str(error))
    finally:
        file.unlink(missing_ok=True)


def write(organisation: str, file: str) -> dict[str, Any]:
    from uuid import UUID

    from ringwall.ledger.export import export

    began = time.perf_counter()
    with open(file, "wb") as out:
        export(UUID(organisation), out)
    return {"seconds": time.perf_counter() - began}


def verify(file: str) -> dict[str, Any]:
    from ringwall.ledger.verify_file import verify_file

    began = time.perf_counter()
    report = verify_file(file)
    seconds = time.perf_counter() - began
    errors = [f"{finding.path}: {finding.message}" for finding in report.findings if finding.severity == "error"]
    return {"seconds": seconds, "ok": not errors, "finding": errors[:1], "entries": report.organisations[0].entries}
