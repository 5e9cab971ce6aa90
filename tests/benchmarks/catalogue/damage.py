"""What goes wrong in a lab, of random strength: from what is barely seen to what nobody would overlook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from oqtopus_experiments_aer import NoisyBackend

from .case import Drawn, Rng
from .device import Bits, gates, read, read_run

LONGER = ("t1", "t2")
LARGER = ("single_qubit_error", "two_qubit_error")


@frozen(eq=False)
class Run:
    """
    A run whose shots are known.

    Args:
        drawn: What was run.
        circuits: The points of the sweep, then the references.
        qubits: Where.
        place: When each circuit ran, from 0 to 1, shape (circuits,).
        shots: What each read, shape (shots, 1, bits) each.
    """

    drawn: Drawn
    circuits: Sequence[QuantumCircuit]
    qubits: tuple[int, ...]
    place: NDArray[np.float64]
    shots: tuple[Bits, ...]

    @property
    def width(self) -> int:
        return int(self.shots[0].shape[-1])


def drift(run: Run, rng: Rng) -> tuple[Bits, ...]:
    """The device gets worse along the run: it begins as much better as it ends worse than in the middle."""
    part = rng.uniform(0.1, 0.5)
    drifted = run.drawn.drifted
    if drifted is None:
        began, ended = (
            read_run(run.circuits, run.drawn, run.qubits, rng, partial(aged, part=change)) for change in (-part, part)
        )
    else:  # chosen by whoever drew the device: from the middle on
        began = read_run(run.circuits, run.drawn, run.qubits, rng)
        ended = read(run.circuits, drifted, run.qubits, run.drawn.shots, rng)
    late = [rng.random((own.shape[0], 1, 1)) < when for own, when in zip(began, run.place, strict=True)]
    return tuple(np.where(*each) for each in zip(late, ended, began, strict=True))


def aged(backend: NoisyBackend, part: float) -> NoisyBackend:
    """Return a device whose times are shorter by such a part and whose errors are larger; drives change by a tenth."""
    told = {name: getattr(backend, name) * (1 - part) for name in LONGER if getattr(backend, name) is not None}
    told |= {name: min(1.0, getattr(backend, name) * (1 + part)) for name in LARGER}
    told["drive_scale"] = backend.drive_scale * (1 + part / 10)
    own = {
        qubit: attrs.evolve(
            noise,
            **{name: value * (1 - part) for name in LONGER if (value := getattr(noise, name)) is not None},
        )
        for qubit, noise in backend.qubits.items()
    }
    return attrs.evolve(backend, **told, qubits=own)


def readout_drift(run: Run, rng: Rng) -> tuple[Bits, ...]:
    """|1> is seen less and less well, |0> a third of that."""
    lost = rng.uniform(0.02, 0.2)
    return tuple(
        own ^ (rng.random(own.shape) < np.where(own, lost, lost / 3) * when)
        for own, when in zip(run.shots, run.place, strict=True)
    )


def leakage(run: Run, rng: Rng) -> tuple[Bits, ...]:
    """Every pulse leaves the two levels with some probability, and what has left reads 1."""
    left = 10 ** rng.uniform(-3.5, -1.7)
    spoilt = []
    for own, circuit in zip(run.shots, run.circuits, strict=True):
        pulses = gates(circuit) / circuit.num_qubits
        spoilt.append(own | (rng.random(own.shape) < 1 - (1 - left) ** pulses))
    return tuple(spoilt)


def swapped_bits(run: Run, rng: Rng) -> tuple[Bits, ...]:
    """Two bits have each other's values from some circuit on."""
    one, other = rng.choice(run.width, 2, replace=False)
    order = np.arange(run.width)
    order[[one, other]] = order[[other, one]]
    since = rng.uniform(0, 0.9)
    return tuple(own[..., order] if when >= since else own for own, when in zip(run.shots, run.place, strict=True))


def stale_counts(run: Run, rng: Rng) -> tuple[Bits, ...]:
    """A stretch of circuits has the counts of the circuit that ran before it: a buffer was not emptied."""
    ranks = np.argsort(run.place)
    length = max(1, round(rng.uniform(0.03, 0.4) * len(ranks)))
    start = int(rng.integers(1, max(2, len(ranks) - length + 1)))
    spoilt = list(run.shots)
    for circuit in ranks[start : start + length]:
        spoilt[circuit] = run.shots[ranks[start - 1]]
    return tuple(spoilt)


KINDS: Mapping[str, Callable[[Run, Rng], tuple[Bits, ...]]] = {
    "drift": drift,
    "readout drift": readout_drift,
    "leakage": leakage,
    "swapped bits": swapped_bits,
    "stale counts": stale_counts,
}
