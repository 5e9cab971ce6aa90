"""What a distribution writes for its statistics: how to draw a device with its truth, and what to measure on it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import attrs
import numpy as np
from attrs import field, frozen

from oqtopus_experiments import Analysis, Experiment
from oqtopus_experiments_aer import NoisyBackend

Rng: TypeAlias = np.random.Generator
DAMAGE = ("drift", "readout drift", "leakage", "swapped bits", "stale counts")


@frozen(eq=False)
class Drawn:
    """
    One run that is about to be made.

    Args:
        experiment: On one target.
        backend: The device, whatever its seed: shots are drawn by the run.
        truth: True values of the quantities that are judged, in the units of their table; the headline among them.
        shots: Of each circuit.
        drifted: The device at the end of a run under the damage "drift", which begins as much on the other side; None
            for one whose times are shorter, errors larger and drive stronger than in the middle.
        driven: The device while its neighbours are driven too; None where nothing of it is known.
        beside: Numbers of the circuits that run while the neighbours are driven.
    """

    experiment: Experiment
    backend: NoisyBackend
    truth: Mapping[str, float]
    shots: int
    drifted: NoisyBackend | None = None
    calibration: Sequence[Analysis] = ()
    driven: NoisyBackend | None = None
    beside: tuple[int, ...] = ()


def _known(case: Case, field: attrs.Attribute[tuple[str, ...]], names: tuple[str, ...]) -> None:
    unknown = set(names) - set(DAMAGE)
    if unknown:
        message = f"{case.label}: no damage is called {sorted(unknown)}; there are {DAMAGE}"
        raise ValueError(message)


@frozen(eq=False)
class Case:
    """
    Statistics of one experiment.

    Args:
        label: Of the row, beginning with the name of the distribution: ``t1 with references``.
        draw: Draws a device at random and says the truth; the same numbers for the same generator.
        headline: By which impostors and damage are judged.
        damage: Which of `DAMAGE` are applied; "swapped bits" only where a target has several.
        measures: Impostors that this experiment rightly measures, each with the reason: a readout biased by a third is
            what an assignment matrix is there to find.
        covered: Quantities whose error bars are held to their promise; () for all in the truth.
    """

    label: str
    draw: Callable[[Rng], Drawn]
    headline: str
    damage: tuple[str, ...] = field(default=DAMAGE, validator=_known)
    measures: Mapping[str, str] = field(factory=dict)
    covered: tuple[str, ...] = ()


def all_cases(only: str = "") -> Sequence[Case]:
    """Return the cases of all distributions whose label has such a word in it."""
    from . import cases

    modules = sorted(found.name for found in pkgutil.iter_modules(cases.__path__))
    listed = [case for name in modules for case in importlib.import_module(f"{cases.__name__}.{name}").CASES]
    return [case for case in listed if only in case.label]
