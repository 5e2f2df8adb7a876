"""What happens when the ground gives way: a process killed in the middle of an act, a full disk, a lost worker."""

import errno
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from ringwall.access.policy import Actor
from ringwall.kit.errors import NoSpace
from ringwall.kit.jobs import LOST, Job, reap, run, start
from ringwall.site.serving import REAP_EVERY
from ringwall.site.tests.shell import Shell

KILLED_WHILE_STORING = """
import os, signal, sys
from ringwall.site import cli
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
django.setup()
from ringwall.ledger import actions
actions.append = lambda **_: os.kill(os.getpid(), signal.SIGKILL)  # the rows are written, the entry is not
sys.exit(cli.main(sys.argv[1:]))
"""
KILLED_WHILE_AUTHORISING = """
import os, signal
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
django.setup()
from ringwall.access.models import Person
from ringwall.access.policy import actor_for_person
from ringwall.approvals.actions import answer, submit
from ringwall.approvals.models import Approval
from ringwall.context.models import IsmsScope
from ringwall.ledger import actions
keeper = Person.objects.select_related("organisation").get(email=os.environ["KEEPER"])
boss = Person.objects.select_related("organisation").get(email=os.environ["BOSS"])
found = Approval.objects.filter(organisation=keeper.organisation, state="submitted", subject_kind="soa").first()
if found is None:
    scope = IsmsScope.objects.get(organisation=keeper.organisation, ref="IS-01")
    found = submit("soa", scope, actor=actor_for_person(keeper), deciders=[boss])
if os.environ.get("KILL"):
    actions.append = lambda **_: os.kill(os.getpid(), signal.SIGKILL)
answer(found, actor=actor_for_person(boss), is_yes=True)
print(Approval.objects.get(pk=found.pk).state)
"""

ON_A_FULL_DISK = """
import io, json, os
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringwall.site.settings")
django.setup()
from datetime import timedelta
from django.db import connection
from django.test import Client
from django.utils import timezone
from ringwall.access.models import ApiToken, Person
from ringwall.assets.models import Asset
from ringwall.ledger.queries import size_of
keeper = Person.objects.select_related("organisation", "user").get(email=os.environ["KEEPER"])
client = Client(raise_request_exception=False)
client.force_login(keeper.user, "allauth.account.auth_backends.AuthenticationBackend")
secret = ApiToken.new_secret()
end = timezone.now() + timedelta(days=1)
token = ApiToken(organisation=keeper.organisation, person=keeper, name="t", digest=ApiToken.digest_of(secret))
token.scope, token.expires_at = "write", end
ApiToken.objects.bulk_create([token])
rows = "".join(f"F-{n};Printer {n};system;{'x' * 900}\\n" for n in range(400))
file = io.BytesIO(("ref;title;kind;description\\n" + rows).encode())
file.name = "assets.csv"
upload = {"file": file, "date_order": "ymd", "decimal": "point"}
step = client.post("/lindtal/assets/import/", upload).headers["Location"]

def limit(free):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + free}")

assets, entries = Asset.objects.count(), size_of(keeper.organisation_id)
limit(20)
page = client.post(step, {"store": "1"})
body = {"title": "Asset", "category": "system", "description": "x" * 15_000}
head = {"Authorization": f"Bearer {secret}"}
api = [client.post("/api/v1/assets", body, content_type="application/json", headers=head) for _ in range(30)]
told = {"page": page.status_code, "text": page.content.decode(), "api": [one.status_code for one in api]}
told |= {"problem": api[-1].headers["Content-Type"], "stored": Asset.objects.count() - assets}
told |= {"entries": size_of(keeper.organisation_id) - entries}
limit(100_000)
assets = Asset.objects.count()
told |= {"again": client.post(step, {"store": "1"}).status_code, "stored_again": Asset.objects.count() - assets}
print(json.dumps(told))
"""


pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The demonstration in a directory of its own."""
    made = Shell(tmp_path_factory.mktemp("faults") / "data")
    made.sign_ins = {row["key"]: row for row in made.json("demo")["sign_ins"]}
    return made


def test_an_import_killed_in_the_middle_stores_nothing_and_can_be_done_again(house: Shell, tmp_path: Path) -> None:
    file = tmp_path / "assets.csv"
    file.write_text("ref;title;kind\n" + "".join(f"K-{n};Printer {n};system\n" for n in range(300)))
    entries = house.json("ledger", "verify")["organisations"]
    killed = house.python("-c", KILLED_WHILE_STORING, "--organisation", "lindtal", "assets", "import", str(file))
    assert killed.returncode == -9, killed.stderr
    after = house.json("ledger", "verify")
    assert (after["ok"], after["organisations"]) == (True, entries)
    again = house.json("--organisation", "lindtal", "assets", "import", str(file))
    assert (again["added"], again["changed"], again["unchanged"], again["refused"]) == (300, 0, 0, 0)
    assert house.json("ledger", "verify")["ok"]


def test_an_authorisation_killed_in_the_middle_leaves_the_version_open(house: Shell) -> None:
    sign_ins = house.sign_ins
    house.environment |= {
        "KEEPER": sign_ins["isms_manager"]["email"],
        "BOSS": sign_ins["top_management"]["email"],
        "KILL": "1",
    }
    killed = house.python("-c", KILLED_WHILE_AUTHORISING)
    assert killed.returncode == -9, killed.stderr
    assert house.json("ledger", "verify")["ok"]
    del house.environment["KILL"]
    done = house.python("-c", KILLED_WHILE_AUTHORISING)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "approved"), done.stderr
    assert house.json("ledger", "verify")["ok"]


def test_a_full_disk_refuses_whole_what_is_stored_and_says_so_to_people_and_programs(house: Shell) -> None:
    house.environment["KEEPER"] = house.sign_ins["isms_manager"]["email"]
    done = house.python("-c", ON_A_FULL_DISK)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["page"] == 507
    assert "Nothing was stored" in told["text"] and "disk" in told["text"]
    assert set(told["api"]) <= {201, 507} and 507 in told["api"]
    assert told["problem"].startswith("application/problem+json")
    assert told["stored"] == told["entries"] == told["api"].count(201)
    assert (told["again"], told["stored_again"]) == (302, 400)
    assert house.json("ledger", "verify")["ok"]


def test_a_full_disk_is_known_by_its_signs_on_both_databases_and_for_files() -> None:
    postgresql = DatabaseError("could not extend file")
    postgresql.__cause__ = type("DiskFull", (Exception,), {"sqlstate": "53100"})()
    for error in (OperationalError("database or disk is full"), postgresql, OSError(errno.ENOSPC, "No space left")):
        assert NoSpace.of(error) is not None
    for other in (OperationalError("database is locked"), OSError(errno.EACCES, "no"), ValueError("disk is full")):
        assert NoSpace.of(other) is None


def test_a_job_whose_worker_died_is_told_as_failed_within_a_minute_and_starts_again(world: Any, ana: Actor) -> None:
    assert LOST.total_seconds() + REAP_EVERY <= 60
    job = start("export", ana, {"kind": "asset", "query": "", "language": "en"})
    alive = timezone.now() - LOST + timedelta(seconds=5)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, beat_at=alive)
    assert reap() == 0
    Job.objects.filter(pk=job.pk).update(beat_at=alive - timedelta(seconds=6))
    client = world.client("ana")
    page = client.get(world.url(f"jobs/{job.pk}/")).content.decode()
    assert "interrupted" in page and "Start again" in page
    answer = client.post(world.url(f"jobs/{job.pk}/again/"))
    new = Job.objects.exclude(pk=job.pk).get()
    assert answer.headers["Location"] == world.url(f"jobs/{new.pk}/")
    run(new.pk)
    new.refresh_from_db()
    assert (new.state, bool(new.file)) == (Job.State.DONE, True)
    assert client.post(world.url(f"jobs/{new.pk}/again/")).status_code == 422
    assert Job.objects.count() == 2


def test_nobody_starts_the_job_of_another(world: Any, ana: Actor) -> None:
    job = start("export", ana, {"kind": "asset", "query": "", "language": "en"})
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    assert world.client("cleo").post(world.url(f"jobs/{job.pk}/again/")).status_code == 404
    assert Job.objects.count() == 1
