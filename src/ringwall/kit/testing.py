"""The contract that every register keeps, as one class of tests: a feature names its register and how a row is made.

class TestAssetRegister(RegisterContract):
    kind = "asset"
    row = {"title": "Mail server", "category": "system"}
    change = {"title": "Mail cluster"}
"""

import io
import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from ringwall.kit import registry
from ringwall.kit.register import Register
from ringwall.ledger.models import Entry
from ringwall.ledger.verify import verify_database

HOSTILE = "<script>alert(1)</script><b>\"quoted\" & 'single'</b>"


def acts_in_ledger(world: Any) -> int:
    return Entry.objects.filter(organisation_id=world.organisation.pk).count()


class RegisterContract:
    """Page, form, API, sheet, export, search, history, rights and ledger of one register. `keeper` may do all in it."""

    kind: ClassVar[str]
    row: ClassVar[Mapping[str, Any]]
    change: ClassVar[Mapping[str, Any]]
    keeper: ClassVar[str] = "ana"
    list_queries: ClassVar[int] = 16
    record_queries: ClassVar[int] = 26
    api_queries: ClassVar[int] = 12

    @property
    def register(self) -> Register:
        return registry.registers[self.kind]

    def values(self, world: Any) -> dict[str, Any]:
        """The input of one valid row; override where it needs other records."""
        return dict(self.row)

    def make(self, world: Any, **other: Any) -> Any:
        return self.register.acts.create.run(world.actor(self.keeper), self.values(world) | other)

    def list_url(self, world: Any) -> str:
        return str(world.url(f"{self.register.slug}/"))

    def api_url(self) -> str:
        return f"/api/v1/{self.register.slug}"

    def test_the_form_creates_a_row_that_list_record_search_and_history_show(self, world: Any) -> None:
        client = world.client(self.keeper)
        made = client.post(f"{self.list_url(world)}new/", {k: _form_value(v) for k, v in self.values(world).items()})
        assert made.status_code == 302, made.content.decode()[:3000]
        record = self.register.model._base_manager.get(organisation_id=world.organisation.pk)
        page = client.get(self.list_url(world)).content.decode()
        assert record.ref in page
        assert client.get(f"{self.list_url(world)}{record.ref}/").status_code == 200
        history = client.get(f"{self.list_url(world)}{record.ref}/?tab=history")
        assert "Ana" in history.content.decode() or self.keeper.capitalize() in history.content.decode()
        found = client.get(self.list_url(world), {"q": record.ref}).content.decode()
        assert f"{record.ref}/" in found

    def test_a_form_that_is_sent_twice_makes_one_row(self, world: Any) -> None:
        client = world.client(self.keeper)
        url = f"{self.list_url(world)}new/"
        key = client.get(url).context["page"].hidden["form_key"]
        posted = {k: _form_value(v) for k, v in self.values(world).items()} | {"form_key": key}
        first, second = client.post(url, posted), client.post(url, posted)
        assert (first.status_code, second.status_code) == (302, 302)
        assert first["Location"] == second["Location"]
        assert self.register.model._base_manager.filter(organisation_id=world.organisation.pk).count() == 1

    def test_an_empty_register_says_what_belongs_here(self, world: Any) -> None:
        page = world.client(self.keeper).get(self.list_url(world))
        assert page.status_code == 200
        # Terms in it may be links with their explanation beside them.
        html = re.sub(r'<span class="term-text".*?</span>', "", page.content.decode())
        assert str(self.register.about) in unescape(strip_tags(html)) or not self.register.about

    def test_the_api_creates_reads_and_changes_with_the_version_it_read(self, world: Any) -> None:
        api = world.token(self.keeper)
        made = api.post(self.api_url(), self.values(world), content_type="application/json")
        assert made.status_code == 201, made.content
        url = f"{self.api_url()}/{made.json()['id']}"
        assert api.get(url).headers["ETag"] == '"1"'
        assert api.patch(url, self.change, content_type="application/json").status_code == 428
        stale = api.patch(url, self.change, content_type="application/json", headers={"If-Match": '"7"'})
        assert stale.status_code == 412
        changed = api.patch(url, self.change, content_type="application/json", headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.content
        assert changed.json()["version"] == 2
        assert api.get(url).json()["version"] == 2

    def test_an_update_from_a_stale_form_is_refused_and_shows_both_versions(self, world: Any) -> None:
        record = self.make(world)
        actor = world.actor(self.keeper)
        self.register.acts.update.run(actor, dict(self.change), subject=record)
        before = acts_in_ledger(world)
        client = world.client(self.keeper)
        posted = {k: _form_value(v) for k, v in self.values(world).items()} | {"version": "1"}
        answer = client.post(f"{self.list_url(world)}{record.ref}/edit/", posted)
        assert answer.status_code == 409
        assert acts_in_ledger(world) == before
        record.refresh_from_db()
        assert record.version == 2

    def test_strangers_and_people_without_the_right_find_nothing_and_change_nothing(
        self, world: Any, elsewhere: Any
    ) -> None:
        record = self.make(world)
        before, version = acts_in_ledger(world), record.version
        url = f"{self.list_url(world)}{record.ref}/"
        for client, allowed in (
            (elsewhere.client(self.keeper), {404}),
            (world.client("nobody"), {403, 404}),
            (Client(), {302}),
        ):
            for answer in (
                client.get(self.list_url(world)),
                client.get(url),
                client.get(f"{url}edit/"),
                client.post(f"{url}edit/", {}),
                client.post(f"{self.list_url(world)}new/", {}),
                client.get(f"{self.list_url(world)}export/csv/"),
                client.get(f"{self.list_url(world)}import/"),
                client.post(f"{url}act/withdraw/", {"reason": "x"}),
            ):
                assert answer.status_code in allowed, (answer.request["PATH_INFO"], answer.status_code)
                assert record.title_text not in answer.content.decode()
        stranger = elsewhere.token(self.keeper)
        assert stranger.get(f"{self.api_url()}/{record.pk}").status_code == 404
        assert (
            stranger.post(
                f"{self.api_url()}/{record.pk}/withdraw", {"reason": "x"}, content_type="application/json"
            ).status_code
            == 404
        )
        assert record.ref not in stranger.get(self.api_url()).content.decode()
        record.refresh_from_db()
        assert (acts_in_ledger(world), record.version, record.withdrawn_on) == (before, version, None)

    def test_a_token_that_only_reads_writes_nothing(self, world: Any) -> None:
        before = acts_in_ledger(world)
        api = world.token(self.keeper, scope="read")
        assert api.get(self.api_url()).status_code == 200
        assert api.post(self.api_url(), self.values(world), content_type="application/json").status_code == 403
        assert acts_in_ledger(world) == before

    def test_an_id_of_another_organisation_is_unknown_in_every_reference_field(
        self, world: Any, elsewhere: Any
    ) -> None:
        api = world.token(self.keeper)
        foreign = str(elsewhere.people["ana"].pk)
        if "owner" not in self.register.inputs.fields:
            pytest.skip("this register has no owner")
        before = acts_in_ledger(world)
        answer = api.post(self.api_url(), self.values(world) | {"owner": foreign}, content_type="application/json")
        assert answer.status_code == 422
        assert acts_in_ledger(world) == before
        unit = api.post(
            self.api_url(), self.values(world) | {"unit": str(elsewhere.root.pk)}, content_type="application/json"
        )
        assert unit.status_code == 422

    def test_what_is_exported_imports_again_with_no_change(self, world: Any) -> None:
        record = self.make(world)
        client = world.client(self.keeper)
        columns = list(self.register.inputs.fields)
        unlisted = [key for key in columns if key not in self.register.columns]
        listed = [key for key in columns if key in self.register.columns]
        exported = client.get(f"{self.list_url(world)}export/xlsx/", {"col": listed}).getvalue()
        api = world.token(self.keeper)
        file = io.BytesIO(exported)
        file.name = "export.xlsx"
        answer = api.post(f"{self.api_url()}/import", {"file": file})
        assert answer.status_code == 200, (answer.content, unlisted)
        body = answer.json()
        assert (body["added"], body["changed"], body["unchanged"], body["refused"]) == (0, 0, 1, 0), body
        record.refresh_from_db()
        assert record.version == 1

    def test_markup_in_every_text_field_is_shown_as_text(self, world: Any) -> None:
        from django import forms

        texts = {
            name: HOSTILE
            for name, f in self.register.inputs.fields.items()
            if type(f) is forms.CharField and name != "ref" and (f.max_length or 999) > len(HOSTILE)
        }
        record = self.make(world, **texts)
        client = world.client(self.keeper)
        url = f"{self.list_url(world)}{record.ref}/"
        for page in (self.list_url(world), url, f"{url}?tab=history", f"{url}edit/"):
            assert "<script>alert(1)" not in client.get(page).content.decode()

    def test_control_characters_are_refused(self, world: Any) -> None:
        before = acts_in_ledger(world)
        name = (
            self.register.model.title_field if self.register.model.title_field in self.register.inputs.fields else "ref"
        )
        answer = world.token(self.keeper).post(
            self.api_url(), self.values(world) | {name: "a\x07b"}, content_type="application/json"
        )
        assert answer.status_code == 422
        assert acts_in_ledger(world) == before

    def test_withdrawing_needs_a_reason_keeps_the_record_and_can_be_undone(self, world: Any) -> None:
        record = self.make(world)
        client = world.client(self.keeper)
        url = f"{self.list_url(world)}{record.ref}/"
        assert client.post(f"{url}act/withdraw/", {}).status_code == 422
        assert client.post(f"{url}act/withdraw/", {"reason": "no longer there"}).status_code == 302
        record.refresh_from_db()
        assert record.withdrawn_on is not None
        assert f"{record.ref}/" not in client.get(self.list_url(world)).content.decode()
        assert record.ref in client.get(self.list_url(world), {"withdrawn": "all"}).content.decode()
        assert client.get(url).status_code == 200
        assert client.post(f"{url}act/restore/", {}).status_code == 302
        record.refresh_from_db()
        assert record.withdrawn_on is None

    def test_queries_do_not_grow_with_the_rows(self, world: Any) -> None:
        client, api = world.client(self.keeper), world.token(self.keeper)
        first = self.make(world)
        few = _queries(client, self.list_url(world)), _queries(api, self.api_url())
        self.more(world, 12)
        many = _queries(client, self.list_url(world)), _queries(api, self.api_url())
        assert many == few
        assert many[0] <= self.list_queries
        assert many[1] <= self.api_queries
        assert _queries(client, f"{self.list_url(world)}{first.ref}/") <= self.record_queries

    def more(self, world: Any, count: int) -> None:
        """Further rows for counting queries; override where rows cannot be alike."""
        for _number in range(count):
            self.make(world)

    def test_every_column_filter_and_sort_that_is_offered_works(self, world: Any) -> None:
        self.make(world)
        client = world.client(self.keeper)
        for key in self.register.sorts:
            for sort in (key, f"-{key}"):
                assert client.get(self.list_url(world), {"sort": sort}).status_code == 200, sort
        assert client.get(self.list_url(world), {"col": list(self.register.columns)}).status_code == 200
        page = client.get(self.list_url(world)).context["page"]
        for filter_ in page.filters:
            for choice in filter_.choices:
                assert client.get(self.list_url(world), {filter_.key: choice.value}).status_code == 200, filter_.key
        assert client.get(self.list_url(world), {"no-such": "1"}).status_code == 422
        assert client.get(self.list_url(world), {"page": "-1"}).status_code == 422
        assert client.get(self.list_url(world), {"page": "99"}).status_code == 200

    def test_the_ledger_verifies_after_all_of_this(self, world: Any) -> None:
        record = self.make(world)
        self.register.acts.update.run(world.actor(self.keeper), dict(self.change), subject=record)
        report = verify_database(world.organisation.pk)
        assert report.ok, report.findings


def _form_value(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
