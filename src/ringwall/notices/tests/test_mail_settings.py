"""The page of the mail server: who may, what is kept, what the test button says."""

from typing import Any

from ringwall.kit.testing import acts_in_ledger
from ringwall.ledger.models import Payload
from ringwall.notices.models import MailServer, Sealed
from ringwall.notices.sealing import seal, unseal
from ringwall.notices.sending import password_of
from ringwall.site import cli

GIVEN = {
    "host": "smtp.example",
    "port": "587",
    "security": "starttls",
    "user": "isms",
    "password": "open-sesame-4711",
    "sender": "isms@demo.example",
    "time_zone": "Europe/Vienna",
    "version": "0",
}


def test_the_password_is_kept_encrypted_told_nowhere_and_asked_again_for_another_server(world: Any) -> None:
    client, url = world.client("adam"), world.url("settings/mail/edit/")
    assert "No mail server is entered" in client.get(world.url("settings/mail/")).content.decode()
    for wrong in ({"sender": ""}, {"security": "none"}, {"password": ""}, {"time_zone": "Mars/Base"}, {"port": "0"}):
        answer = client.post(url, GIVEN | wrong)
        assert answer.status_code == 422 and next(iter(wrong)) in answer.content.decode()
    assert not MailServer.objects.exists()
    assert client.post(url, GIVEN).status_code == 302
    server = MailServer.objects.get()
    assert password_of(server) == "open-sesame-4711"
    box = Sealed.objects.get(pk=server.pk).box
    shown = client.get(url).content.decode() + client.get(world.url("settings/mail/")).content.decode()
    kept = "".join(Payload.objects.values_list("body", flat=True))
    assert "sesame" not in box + shown + kept and box not in kept and '"password":"changed"' in kept
    assert client.post(url, GIVEN | {"version": "0"}).status_code == 409
    posted = GIVEN | {"version": "1", "password": ""}
    assert client.post(url, posted | {"host": "evil.example"}).status_code == 422
    assert client.post(url, posted | {"sender_name": "ISMS"}).status_code == 302
    assert password_of(MailServer.objects.get()) == "open-sesame-4711"
    assert client.post(url, posted | {"version": "2", "user": ""}).status_code == 302
    assert not Sealed.objects.exists()


def test_a_secret_sealed_with_another_key_is_not_read(settings: Any) -> None:
    box = seal("x")
    assert unseal(box) == "x" and unseal("") is None and unseal("nonsense") is None
    settings.SECRET_KEY = "another"
    assert unseal(box) is None


def test_only_the_administrator_keeps_the_server(world: Any) -> None:
    before = acts_in_ledger(world)
    for name in ("ana", "cleo", "dora", "emil", "nobody"):
        for path in ("", "edit/", "test/"):
            assert world.client(name).get(world.url(f"settings/mail/{path}")).status_code == 403
        assert world.client(name).post(world.url("settings/mail/edit/"), GIVEN).status_code == 403
        assert world.client(name).post(world.url("settings/mail/drop/")).status_code == 403
    assert acts_in_ledger(world) == before and not MailServer.objects.exists()


def test_the_test_button_sends_at_once_and_says_what_the_server_says(world: Any, mail_server: Any, sink: Any) -> None:
    client, url = world.client("adam"), world.url("settings/mail/test/")
    assert client.post(url, {"address": "adam@demo.example"}).status_code == 302
    assert [mail["Subject"] for mail in sink.mails] == ["Test mail of Demo GmbH"]
    sink.refused = {"adam@demo.example": "550 Go away"}
    answer = client.post(url, {"address": "adam@demo.example"})
    assert answer.status_code == 422 and "550 Go away" in answer.content.decode()
    assert client.post(url, {"address": "no address"}).status_code == 422
    MailServer.objects.update(port=1)
    assert "refused" in client.post(url, {"address": "adam@demo.example"}).content.decode()


def test_the_command_line_tries_the_server_too(world: Any, mail_server: Any, sink: Any, capsys: Any) -> None:
    command = ["mail", "test", "--to", "x@demo.example", "--json"]
    assert cli.main(command) == cli.GOOD and len(sink.mails) == 1
    sink.refused = {"x@demo.example": "550 Go away"}
    assert cli.main(command) == cli.FINDINGS and "550 Go away" in capsys.readouterr().out
    assert cli.main(["mail", "queue"]) == cli.GOOD and cli.main(["mail", "send"]) == cli.GOOD
    MailServer.objects.update(host="")
    assert cli.main(command) == cli.USAGE and "no mail server" in capsys.readouterr().err
