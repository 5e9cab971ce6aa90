"""
A device whose T1 falls by a fifth during a run: shuffled, the drift is noise; in the order of the sweep, a result.

The truth is what the same sequences give, without shot noise, at the T1 in the middle of the drift. As measured over 20
seeds: in the order of the sweep the gate error is 4.2 to 6.2 standard errors off, with a good verdict; in a drawn order
it is at most 1 off, and 0.2 on average.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from attrs import field, frozen

from oqtopus_experiments import Backend, Counts, Dataset, FinishedJob, Order, Outcome
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.execution._submission import open_handle, prepare
from oqtopus_experiments.plugins._registry import registry

SEEDS = range(20)
SHOTS = 4000
MIDDLE, DRIFT = 4000.0, 0.2
STARTED, EACH = 1.8e9, 30.0
KNOTS = np.array([1 - DRIFT / 2, 1.0, 1 + DRIFT / 2])
"""T1 in units of the middle where probabilities are calculated; between them they are a parabola."""
QUIET = {"single_qubit_error": 0.0, "two_qubit_error": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0}


def probabilities(circuit):
    """Return P(1) at the knots, from density matrices."""
    return np.array(
        [LocalBackend("noisy", t1=t1, t2=2 * t1, **QUIET).probabilities(circuit, (0,))[1] for t1 in MIDDLE * KNOTS]
    )


@frozen(kw_only=True)
class Drifting(Backend):
    """Circuits run one after the other, each with a shorter T1 than the one before."""

    name: ClassVar[str] = "drifting"
    known: Mapping[int, np.ndarray] = field(repr=False)
    seed: int = 0

    def submit(self, batch):
        rng = np.random.default_rng(self.seed)
        outcomes = []
        for place, circuit in enumerate(batch.circuits):
            t1 = 1 + DRIFT / 2 - DRIFT * place / (len(batch.circuits) - 1)
            p1 = np.clip(np.polyval(np.polyfit(KNOTS, self.known[id(circuit)], 2), t1), 0, 1)
            ones = rng.binomial(batch.shots, p1)
            counts = Counts.from_dict({"1": ones, "0": batch.shots - ones}, 1)
            outcomes.append(Outcome(place, counts, STARTED + EACH * place))
        return FinishedJob("drifting", outcomes)


@pytest.fixture(scope="module")
def circuits():
    """Circuits of an experiment and what a device reads from each, calculated once for all tests."""
    return {}


@pytest.fixture
def benchmark_of(strangers, circuits):
    """Return the experiment, its batch in the order of the sweep, and P(1) of each circuit."""
    experiment = strangers.Interleaved(longest=100, lengths=8, seeds=10)
    if not circuits:
        batch = prepare(experiment, SHOTS, "drift")
        circuits.update(batch=batch, known={id(circuit): probabilities(circuit) for circuit in batch.circuits})
    return experiment, circuits["batch"], circuits["known"]


def gate_error(result):
    frame = result.analyze()
    return frame.gate_error[0], frame.gate_error_stderr[0], frame.verdict[0]


def truth_of(experiment, batch, known):
    """Return the gate error of the same sequences at the T1 in the middle, from a thousand million shots each."""
    ones = [round(1e9 * known[id(circuit)][1]) for circuit in batch.circuits]
    counts = {index: Counts.from_dict({"1": n, "0": 10**9 - n}, 1) for index, n in enumerate(ones)}
    analyzer = registry().get("analyzer", registry().default("analyzer"))()
    (analysis,) = analyzer.analyze(experiment, Dataset.from_counts(experiment, counts))
    return next(quantity.value for quantity in analysis.quantities if quantity.name == "gate_error")


def pulls(benchmark, order_of):
    """Return how many standard errors the gate error is off, and the verdict, of a run with each seed."""
    experiment, batch, known = benchmark
    truth = truth_of(experiment, batch, known)
    found = []
    for seed in SEEDS:
        backend = Drifting(known=known, seed=seed)
        result = open_handle(experiment, batch.in_order(order_of(seed)), backend, None, {}).result()
        found.append(gate_error(result))
    return np.array([(value - truth) / stderr for value, stderr, _ in found]), [verdict for *_, verdict in found]


def test_in_a_drawn_order_a_drift_of_t1_is_noise_in_the_error_of_a_gate(benchmark_of):
    experiment, _, _ = benchmark_of

    off, _ = pulls(benchmark_of, lambda seed: Order.drawn(experiment.sweep(), 0, seed))

    assert abs(off).max() < 3
    assert abs(off.mean()) < 3 / len(SEEDS) ** 0.5


def test_in_the_order_of_the_sweep_the_same_drift_is_a_wrong_number_that_looks_good(benchmark_of):
    off, verdicts = pulls(benchmark_of, lambda _: Order())

    assert off.min() > 3
    assert set(verdicts) == {"good"}


def test_an_analysis_can_see_the_drift_in_the_times_of_the_points(benchmark_of):
    experiment, batch, known = benchmark_of
    order = Order.drawn(experiment.sweep(), 0, seed=1)

    dataset = open_handle(experiment, batch.in_order(order), Drifting(known=known), None, {}).result().dataset

    assert dataset.times.tolist() == [STARTED + EACH * order.position(point) for point in range(dataset.sweep.size)]
    middle = np.array([known[id(circuit)][1] for circuit in batch.circuits])
    survived = np.where(dataset.sweep.grid()["seed"] % 2 == 1, middle, 1 - middle)
    late = (dataset.times - dataset.times.mean()) / np.ptp(dataset.times)
    weights = late / dataset.stderr[0] ** 2
    slope = weights @ (dataset.mean[0] - survived) / (weights @ late)
    assert slope < -5 / (weights @ late) ** 0.5
