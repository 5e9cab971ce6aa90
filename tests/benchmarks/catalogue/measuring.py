"""Make the runs of a case, spoil them, analyze them, and count."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from attrs import frozen
from qiskit import QuantumCircuit

from oqtopus_experiments import Analysis, Counts, Dataset, Experiment
from oqtopus_experiments.contracts.mitigation import mitigated
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._circuits import build, physical_qubits
from oqtopus_experiments.execution._reading import read_qubits
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import signals_of, sweep_of
from oqtopus_experiments.testing import Coverage
from oqtopus_experiments.testing.experiments.impostors import OF_SEVERAL_BITS, SPOILT
from oqtopus_experiments.testing.experiments.recording import Recording
from oqtopus_experiments_readout import ReadoutMitigation

from .case import Case, Drawn, Rng, all_cases
from .damage import KINDS, Run
from .device import Bits, entangles, read, read_dephased, read_run, without_entangling

# A number is wrong when it is off by more than so many of its errors and by more than this part of the truth.
ERRORS, PART = 5.0, 0.05
# Damage is stated, not promised: every so manieth run is enough.
DAMAGED_EVERY = 3
SEED = 20261122


@frozen
class Judged:
    """One analysis: whether it is good, and its headline wrong by errors alone, and by a relevant part too."""

    good: bool
    off: bool
    wrong: bool


@frozen
class RunTally:
    """One run: its verdict, its pulls, and what impostors and damage made of it."""

    level: str
    pulls: Mapping[str, float]
    impostors: Mapping[str, Judged]
    damaged: Mapping[str, Judged]


@frozen
class Table:
    """
    All runs of one case.

    Args:
        label: Of the case.
        coverage: By quantity.
        fooled: How often each impostor was good with a headline that is not the truth.
        damaged: For each damage the runs, how many were good, and how many good and wrong.
        runs: How many.
    """

    label: str
    coverage: Mapping[str, Coverage]
    fooled: Mapping[str, int]
    damaged: Mapping[str, tuple[int, int, int]]
    runs: int

    def text(self) -> str:
        rows = [f"{self.label}: {self.runs} runs"]
        rows += [f"  {name:28s} {found}" for name, found in self.coverage.items()]
        told = ", ".join(f"{name} {count}" for name, count in self.fooled.items() if count) or "none"
        rows.append(f"  impostors called good and off ({len(self.fooled)} kinds): {told}")
        rows += [
            f"  {name:28s} good {100 * good / n:5.1f} %, good and wrong {100 * wrong / n:5.1f} %"
            for name, (n, good, wrong) in self.damaged.items()
        ]
        return "\n".join(rows)


def analyzed(run: Run, shots: Sequence[Bits], order: Order) -> Analysis:
    """Return the analysis of a run with these shots."""
    experiment = run.drawn.experiment
    counts = {index: Counts.from_shots(own[:, 0]) for index, own in enumerate(shots)}
    dataset = Dataset.from_counts(experiment, counts, order=order)
    if run.drawn.calibration:
        undone = [ReadoutMitigation().correction(read, run.drawn.calibration) for read in read_qubits(experiment)]
        dataset = mitigated(experiment, dataset, undone)
    (analysis,) = analyses_of(chosen_analyzer(experiment), experiment, dataset)
    return analysis


def judged(analysis: Analysis, case: Case, truth: Mapping[str, float]) -> Judged:
    good = analysis.verdict.level == "good"
    found, true = next((q for q in analysis.quantities if q.name == case.headline), None), truth[case.headline]
    if found is None or not found.is_known:
        return Judged(good, off=False, wrong=False)
    distance = abs(found.value - true)
    off = distance > ERRORS * found.total_error
    return Judged(good, off, wrong=off and distance > PART * abs(true))


class Bench:
    """Makes runs; circuits of an experiment that is drawn again are built once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._built: tuple[Experiment, tuple[QuantumCircuit, ...]] | None = None

    def circuits(self, experiment: Experiment) -> tuple[QuantumCircuit, ...]:
        if self._built is None or self._built[0] != experiment:
            self._built = (experiment, build(experiment))
        return self._built[1]

    def run(self, number: int) -> RunTally:
        rng = np.random.default_rng([SEED, zlib.crc32(self.case.label.encode()), number])
        drawn = self.case.draw(rng)
        experiment, circuits = drawn.experiment, self.circuits(drawn.experiment)
        order = Order.drawn(sweep_of(experiment), len(experiment.references()), int(rng.integers(2**31)))
        place = (np.array([order.position(i) for i in range(len(circuits))]) + 0.5) / len(circuits)
        qubits = physical_qubits(experiment)
        run = Run(drawn, circuits, qubits, place, read_run(circuits, drawn, qubits, rng))
        clean = analyzed(run, run.shots, order)
        kinds = self.case.damage if number % DAMAGED_EVERY == 0 else ()
        several = run.width > 1
        return RunTally(
            clean.verdict.level,
            {name: _pull(clean, name, true) for name, true in drawn.truth.items()},
            {
                name: judged(analyzed(run, shots, order), self.case, drawn.truth)
                for name, shots in self._impostors(run, rng)
            },
            {
                name: judged(analyzed(run, KINDS[name](run, rng), order), self.case, drawn.truth)
                for name in kinds
                if several or name != "swapped bits"
            },
        )

    def _impostors(self, run: Run, rng: Rng) -> Iterator[tuple[str, tuple[Bits, ...]]]:
        drawn: Drawn = run.drawn
        signals = signals_of(drawn.experiment, sweep_of(drawn.experiment), tuple(drawn.experiment.references()))
        sound = Recording(drawn.experiment, signals, run.shots, seed=int(rng.integers(2**31)))
        left_out = (*self.case.measures, *(() if run.width > 1 else OF_SEVERAL_BITS))
        for name, spoil in SPOILT.items():
            if name not in left_out:
                yield name, spoil(sound).shots
        if any(map(entangles, run.circuits)):
            if "a product state" not in left_out:
                apart = [without_entangling(circuit) for circuit in run.circuits]
                yield "a product state", read(apart, drawn.backend, run.qubits, drawn.shots, rng)
            if "a dephased state" not in left_out:
                yield "a dephased state", read_dephased(run.circuits, drawn.backend, run.qubits, drawn.shots, rng)


