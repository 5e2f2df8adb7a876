from typing import Any

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
