import pytest

from ringwall.kit.testing import RegisterContract

pytestmark = pytest.mark.once
"""The kit's lists were checked on both databases with other registers."""


class TestEventRegister(RegisterContract):
    kind = "event"
    row = {
        "title": "Mail asks for a password",
        "category": "phishing",
        "place": "Laptop 12",
        "is_going_on": True,
        "owner": "emil@demo.example",
        "restricted": False,
    }
    change = {"title": "Two mails ask for a password"}


class TestIncidentRegister(RegisterContract):
    kind = "incident"
    row = {
        "title": "Mailbox taken over",
        "category": "access",
        "description": "A rule forwards all mail",
        "owner": "ana@demo.example",
        "restricted": True,
    }
    change = {"title": "Two mailboxes taken over"}
    record_queries = 32