def _pull(analysis: Analysis, name: str, true: float) -> float:
    quantity = analysis[name]
    if not quantity.is_known:
        return math.nan
    distance = quantity.value - true
    return distance / quantity.stderr if quantity.stderr else math.copysign(math.inf, distance) if distance else 0.0


def part_of(given: tuple[str, range]) -> list[RunTally]:
    """Make some of the runs of the case with such a label."""
    label, numbers = given
    (case,) = (case for case in all_cases() if case.label == label)
    bench = Bench(case)
    return [bench.run(number) for number in numbers]


def measured(case: Case, runs: int, workers: int = 1) -> Table:
    """Make so many runs of a case."""
    parts = [(case.label, range(start, runs, workers)) for start in range(workers)]
    if workers == 1:
        found = part_of(parts[0])
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            found = [one for part in pool.map(part_of, parts) for one in part]
    levels = tuple(one.level for one in found)
    names = case.covered or tuple(found[0].pulls)
    damaged = {name: None for one in found for name in one.damaged}
    return Table(
        case.label,
        {name: Coverage(np.array([one.pulls[name] for one in found]), levels) for name in names},
        {name: _fooled(name, found) for name in found[0].impostors},
        {name: _damage(name, found) for name in damaged},
        runs,
    )


def _fooled(name: str, found: Sequence[RunTally]) -> int:
    return sum(one.impostors[name].good and one.impostors[name].off for one in found)


def _damage(name: str, found: Sequence[RunTally]) -> tuple[int, int, int]:
    own = [one.damaged[name] for one in found if name in one.damaged]
    return len(own), sum(one.good for one in own), sum(one.good and one.wrong for one in own)
