from dataclasses import replace

import pytest

from ringwall.assets.models import Asset, Dependency
from ringwall.controls.models import Control
from ringwall.ledger.models import Entry, Head
from ringwall.ledger.verify import verify_database
from ringwall.risk.models import Assessment, Risk
from ringwall.site.bench.dataset import make
from ringwall.site.bench.sizes import Sizes

SMALL = replace(Sizes(), assets=400, dependencies=1000, risks=120, controls=100, entries=800)


@pytest.fixture
def made(db, settings, tmp_path):
    settings.RINGWALL_DATA = tmp_path
    make(SMALL, lambda _line: None)


def test_the_data_set_holds_as_many_rows_as_asked_for(made):
    assert [model._base_manager.count() for model in (Asset, Dependency, Risk, Assessment, Control)] == [
        400,
        1000,
        120,
        120,
        100,
    ]
    organisation = Asset._base_manager.all()[0].organisation_id
    assert Entry.objects.filter(organisation_id=organisation).count() == Head.objects.get(pk=organisation).size == 800


def test_its_ledger_verifies(made):
    report = verify_database()
    assert [finding for finding in report.findings if finding.severity == "error"] == []
