"""The noise profile of a device: uniform values, and exceptions for single qubits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs
from attrs import field, frozen

from oqtopus_experiments import construct, ge, gt, le, parameter

DEFAULT_T2 = 30_000.0
WIDEST_SPREAD = 1e8
"""Hz, more than the anharmonicity of any qubit: a wider spread takes values without end to be averaged over."""


def finite_or_none(value: Any) -> Any:
    """Return None for infinity: an effect that is switched off."""
    return None if isinstance(value, float) and math.isinf(value) and value > 0 else value


def default_t2(backend: Any) -> float:
    """Return 30 us, or 2 t1 when that is less."""
    t1 = backend.t1
    # A wrong t1 is reported by its own check, which runs after defaults are made.
    return min(DEFAULT_T2, 2 * t1) if isinstance(t1, (int, float)) and t1 > 0 else DEFAULT_T2


def check_dephasing(instance: Any, field: attrs.Attribute[Any], t2: float) -> None:
    """Refuse t2 > 2 t1, which no physical process has."""
    if instance.t1 is not None and t2 > 2 * instance.t1 * (1 + 1e-9):
        message = f"'t2' must be at most 2 t1 = {2 * instance.t1:g} ns: {t2:g}"
        raise ValueError(message)


@frozen(kw_only=True, cache_hash=True)  # parts of circuits are told apart by it, each many times
class QubitNoise:
    """Noise of one qubit; None takes the uniform value. Fields as in `NoisyBackend`."""

    t1: float | None = parameter(None, gt(0), unit="ns", help="energy relaxation time")
    t2: float | None = parameter(None, gt(0), unit="ns", help="dephasing time")
    single_qubit_gate_time: float | None = parameter(None, ge(0), unit="ns", help="duration of a one-qubit gate")
    single_qubit_error: float | None = parameter(None, ge(0), le(1), help="depolarizing probability")
    readout_error_0: float | None = parameter(None, ge(0), le(1), help="probability to read 1 in state 0")
    readout_error_1: float | None = parameter(None, ge(0), le(1), help="probability to read 0 in state 1")
    drive_scale: float | None = parameter(None, gt(0), help="factor on the angle of driven rotations")
    detuning: float | None = parameter(None, unit="Hz", help="frequency of the qubit minus that of its drive")
    detuning_spread: float | None = parameter(
        None, ge(0), le(WIDEST_SPREAD), unit="Hz", help="standard deviation of the detuning from shot to shot"
    )

    @property
    def ages(self) -> bool:
        """Whether time does anything to the qubit, so that it matters when things happen."""
        return bool(self.t1 or self.t2 or self.detuning or self.detuning_spread)

    def over(self, uniform: Mapping[str, Any]) -> QubitNoise:
        """Return this noise with uniform values where it says nothing; t2 is kept within 2 t1 unless given."""
        own = {name: value for name, value in attrs.asdict(self).items() if value is not None}
        merged = {**uniform, **own}
        if "t2" not in own and merged["t1"] is not None and merged["t2"] is not None:
            merged["t2"] = min(merged["t2"], 2 * merged["t1"])
        return QubitNoise(**merged)


def as_qubit_noise(values: Any) -> Any:
    """Return exceptions by qubit from a table such as ``{"0": {"t1": "40 us"}}``; keys may be text, as in TOML."""
    if not isinstance(values, Mapping):
        message = f"'qubits' must be a table of tables, one for each physical qubit, not {values!r}"
        raise ValueError(message)  # noqa: TRY004  # a wrong value in a file, as everywhere
    return {_qubit(key): _noise(noise) for key, noise in values.items()}


def _qubit(key: Any) -> int:
    if isinstance(key, bool) or not str(key).isdigit():
        message = f"'qubits' is a table by physical qubit: {key!r} is not an integer >= 0"
        raise ValueError(message)
    return int(key)


def _noise(noise: Any) -> QubitNoise:
    return noise if isinstance(noise, QubitNoise) else construct(QubitNoise, noise)


def check_qubits(instance: Any, field: attrs.Attribute[Any], qubits: Mapping[int, QubitNoise]) -> None:
    """Refuse exceptions whose t2 is beyond 2 t1."""
    for qubit, noise in qubits.items():
        t1 = noise.t1 if noise.t1 is not None else instance.t1
        if noise.t2 is not None and t1 is not None and noise.t2 > 2 * t1 * (1 + 1e-9):
            message = f"'qubits': t2 of qubit {qubit} must be at most 2 t1 = {2 * t1:g} ns: {noise.t2:g}"
            raise ValueError(message)


@frozen
class PairNoise:
    """Noise of the gates of one pair of qubits: duration in ns, depolarizing probability."""

    gate_time: float
    error: float


@frozen
class Profile:
    """
    The noise of a device.

    Args:
        uniform: Noise of a qubit without exceptions, every field set (t1 and t2 None: switched off).
        exceptions: Noise of the other qubits, likewise.
        two_qubit_gate_time: Duration of a two-qubit gate, ns.
        two_qubit_error: Its depolarizing probability.
        pairs: Other values for single pairs of qubits.
        gates: What the device drives, by Qiskit's names; None for any gate on one or two qubits.
    """

    uniform: QubitNoise
    exceptions: Mapping[int, QubitNoise]
    two_qubit_gate_time: float
    two_qubit_error: float
    pairs: Mapping[frozenset[int], PairNoise] = field(factory=dict)
    gates: frozenset[str] | None = None

    def pair(self, one: int, other: int) -> PairNoise:
        """Return the noise of a gate on two physical qubits, in either direction."""
        uniform = PairNoise(self.two_qubit_gate_time, self.two_qubit_error)
        return self.pairs.get(frozenset((one, other)), uniform) if self.pairs else uniform

    def of(self, qubit: int) -> QubitNoise:
        """Return the noise of a physical qubit."""
        return self.exceptions.get(qubit, self.uniform)
