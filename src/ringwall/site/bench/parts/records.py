"""The page of one record, and one field saved through the form of its cell, ledger entry included."""

from collections.abc import Iterator
from itertools import count

from ringwall.assets.models import Asset
from ringwall.risk.models import Risk
from ringwall.site.bench.figures import Figure, not_run, sample, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    for key, person in bench.people.items():
        browser = person.browser(bench.port)
        ref = Asset.objects.visible_to(person.actor).present().order_by("-ref_key")[20].ref
        yield timed("records", f"page of an asset, {key}", "ms", 25, sample(lambda r=ref: browser.get(f"/{CODE}/assets/{r}/")))
    person = next(iter(bench.people.values()))
    browser = person.browser(bench.port)
    risk = Risk.objects.visible_to(person.actor).present().first()
    what = "page of a risk, all units"
    if risk is None or browser.get("/accounts/login/", expected=302).status != 302:
        yield not_run("records", what, "ms", 25, "no risk")
    else:
        yield timed("records", what, "ms", 25, sample(lambda: browser.get(f"/{CODE}/risks/{risk.ref}/")))
    yield timed("records", "save one field through the form", "ms", 15, sample(_saver(bench)))


def _saver(bench: Bench):  # type: ignore[no-untyped-def]
    person = next(iter(bench.people.values()))
    browser = person.browser(bench.port)
    asset = Asset.objects.visible_to(person.actor).present().order_by("-ref_key")[30]
    versions, path = count(asset.version), f"/{CODE}/assets/{asset.ref}/cell/title/"

    def save() -> None:
        version = next(versions)
        browser.post(path, {"title": f"Renamed {version}", "version": str(version)}, HX_Request="true")

    return save
