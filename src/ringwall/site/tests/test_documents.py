"""Documents of records go the same way as those of a whole: in the organisation's Word template, by a job when long."""

import io
import zipfile
from importlib import import_module
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ringwall.kit import jobs, registry, reporting

pytestmark = pytest.mark.once


def own_template() -> bytes:
    document = import_module("docx").Document(
        io.BytesIO(import_module("ringwall.reports.renderers.docx_template").default_template())
    )
    document.sections[0].header.paragraphs[0].add_run("Our own letterhead")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def word_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def test_an_incident_is_printed_in_our_own_word_template_and_by_a_job_when_long(
    world: Any, settings: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    incident = registry.actions["incident.create"].run(world.actor("ana"), {"title": "Laptop lost"})
    url, client = world.url(f"incidents/{incident.ref}/report/?format=docx"), world.client("ana")
    assert "Our own letterhead" not in word_text(client.get(url).content)
    file = SimpleUploadedFile("own.docx", own_template())
    assert world.client("adam").post(world.url("settings/word-template/"), {"file": file}).status_code == 302
    answer = client.get(url)
    assert "Our own letterhead" in word_text(answer.content) and "Laptop lost" in word_text(answer.content)
    assert f'filename="incident-{incident.ref}-' in answer["Content-Disposition"]

    monkeypatch.setattr(reporting, "LONG", -1)
    job = jobs.Job.objects.get(pk=client.get(url).headers["Location"].rstrip("/").rsplit("/", 1)[1])
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == jobs.Job.State.DONE, job.message
    made = client.get(world.url(f"jobs/{job.pk}/file/"))
    assert "Our own letterhead" in word_text(b"".join(made.streaming_content) if made.streaming else made.content)
    assert world.client("ben").get(url).status_code == 404
