"""
Survival against length: P = 1/d + A p^m for m random Cliffords on d levels (E. Magesan et al., PRL 106, 180504 (2011)).

Sequences end in every outcome equally often, and the readout of a fully mixed state is a distribution: over all
endings the decay therefore ends at 1/d exactly, whatever the readout errors. Where 0 and 1 are read unequally well,
single endings lie above or below that: parameters of their own, so that it does not count as scatter of the sequences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments import checks, guesses

Array = NDArray[np.float64]

NO_SIGNAL = "the sequences end in the expected outcome no more often than in any other"


def decays(amplitude: str) -> checks.Check:
    """Return a check that there is something to decay: without it an error of gates is chance, and not a number."""
    return checks.present(amplitude, NO_SIGNAL, without="without a signal no gate has an error")


def signs(ending: NDArray[Any], qubit: int) -> Array:
    """Return 1 where a qubit ends in 0, and -1 where it ends in 1."""
    (width,) = {len(one) for one in ending.tolist()}
    return np.array([1.0 if one[width - 1 - qubit] == "0" else -1.0 for one in ending.tolist()])


def of_survivals(floor: float) -> Any:
    """Return the decay of counts that only say whether the expected outcome came."""

    def survival(length: Array, decay_rate: float, amplitude: float) -> Array:
        return floor + amplitude * decay_rate**length

    return survival


def of_one_qubit(length: Array, ending: NDArray[Any], decay_rate: Any, amplitude: Any, asymmetry: float) -> Array:
    """Return the survival of one qubit; see `read_out`."""
    return read_out(length, ending, decay_rate, amplitude, (asymmetry,))


def of_two_qubits(
    length: Array, ending: NDArray[Any], decay_rate: Any, amplitude: Any, asymmetry_0: float, asymmetry_1: float
) -> Array:
    """Return the survival of two qubits; see `read_out`."""
    return read_out(length, ending, decay_rate, amplitude, (asymmetry_0, asymmetry_1))


def read_out(
    length: Array, ending: NDArray[Any], decay_rate: Any, amplitude: Any, asymmetries: tuple[float, ...]
) -> Array:
    """
    Return the survival where each qubit i is read as s = +-1 with probability f + a_i s: a_i is half of e1 - e0.

    Of the part p^m that is as it should be, each is read right with f + a_i s, of the rest with 1/2 + a_i s. The mean f
    follows from the amplitude, f^n = A + 1/2^n: it moves single endings by the product of two small differences.
    """
    floor = 0.5 ** len(asymmetries)
    right = np.maximum(amplitude + floor, 0.0) ** (1 / len(asymmetries))
    kept, mixed = np.ones(len(length)), np.ones(len(length))
    for qubit, asymmetry in enumerate(asymmetries):
        shift = asymmetry * signs(ending, qubit)
        kept, mixed = kept * (right + shift), mixed * (0.5 + shift)
    found: Array = mixed + (kept - mixed) * decay_rate**length
    return found


def two_decays(first: str, num_qubits: int) -> Any:
    """
    Return the survival of two kinds of sequences, those of the second kind with another decay and amplitude.

    What the readout does to single endings is the same for both.

    Args:
        first: Label of the first kind.
        num_qubits: 1 or 2.
    """

    def of_kind(kind: NDArray[Any], decay_rate: float, ratio: float, amplitude: float, other: float) -> Any:
        is_first = kind == first
        return np.where(is_first, decay_rate, decay_rate * ratio), np.where(is_first, amplitude, other)

    def one(
        kind: NDArray[Any],
        length: Array,
        ending: NDArray[Any],
        decay_rate: float,
        ratio: float,
        amplitude: float,
        other_amplitude: float,
        asymmetry: float,
    ) -> Array:
        rate, height = of_kind(kind, decay_rate, ratio, amplitude, other_amplitude)
        return of_one_qubit(length, ending, rate, height, asymmetry)

    def two(
        kind: NDArray[Any],
        length: Array,
        ending: NDArray[Any],
        decay_rate: float,
        ratio: float,
        amplitude: float,
        other_amplitude: float,
        asymmetry_0: float,
        asymmetry_1: float,
    ) -> Array:
        rate, height = of_kind(kind, decay_rate, ratio, amplitude, other_amplitude)
        return of_two_qubits(length, ending, rate, height, asymmetry_0, asymmetry_1)

    return one if num_qubits == 1 else two


def guess_two_decays(first: str, num_qubits: int) -> Any:
    """Return what guesses the parameters of `two_decays`."""
    floor = 0.5**num_qubits

    def guess(kind: NDArray[Any], length: Array, ending: NDArray[Any], signal: Array) -> dict[str, float]:
        found = [guess_decay(length[chosen], signal[chosen], floor) for chosen in (kind == first, kind != first)]
        (decay_rate, amplitude), (other_rate, other_amplitude) = found
        start = {"decay_rate": decay_rate, "ratio": other_rate / decay_rate}
        start |= {"amplitude": amplitude, "other_amplitude": other_amplitude}
        return start | dict.fromkeys(OF_READOUT[num_qubits], 0.0)

    return guess


def guess_decay(length: Array, signal: Array, floor: float) -> tuple[float, float]:
    """Return a decay rate and an amplitude to start at."""
    first = length == length.min()
    decay_rate = float(np.exp(-1 / max(guesses.decay_time(length, signal - floor), 0.1)))
    return decay_rate, float(signal[first].mean() - floor) / decay_rate ** float(length.min())


OF_READOUT = {1: ("asymmetry",), 2: ("asymmetry_0", "asymmetry_1")}
"""Parameters that are zero where both outcomes of a qubit are read alike, by the number of qubits."""


def formula(num_qubits: int, *, by_ending: bool = True, first: str = "") -> str:
    """Return the model for readers; with the label of the first kind, that of `two_decays`."""
    rate, amplitude = "decay_rate", "amplitude"
    if first:
        rate = f"where(kind == {first!r}, decay_rate, decay_rate * ratio)"
        amplitude = f"where(kind == {first!r}, amplitude, other_amplitude)"
    if not by_ending:
        return f"P(1) = {0.5**num_qubits:g} + {amplitude} * {rate}**length"
    if num_qubits == 1:
        return f"P(ending) = 1/2 + {amplitude} * {rate}**length + where(ending == '0', asymmetry, -asymmetry)"
    shifts = (
        "where(isin(ending, ['00', '10']), 1, -1) * asymmetry_0",
        "where(isin(ending, ['00', '01']), 1, -1) * asymmetry_1",
    )
    kept, mixed = (
        " * ".join(f"({mean} + {shift})" for shift in shifts) for mean in (f"sqrt({amplitude} + 1/4)", "1/2")
    )
    return f"P(ending) = {kept} * {rate}**length + {mixed} * (1 - {rate}**length)"
