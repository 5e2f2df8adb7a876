from typing import Any

from ringwall.kit import registry
from ringwall.kit.testing import RegisterContract, acts_in_ledger


class TestAssetRegister(RegisterContract):
    kind = "asset"
    row = {"title": "Mail server", "category": "system", "availability": 2}
    change = {"title": "Mail cluster"}


def test_an_asset_cannot_depend_on_itself(world: Any, ana: Any) -> None:
    from ringwall.assets.actions import acts

    asset = acts.create.run(ana, {"title": "Directory", "category": "service"})
    before = acts_in_ledger(world)
    answer = world.token("ana").patch(
        f"/api/v1/assets/{asset.pk}",
        {"depends_on": [asset.ref]},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 422
    assert "depends_on" in answer.content.decode()
    assert acts_in_ledger(world) == before
    assert not asset.depends_on.exists()


def test_home_shows_owners_their_assets_those_without_protection_need_first(world: Any) -> None:
    create = registry.actions["asset.create"]
    known = {"category": "system", "confidentiality": "1", "integrity": "1", "availability": "3"}
    create.run(world.actor("ana"), {"title": "Known", "ref": "A-1", "owner": "olga@demo.example", **known})
    create.run(
        world.actor("ana"), {"title": "Unknown", "ref": "A-2", "owner": "olga@demo.example", "category": "system"}
    )
    page = world.client("olga").get(world.url()).content.decode()
    assert page.index("Unknown") < page.index("Known</a>")
    assert "not determined" in page and "very high" in page
    assert "My assets" not in world.client("emil").get(world.url()).content.decode()
