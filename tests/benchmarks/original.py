"""
The 13 experiments of the original with its own parameters: its number, ours, and the truth; a table in Markdown.

python tests/benchmarks/original.py. The original is not installed here: its number is what its sources do with the same
counts, as far as that is a formula (``computed``), or what they return whatever is measured (``returned``).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from oqtopus_experiments import Dataset, Experiment
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_algorithms import BernsteinVazirani, DeutschJozsa, Grover, HadamardTest
from oqtopus_experiments_chsh import CHSH, CHSHPhaseScan
from oqtopus_experiments_ghz import ParityOscillation
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_ramsey import Ramsey
from oqtopus_experiments_rb import InterleavedRandomizedBenchmarking, RandomizedBenchmarking
from oqtopus_experiments_t1 import T1
from oqtopus_experiments_t2echo import T2Echo

SHOTS, SEED = 1000, 20261122
DEVICE = NoisyBackend(t1=25_000.0, t2=20_000.0, seed=SEED)


@frozen
class Row:
    """
    One of the 13.

    Args:
        original: Its class there, with what differs from its defaults.
        experiment: The same here.
        device: On which.
        quantity: The headline, or what stands beside it.
        truth: Its value on this device, in the unit of the table.
        theirs: What the original gives, of the same counts.
        unit: Of the truth.
    """

    original: str
    experiment: Experiment
    device: NoisyBackend
    quantity: str
    truth: float
    theirs: Callable[[Dataset], str]
    unit: str = ""

    def cells(self) -> tuple[str, ...]:
        result = self.experiment.run(self.device, SHOTS)
        found = result.analyses()[0][self.quantity]
        truth = f"{self.truth:.4g} {self.unit}".strip()
        return self.original, f"`{self.quantity}`", self.theirs(result.dataset), str(found), truth


def returned(text: str) -> Callable[[Dataset], str]:
    """Return what the original gives whatever is measured."""
    return lambda _: text


def decay(dataset: Dataset) -> str:
    """Least squares with errors of 0.02 at every point, whatever was measured there."""
    delays, signal = dataset.sweep.grid()["delay"], dataset.mean[0]

    def law(t: NDArray[np.float64], t1: float, amplitude: float, offset: float) -> NDArray[np.float64]:
        return amplitude * np.exp(-t / t1) + offset

    errors = np.full(len(signal), 0.02)
    best, covariance = curve_fit(law, delays, signal, (2e4, 1.0, 0.0), errors, absolute_sigma=True)
    return f"{best[0] / 1e3:.1f} ± {math.sqrt(covariance[0, 0]) / 1e3:.1f} us"


def largest_of_points(dataset: Dataset) -> str:
    """The largest |S| of all angles, of noisy values."""
    grid, signal = dataset.sweep.grid(), dataset.mean[0]
    sign = {"ZZ": 1, "ZX": -1, "XZ": 1, "XX": 1}
    total = [
        sum(sign[s] * v for s, v, p in zip(grid["setting"], signal, grid["phase"], strict=True) if p == phase)
        for phase in np.unique(grid["phase"])
    ]
    return f"{np.abs(total).max():.3f}, no error"


def largest_deviation(dataset: Dataset) -> str:
    """The largest distance from the mean of all phases."""
    parities = dataset.mean[0]
    return f"{np.abs(parities - parities.mean()).max():.3f}, no error"


def probability_of_the_secret(dataset: Dataset) -> str:
    """As here, without an error; right from a half on."""
    return f"{dataset.mean[0][0]:.3f}, no error"


def cut_off(dataset: Dataset) -> str:
    """Two iterations are 1.67 rounded; cut off they are one, run on the same device."""
    once = evolve(GROVER, num_iterations=1).run(PERFECT, SHOTS).analyses()[0]["success_probability"]
    return f"{once.value:.3f}, no error"


PERFECT = NoisyBackend(
    t1=None, t2=None, single_qubit_error=0.0, two_qubit_error=0.0, readout_error_0=0.0, readout_error_1=0.0, seed=SEED
)
# Of a pair a tenth is lost, of each pulse a hundredth.
PAIR = evolve(PERFECT, two_qubit_error=0.1)
PULSES = evolve(PERFECT, single_qubit_error=0.01, readout_error_0=0.02, readout_error_1=0.03)
GROVER = Grover(n_qubits=3, marked_states=[5], physical_qubits=[0, 1, 2])
ROWS = (
    Row(
        "`Rabi`",
        Rabi(physical_qubit=0, amplitude_points=10, max_amplitude=2.0),
        evolve(DEVICE, drive_scale=0.9),
        "pi_amplitude",
        1 / 0.9,
        returned("1.0, no error"),
    ),
    Row("`T1`", T1(delay_points=20, max_delay=50_000.0), DEVICE, "t1_time", 25.0, decay, "us"),
    Row(
        "`T2Echo`",
        T2Echo(delay_points=20, max_delay=30_000.0),
        DEVICE,
        "t2_time",
        20.0,
        returned("13.9 us"),
        "us",
    ),
    Row(
        "`Ramsey` of a qubit 80 kHz below its drive",
        Ramsey(delay_points=20, max_delay=10_000.0),
        evolve(DEVICE, qubits={0: {"detuning": -80e3}}),
        "frequency",
        -80.0,
        returned("a frequency without a sign"),
        "kHz",
    ),
    Row("`CHSH`", CHSH(physical_qubits=[0, 1]), PAIR, "chsh_value", 0.9 * 2 * math.sqrt(2), returned("0.0")),
    Row(
        "`CHSHPhaseScan`",
        CHSHPhaseScan(physical_qubits=[0, 1], phase_points=21),
        PAIR,
        "max_chsh_value",
        0.9 * 2 * math.sqrt(2),
        largest_of_points,
    ),
    Row(
        "`ParityOscillation`",
        ParityOscillation(num_qubits=2, physical_qubits=[0, 1]),
        PAIR,
        "coherence",
        0.9,
        largest_deviation,
    ),
    Row(
        '`HadamardTest`, `test_unitary="S"`',
        HadamardTest(test_unitary="S", physical_qubits=[0, 1]),
        PERFECT,
        "imaginary_part",
        -0.5,
        returned("0.0"),
    ),
    Row(
        "`RandomizedBenchmarking`",
        RandomizedBenchmarking(max_sequence_length=100, num_lengths=10, num_samples=50),
        PULSES,
        "error_per_clifford",
        0.01 / 2 * 5 / 6,
        returned("that of 16 of the 24 Cliffords; 0 where its fit fails"),
    ),
    Row(
        '`InterleavedRandomizedBenchmarking`, `interleaved_gate="h"`',
        InterleavedRandomizedBenchmarking(interleaved_gate="h", max_sequence_length=128, num_lengths=8, num_samples=30),
        PULSES,
        "gate_error",
        0.01 / 2,
        returned("0 within its error: nothing is interleaved"),
    ),
    Row(
        "`DeutschJozsa`",
        DeutschJozsa(physical_qubits=[0, 1, 2, 3]),
        PERFECT,
        "all_zeros_probability",
        0.0,
        returned("that of another function each time, no error"),
    ),
    Row(
        "`Grover`, `n_qubits=3`", GROVER, PERFECT, "success_probability", math.sin(5 * math.asin(8**-0.5)) ** 2, cut_off
    ),
    Row(
        "`BernsteinVazirani`",
        BernsteinVazirani(secret_string="1011", physical_qubits=[0, 1, 2, 3, 4]),  # noqa: S106  # not that kind
        evolve(PERFECT, readout_error_0=0.02, readout_error_1=0.03),
        "success_probability",
        0.98 * 0.97**3,
        probability_of_the_secret,
    ),
)
TITLES = ("there", "number", "found there", "found here", "truth")


def table() -> str:
    """Return the table in Markdown."""
    rows = [TITLES, ("---",) * len(TITLES), *(row.cells() for row in ROWS)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    print(table())
