"""Tables that fit: sentences wrap, what is copied stands whole on a line, nothing is cut."""

from __future__ import annotations

import io

import pytest
from rich.console import Console  # noqa: TID251  # what is laid out here reaches no terminal
from rich.text import Text

from oqtopus_experiments.cli._sheets import Col, Sheet, fitted

RUN = "20261122-075426-full-characterization-of-everything-22f0c9"
WHY = "window_too_short: the window is only 0.38 of t1_time; 1 to 3 t1_time are best"


def lines(sheet, width, encoding="utf-8"):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    return [line.plain for line in sheet.lines(Console(file=stream, width=width), width)]


def runs():
    sheet = Sheet((Col("run", copied=True), Col("name"), Col("good", right=True), Col("why", wraps=True)))
    sheet.add(RUN, "everything", "7", WHY)
    sheet.add("short", "b", "120", "fine")
    return sheet


def test_what_fits_stands_in_one_line_each():
    head, rule, *rows = lines(runs(), 170)

    assert head.split() == ["run", "name", "good", "why"]
    assert set(rule) == {"─"}
    assert [row.split()[0] for row in rows] == [RUN, "short"]
    assert rows[0].endswith(WHY)


def test_sentences_wrap_first():
    found = lines(runs(), 110)

    assert any(RUN in line and "everything" in line for line in found)
    assert max(map(len, found)) <= 110
    assert not any(WHY in line for line in found)


@pytest.mark.parametrize("width", [60, 80])
def test_what_is_copied_gets_a_line_of_its_own_before_anything_is_broken(width):
    found = lines(runs(), width)

    assert f"    run: {RUN}" in found
    assert "    run: short" in found
    assert max(len(line) for line in found if RUN not in line) <= width
    assert WHY.replace(" ", "") in "".join(found).replace(" ", "").replace(f"run:{RUN}", "")


@pytest.mark.parametrize("width", [20, 30, 40, 80, 120])
def test_nothing_is_cut_however_narrow_it_is(width):
    sheet = Sheet((Col("job", copied=True), Col("status"), Col("detail", wraps=True)))
    sheet.add("0123456789" * 8, "a_status_nobody_foresaw", WHY)

    text = "".join("".join(lines(sheet, width)).split())

    assert "0123456789" * 8 in text
    told = f"a_status_nobody_foresaw{WHY}".replace(" ", "")
    for letter in set(told):
        assert text.count(letter) >= told.count(letter), letter


def test_the_only_column_keeps_its_place_even_if_it_is_wider_than_the_room():
    sheet = Sheet((Col("run", copied=True),))
    sheet.add(RUN)

    assert RUN in lines(sheet, 20)


def test_numbers_end_below_each_other():
    found = lines(runs(), 170)

    assert found[2].index(" 7  ") + 1 == found[3].index("120") + 2


def test_letters_are_laid_out_as_they_are_spelled():
    sheet = Sheet((Col("value"), Col("mark")))
    sheet.add("1 ± 2 µs", Text("5 σ", style="bold"))
    sheet.add("7", "x")

    head, rule, row, other = lines(sheet, 80, "ascii")

    assert set(rule) == {"-"}
    assert row == "1 +/- 2 us  5 sigma"
    assert other.index("x") == row.index("5 sigma") == head.index("mark")


def test_wide_letters_count_as_wide():
    sheet = Sheet((Col("name"), Col("n")))
    sheet.add("测量", "1")
    sheet.add("ab", "2")

    found = lines(sheet, 80)

    assert found[2] == "测量  1"
    assert found[3] == "ab    2"


def test_what_a_terminal_would_obey_is_shown():
    sheet = Sheet((Col("run", copied=True), Col("name")))
    sheet.add("\x1b[2J" + "x" * 60, "y" * 30)

    assert any(r"\x1b[2J" in line for line in lines(sheet, 50))
    assert not any("\x1b" in line for line in lines(sheet, 50))


def test_a_row_has_a_cell_for_every_column():
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Sheet((Col("a"),)).add("1", "2")


def test_the_longest_of_what_is_copied_goes_first_and_only_as_many_as_must():
    columns = (Col("run", copied=True), Col("job", copied=True), Col("state"))

    assert fitted(columns, (30, 50, 10), 94) == (30, 50, 10)
    assert fitted(columns, (30, 50, 10), 80) == (30, 0, 10)
    assert fitted(columns, (30, 50, 10), 30) == (0, 0, 10)
