"""All assets to XLSX as the worker does it: time, and whether memory grows with the rows."""

import time
from collections.abc import Iterator
from typing import Any

from ringwall.assets.models import Asset
from ringwall.site.bench.apart import Failed, apart, peak_mb
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.organisation import ALL
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    rows = Asset._base_manager.filter(organisation_id=bench.people[ALL.key].actor.organisation_id).count()
    what = f"{rows} assets to XLSX, as a job"
    try:
        tenth = apart(f"{__name__}:work", "withdrawn=all&category=process&classification=public&confidentiality=1")
        runs = [apart(f"{__name__}:work", "withdrawn=all") for _ in range(2)]
    except Failed as error:
        yield not_run("export", what, "s", 15, str(error))
        return
    size = f"{runs[0]['bytes'] / 1e6:.1f} MB"
    yield timed("export", what, "s", 15, [one["seconds"] for one in runs], size)
    grown = max(one["peak"] for one in runs) - tenth["peak"]
    note = f"peak {max(one['peak'] for one in runs):.0f} MB; {tenth['peak']:.0f} MB for few rows"
    yield Figure("export", "memory that all rows take more than few", "MB", 60, grown, note=note)


def work(query: str) -> dict[str, Any]:
    from django.core.files.storage import default_storage

    from ringwall.kit.jobs import Job, run
    from ringwall.site.bench.signing_in import sign_in

    actor = sign_in(ALL).actor
    job = Job.objects.create(
        organisation_id=actor.organisation_id,
        person_id=actor.person_key,
        name="export",
        arguments={"kind": "asset", "query": query, "language": "en"},
    )
    began = time.perf_counter()
    run(job.pk)
    seconds = time.perf_counter() - began
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    size = default_storage.size(job.file)
    default_storage.delete(job.file)
    return {"seconds": seconds, "peak": peak_mb(), "bytes": size}
