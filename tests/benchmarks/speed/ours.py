"""The same tasks by this package, as a person types them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from oqtopus_experiments import Dataset, Experiment
from oqtopus_experiments.experiments import T1, Rabi, RandomizedBenchmarking, T2Echo
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_qulacs import QulacsBackend

TRUTH = {"t1_time": 25_000.0, "amplitude": 0.95, "offset": 0.02}


def rabi_noiseless(shots: int = 1000) -> pd.DataFrame:
    """Rabi of 50 amplitudes on one qubit."""
    return Rabi(physical_qubit=0, amplitude_points=50, max_amplitude=2.0).run(QulacsBackend(seed=1), shots).analyze()


def rabi_noisy(shots: int = 1000) -> pd.DataFrame:
    """The same with noise."""
    return Rabi(physical_qubit=0, amplitude_points=50, max_amplitude=2.0).run(NoisyBackend(seed=1), shots).analyze()


def t1(qubits: int = 1, shots: int = 1000, *, own: bool = False) -> pd.DataFrame:
    """T1 of 51 delays on qubits side by side, which are alike or have each their own noise."""
    device = with_own_noise(qubits) if own else NoisyBackend(seed=1)
    experiment = T1(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0)
    return experiment.run(device, shots).analyze()


def three(qubits: int) -> list[pd.DataFrame]:
    """
    T1, echo and benchmarking of qubits side by side, each with its own noise.

    Each qubit has random sequences of its own, of up to 30 Cliffords: at a thousand qubits those of the default are
    forty million gates, which no circuits of Qiskit hold in a gigabyte.
    """
    device = with_own_noise(qubits)
    experiments: list[Experiment] = [
        T1(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0),
        T2Echo(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0),
        RandomizedBenchmarking(physical_qubits=range(qubits), max_sequence_length=30, num_lengths=5, num_samples=4),
    ]
    return [experiment.run(device, 1000).analyze() for experiment in experiments]


@cache
def with_own_noise(qubits: int) -> NoisyBackend:
    """Return a device on which no qubit is like another."""
    rng = np.random.default_rng(7)
    noise = {}
    for qubit in range(qubits):
        lifetime = float(rng.uniform(15_000, 40_000))
        noise[qubit] = {
            "t1": lifetime,
            "t2": lifetime * float(rng.uniform(0.5, 1.5)),
            "single_qubit_error": float(rng.uniform(0.0005, 0.002)),
            "readout_error_0": float(rng.uniform(0.01, 0.04)),
            "readout_error_1": float(rng.uniform(0.01, 0.05)),
        }
    return NoisyBackend(seed=1, qubits=noise)


@cache
def measured(qubits: int) -> tuple[T1, Dataset]:
    """Return made-up T1 data."""
    experiment = T1(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0)
    return experiment, synthetic(experiment, TRUTH, 1000, np.random.default_rng(1))


TASKS: dict[str, Callable[[], object]] = {
    "rabi_noiseless": rabi_noiseless,
    "rabi_bare": rabi_noiseless,
    "rabi_noisy": rabi_noisy,
    "t1": t1,
    "t1_5": lambda: t1(5),
    "t1_100": lambda: t1(100),
    "analysis_100": lambda: CurveFit().analyze(*measured(100)),
    "t1_1000": lambda: t1(1000),
    **{f"t1_{qubits}_own": lambda qubits=qubits: t1(qubits, own=True) for qubits in (10, 100, 1000)},
    **{f"three_{qubits}_own": lambda qubits=qubits: three(qubits) for qubits in (10, 100, 1000)},
}
