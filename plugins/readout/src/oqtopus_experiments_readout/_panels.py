"""The figure beside the matrix: how often each qubit is read wrongly, circuit by circuit."""

from __future__ import annotations

import numpy as np

from oqtopus_experiments import Panel, PanelAxis, PointSeries, Target
from oqtopus_experiments_readout._tallies import Shots, fractions


def wrong_readings(shots: Shots, target: Target) -> Panel:
    """Return a panel in which a drift is a slope, and a neighbour that matters makes two heights of one colour."""
    number, wrong = shots.number, shots.wrong()
    series = []
    for place, qubit in enumerate(target):
        for state in (0, 1):
            own = shots.prepared[:, place] == bool(state)
            found, error = fractions(wrong[own, place], number[own])
            of_which = f"qubit {qubit} in {state}" if len(target) > 1 else f"prepared in {state}"
            series.append(PointSeries(np.arange(1.0, len(found) + 1), found, error, of_which))
    across = PanelAxis("circuits that prepare this state")
    return Panel("wrong readings", across, PanelAxis("P(read wrongly)", possible=(0, 1)), series)
