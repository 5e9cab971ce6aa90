"""How far x and sx are from the angle they should turn by, amplified by repetition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import (
    Axis,
    Experiment,
    FitModel,
    FitSummary,
    QubitInfo,
    Reason,
    ReasonCode,
    Sweep,
    checks,
    ge,
    hookimpl,
    in_,
    le,
    parameter,
    readout,
)
from oqtopus_experiments_amplify import _guess, _repeats, _rotation

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

# Of sx, three different numbers.
FEWEST_REPEATS = 12
# Beyond this, rad, gates of other angles explain the points nearly as well.
ROUGH = 0.5


def check_points(experiment: Amplify, field: attrs.Attribute[Any], points: int) -> None:
    """Refuse more numbers of repeats than there are, and so few that nobody knows how often the qubit has turned."""
    most, gate = experiment.max_repeats, experiment.gate
    # Both are checked after this, and say themselves what is wrong with them.
    if gate not in _repeats.GATES or not isinstance(most, int) or most < FEWEST_REPEATS:
        return
    fewest, largest = _repeats.fewest(gate, most), _repeats.most_points(gate, most)
    if points > largest:
        message = f"{field.name!r} is at most {largest} for {gate} and max_repeats = {most}: there are no others"
        raise ValueError(message)
    if points < fewest:
        message = f"{field.name!r} is at least {fewest} for {gate} and max_repeats = {most}: other angles would fit too"
        raise ValueError(message)


@frozen(kw_only=True)
class Amplify(Experiment):
    """
    P(1) against the number of repeats of one gate, x or sx: an error of its angle adds up over them.

    Reports `angle_error`, signed, in rad: by how much each gate turns further than pi (x) or pi/2 (sx); and
    `drive_scale`, the angle in parts of what it should be. Also `contrast` and `offset` of the readout, and
    `gate_loss`, the part of the contrast that each gate costs. Of a calibrated gate the number is small, with an error.

    Some circuits end in |0> and in |1>, which tells the contrast at every number of repeats; the others end half way
    between, where an error of the angle shows at first order and with its sign. For x that takes an sx before, whose
    own error, `preparation_error`, is fitted too, and moves all repeats alike.

    Source: the sequences are those of S. Sheldon et al., "Characterizing errors on qubit operations via iterative
    randomized benchmarking", Phys. Rev. A 93, 012301 (2016), here with references and a joint fit of both quadratures,
    as S. Kimmel, G. H. Low and T. J. Yoder, "Robust calibration of a universal single-qubit gate set via robust phase
    estimation", Phys. Rev. A 92, 062315 (2015).
    """

    name: ClassVar[str] = "amplify"
    gate: str = parameter("x", in_(_repeats.GATES), help="the gate that is repeated")
    max_repeats: int = parameter(60, ge(FEWEST_REPEATS), le(10_000), help="most repeats of the gate")
    repeat_points: int = parameter(
        9, ge(3), le(1000), check_points, help="numbers of repeats, from 0 by equal factors to max_repeats"
    )

    @property
    def driven(self) -> tuple[str, ...]:
        """An x that a device makes of sx may turn the other way round: what is too far for it is too little here."""
        return ("x", "sx") if self.gate == "x" else ("sx",)

    @property
    def driven_otherwise(self) -> str:
        """What to do on a device that makes x of other gates."""
        return 'set gate = "sx"' if self.gate == "x" else "take a device that drives it"

    def sweep(self) -> Sweep:
        """Return all numbers of repeats half way between 0 and 1, and three of them at both."""
        every = _repeats.numbers(self.gate, self.repeat_points, self.max_repeats)
        some = every[[0, len(every) // 2, -1]]
        parts = [
            Sweep(Axis("ends", [ends]), Axis("repeats", more + (every if ends in ("rising", "falling") else some)))
            for ends, (_, _, more) in _repeats.PREPARED[self.gate].items()
        ]
        total = parts[0]
        for part in parts[1:]:
            total += part
        return total

    def circuit(self, ends: str, repeats: float) -> QuantumCircuit:
        """Return the repeated gate, between the sx that this end needs."""
        return _repeats.circuit(self.gate, ends, round(repeats))

    def fit_model(self) -> FitModel:
        """Return the rotation of the gate, seen in both quadratures."""
        x, angle = self.gate == "x", _repeats.ANGLE[self.gate]
        function = _rotation.of_x if x else _rotation.of_sx
        return FitModel(
            function,
            partial(_guess.likely, self.gate),
            quantities=(
                *("angle_error", "drive_scale", "contrast", "offset", "gate_loss"),
                *(["preparation_error"] if x else []),
            ),
            bounds={
                "angle_error": (-math.pi / 2, math.pi / 2),
                **({"preparation_error": (-math.pi / 2, math.pi / 2), "loss_difference": (-0.5, 0.5)} if x else {}),
            },
            derived={"drive_scale": lambda angle_error: 1 + angle_error / angle},
            units={"angle_error": "rad", **({"preparation_error": "rad"} if x else {})},
            symbols={"angle_error": "δθ"},
            # A gate that is calibrated and loses nothing ends each kind of circuit where it should, at all repeats.
            flat="",
            checks=(
                checks.present(
                    "contrast",
                    "what should end in 0 and in 1 reads the same",
                    without="where nothing is told apart no angle is seen",
                ),
                checks.positive("contrast", ReasonCode.INVERTED, "what should end in 0 ends in 1"),
                rough,
            ),
            example={
                "angle_error": 0.02,
                "contrast": 0.9,
                "offset": 0.5,
                "gate_loss": 0.002,
                **({"loss_difference": 0.0002, "preparation_error": 0.01} if x else {}),
            },
        )

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """Return what the readout makes of the two states, where the calibration has them."""
        levels = readout.levels(*qubits)
        return {} if levels is None else {"contrast": levels[1] - levels[0], "offset": (levels[0] + levels[1]) / 2}

    def alternatives(self) -> Sequence[Amplify]:
        """Return half as many repeats to eight times as many: the more, the better, until the contrast is lost."""
        most = [round(self.max_repeats * 2.0**step) for step in range(-1, 4)]
        return [
            attrs.evolve(self, max_repeats=one, repeat_points=self._points_for(one))
            for one in most
            if FEWEST_REPEATS <= one <= 10_000
        ]

    def _points_for(self, most: int) -> int:
        wanted = max(self.repeat_points, _repeats.fewest(self.gate, most))
        return min(wanted, _repeats.most_points(self.gate, most))


def rough(summary: FitSummary) -> Sequence[Reason]:
    """Doubt an angle that is far off: the references and the sx before x are then no longer what they should be."""
    error = summary.quantities["angle_error"].value
    if not abs(error) > ROUGH:
        return []
    message = f"angle_error = {error:.2g} rad is far off: calibrate the gate roughly first, by an oscillation"
    return [Reason(ReasonCode.IMPLAUSIBLE, message, "suspect")]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [Amplify]
