"""What benchmarking finds on devices whose errors are known, whatever their readout does."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from oqtopus_experiments import ParameterError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.testing import drawn as drawn_counts
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rb import RandomizedBenchmarking

NO_TIMES = {"t1": None, "t2": None}
CLASSES = np.array([576, 5184, 5184, 576]) / 11520


def depolarizing(**errors):
    """Return a device whose gates depolarize and do nothing else wrong, read badly and unequally."""
    return NoisyBackend(**NO_TIMES, readout_error_0=0.01, readout_error_1=0.09, seed=3, **errors)


def test_the_error_of_one_qubit_is_that_of_its_pulses():
    """A Clifford has a pulse in 5 of 6 cases: p = 1 - 5/6 e, hence (1 - p) / 2 per Clifford and e / 2 per pulse."""
    device = depolarizing(single_qubit_error=0.01)
    experiment = RandomizedBenchmarking(physical_qubits=[0, 3], num_samples=12, num_lengths=8)

    found = experiment.run(device, shots=1000).analyze()

    assert (abs(found.error_per_clifford - 0.01 * 5 / 12) < 3.5 * found.error_per_clifford_stderr).all()
    assert (abs(found.error_per_gate - 0.01 / 2) < 3.5 * found.error_per_gate_stderr).all()
    assert (found.error_per_gate_stderr < 0.0005).all()
    assert (found.verdict == "good").all()


def test_the_error_of_two_qubits_is_that_of_their_cx():
    device = depolarizing(single_qubit_error=0.0, two_qubit_error=0.02)
    experiment = RandomizedBenchmarking(
        num_qubits=2, physical_qubits=[1, 2], max_sequence_length=60, num_lengths=6, num_samples=8
    )

    (found,) = experiment.run(device, shots=1000).analyze().itertuples()

    decay_rate = CLASSES @ (1 - 0.02) ** np.arange(4)
    assert found.decay_rate == pytest.approx(decay_rate, abs=3.5 * found.decay_rate_stderr)
    assert found.error_per_clifford == pytest.approx(0.75 * (1 - decay_rate), abs=3.5 * found.error_per_clifford_stderr)
    assert found.error_per_gate == pytest.approx(found.error_per_clifford / 1.5)
    assert found.error_per_clifford_stderr < 0.0015
    assert found.verdict == "good"


def test_readout_moves_neither_the_number_nor_its_error():
    """Both endings are measured: what a bad readout costs is contrast, not a bend of the decay."""
    experiment = RandomizedBenchmarking(num_samples=12, num_lengths=6)
    equal, unequal = (
        experiment.run(
            NoisyBackend(
                **NO_TIMES, single_qubit_error=0.01, readout_error_0=0.05 - e, readout_error_1=0.05 + e, seed=4
            ),
            shots=2000,
        ).analyze()
        for e in (0.0, 0.049)
    )

    apart = equal.error_per_clifford[0] - unequal.error_per_clifford[0]
    assert abs(apart) < 3 * np.hypot(equal.error_per_clifford_stderr[0], unequal.error_per_clifford_stderr[0])
    assert unequal.error_per_clifford_stderr[0] == pytest.approx(equal.error_per_clifford_stderr[0], rel=0.15)


def test_perfect_gates_have_an_error_of_zero_with_an_error_bar():
    experiment = RandomizedBenchmarking(num_samples=8, num_lengths=5, max_sequence_length=50)

    (found,) = experiment.run(LocalBackend("qulacs", seed=1), shots=200).analyze().itertuples()

    assert found.error_per_clifford == pytest.approx(0, abs=1e-4)
    assert 0 < found.error_per_clifford_stderr < 1e-3
    assert found.verdict == "good"


def test_the_standard_error_includes_how_far_sequences_scatter():
    """Sequences whose errors differ by a third: with many shots the error bar is theirs, not that of the shots."""
    experiment = RandomizedBenchmarking(num_samples=20, num_lengths=6)
    length = experiment.sweep().grid()["length"]
    rng = np.random.default_rng(8)
    own = 0.01 * (1 + rng.normal(0, 0.3, length.size))
    kept = (own, np.full(length.size, 0.01))

    errors = [
        CurveFit().analyze(experiment, drawn_counts(experiment, 0.5 + 0.45 * (1 - each) ** length, 1_000_000, rng))[0]
        for each in kept
    ]

    scatter, shots_only = (one["error_per_clifford"].stderr for one in errors)
    # Each sequence errs by 30 % of the error; of 120, the 20 to 80 longest tell.
    assert 0.3 * 0.005 / np.sqrt(80) < scatter < 0.3 * 0.005 / np.sqrt(20)
    assert scatter > 5 * shots_only


def test_a_device_that_ends_anywhere_is_not_one_with_perfect_gates():
    """Where the original found decay 1 and error 0, as from any fit that failed, there is no number."""
    device = attrs.evolve(depolarizing(), readout_error_0=0.5, readout_error_1=0.5)

    (found,) = RandomizedBenchmarking(num_samples=8, num_lengths=4).run(device, shots=200).analyze().itertuples()

    assert found.verdict == "bad"
    assert np.isnan(found.error_per_clifford)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"num_lengths": 20, "max_sequence_length": 10}, "max_sequence_length = 10"), ({"num_qubits": 3}, "num_qubits")],
)
def test_what_cannot_be_is_refused_with_the_reason(given, said):
    with pytest.raises(ParameterError, match=said):
        RandomizedBenchmarking(**given)


@pytest.mark.parametrize("seed", range(5))
def test_coin_flips_have_no_error_per_gate_whatever_chance_makes_of_them(seed):
    experiment = RandomizedBenchmarking(num_samples=8, num_lengths=4)
    dataset = drawn_counts(experiment, np.full((1, experiment.sweep().size), 0.5), 200, np.random.default_rng(seed))

    (analysis,) = CurveFit().analyze(experiment, dataset)

    assert {"no_signal", "undetermined"} <= set(analysis.verdict.codes)
    assert not analysis["error_per_clifford"].is_known
    assert not analysis["error_per_clifford"].is_bounded
    assert not analysis["error_per_gate"].is_known


@pytest.mark.parametrize("num_qubits", [1, 2])
def test_every_ending_has_two_sequences_at_least(num_qubits):
    """Of one nobody would know how far sequences scatter."""
    few = RandomizedBenchmarking(num_qubits=num_qubits, num_samples=4, num_lengths=3)

    _, counts = np.unique(few.sweep().grid()["ending"], return_counts=True)

    assert counts.tolist() == [2 * 3] * 2**num_qubits
