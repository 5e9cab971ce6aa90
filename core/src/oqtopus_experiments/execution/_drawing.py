"""The circuit of a point, drawn: a typical one, unless another is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import BackendError
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._experiment_calls import sweep_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

TALLEST = 40
"""A circuit drawn in more lines is not a typical one to look at, where an earlier point has a smaller one."""
WIDTH = 100
"""Width in letters, unless another is given."""


def drawing(experiment: Declaration, point: int | None = None, output: str = "text", columns: int = WIDTH) -> Any:
    """
    Return the circuit of one point as Qiskit draws it; of several targets that of the first.

    Args:
        experiment: The experiment.
        point: Which point of the sweep; a typical one by default.
        output: As Qiskit names what it draws.
        columns: Width of a text in letters; a longer circuit goes on below.

    Raises:
        IndexError: When there is no such point.
        BackendError: Where Qiskit is not installed, or the circuit is not one of Qiskit's.
        PluginFault: When the code of the experiment fails.
    """
    points = sweep_of(experiment).points()
    if point is None:
        point = _typical(experiment, points, columns)
    elif not 0 <= point < len(points):
        message = f"there is no point {point}: {experiment.name!r} has {len(points)}, from 0 to {len(points) - 1}"
        raise IndexError(message)
    folded = {"fold": columns} if output == "text" else {}
    return checked(lambda: copies_at(experiment, points[point])[0]).draw(output, **folded)


def typical(experiment: Declaration, columns: int) -> tuple[Mapping[str, Any], str]:
    """
    Return a point of the sweep and its circuit drawn in letters: that in the middle, or an earlier one if it is long.

    Args:
        experiment: The experiment; of several targets with circuits of their own the first is drawn.
        columns: Width in letters; a longer circuit goes on below.

    Raises:
        BackendError: Where Qiskit is not installed.
        PluginFault: When the code of the experiment fails.
    """
    points = sweep_of(experiment).points()
    point = points[_typical(experiment, points, columns)]
    return point, drawn(lambda: copies_at(experiment, point)[0], columns)


def drawn(circuit: Callable[[], QuantumCircuit], columns: int) -> str:
    """
    Return a circuit drawn in letters.

    Raises:
        BackendError: Where Qiskit is not installed, or the circuit is not one of Qiskit's.
    """
    # Its text would be in the encoding of the standard output, whatever that is.
    return "\n".join(line.rstrip() for line in checked(circuit).draw("text", fold=columns).lines())


def checked(circuit: Callable[[], QuantumCircuit]) -> QuantumCircuit:
    """
    Make a circuit, and return it if it can be drawn.

    Raises:
        BackendError: Where Qiskit is not installed, or the circuit is not one of Qiskit's.
    """
    if find_spec("qiskit") is None:
        message = "circuits are drawn by Qiskit, which is not installed; try: pip install qiskit"
        raise BackendError(message)
    from qiskit import QuantumCircuit

    made = circuit()
    if not isinstance(made, QuantumCircuit):
        message = f"only circuits of Qiskit can be drawn, not {type(made).__name__}"
        raise BackendError(message)
    return made


def _typical(experiment: Declaration, points: list[dict[str, Any]], columns: int) -> int:
    index = len(points) // 2
    while index > 0:
        drawing = drawn(lambda index=index: copies_at(experiment, points[index])[0], columns)  # type: ignore[misc]
        if drawing.count("\n") < TALLEST:
            break
        index //= 2
    return index
