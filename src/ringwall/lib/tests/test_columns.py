from hypothesis import given
from hypothesis import strategies as st

from ringwall.lib.columns import guess, normalised

KNOWN = {
    "ref": ["Reference", "Referenz", "Nr.", "ID"],
    "title": ["Title", "Name", "Bezeichnung"],
    "owner": ["Owner", "Verantwortlich", "Eigentümer"],
    "availability": ["Availability", "Verfügbarkeit"],
}


def test_labels_of_both_languages_are_known_however_they_are_written():
    header = ["ID", "BEZEICHNUNG", "Eigentuemer", "verfügbarkeit "]
    assert guess(header, KNOWN) == {0: "ref", 1: "title", 2: "owner", 3: "availability"}


def test_what_stands_in_brackets_counts_last():
    assert guess(["Owner (e-mail)", "Owner"], KNOWN) == {0: None, 1: "owner"}
    assert guess(["Owner (e-mail)"], KNOWN) == {0: "owner"}


def test_slips_of_the_pen_are_forgiven():
    assert guess(["Verfügbarkiet", "Refernce", "Nsme"], KNOWN) == {0: "availability", 1: "ref", 2: None}


def test_an_exact_name_further_right_beats_a_close_one():
    assert guess(["Referenze", "Reference"], KNOWN) == {0: None, 1: "ref"}


def test_unknown_and_blank_columns_stay_open():
    assert guess(["", "Colour", "---"], KNOWN) == {0: None, 1: None, 2: None}


def test_decomposed_umlauts_are_umlauts():
    assert normalised("Verfu\u0308gbarkeit") == normalised("Verfügbarkeit") == "verfuegbarkeit"


@given(st.lists(st.sampled_from([label for labels in KNOWN.values() for label in labels]) | st.text()))
def test_every_column_is_answered_and_no_key_given_twice(header):
    found = guess(header, KNOWN)
    assert list(found) == list(range(len(header)))
    given_keys = [key for key in found.values() if key is not None]
    assert len(given_keys) == len(set(given_keys))
    assert set(given_keys) <= set(KNOWN)


@given(st.permutations(list(KNOWN)))
def test_keys_themselves_are_always_found(header):
    assert list(guess(header, KNOWN).values()) == header
