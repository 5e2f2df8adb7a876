import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringwall.ledger import actions, archive, rules
from ringwall.ledger.keys import private_key
from ringwall.ledger.merkle import CompactRange, leaf_hash
from ringwall.ledger.notes import VerifierKey, sign_checkpoint
from ringwall.ledger.report import Report
from ringwall.ledger.tests.conftest import ORGANISATION, Append, Written, change
from ringwall.ledger.verify import verify_file

ORGANISATION_LINE = archive.organisation_line(ORGANISATION)
Write = Callable[..., Written]
fuzz = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def whole(append: Append, write: Write, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Ten acts of one, two and three changes, one part erased, a checkpoint after each four."""
    monkeypatch.setattr(rules, "CHECKPOINT_EVERY", 4)
    entries = [append(*map(change, range(1 + number % 3))) for number in range(9)]
    actions.erase_payload(entries[4], 1, actor_id=None, actor_label="cli:root", reason="Art. 17 GDPR")
    return write()


def errors(report: Report) -> list[str]:
    assert report.ok == (not any(finding.severity == "error" for finding in report.findings))
    return [f"{finding.path}: {finding.message}" for finding in report.findings if finding.severity == "error"]


def lines_of(written: Written) -> list[bytes]:
    return written.data.splitlines(keepends=True)


def test_a_whole_file_is_proven_against_key_and_checkpoint(whole: Written) -> None:
    report = verify_file(whole.path, whole.exported.key, whole.exported.checkpoint)
    assert report.ok
    (state,) = report.organisations
    assert (state.organisation, state.entries, state.ok) == (str(ORGANISATION), 10, True)
    assert state.root == whole.exported.root
    assert [finding.severity for finding in report.findings] == ["info"]


def test_the_report_has_the_names_that_scripts_rely_on(whole: Written) -> None:
    report = verify_file(whole.path).as_json()
    assert set(report) == {"ok", "organisations", "findings"}
    assert set(report["organisations"][0]) == {"organisation", "entries", "root", "ok"}
    assert set(report["findings"][0]) == {"severity", "path", "message"}


def test_without_a_pin_it_says_what_is_not_proven(whole: Written) -> None:
    report = verify_file(whole.path)
    assert report.ok
    assert [finding.severity for finding in report.findings] == ["warning", "warning"]
    assert "who signed" in report.findings[0].message
    assert "cut off" in report.findings[1].message


def test_with_a_key_alone_only_the_end_is_open(whole: Written) -> None:
    report = verify_file(whole.path, whole.exported.key)
    assert report.ok
    assert [finding.message[:40] for finding in report.findings] == ["not proven: that no entries were cut off"]


def test_an_empty_ledger_can_be_proven_too(data_directory: Path, db: None, write: Write) -> None:
    empty = write()
    assert verify_file(empty.path, empty.exported.key, empty.exported.checkpoint).ok


@fuzz
@given(st.data())
def test_any_changed_byte_is_found(whole: Written, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole.data) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole.data[at]))
    assert errors(verify_file(whole.changed(whole.data[:at] + bytes([byte]) + whole.data[at + 1 :])))


@pytest.fixture
def small(append: Append, write: Write) -> Written:
    actions.erase_payload(append(change(1), change(2)), 1, actor_id=None, actor_label="cli:root", reason="")
    return write()


def test_every_single_byte_is_covered(small: Written) -> None:
    """Bit 5 turned over: the case of letters, of hexadecimal and of base64 is where malleability would hide."""
    unseen = []
    for at in range(len(small.data)):
        data = bytearray(small.data)
        data[at] ^= 0x20
        if verify_file(small.changed(bytes(data))).ok:
            unseen.append(at)
    assert unseen == []


@fuzz
@given(st.data())
def test_any_line_dropped_doubled_or_moved_is_found(whole: Written, data: st.DataObject) -> None:
    lines = lines_of(whole)
    at = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["drop", "double", "move"])):
        case "drop":
            del lines[at]
        case "double":
            lines.insert(at, lines[at])
        case _:
            line = lines.pop(at)
            lines.insert(data.draw(st.integers(0, len(lines))), line)
    changed = b"".join(lines)
    if changed != whole.data:
        assert errors(verify_file(whole.changed(changed)))


@fuzz
@given(st.data())
def test_bytes_put_in_or_taken_out_are_found(whole: Written, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(whole.data)))
    after = data.draw(st.integers(first, min(first + 40, len(whole.data))))
    changed = whole.data[:first] + data.draw(st.binary(max_size=20)) + whole.data[after:]
    if changed != whole.data:
        pins = whole.exported
        assert errors(verify_file(whole.changed(changed), pins.key, pins.checkpoint))


@fuzz
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", archive.MAGIC, archive.MAGIC + archive.organisation_line(ORGANISATION)]),
)
def test_garbage_is_refused_without_a_traceback(tmp_path: Path, garbage: bytes, start: bytes) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(start + garbage)
    assert errors(verify_file(path))


@pytest.mark.parametrize("number", [0, 3, 9])
def test_the_entry_with_a_changed_header_is_named(whole: Written, number: int) -> None:
    lines = lines_of(whole)
    (at,) = [n for n, line in enumerate(lines) if b'"position":%d,' % number in line and line.startswith(b"entry")]
    lines[at] = lines[at].replace(b'"at":"20', b'"at":"19')
    assert errors(verify_file(whole.changed(b"".join(lines))))[0].startswith(f"{ORGANISATION}/entry/{number}:")


def test_the_entry_with_a_changed_part_is_named_and_it_alone(whole: Written) -> None:
    changed = whole.data.replace(b"Yearly review", b"Yearly revieW", 1)
    (error,) = errors(verify_file(whole.changed(changed)))
    assert error.startswith(f"{ORGANISATION}/entry/0:")


def test_a_forged_entry_with_all_its_hashes_made_to_fit_is_narrowed_to_a_range(whole: Written) -> None:
    lines = lines_of(whole)
    (at,) = [n for n, line in enumerate(lines) if b'"position":6,' in line]
    header = lines[at][71:-1].decode().replace("asset.update", "asset.create")
    lines[at] = archive.entry_line(rules.header_hash(header), header)
    (error,) = errors(verify_file(whole.changed(b"".join(lines))))
    assert error.startswith(f"{ORGANISATION}/entries/4-7:")


def test_a_missing_entry_is_named(whole: Written) -> None:
    lines = lines_of(whole)
    starts = [n for n, line in enumerate(lines) if line.startswith(b"entry ")]
    del lines[starts[5] : starts[6]]
    assert "entry 6 stands where entry 5 belongs" in errors(verify_file(whole.changed(b"".join(lines))))[0]


def test_a_file_cut_off_anywhere_is_found_with_a_checkpoint(small: Written) -> None:
    for size in range(len(small.data)):
        pins = small.exported
        assert errors(verify_file(small.changed(small.data[:size]), pins.key, pins.checkpoint))


def test_truncation_to_an_older_checkpoint_is_found_with_a_pin_and_unproven_without(
    append: Append, write: Write
) -> None:
    append()
    older = write().data
    append()
    whole = write()
    cut = whole.changed(older)
    (error,) = errors(verify_file(cut, checkpoint=whole.exported.checkpoint))
    assert "the end has been cut off" in error
    unpinned = verify_file(cut, whole.exported.key)
    assert unpinned.ok
    assert any("cut off" in finding.message for finding in unpinned.findings)


def test_an_older_checkpoint_proves_the_beginning_of_a_grown_ledger(
    whole: Written, append: Append, write: Write
) -> None:
    older = whole.exported.checkpoint
    append()
    grown = write()
    assert verify_file(grown.path, checkpoint=older).ok
    assert verify_file(grown.path, whole.exported.key, older).ok


def rewritten(whole: Written, private: Ed25519PrivateKey) -> Path:
    """The same ledger with another verb in entry 2, every hash made anew, signed with another key."""
    name, tree, number = rules.origin(ORGANISATION), CompactRange(), 0
    lines = [archive.MAGIC, archive.organisation_line(ORGANISATION)]
    for line in lines_of(whole):
        if line.startswith(b"entry "):
            header = line[71:-1].decode()
            header = header.replace("asset.update", "asset.create") if '"position":2,' in header else header
            tree.append(rules.header_hash(header))
            lines.append(archive.entry_line(rules.header_hash(header), header))
        elif line.startswith((b"part ", b"erased ")):
            lines.append(line)
        elif line.startswith(b"checkpoint "):
            lines += [] if number else [archive.key_line(str(VerifierKey.of(name, private)))]
            lines += archive.checkpoint_lines(number, sign_checkpoint(name, tree.size, tree.root(), private))
            number += 1
    return whole.changed(b"".join(lines))


def test_a_rewrite_under_another_key_is_found_with_a_pin_and_named_as_unproven_without(whole: Written) -> None:
    path = rewritten(whole, Ed25519PrivateKey.generate())
    assert verify_file(path).ok
    assert "who signed" in verify_file(path).findings[0].message
    assert errors(verify_file(path, whole.exported.key))
    assert any("rewritten" in error for error in errors(verify_file(path, checkpoint=whole.exported.checkpoint)))


def test_a_rewrite_under_the_true_key_is_found_with_a_checkpoint(whole: Written, data_directory: Path) -> None:
    path = rewritten(whole, private_key(ORGANISATION))
    assert verify_file(path, whole.exported.key).ok
    assert any(
        "rewritten" in error for error in errors(verify_file(path, whole.exported.key, whole.exported.checkpoint))
    )


def test_after_a_change_of_key_the_old_key_proves_only_what_it_signed(
    append: Append, write: Write, data_directory: Path
) -> None:
    append()
    old = write().exported.key
    shutil.rmtree(data_directory / "keys")
    append()
    both = write()
    assert both.exported.key != old
    assert verify_file(both.path, both.exported.key).ok
    (error,) = errors(verify_file(both.path, old))
    assert error.startswith(f"{ORGANISATION}/entry/1:")


def test_a_part_taken_out_without_an_act_of_erasing_is_found(whole: Written) -> None:
    lines = lines_of(whole)
    at = [n for n, line in enumerate(lines) if line.startswith(b"part ")][3]
    lines[at] = archive.erased_line(leaf_hash(lines[at][5:-1]))
    (error,) = errors(verify_file(whole.changed(b"".join(lines))))
    assert "no act of erasing" in error


@pytest.mark.parametrize("pin", ["", "x", "ringwall/x+00000000+" + base64.b64encode(bytes(33)).decode()])
def test_a_damaged_pin_is_an_error_of_its_own(whole: Written, pin: str) -> None:
    report = verify_file(whole.path, key=pin)
    assert [finding.path for finding in report.findings] == ["pin"]
    assert errors(verify_file(whole.path, checkpoint=pin))


def test_a_kept_checkpoint_may_come_back_with_other_line_ends(whole: Written) -> None:
    pasted = whole.exported.checkpoint.strip().replace("\n", "\r\n")
    assert verify_file(whole.path, whole.exported.key + "\n", pasted).ok


def test_the_pins_of_another_ledger_prove_nothing(whole: Written) -> None:
    private = Ed25519PrivateKey.generate()
    other = rules.origin("01920000-0000-7000-8000-00000000000b")
    assert errors(verify_file(whole.path, str(VerifierKey.of(other, private))))
    assert errors(verify_file(whole.path, checkpoint=sign_checkpoint(other, 0, bytes(32), private)))


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    assert errors(verify_file(tmp_path / "none"))
    assert errors(verify_file(tmp_path))


def test_a_large_wrong_file_is_given_up_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large"
    path.write_bytes(archive.MAGIC + archive.organisation_line(ORGANISATION) + b"x\n" * 5000)
    report = verify_file(path)
    assert any("gave up" in finding.message for finding in report.findings)
    assert len(report.findings) < 300
