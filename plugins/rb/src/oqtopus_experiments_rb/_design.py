"""Which lengths, endings and sequences are measured."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from oqtopus_experiments import Axis, Sweep
from oqtopus_experiments_rb import _sequences

# One sequence of each ending says nothing of how far sequences scatter: its error would be that of its shots alone.
LEAST = 2


def check_lengths(instance: Any, field: attrs.Attribute[Any], number: int) -> None:
    """Refuse more lengths than there are whole numbers up to the longest."""
    if number > instance.max_sequence_length:
        message = (
            f"{field.name!r} must be at most max_sequence_length = {instance.max_sequence_length}, as all lengths "
            f"differ: {number}"
        )
        raise ValueError(message)


def sweep(num_qubits: int, longest: int, number: int, samples: int, *series: Axis) -> Sweep:
    """
    Return lengths, endings and sequences of each, and series before them.

    Args:
        num_qubits: Qubits of a target.
        longest: The longest length.
        number: How many lengths.
        samples: Sequences of each length, rounded up to as many of each ending, which are two at least.
        series: Axes of labels, for each of which there are all of them.
    """
    ends = _sequences.endings(num_qubits)
    return Sweep(
        *series,
        Axis("length", _sequences.lengths(longest, number)),
        Axis("ending", ends),
        Axis("sequence", np.arange(max(LEAST, -(-samples // len(ends))))),
    )
