"""Inline edit, paste and saved views by keyboard alone."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_cell_is_edited_rows_are_pasted_and_a_view_is_saved_by_keyboard_alone(signed_in: Any) -> None:
    page = signed_in("isms_manager")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/lindtal/assets/?category=network&sort=title")
    page.wait_for_function("document.querySelector('[data-grid] [tabindex=\"0\"]')")
    page.focus("[data-grid] [tabindex='0']")
    for _step in range(12):  # to the first title, wherever the focus began
        if "Title" in (
            page.evaluate(
                "(cell => cell.closest('table')?.tHead.rows[0].cells[cell.cellIndex]?.innerText || '')"
                "(document.activeElement)"
            )
        ):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("td input[name=title]")
    page.keyboard.press("Control+a")
    page.keyboard.type("Office network, renamed")
    page.keyboard.press("Enter")
    page.wait_for_selector("td:has-text('Office network, renamed')")
    page.reload()
    assert "Office network, renamed" in page.inner_text("table")

    page.goto("/lindtal/assets/?col=ref&col=title&col=category")
    page.wait_for_function("document.querySelector('[data-grid] [tabindex=\"0\"]')")
    page.evaluate("navigator.clipboard.writeText('KB-1\\tPasted switch\\tnetwork\\nKB-2\\tPasted router\\tnetwork')")
    page.focus("[data-grid] [tabindex='0']")
    page.keyboard.press("Control+v")
    page.wait_for_selector("button[name=store]")
    page.focus("button[name=store]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lindtal/assets/")
    page.goto("/lindtal/assets/?q=KB-2")
    assert "Pasted router" in page.inner_text("table")

    page.goto("/lindtal/assets/?category=network")
    page.focus("summary:has-text('Save view')")
    page.keyboard.press("Enter")
    page.focus("form input[name=name]")
    page.keyboard.type("Networks")
    page.keyboard.press("Enter")
    page.wait_for_selector("a:has-text('Networks')")
    page.goto("/lindtal/assets/")
    page.focus("a:has-text('Networks')")
    page.keyboard.press("Enter")
    page.wait_for_url("**category=network**")
    assert "Pasted switch" in page.inner_text("table")


def test_the_palette_goes_to_a_record_by_keyboard(signed_in: Any) -> None:
    page = signed_in("isms_manager")
    page.goto("/lindtal/")
    page.keyboard.press("Control+k")
    page.keyboard.type("R-01")
    page.wait_for_selector("dialog[open] :text('R-01')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/risks/R-01/")
