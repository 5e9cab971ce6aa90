"""Where qubits are drawn: every qubit has a place of its own, and couplings of real devices do not cross."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings, strategies as st

from oqtopus_experiments.reporting._chip import layout


def grid(columns, rows):
    """Return the couplings of a square lattice, numbered row by row."""
    across = [(y * columns + x, y * columns + x + 1) for y in range(rows) for x in range(columns - 1)]
    return across + [(y * columns + x, (y + 1) * columns + x) for y in range(rows - 1) for x in range(columns)]


def heavy_hex(rows, columns):
    """Return the couplings of rows with a bridge at every fourth qubit, shifted by two from row to row."""
    pairs, number, last = [], 0, []
    for row in range(rows):
        here = list(range(number, number + columns))
        pairs += list(itertools.pairwise(here))
        number += columns
        pairs += [(bridge, here[column]) for bridge, column in last]
        if row < rows - 1:
            last = [(number + i, column) for i, column in enumerate(range(0 if row % 2 == 0 else 2, columns, 4))]
            pairs += [(here[column], bridge) for bridge, column in last]
            number += len(last)
    return pairs


def ring(count):
    return [(i, (i + 1) % count) for i in range(count)]


def qubits_of(pairs):
    return sorted({qubit for pair in pairs for qubit in pair})


def renumbered(pairs, seed):
    names = qubits_of(pairs)
    shuffled = names[:]
    random.Random(seed).shuffle(shuffled)
    new = dict(zip(names, shuffled, strict=True))
    return [(new[a], new[b]) for a, b in pairs]


def closest(places):
    points = list(places.values())
    return min(math.dist(a, b) for i, a in enumerate(points) for b in points[:i])


DEVICES = {
    "a chain": [(i, i + 1) for i in range(99)],
    "a ring": ring(19),
    "a ladder": grid(20, 2),
    "a grid": grid(10, 10),
    "a heavy-hex lattice": heavy_hex(7, 15),
    "a star": [(0, i) for i in range(1, 9)],
    "a tree": [((i - 1) // 2, i) for i in range(1, 31)],
    "octagons": [*ring(8), *((a + 8, b + 8) for a, b in ring(8)), (1, 14), (2, 13)],
    "a wheel": [*ring(6), *((6, i) for i in range(6))],
    "a bow tie": [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)],
}


@pytest.mark.parametrize("pairs", DEVICES.values(), ids=DEVICES)
def test_couplings_of_devices_do_not_cross(pairs):
    drawn = layout(qubits_of(pairs), pairs)

    assert drawn.crossings == 0
    assert sorted(drawn.places) == qubits_of(pairs)
    assert closest(drawn.places) > 0.3


@pytest.mark.parametrize("name", ["a grid", "a heavy-hex lattice", "a ladder"])
@pytest.mark.parametrize("seed", range(3))
def test_neither_do_they_when_the_qubits_are_numbered_in_any_order(name, seed):
    pairs = renumbered(DEVICES[name], seed)

    assert layout(qubits_of(pairs), pairs).crossings == 0


@pytest.mark.parametrize("name", ["a chain", "a grid", "a heavy-hex lattice", "a ladder"])
def test_couplings_of_a_lattice_are_all_one_long(name):
    pairs = DEVICES[name]

    drawn = layout(qubits_of(pairs), pairs)

    assert {round(math.dist(drawn.places[a], drawn.places[b]), 9) for a, b in pairs} == {1.0}


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.integers(2, 7), st.sets(st.integers(0, 48), max_size=12), st.integers(0, 10))
def test_a_grid_with_holes_is_drawn_without_crossings(columns, rows, holes, seed):
    pairs = [pair for pair in grid(columns, rows) if not holes & set(pair)]

    drawn = layout(range(columns * rows), renumbered(pairs, seed))

    assert drawn.crossings == 0
    assert closest(drawn.places) > 0.3


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=60))
def test_any_couplings_have_a_drawing_in_which_no_two_qubits_are_in_one_place(pairs):
    drawn = layout(range(15), pairs)

    assert sorted(drawn.places) == list(range(15))
    assert all(math.isfinite(number) for place in drawn.places.values() for number in place)
    assert closest(drawn.places) > 0.01
    assert drawn == layout(range(15), pairs)


def test_a_device_that_says_where_its_qubits_are_is_drawn_so():
    places = {0: (0.0, 0.0), 1: (250.0, 0.0), 2: (250.0, 250.0)}

    drawn = layout(range(3), [(1, 0), (1, 2)], places)

    assert drawn.places == {0: (0.0, 0.0), 1: (1.0, 0.0), 2: (1.0, 1.0)}
    assert drawn.couplings == ((0, 1), (1, 2))


@pytest.mark.parametrize(
    "places",
    [
        {0: (0.0, 0.0), 1: (1.0, 0.0)},
        {0: (0.0, 0.0), 1: (1.0, 0.0), 2: None},
        {0: (0.0, 0.0), 1: (1.0, 0.0), 2: (1.0, math.nan)},
        {0: (0.0, 0.0), 1: (1.0, 0.0), 2: (1.0, 0.0)},
        {0: (0.0, 0.0), 1: (0.0, 0.0), 2: (0.0, 0.0)},
    ],
    ids=["one is missing", "one is not known", "one is no place", "two in one place", "all in one place"],
)
def test_places_that_are_no_drawing_are_left_for_the_couplings(places):
    drawn = layout(range(3), [(0, 1), (1, 2)], places)

    assert drawn.places == {0: (0.0, 0.0), 1: (1.0, 0.0), 2: (2.0, 0.0)}


def test_parts_that_are_not_coupled_stand_apart():
    pairs = [*grid(3, 3), *((a + 9, b + 9) for a, b in grid(3, 3))]

    drawn = layout(range(20), pairs)

    assert drawn.crossings == 0
    parts = [range(9), range(9, 18), range(18, 20)]
    between = [
        math.dist(drawn.places[a], drawn.places[b]) for i, one in enumerate(parts) for other in parts[:i] for a in one
        for b in other
    ]  # fmt: skip
    assert min(between) > 1.2


def test_a_drawing_is_wider_than_high():
    pairs = grid(2, 12)

    wide, tall = (max(axis) - min(axis) for axis in zip(*layout(range(24), pairs).places.values(), strict=True))

    assert wide > tall
