"""
For authors of simulators: read a circuit, split it into independent parts, draw counts from probabilities.

A simulator that uses these three only has to say what the outcome probabilities of a small circuit are; 100 qubits
side by side then cost 100 times one qubit, and a million shots what a thousand do.

Knows circuits and counts. Must not know an experiment, a plugin or a file.
"""

from oqtopus_experiments.simulation.parts import Part, split
from oqtopus_experiments.simulation.program import Program, Step, definition_of, nanoseconds, read, step_of
from oqtopus_experiments.simulation.ranges import numbers_in, ranges
from oqtopus_experiments.simulation.sampling import PartCounts, PartProbabilities, draw, generator, joint, marginal

__all__ = [
    "Part",
    "PartCounts",
    "PartProbabilities",
    "Program",
    "Step",
    "definition_of",
    "draw",
    "generator",
    "joint",
    "marginal",
    "nanoseconds",
    "numbers_in",
    "ranges",
    "read",
    "split",
    "step_of",
]
