"""LibreOffice, somebody else's judge, opens what is written."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ringwall.reports.render import render
from ringwall.reports.tests.samples import pdf_text, report


@pytest.mark.parametrize(("format", "words"), [("docx", "Summary"), ("xlsx", "Control without owner")])
def test_libreoffice_opens_the_file_and_shows_its_words(format: str, words: str, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = tmp_path / f"report.{format}"
    path.write_bytes(render(report(), format))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = pdf_text((tmp_path / "report.pdf").read_bytes(), tmp_path)
    for expected in (words, "Statement of applicability", "Authorised by Dora", "Policies for information security"):
        assert expected in " ".join(text.split())
