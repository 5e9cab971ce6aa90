"""Noisy simulation with Qiskit Aer: a device whose T1, errors and drive you choose."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from oqtopus_experiments import (
    Backend,
    Batch,
    DeviceError,
    DeviceInfo,
    QubitInfo,
    SimulatedJob,
    ge,
    gt,
    hookimpl,
    in_,
    le,
    parameter,
)
from oqtopus_experiments_aer._names import METHODS
from oqtopus_experiments_aer._native_gates import as_names, check_gates
from oqtopus_experiments_aer._profile import (
    WIDEST_SPREAD,
    PairNoise,
    Profile,
    QubitNoise,
    as_qubit_noise,
    check_dephasing,
    check_qubits,
    default_t2,
    finite_or_none,
)
from oqtopus_experiments_aer._twin import as_device, check_measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit

    from oqtopus_experiments.testing import Subject


@frozen(kw_only=True)
class NoisyBackend(Backend):
    """
    A device with relaxation, gate errors, readout errors and a miscalibrated drive.

    Groups of entangled qubits are simulated by themselves: small ones as density matrices, wide ones as matrix product
    states while little enough is entangled, otherwise shot by shot as trajectories. The metadata of a job say under
    ``simulation`` which it was.

    Every qubit has the uniform values unless `qubits` says otherwise. Noise acts while gates and delays last and
    while a qubit waits for another: gates start as late as what follows allows. Rotations about z are done in
    software and cost neither time nor error. Each effect can be switched off alone: times with None (``inf`` in a
    run file), errors and detunings with 0, `drive_scale` with 1.

    A detuned qubit turns about z all the time, in gates as though they were done in their middle. What its detuning
    differs from shot to shot (`detuning_spread`) is drawn for each qubit and shot, and constant within it: an echo
    undoes it, a Ramsey fringe decays with exp(-(2 pi spread t)^2 / 2) beside exp(-t / t2).

    It drives every gate of one or two qubits as it is written, unless `native_gates` says which there are: then
    all others are made of these, as a service compiles them, and rx(a) is rz, sx, rz, sx, rz whatever a is.

    With `like` it is the twin of a device: every qubit and coupling has what was measured there, except where
    `qubits` says otherwise, it drives the gates that the device has, and what was not measured cannot be used.

    Depolarizing with probability p means rho -> (1 - p) rho + p I/2^n.

    Raises:
        ParameterError: For values out of range, and for t2 > 2 t1.
    """

    name: ClassVar[str] = "noisy"
    drifts: ClassVar[bool] = False
    manner: ClassVar[tuple[str, ...]] = ("seed", "method")
    t1: float | None = parameter(
        25_000.0, gt(0), unit="ns", help="energy relaxation time; inf: none", converter=finite_or_none
    )
    t2: float | None = parameter(
        attrs.Factory(default_t2, takes_self=True),
        gt(0),
        check_dephasing,
        unit="ns",
        help="dephasing time, at most 2 t1 (default 30 us, or 2 t1 if less); inf: none beyond t1",
        converter=finite_or_none,
    )
    single_qubit_gate_time: float = parameter(25.0, ge(0), unit="ns", help="duration of a driven one-qubit gate")
    two_qubit_gate_time: float = parameter(250.0, ge(0), unit="ns", help="duration of a two-qubit gate")
    single_qubit_error: float = parameter(0.001, ge(0), le(1), help="depolarizing probability of a one-qubit gate")
    two_qubit_error: float = parameter(0.01, ge(0), le(1), help="depolarizing probability of a two-qubit gate")
    readout_error_0: float = parameter(0.02, ge(0), le(1), help="probability to read 1 when the qubit is in 0")
    readout_error_1: float = parameter(0.03, ge(0), le(1), help="probability to read 0 when the qubit is in 1")
    drive_scale: float = parameter(
        1.0, gt(0), help="factor on the angle of every driven gate (rx, sx, x, ...); 1 is calibrated"
    )
    detuning: float = parameter(
        0.0, unit="Hz", help="frequency of the qubit minus that of its drive, with its sign; 0 is calibrated"
    )
    detuning_spread: float = parameter(
        0.0,
        ge(0),
        le(WIDEST_SPREAD),
        unit="Hz",
        help="standard deviation of the detuning from shot to shot, in each shot constant (quasi-static dephasing)",
    )
    native_gates: tuple[str, ...] | None = parameter(
        None,
        check_gates,
        help='the gates it drives, such as ["sx", "x", "rz", "cx"]; others are made of them (default: it drives all, '
        "or those of the device it is like)",
        converter=as_names,
    )
    qubits: Mapping[int, QubitNoise] = parameter(
        attrs.Factory(dict),
        check_qubits,
        help="other values for single qubits",
        converter=as_qubit_noise,
        plain=lambda qubits: {
            str(q): {k: v for k, v in attrs.asdict(n).items() if v is not None} for q, n in qubits.items()
        },
    )
    like: DeviceInfo | None = parameter(
        None,
        check_measured,
        help="device, or its snapshot (*.json), whose calibration to use",
        converter=as_device,
        # The snapshot itself, not the name it was asked for by: a device is calibrated anew, a run is not.
        plain=lambda device: None if device is None else device.to_json(),
    )
    method: str = parameter(
        "automatic",
        in_(METHODS),
        help="how entangled qubits are simulated: automatic, density_matrix, matrix_product_state or trajectories",
    )
    seed: int | None = parameter(None, ge(0), help="the same seed gives the same counts")

    def submit(self, batch: Batch) -> SimulatedJob:
        """
        Return a job that simulates the circuits piece by piece.

        Raises:
            UnsupportedOperationError: For control flow and for delays in units other than time.
            DeviceError: When an entangled group of qubits is too large to be simulated; one that turns out to be too
                entangled ends the job.
        """
        from oqtopus_experiments.simulation import generator
        from oqtopus_experiments_aer._methods import provenance
        from oqtopus_experiments_aer._simulator import Simulation

        self.check(batch)
        simulation = Simulation(
            self.profile(),
            batch.circuits,
            batch.physical_qubits,
            batch.shots,
            lambda position: generator(self.seed, batch.name, batch.order.circuit(position)),
            self.method,
            batch.order.circuit,
        )
        return SimulatedJob(
            f"noisy-{uuid.uuid4().hex[:12]}",
            len(batch.circuits),
            simulation.counts,
            lambda: {"device": self.name, "simulation": provenance(simulation.ran)},
        )

    def told_together(self, told: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Return which methods ran, and for which circuits, in all parts of a batch."""
        from oqtopus_experiments_aer._methods import together

        return {"device": self.name, "simulation": together(one["simulation"] for one in told)}

    def synthesized(self, gates: Sequence[str], physical_qubits: Sequence[int]) -> Mapping[str, tuple[int, ...]]:
        """Return which gates are made of the native ones, on all qubits alike; none where all are driven."""
        if self._gates is None:
            return {}
        from oqtopus_experiments.transpilation import drives

        return {gate: tuple(physical_qubits) for gate in gates if not drives(gate, self._gates)}

    @classmethod
    def twin_of(cls, device: DeviceInfo, seed: int | None = None) -> NoisyBackend:
        """Return this simulator with the noise that was measured of a device."""
        return cls(like=device, seed=seed)

    def all_qubits(self) -> Sequence[int]:
        """Return the qubits of the device that it is like; DeviceError where it is like none."""
        if self.like is not None:
            return tuple(qubit.index for qubit in self.like.qubits)
        message = f"{self.name!r} is like no device: any qubit can be simulated"
        raise DeviceError(message)

    def check(self, batch: Batch) -> None:
        """
        Refuse, for the twin of a device, qubits and couplings of which something was not measured.

        Raises:
            DeviceError: Naming them and the value.
        """
        self._check_measured(batch.circuits, batch.physical_qubits)

    def _check_measured(self, circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...]) -> None:
        if self.like is not None:
            from oqtopus_experiments_aer._twin import check_pairs, check_used

            check_used(self.like, circuits, physical_qubits, self.qubits)
            check_pairs(self.like, circuits, physical_qubits)

    def probabilities(
        self, circuit: QuantumCircuit, physical_qubits: tuple[int, ...] | None = None
    ) -> NDArray[np.float64]:
        """
        Return the exact outcome probabilities of a circuit, readout errors included.

        Args:
            circuit: Gates, delays and final measurements.
            physical_qubits: Device qubit of each qubit of the circuit; 0, 1, ... by default.

        Returns:
            Shape (2**classical bits,); bit j of the index is classical bit j.

        Raises:
            UnsupportedOperationError: Also for circuits that only have probabilities shot by shot.
            DeviceError: As `submit`; for the twin of a device, as `check`.
        """
        from oqtopus_experiments_aer._simulator import exact

        places = physical_qubits or tuple(range(circuit.num_qubits))
        self._check_measured((circuit,), places)
        return exact(self.profile(), [circuit], places, self.method)[0]

    def exact_probabilities(
        self, circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...]
    ) -> Sequence[NDArray[np.float64]]:
        """Return the exact outcome probabilities of some circuits; see `probabilities`."""
        from oqtopus_experiments_aer._simulator import exact

        self._check_measured(tuple(circuits), physical_qubits)
        return exact(self.profile(), circuits, physical_qubits, self.method)

    def profile(self) -> Profile:
        """Return the noise of every qubit, uniform values and exceptions resolved."""
        uniform = {f.name: getattr(self, f.name) for f in attrs.fields(QubitNoise)}
        return Profile(
            QubitNoise(**uniform),
            {qubit: noise.over(uniform) for qubit, noise in self._exceptions().items()},
            self.two_qubit_gate_time,
            self.two_qubit_error,
            self._pairs(),
            None if self._gates is None else frozenset(self._gates),
        )

    def qubit_calibration(self, physical_qubits: Sequence[int]) -> Sequence[QubitInfo]:
        """Return the noise that each qubit has here."""
        profile = self.profile()
        told = [(qubit, profile.of(qubit)) for qubit in physical_qubits]
        return [QubitInfo(index=qubit, t1=noise.t1, t2=noise.t2) for qubit, noise in told]

    @property
    def _gates(self) -> tuple[str, ...] | None:
        """What it drives: as given, else as the device that it is like; None for every gate."""
        return self.native_gates or (self.like.gates if self.like is not None else None) or None

    def _exceptions(self) -> Mapping[int, QubitNoise]:
        """Return what single qubits have for themselves: what was given, then what the device was measured to have."""
        if self.like is None:
            return self.qubits
        from oqtopus_experiments_aer._twin import qubit_noise

        measured = qubit_noise(self.like)
        given = {q: noise.over(attrs.asdict(measured.get(q, QubitNoise()))) for q, noise in self.qubits.items()}
        return {**measured, **given}

    def _pairs(self) -> Mapping[frozenset[int], PairNoise]:
        if self.like is None:
            return {}
        from oqtopus_experiments_aer._twin import pair_noise

        return pair_noise(self.like)


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [NoisyBackend]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return the simulator with what it says of its own noise: counts are held against that."""
    from oqtopus_experiments.testing import BackendSubject

    noisy = NoisyBackend()
    return [BackendSubject(backend=noisy, probabilities=noisy.probabilities)]
