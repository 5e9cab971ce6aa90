"""Counts of measured bit strings, kept as arrays so that a thousand qubits cost no loop over text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

FEW = 16
"""For no more outcomes than these numpy takes longer than Python's own numbers."""
MOST_SHOTS = 2**53
"""More were never measured: sums of 64 bits would wrap around not far beyond, and a float no longer holds them."""


@frozen(eq=False)
class Counts(Mapping[str, int]):
    """
    How often each outcome was seen: a read-only mapping from Qiskit bit strings to integers.

    The right-most character of a key is classical bit 0, and every key is as wide as the circuit has
    classical bits, whatever was observed. Compares equal to a plain dict with the same content.

    Args:
        bits: Outcomes, one row each, column j is classical bit j; bool, shape (outcomes, width).
        occurrences: How often each was seen, integers >= 0, shape (outcomes,).

    Raises:
        ValueError: For arrays of other kinds or shapes, a negative number, or more shots in all than `MOST_SHOTS`.
    """

    bits: NDArray[np.bool_] = field(repr=False)
    occurrences: NDArray[np.int64] = field(repr=False)
    shots: int = field(init=False, repr=False)
    """Number of shots counted."""
    _table: dict[str, int] = field(init=False, repr=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        _check_array("bits", self.bits, "b", "bool", 2)
        _check_array("occurrences", self.occurrences, "iu", "integers", 1)
        if len(self.bits) != len(self.occurrences):
            message = f"{len(self.occurrences)} occurrences for {len(self.bits)} outcomes: there must be one for each"
            raise ValueError(message)
        least, total = _least_and_total(self.occurrences)
        if least < 0:
            message = f"an outcome cannot have been seen {least} times"
            raise ValueError(message)
        _check_total(total)
        object.__setattr__(self, "shots", int(total))

    @classmethod
    def from_dict(cls, counts: Mapping[str, int], width: int) -> Counts:
        """
        Check and take over a mapping of bit strings; spaces between registers are ignored.

        Raises:
            ValueError: For a key that is not a bit string of this width, a count that is not an integer >= 0, or more
                shots in all than `MOST_SHOTS`.
        """
        rows: list[str] = []
        occurrences: list[int] = []
        for key, count in counts.items():
            text = key.replace(" ", "")
            if len(text) != width or text.strip("01"):
                message = f"{key!r} is not a bit string of {width} classical bits"
                raise ValueError(message)
            if isinstance(count, bool) or int(count) != count or count < 0:
                message = f"the count of {key!r} must be an integer >= 0, not {count!r}"
                raise ValueError(message)
            if count:
                rows.append(text)
                occurrences.append(int(count))
        _check_total(sum(occurrences))
        characters = np.frombuffer("".join(rows).encode(), dtype=np.uint8).reshape(len(rows), width)
        return cls(characters[:, ::-1] == ord("1"), np.array(occurrences, dtype=np.int64))

    @classmethod
    def from_shots(cls, shots: NDArray[np.bool_]) -> Counts:
        """Count equal shots: one row per shot, column j is classical bit j, bool."""
        packed = np.ascontiguousarray(np.packbits(shots, axis=1))
        rows = packed.view(f"V{packed.shape[1]}").ravel()
        _, first, occurrences = np.unique(rows, return_index=True, return_counts=True)
        return cls(shots[first], occurrences.astype(np.int64))

    @property
    def width(self) -> int:
        """Number of classical bits."""
        return int(self.bits.shape[1])

    def to_dict(self) -> dict[str, int]:
        """Return a plain dict of bit strings, ordered by bit string."""
        if not self._table and len(self.occurrences):
            characters = np.where(self.bits[:, ::-1], b"1", b"0").astype("S1")
            if self.width:
                joined = np.ascontiguousarray(characters).view(f"S{self.width}").ravel()
                keys = np.char.decode(joined, "ascii").tolist()
            else:
                keys = [""] * len(self.occurrences)
            for key, count in sorted(zip(keys, self.occurrences.tolist(), strict=True)):
                self._table[key] = self._table.get(key, 0) + count
        return dict(self._table)

    def __getitem__(self, key: str) -> int:
        return self.to_dict()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())

    def __repr__(self) -> str:
        return f"Counts({self.to_dict()})"


def _check_array(name: str, array: object, kinds: str, told: str, dimensions: int) -> None:
    # The type says so to whoever checks types; a backend of somebody else may hold a list, or floats.
    if not isinstance(array, np.ndarray):
        message = f"{name} must be a numpy array of {told}, not {type(array).__name__}"
        raise ValueError(message)  # noqa: TRY004  # one error for all that cannot be counts
    if array.dtype.kind not in kinds or array.ndim != dimensions:
        message = f"{name} must be an array of {told} of {dimensions} dimensions, not {array.dtype} {array.shape}"
        raise ValueError(message)


def _least_and_total(occurrences: NDArray[np.int64]) -> tuple[int, float]:
    """Return the smallest, and the sum, which does not wrap around; zeros for none."""
    if len(occurrences) <= FEW:
        numbers = occurrences.tolist()
        return min(numbers, default=0), sum(numbers)
    return int(occurrences.min()), float(occurrences.sum(dtype=np.float64))


def _check_total(shots: float) -> None:
    if not 0 <= shots <= MOST_SHOTS:
        message = f"the sum of the counts is not a number of shots from 0 to {MOST_SHOTS}: that cannot be"
        raise ValueError(message)
