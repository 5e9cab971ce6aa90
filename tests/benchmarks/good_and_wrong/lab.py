"""One measurement of T1 or Rabi before anything is damaged: circuits in their order, truth at random, counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

import numpy as np
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from oqtopus_experiments import Counts, Dataset, Experiment, Failure
from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.experiments import T1, Rabi

Array: TypeAlias = NDArray[np.float64]
Rng: TypeAlias = np.random.Generator
# The window in units of T1: what people choose who know it within a factor of two; shorter where references help.
WINDOWS = {"t1": (2.0, 6.0), "t1 with references": (1.0, 4.0)}
# What the documents advise.
ADVISED = {"t1": (5.0, 8.0), "t1 with references": (1.0, 3.0)}
MAX_DELAY, MAX_AMPLITUDE = 100_000.0, 3.0
SETUPS = (*WINDOWS, "rabi")
HEADLINES = {"t1": "t1_time", "t1 with references": "t1_time", "rabi": "pi_amplitude"}
BITS = np.array([[False], [True]])


@frozen(eq=False)
class Record:
    """
    What came back of each circuit.

    Args:
        ones: How often 1 was read, shape (circuits,).
        shots: Shots said to be behind it; 0 where the circuit has no counts.
    """

    ones: Array
    shots: Array


Law: TypeAlias = Callable[[Array], Array]
Reading: TypeAlias = "Callable[[Array, Lab], Array]"
Drawing: TypeAlias = "Callable[[Array, Lab, Rng], Record]"
Edit: TypeAlias = "Callable[[Record, Lab, Rng], Record]"


def binomial(seen: Array, lab: Lab, rng: Rng) -> Record:
    """Independent shots."""
    shots = np.full(seen.shape, float(lab.shots))
    return Record(rng.binomial(lab.shots, np.clip(seen, 0, 1)).astype(float), shots)


@frozen(eq=False)
class Lab:
    """
    A measurement that is about to be made. Arrays are of shape (circuits,): the points of the sweep, then references.

    Args:
        setup: One of `SETUPS`.
        experiment: What is declared.
        order: In which order the circuits run.
        shots: Of each circuit.
        asked: Delay in ns or amplitude that the sweep asks for, shape (points,); then what references wait or drive.
        x: What is waited or driven in fact.
        pulsed: Whether the circuit excites the qubit: not that of the reference in |0>.
        scale: T1 or the pi amplitude at the time of each circuit.
        law: Population of |1> after the pulse as a function of x / scale, without thermal excitation.
        idle: The same without a pulse.
        thermal: Population of |1> in thermal equilibrium, at each circuit.
        ground: P(1) when |0> is read out, at each circuit.
        excited: P(1) when |1> is read out, at each circuit.
        readings: What readout and electronics do to P(1), in turn.
        drawing: How shots are drawn.
        edits: What happens to counts, in turn.
        truth: Between which values of the headline an honest answer may lie.
    """

    setup: str
    experiment: Experiment
    order: Order
    shots: int
    asked: Array
    x: Array
    pulsed: NDArray[np.bool_]
    scale: Array
    law: Law
    thermal: Array
    ground: Array
    excited: Array
    truth: tuple[float, float]
    idle: Law = np.zeros_like
    readings: tuple[Reading, ...] = ()
    drawing: Drawing = binomial
    edits: tuple[Edit, ...] = ()
    points: int = field(init=False)
    rank: NDArray[np.int64] = field(init=False)

    @points.default
    def _points_of_the_sweep(self) -> int:
        return self.experiment.sweep().size

    @rank.default
    def _place_in_the_run(self) -> NDArray[np.int64]:
        return np.array([self.order.position(circuit) for circuit in range(len(self.asked))])

    @property
    def is_t1(self) -> bool:
        return self.setup != "rabi"

    @property
    def time(self) -> Array:
        """When each circuit runs, from 0 to 1."""
        return (self.rank + 0.5) / len(self.rank)

    @property
    def is_point(self) -> NDArray[np.bool_]:
        return np.arange(len(self.asked)) < self.points

    @property
    def longest(self) -> float:
        """The longest delay or largest amplitude of the sweep."""
        return float(self.asked[: self.points].max())

    @property
    def part(self) -> Array:
        """How much of it each circuit has, from 0 to 1."""
        return np.minimum(self.asked / self.longest, 1.0)

    @property
    def headline(self) -> str:
        return HEADLINES[self.setup]

    def with_law(self, law: Law, low: float = 1.0, high: float = 1.0) -> Lab:
        """Return the same with another law, whose headline is between so many times the scale."""
        return evolve(self, law=law, truth=(self.truth[0] * low, self.truth[1] * high))

    def with_scale(self, factor: Array) -> Lab:
        """Return the same with a scale that varies; its truth is the mean over the run, of itself or of its inverse."""
        scale = self.scale * factor
        low, high = 1 / np.mean(1 / scale), np.mean(scale)
        return evolve(self, scale=scale, truth=(float(low), float(high)))

    def read(self, reading: Reading) -> Lab:
        return evolve(self, readings=(*self.readings, reading))

    def edited(self, edit: Edit) -> Lab:
        return evolve(self, edits=(*self.edits, edit))

    def expected(self) -> Array:
        """Return P(1) of each circuit."""
        moved = np.where(self.pulsed, self.law(self.x / self.scale), self.idle(self.x / self.scale))
        population = self.thermal + (1 - 2 * self.thermal) * moved
        seen = self.ground + (self.excited - self.ground) * population
        for reading in self.readings:
            seen = reading(seen, self)
        return np.clip(seen, 0.0, 1.0)

    def measured(self, rng: Rng) -> Record:
        record = self.drawing(self.expected(), self, rng)
        for edit in self.edits:
            record = edit(record, self, rng)
        return record

    def dataset(self, record: Record) -> Dataset:
        shots = np.rint(record.shots).astype(np.int64)
        ones = np.clip(np.rint(record.ones).astype(np.int64), 0, shots)
        results: Mapping[int, Counts | Failure] = {
            circuit: Counts(BITS, np.array([n - k, k])) if n else Failure("lost")
            for circuit, (k, n) in enumerate(zip(ones, shots, strict=True))
        }
        return Dataset.from_counts(self.experiment, results, order=self.order)


@cache
def experiment(setup: str, points: int) -> Experiment:
    if setup == "rabi":
        return Rabi(physical_qubit=0, amplitude_points=points, max_amplitude=MAX_AMPLITUDE, calibrate_readout=False)
    references = setup == "t1 with references"
    return T1(physical_qubit=0, delay_points=points, max_delay=MAX_DELAY, calibrate_readout=references)


@cache
def drawn_order(setup: str, points: int, seed: int) -> Order:
    declared = experiment(setup, points)
    return Order.drawn(declared.sweep(), len(declared.references()), seed)


def in_order(lab: Lab) -> Lab:
    """Return the same run from the first point to the last, then the references."""
    return evolve(lab, order=Order(tuple(range(len(lab.asked)))))


@cache
def waited(setup: str, points: int) -> tuple[float, ...]:
    """Return how long each reference circuit waits, ns."""
    circuits = experiment(setup, points).references().values()
    return tuple(
        float(sum(step.operation.duration for step in circuit.data if step.operation.name == "delay"))
        for circuit in circuits
    )


def new_lab(setup: str, shots: int, points: int, rng: Rng, windows: Mapping[str, tuple[float, float]] = WINDOWS) -> Lab:
    """Draw a qubit and a shuffled run: readout of 0.5 to 4 and 1 to 8 %, thermal population up to 3 %."""
    declared = experiment(setup, points)
    sweep, names = declared.sweep(), tuple(declared.references())
    (values,) = sweep.grid().values()
    in_one = np.array([name.startswith("excited") for name in names], dtype=bool)
    x = np.append(values, in_one * 1.0 if setup == "rabi" else np.array(waited(setup, points)))
    size = len(x)
    law: Law
    if setup == "rabi":
        scale, law = rng.uniform(0.75, 1.3), turning
    else:
        low, high = windows[setup]
        # With few points a long window leaves under three delays within two T1, or nearly so: the verdict tells.
        longest = min(high, 0.55 * (points - 1))
        scale, law = MAX_DELAY / rng.uniform(min(low, 0.9 * longest), longest), relaxing
    return Lab(
        setup=setup,
        experiment=declared,
        order=drawn_order(setup, points, int(rng.integers(100))),
        shots=shots,
        asked=x,
        x=x,
        pulsed=np.append(np.ones(sweep.size, dtype=bool), in_one),
        scale=np.full(size, scale),
        law=law,
        thermal=np.full(size, rng.uniform(0.0, 0.03)),
        ground=np.full(size, rng.uniform(0.005, 0.04)),
        excited=np.full(size, 1 - rng.uniform(0.01, 0.08)),
        truth=(scale, scale),
    )


def relaxing(u: Array) -> Array:
    """An exponential decay."""
    return np.exp(-u)


def turning(u: Array) -> Array:
    """A rotation by pi u from |0>."""
    return np.sin(np.pi * u / 2) ** 2


def strength(rng: Rng, low: float, high: float) -> float:
    """Draw how strong a damage is: from what is barely seen to what nobody would overlook."""
    return float(rng.uniform(low, high))
