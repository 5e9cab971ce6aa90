"""
What strangers measure is what the device has, within the errors they report, in 20 runs with 20 seeds.

Truths are calculated, not simulated: from the formula of a depolarizing channel, or from density matrices that share
no code with the simulator. Of 20 pulls (distance from the truth in standard errors) of a quantity at most one may be
beyond 3, which happens to good errors once in a thousand such tests, and their mean must be within 3 / sqrt(20): a
bias of two thirds of a standard error is seen. Where several quantities are looked at together, as the elements of a
matrix, two may be beyond 3 and the mean has the bound that the worst of so many keeps as often. Their spread is
between 0.5 and 1.6, so that errors are neither a third too small nor twice too large.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from statistics import NormalDist

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.execution import _circuits as circuits
from oqtopus_experiments.plugins._registry import registry

sys.path.append(str(Path(__file__).parent))  # for the exact calculation: pytest imports by path

import exact_noise

SEEDS = range(20)
SINGLE, PAIR, READ_1, READ_0 = 0.008, 0.02, 0.03, 0.05
QUIET = {
    "t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0, "readout_error_0": 0.0,
    "readout_error_1": 0.0,
}  # fmt: skip
READOUT = {"readout_error_0": READ_1, "readout_error_1": READ_0}
GATES = {"single_qubit_error": SINGLE, "two_qubit_error": PAIR}


def noisy(seed, **noise):
    return LocalBackend("noisy", seed=seed, **QUIET | noise)


def assert_found(values, stderrs, truth):
    """Values and errors of 20 runs, of one quantity or of several: shape (20, ...)."""
    pulls = (np.asarray(values) - truth) / np.asarray(stderrs)
    pulls = pulls.reshape(len(SEEDS), -1)
    several = pulls.shape[1]
    assert ((abs(pulls) > 3).sum(axis=0) <= (1 if several == 1 else 2)).all(), pulls
    worst = NormalDist().inv_cdf(1 - NormalDist().cdf(-3) / several)
    assert (abs(pulls.mean(axis=0)) <= worst / np.sqrt(len(SEEDS))).all(), pulls.mean(axis=0)
    assert ((pulls.std(axis=0) > 0.5) & (pulls.std(axis=0) < 1.6)).all(), pulls.std(axis=0)


def column(frames, name):
    return np.array([[frame[name], frame[f"{name}_stderr"]] for frame in frames]).swapaxes(0, 1)


def runs(experiment, shots, **noise):
    """Run with every seed; what draws random circuits draws others each time."""
    drawn = "draw" in experiment.parameters()
    return [
        (attrs.evolve(experiment, draw=seed) if drawn else experiment).run(noisy(seed, **noise), shots=shots)
        for seed in SEEDS
    ]


@pytest.mark.parametrize("gate", ["x", "h"])
def test_interleaved_benchmarking_finds_the_error_of_the_gate(strangers, gate):
    # Depolarizing commutes with every gate: the ratio of the decays is 1 - p for a pulse, whatever Cliffords cost.
    experiment = strangers.Interleaved(gate=gate, physical_qubits=[0, 1], longest=50, lengths=4, seeds=4)
    noise = READOUT | {"single_qubit_error": SINGLE}

    frames = [result.analyze() for result in runs(experiment, 400, **noise)]

    assert_found(*column(frames, "gate_error"), SINGLE / 2)


def test_the_readout_matrices_of_pairs_are_those_of_their_qubits(strangers):
    errors = {0: (0.03, 0.06), 1: (0.1, 0.2), 2: (0.05, 0.15), 3: (0.08, 0.04)}
    qubits = {q: {"readout_error_0": e0, "readout_error_1": e1} for q, (e0, e1) in errors.items()}
    single = {q: np.array([[1 - e0, e1], [e0, 1 - e1]]) for q, (e0, e1) in errors.items()}
    experiment = strangers.ReadoutMatrix(targets=[(0, 1), (3, 2)])

    results = runs(experiment, 20_000, qubits=qubits)  # so that every outcome comes dozens of times

    # Qubit i of a target is the right-most letter but i.
    truth = np.array([np.kron(single[1], single[0]), np.kron(single[2], single[3])])
    found = [[analysis.array("assignment_matrix") for analysis in result.analyses()] for result in results]
    values = np.array([[array.values for array in arrays] for arrays in found])
    stderrs = np.array([[array.stderr for array in arrays] for arrays in found])
    assert_found(values, stderrs, truth)
    assert_found(
        *column([result.analyze() for result in results], "assignment_fidelity"),
        truth.diagonal(axis1=1, axis2=2).mean(axis=1),
    )
    assert values.sum(axis=2) == pytest.approx(np.ones((20, 2, 4)))


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_ghz_states_of_any_size_have_the_fidelity_of_their_density_matrix(strangers, size):
    experiment = strangers.Ghz(size=size)
    made = exact_noise.state(experiment.circuit("z"), pair=PAIR)
    ideal = exact_noise.state(experiment.circuit("z")).to_statevector().data

    frames = [result.analyze() for result in runs(experiment, 400, two_qubit_error=PAIR)]

    assert_found(*column(frames, "fidelity"), exact_noise.fidelity(made, ideal))
    assert sum((frame.verdict == "good").all() for frame in frames) >= 18  # fit tests err in one of a hundred


def test_a_chsh_value_is_that_of_the_density_matrix_seen_through_the_readout(strangers):
    experiment = strangers.Bell(targets=[(0, 1), (2, 3)])
    parity = np.array([1, -1, -1, 1])
    expected = {
        setting: parity @ exact_noise.probabilities(experiment.circuit(setting), SINGLE, PAIR, READ_1, READ_0)
        for setting in ("ab", "aB", "Ab", "AB")
    }

    frames = [result.analyze() for result in runs(experiment, 1000, **GATES, **READOUT)]

    truth = expected["ab"] + expected["aB"] + expected["Ab"] - expected["AB"]
    assert_found(*column(frames, "s_value"), truth)
    assert truth < 2.5 < 2 * np.sqrt(2)


def test_tomography_finds_the_density_matrix_and_its_fidelity(strangers):
    experiment = strangers.PairTomography(targets=[(0, 1), (3, 2)])
    rho = exact_noise.state(experiment.circuit("ZZ"), pair=0.2)
    bell = np.array([1, 0, 0, 1]) / np.sqrt(2)

    results = runs(experiment, 1000, two_qubit_error=0.2)

    assert_found(*column([result.analyze() for result in results], "bell_fidelity"), exact_noise.fidelity(rho, bell))
    arrays = [[analysis.array("density_matrix") for analysis in result.analyses()] for result in results]
    values, stderrs = (np.array([[getattr(a, name) for a in row] for row in arrays]) for name in ("values", "stderr"))
    upper = np.triu_indices(4)  # the rest is the conjugate of it
    assert_found(values.real[..., *upper], stderrs.real[..., *upper], rho.data.real[upper])
    above = np.triu_indices(4, 1)
    assert_found(values.imag[..., *above], stderrs.imag[..., *above], rho.data.imag[above])


def test_a_chevron_finds_the_drive_of_each_qubit_with_the_amplitude_it_was_given(strangers):
    scales = {0: 0.95, 1: 1.04}
    experiment = strangers.Amplification(physical_qubits=[0, 1], amplitude={0: 1.05, 1: 1.0}, steps=7, most_pulses=6)
    qubits = {qubit: {"drive_scale": scale} for qubit, scale in scales.items()}

    frames = [result.analyze() for result in runs(experiment, 100, qubits=qubits, **READOUT, single_qubit_error=SINGLE)]

    assert_found(*column(frames, "drive"), [0.95 * 1.05, 1.04 * 1.0])
    assert_found(*column(frames, "best_amplitude"), [1 / (0.95 * 1.05), 1 / 1.04])


def test_every_secret_is_found_as_often_as_its_circuit_lets_it(strangers):
    experiment = strangers.BernsteinVazirani(bits=3)
    secrets = experiment.sweep().axes[0].values.tolist()
    truth = [
        exact_noise.probabilities(experiment.circuit(secret), SINGLE, PAIR, READ_1, READ_0)[int(secret, 2)]
        for secret in secrets
    ]

    results = runs(experiment, 1000, **GATES, **READOUT)

    assert_found(*column([result.analyze() for result in results], "success_probability"), np.mean(truth))
    arrays = [result.analyses()[0].array("success_by_secret") for result in results]
    assert_found([array.values for array in arrays], [array.stderr for array in arrays], truth)


def test_mirror_circuits_find_the_error_of_a_layer(strangers):
    # With perfect one-qubit gates a layer loses what its cx does: polarization 1 - p, infidelity 3/4 p.
    experiment = strangers.Mirror(targets=[(0, 1), (3, 2)], most_layers=12, depths=4, seeds=4)

    frames = [result.analyze() for result in runs(experiment, 300, two_qubit_error=PAIR)]

    assert_found(*column(frames, "error_per_layer"), 0.75 * PAIR)


NOISELESS = {
    "interleaved": ("gate_error", 0.0),
    "readout_matrix": ("assignment_fidelity", 1.0),
    "ghz": ("fidelity", 1.0),
    "chsh": ("s_value", 2 * np.sqrt(2)),
    "tomography": ("bell_fidelity", 1.0),
    "amplification": ("drive", 1.0),
    "bernstein_vazirani": ("success_probability", 1.0),
    "mirror": ("error_per_layer", 0.0),
}


def small(strangers, name):
    return {
        "interleaved": lambda: strangers.Interleaved(longest=12, lengths=3, seeds=2),
        "readout_matrix": lambda: strangers.ReadoutMatrix(targets=[(0, 1), (3, 2)]),
        "ghz": lambda: strangers.Ghz(size=3),
        "chsh": strangers.Bell,
        "tomography": strangers.PairTomography,
        "amplification": lambda: strangers.Amplification(steps=5, most_pulses=4),
        "bernstein_vazirani": lambda: strangers.BernsteinVazirani(bits=2),
        "mirror": lambda: strangers.Mirror(most_layers=6, depths=3, seeds=2),
    }[name]()


@contextlib.contextmanager
def queue():
    from oqtopus_experiments_oqtopus_emulator import Emulator

    with Emulator(seed=5) as emulator:
        yield device(emulator, "qulacs")


def device(emulator, name):
    from oqtopus_experiments_oqtopus import OqtopusBackend

    return OqtopusBackend(name, url=emulator.url, token=emulator.token, retry_budget=60.0, poll_interval=0.2)


def exact_counts(twin, experiment):
    """Return a thousand million shots of every circuit, as the probabilities of a device have it."""
    places = circuits.physical_qubits(experiment)
    return {
        index: Counts.from_dict(
            {
                f"{outcome:0{circuit.num_clbits}b}": round(1e9 * probability)
                for outcome, probability in enumerate(twin.probabilities(circuit, places))
            },
            circuit.num_clbits,
        )
        for index, circuit in enumerate(circuits.build(experiment))
    }


@pytest.mark.parametrize("where", ["qulacs", "emulator"])
@pytest.mark.parametrize("name", NOISELESS)
def test_without_noise_strangers_find_what_quantum_mechanics_says(strangers, name, where):
    quantity, truth = NOISELESS[name]
    device = queue() if where == "emulator" else contextlib.nullcontext(LocalBackend("qulacs", seed=6))

    with device as backend:
        frame = small(strangers, name).run(backend, shots=300, runs=False).analyze()

    assert (abs(frame[quantity] - truth) < 3.5 * frame[f"{quantity}_stderr"]).all()
    assert (frame[f"{quantity}_stderr"] < 0.15).all()
    assert (frame.verdict == "good").all(), frame.reasons


@pytest.mark.parametrize("name", NOISELESS)
def test_on_a_perfect_device_strangers_find_the_truth_with_every_seed(strangers, name):
    quantity, truth = NOISELESS[name]
    experiment = small(strangers, name)

    frames = [experiment.run(LocalBackend("qulacs", seed=seed), shots=200).analyze() for seed in SEEDS]

    values, stderrs = column(frames, quantity)
    pulls = (values - truth) / stderrs
    assert ((abs(pulls) > 3).sum(axis=0) <= 1).all()
    assert (abs(pulls.mean(axis=0)) <= 3 / np.sqrt(len(SEEDS))).all()
    assert sum((frame.verdict == "good").all() for frame in frames) >= 18


@pytest.mark.parametrize("name", ["readout_matrix", "ghz", "chsh", "tomography", "bernstein_vazirani"])
def test_behind_a_queue_strangers_find_what_the_calibration_of_the_device_says(strangers, name):
    """The truth is what the strangers' own analysis makes of the exact probabilities of the device's twin."""
    from oqtopus_experiments_oqtopus_emulator import Emulator

    experiment = {
        "readout_matrix": lambda: strangers.ReadoutMatrix(targets=[(0, 1), (2, 3)]),
        "bernstein_vazirani": lambda: strangers.BernsteinVazirani(bits=2, physical_qubits=[0, 2, 1]),  # as it couples
    }.get(name, lambda: small(strangers, name))()

    with Emulator(seed=8) as emulator:
        backend = device(emulator, "anemone")
        twin = LocalBackend("noisy", like=backend.device_info())
        result = experiment.run(backend, shots=1000, runs=False)

    exact = Dataset.from_counts(experiment, exact_counts(twin, experiment))
    expected = registry().get("analyzer", experiment.analyzer or "curvefit")().analyze(experiment, exact)
    quantity = NOISELESS[name][0]
    for found, truth in zip(result.analyses(), expected, strict=True):
        assert abs(found[quantity].value - truth[quantity].value) < 3.5 * found[quantity].stderr
        assert found[quantity].stderr < 0.07
