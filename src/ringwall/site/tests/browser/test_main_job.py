"""The main job in a real browser: from a spreadsheet to an authorised statement that goes stale."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_assets_come_in_by_upload_with_a_preview_and_bad_rows_are_told(signed_in: Any, sheet: Any) -> None:
    page = signed_in("isms_manager")
    page.goto("/lindtal/assets/import/")
    bad = sheet("assets.csv", "ref;name;type\nNEW-1;Label printer;system\nNEW-2;Oven;cooker\n")
    page.set_input_files("input[type=file]", bad)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_selector("text=NEW-2")
    assert "cooker" in page.inner_text("main")
    page.goto("/lindtal/assets/import/")
    page.set_input_files(
        "input[type=file]", sheet("good.csv", "ref;name;type\nNEW-1;Label printer;system\nNEW-2;Oven;System\n")
    )
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_selector("button[name=store]")
    page.click("button[name=store]")
    page.wait_for_url("**/lindtal/assets/")
    page.goto("/lindtal/assets/?q=NEW-1")
    assert "Label printer" in page.inner_text("table")


def test_the_statement_is_submitted_authorised_printed_and_goes_stale(signed_in: Any, product: Any) -> None:
    keeper = signed_in("isms_manager")
    keeper.goto("/lindtal/soa/IS-01/")
    assert "stale" in keeper.inner_text(".standing")
    keeper.click("summary:has-text('Submit for authorisation')")
    keeper.check("input[name=decider] >> nth=0")
    name = keeper.inner_text("label:has(input[name=decider]:checked)").strip()
    assert name == product.sign_ins["top_management"]["name"]
    keeper.click("button:has-text('Submit for authorisation')")
    keeper.wait_for_selector("text=waits for an answer")

    boss = signed_in("top_management")
    boss.goto("/lindtal/")
    boss.click("#panel-waiting-decisions a >> nth=0")
    boss.wait_for_selector("text=Your answer")
    boss.fill("textarea[name=conditions]", "Report on A.8.22 by spring")
    boss.click("button:has-text('Approve version 3')")
    boss.wait_for_selector("text=Report on A.8.22 by spring")

    keeper.goto("/lindtal/soa/IS-01/")
    assert "in force" in keeper.inner_text(".standing")
    assert "stale" not in keeper.inner_text(".standing")
    with keeper.expect_download() as download:
        keeper.evaluate("location.href = '/lindtal/reports/soa/IS-01/?format=pdf'")
    assert download.value.suggested_filename.startswith("soa-IS-01-")
    with open(download.value.path(), "rb") as file:
        assert file.read(5) == b"%PDF-"

    keeper.goto("/lindtal/controls/M-01/edit/")
    keeper.fill("[name=requirements]", "")
    keeper.locator("main form button.button-primary").first.click()
    keeper.wait_for_url("**/controls/M-01/")
    keeper.goto("/lindtal/soa/IS-01/")
    assert "stale, still in force" in keeper.inner_text(".standing")
    keeper.click(".standing a:has-text('Version 3')")
    assert "A.5.1" in keeper.inner_text("main")


def test_two_people_edit_one_record_and_the_second_is_shown_the_difference(signed_in: Any) -> None:
    first, second = signed_in("isms_manager"), signed_in("isms_manager")
    for page in (first, second):
        page.goto("/lindtal/assets/A-20/edit/")
    first.fill("[name=title]", "CAD workstations, renewed")
    first.locator("main form button.button-primary").first.click()
    first.wait_for_url("**/assets/A-20/")
    second.fill("[name=title]", "CAD workstations, old")
    second.locator("main form button.button-primary").first.click()
    second.wait_for_selector("text=CAD workstations, renewed")
    assert second.input_value("[name=title]") == "CAD workstations, old"
    first.goto("/lindtal/assets/A-20/")
    assert "CAD workstations, renewed" in first.inner_text("h1")


def test_a_reader_sees_no_way_to_change_and_an_employee_no_register(signed_in: Any) -> None:
    reader = signed_in("reader")
    reader.goto("/lindtal/assets/")
    assert reader.locator("a:has-text('New asset')").count() == 0
    assert reader.goto("/lindtal/assets/new/").status == 403
    employee = signed_in("employee")
    assert employee.goto("/lindtal/assets/").status == 403
