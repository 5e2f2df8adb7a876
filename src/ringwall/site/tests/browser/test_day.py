"""A day in the life: reported from a phone, triaged, a clock starts, a finding; a check answered by keyboard alone."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60


def test_an_employee_reports_and_the_officer_starts_the_clock(signed_in: Any) -> None:
    employee = signed_in("employee", has_touch=True, is_mobile=True)
    employee.set_viewport_size({"width": 390, "height": 844})
    employee.goto("/lindtal/")
    employee.click("#panel-report-event a:has-text('Report an event')")
    employee.fill("[name=title]", "Mail asks me for my password")
    employee.select_option("[name=category]", "phishing")
    employee.set_input_files("[name=files]", {"name": "mail.png", "mimeType": "image/png", "buffer": PNG})
    employee.click("button:has-text('Send report')")
    employee.wait_for_selector("h1:has-text('Thank you')")
    ref = employee.inner_text("main strong")

    officer = signed_in("isms_manager")
    officer.goto("/lindtal/")
    officer.click(f"#panel-new-events a:has-text('{ref}')")
    officer.wait_for_selector(f"h1:has-text('{ref}')")
    assert "mail.png" in officer.inner_text("aside.side")
    officer.click("a:has-text('Make it an incident')")
    officer.click("main form button.button-primary")
    officer.click("main dl a:has-text('Mail asks me')")
    officer.click("a:has-text('Classify')")
    officer.select_option("[name=severity]", "3")
    officer.select_option("[name=personal_data]", "yes")
    officer.select_option("[name=significant]", "no")
    officer.click("main form button.button-primary")
    officer.wait_for_selector("#panel-notifications")
    assert "71 h" in officer.inner_text("#panel-notifications")
    officer.click("#panel-notifications a:has-text('GDPR')")
    assert "[…]" in officer.input_value("[name=text]")
    officer.go_back()
    officer.click("#panel-findings a:has-text('Record finding')")
    assert officer.input_value("[name=source]") == "incident"
    officer.fill("[name=title]", "Mailboxes have no second factor")
    officer.select_option("[name=category]", "minor")
    with officer.expect_navigation():
        officer.click("main form button.button-primary")
    if "/new/" in officer.url:  # similar ones are shown once
        officer.click("main form button.button-primary")
        officer.wait_for_url("**/findings/F-*/")

    employee.goto("/lindtal/report-event/")
    assert ref in employee.inner_text("main") and "became an incident" in employee.inner_text("main")


def test_a_check_is_answered_by_keyboard_alone(signed_in: Any) -> None:
    page = signed_in("isms_manager")
    page.goto("/lindtal/checks/PR-02/interview/")
    first = page.inner_text("h1 .ref")
    before = page.inner_text(".interview-walk strong")
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.type("Half of it is written down")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("ref => document.querySelector('h1 .ref').innerText !== ref", arg=first)
    second = page.inner_text("h1 .ref")
    assert page.inner_text(".interview-walk strong") != before
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_function("ref => document.querySelector('h1 .ref').innerText !== ref", arg=second)
    page.goto(f"/lindtal/checks/PR-02/interview/?state=all&at={first}")
    assert page.is_checked("[data-whole] input[value=partially]")
    assert page.input_value("[name=remark]") == "Half of it is written down"
