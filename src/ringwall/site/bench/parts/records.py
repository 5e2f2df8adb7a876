"""The page of one record, and one field saved through the form of its cell, ledger entry included."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

from ringwall.assets.models import Asset
from ringwall.controls.models import Control
from ringwall.kit import registry
from ringwall.risk.models import Risk
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    for key, person in bench.people.items():
        browser = person.browser(bench.port)
        ref = Asset.objects.visible_to(person.actor).present().order_by("-ref_key")[20].ref
        yield timed(
            "records",
            f"page of an asset, {key}",
            "ms",
            25,
            bench.sample(partial(browser.get, f"/{CODE}/assets/{ref}/")),
        )
    person = next(iter(bench.people.values()))
    browser = person.browser(bench.port)
    for kind, model in (("risk", Risk), ("control", Control)):
        if register := registry.registers.get(kind):
            ref = model.objects.visible_to(person.actor).present()[0].ref
            path = f"/{CODE}/{register.slug}/{ref}/"
            yield timed("records", f"page of a {kind}, all units", "ms", 25, bench.sample(partial(browser.get, path)))
        else:
            yield not_run("records", f"page of a {kind}, all units", "ms", 25, "there is no such register")
    yield timed("records", "save one field through the form", "ms", 15, bench.sample(_saver(bench)))


def _saver(bench: Bench) -> Callable[[], None]:
    person = next(iter(bench.people.values()))
    browser = person.browser(bench.port)
    asset = Asset.objects.visible_to(person.actor).present().order_by("-ref_key")[30]
    versions, path = count(asset.version), f"/{CODE}/assets/{asset.ref}/cell/title/"

    def save() -> None:
        version = next(versions)
        browser.post(path, {"title": f"Renamed {version}", "version": str(version)}, HX_Request="true")

    return save
