"""What comes from outside is shown, never obeyed, and never at any length."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from oqtopus_experiments.support._text import bounded, encodable, shown

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
JOINERS = "\u200c\u200d"
OBEYED = [
    character
    for character in EVERY
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in JOINERS
]
VISIBLE_MARKS = {"\u0600", "\u0601", "\u0602", "\u0603", "\u0604", "\u0605", "\u06dd", "\u070f", "\u0890", "\u0891"}


def test_every_character_that_a_terminal_could_obey_is_shown_by_its_code():
    # Signs that are written above numbers, and notations of music and shorthand, are formats by name only.
    obeyed = [c for c in OBEYED if c not in VISIBLE_MARKS and not 0x8E2 <= ord(c) <= 0x8E2 and ord(c) < 0x10000]

    left = {hex(ord(c)) for c in obeyed if c in shown(c, lines=False)}

    assert left == set()


def test_tags_and_half_characters_are_shown_by_their_code():
    assert shown("\U000e0041\ud800") == "\\U000e0041\\ud800"


def test_words_of_all_scripts_stay_as_they_are():
    text = "Ünïcödé 測定 می\u200cخواهم \U0001f469\u200d\U0001f52c ± µ σ"

    assert shown(text) == text


def test_escape_sequences_are_told_letter_by_letter():
    assert shown("\x1b]52;c;aGk=\x07") == r"\x1b]52;c;aGk=\x07"
    assert shown("\x9b2J \u202ex") == r"\x9b2J \u202ex"


def test_a_message_keeps_its_lines_and_a_cell_has_only_one():
    assert shown("a\nb\tc") == "a\nb\tc"
    assert shown("a\nb\tc\rd", lines=False) == r"a\nb\tc\rd"


def test_a_long_text_keeps_its_beginning_and_its_end_and_says_what_is_left_out():
    text = "begin" + "x" * 5_000_000 + "end: try again"

    told = shown(text, 1000)

    assert len(told) < 1100
    assert told.startswith("begin")
    assert told.endswith("end: try again")
    assert f"({len(text) - 1000:,} characters left out)" in told


def test_a_text_of_just_the_length_is_whole():
    assert bounded("x" * 10, 10) == "x" * 10
    assert "1 characters left out" in bounded("x" * 11, 10)


def test_a_number_or_an_error_is_shown_as_its_text():
    assert shown(ValueError("a\x1bb")) == r"a\x1bb"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "24 ± 1 µs σ │ 測"), ("latin-1", r"24 ± 1 µs sigma | \u6e2c"), ("ascii", r"24 +/- 1 us sigma | \u6e2c")],
)
def test_what_an_encoding_lacks_is_spelled_out(encoding, expected):
    assert encodable("24 ± 1 µs σ │ 測", encoding) == expected


def test_a_stream_is_given_only_letters_that_it_has():
    import io

    from oqtopus_experiments.cli._streams import CarefulStream

    written = io.BytesIO()
    stream = CarefulStream(io.TextIOWrapper(written, encoding="ascii"))

    stream.write("24 ± 1 µs\n")

    assert written.getvalue() == b"24 +/- 1 us\n"
    assert stream.problem is None
