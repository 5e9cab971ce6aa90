"""Whether outcomes come as often as they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.backends.bounds import RARE, chance, histogram, spread_chance
from oqtopus_experiments.testing.backends.foundation import on_sound_counts
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.random_circuits import random_circuits
from oqtopus_experiments.testing.backends.running import counts_of, told
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.noiseless import without_noise

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def _circuits(subject: BackendSubject) -> tuple[list[QuantumCircuit], int]:
    """Return random circuits, and shots of each: few of them for a queue."""
    number, shots = (4, 1000) if subject.backend.queued else (32, 4000)
    return random_circuits(number, places_of(subject)), shots


@on_sound_counts
def outcomes_follow_the_exact_probabilities(subject: BackendSubject) -> None:
    """
    Random circuits of all standard gates are read as often as quantum mechanics says.

    A sound backend fails once in a million times at most.
    """
    exactly = subject.probabilities or without_noise
    if subject.noise > 0 and subject.probabilities is None:
        message = "its exact probabilities are not known: see outcomes_lie_within_the_noise_it_admits"
        raise NotApplicable(message)
    circuits, shots = _circuits(subject)
    for number, (circuit, counts) in enumerate(zip(circuits, counts_of(subject, circuits, shots), strict=True)):
        probabilities = np.asarray(exactly(circuit), dtype=float)
        found = chance(counts, probabilities)
        if found < RARE / len(circuits):
            raise NotConforming(_told(number, circuit, counts.shots, histogram(counts), probabilities, found))


@on_sound_counts
def outcomes_lie_within_the_noise_it_admits(subject: BackendSubject) -> None:
    """Where the noise is not known exactly, no more shots of random circuits go astray than the subject admits."""
    if subject.noise == 0 or subject.probabilities is not None:
        message = "its exact probabilities are known: see outcomes_follow_the_exact_probabilities"
        raise NotApplicable(message)
    circuits, shots = _circuits(subject)
    for number, (circuit, counts) in enumerate(zip(circuits, counts_of(subject, circuits, shots), strict=True)):
        ideal, observed = without_noise(circuit), histogram(counts)
        astray = float(np.maximum(observed / counts.shots - ideal, 0).sum())
        # McDiarmid's bound on a total variation distance, above what shots alone bring on average.
        scatter = float(np.sqrt(ideal * (1 - ideal) / counts.shots).sum()) / 2
        scatter += float(np.sqrt(np.log(len(circuits) / RARE) / (2 * counts.shots)))
        if astray > subject.noise + scatter:
            share = f"{astray:.3f} of the shots are where a device without noise has none, {subject.noise:g} admitted"
            raise NotConforming(f"{share}: {_told(number, circuit, counts.shots, observed, ideal)}")


def _told(
    number: int,
    circuit: QuantumCircuit,
    shots: int,
    observed: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    found: float | None = None,
) -> str:
    worst = int(np.argmax(np.abs(observed - probabilities * shots)))
    often = f"{worst:0{circuit.num_clbits}b} {observed[worst]} times of {shots}, not about"
    chances = "" if found is None else f", which happens once in {1 / max(found, 1e-30):.0e} times at most"
    expected = f"{probabilities[worst] * shots:.0f}"
    return f"circuit {number} on {circuit.num_qubits} qubits ({told(circuit)}) read {often} {expected}{chances}"


@on_sound_counts
def counts_scatter_as_shots_do(subject: BackendSubject) -> None:
    """Equal circuits of a batch are each measured for itself: their counts scatter, and no more than shots do."""
    from qiskit import QuantumCircuit

    number = 6 if subject.backend.queued else 24
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    ones = np.array([counts.get("1", 0) for counts in counts_of(subject, [circuit] * number, 400)], dtype=float)
    part = float(ones.mean()) / 400
    relative = float(ones.var(ddof=1)) / max(400 * part * (1 - part), 1e-9)
    # What drifts scatters more: a device that is measured over an hour.
    if spread_chance(relative, number - 1) < RARE and (relative < 1 or not subject.backend.drifts):
        message = (
            f"{number} equal circuits (h, measure) of 400 shots read 1 {', '.join(f'{one:.0f}' for one in ones[:8])}, "
            f"... times: their variance is {relative:.3g} of that of independent shots"
        )
        raise NotConforming(message)
