import gettext
from pathlib import Path

import ringwall.reports

FOLDER = Path(ringwall.reports.__file__).parent / "locale" / "de" / "LC_MESSAGES"


def test_the_compiled_translation_is_that_of_its_source() -> None:
    source = _read_po((FOLDER / "django.po").read_text())
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = {key: text for key, text in gettext.GNUTranslations(file)._catalog.items() if key}  # type: ignore[attr-defined]
    assert compiled == source
    assert all(source.values())


def _read_po(text: str) -> dict[str, str]:
    entries: dict[str, str] = {}
    for block in text.strip().split("\n\n")[1:]:
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if not line.startswith(('"', "#")):
                name, line = line.split(" ", 1)
            if line.startswith('"'):
                fields[name] = fields.get(name, "") + line[1:-1].replace('\\"', '"').replace("\\n", "\n")
        context = f"{fields['msgctxt']}\x04" if "msgctxt" in fields else ""
        entries[context + fields["msgid"]] = fields["msgstr"]
    return entries
