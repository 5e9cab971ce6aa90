"""Counts and outcome probabilities under a noise profile, with Aer's density matrices."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from oqtopus_experiments import Counts, DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import Part, PartProbabilities, Program, draw, joint, marginal, read, split
from oqtopus_experiments_aer.channels import confusion
from oqtopus_experiments_aer.noisy_circuit import noisy_circuit
from oqtopus_experiments_aer.profile import Profile, QubitNoise
from oqtopus_experiments_aer.schedule import scheduled

Array = NDArray[np.float64]

# A density matrix of 12 qubits takes 270 MB.
MAX_QUBITS = 12


def sample(
    profile: Profile,
    circuits: Sequence[QuantumCircuit],
    physical_qubits: tuple[int, ...],
    shots: int,
    rng: np.random.Generator,
) -> list[Counts]:
    """Return the counts of every circuit; exact probabilities are drawn from where they exist."""
    programs = [read(circuit) for circuit in circuits]
    timed = [scheduled(program.steps, physical_qubits, profile) for program in programs]
    static = [i for i, program in enumerate(programs) if not _shot_by_shot(program)]
    parts = {i: split([s for s in timed[i] if s.name != "measure"], programs[i].measured) for i in static}
    distributions = _Distributions(profile, physical_qubits)
    distributions.compute([part for i in static for part in parts[i]])
    counts = []
    for i, program in enumerate(programs):
        if i in parts:
            found = [distributions.of(part) for part in parts[i]]
            counts.append(draw(found, program.num_clbits, shots, rng))
        else:
            counts.append(_trajectories(profile, circuits[i], physical_qubits, shots, rng))
    return counts


def exact(profile: Profile, circuit: QuantumCircuit, physical_qubits: tuple[int, ...]) -> Array:
    """Return the distribution of all classical bits, shape (2**bits,)."""
    program = read(circuit)
    if _shot_by_shot(program):
        message = f"{program.dynamic or 'a qubit measured twice'} has outcome probabilities only shot by shot"
        raise UnsupportedOperationError(message)
    timed = scheduled(program.steps, physical_qubits, profile)
    parts = split([step for step in timed if step.name != "measure"], program.measured)
    distributions = _Distributions(profile, physical_qubits)
    distributions.compute(parts)
    return joint([distributions.of(part) for part in parts], program.num_clbits)


def _shot_by_shot(program: Program) -> bool:
    # Two readings of one qubit err independently, which one final distribution cannot say.
    return bool(program.dynamic) or len(set(program.measured.values())) < len(program.measured)


class _Distributions:
    """Outcome distributions of parts; equal parts on equal qubits are simulated once, all in one run of Aer."""

    def __init__(self, profile: Profile, physical_qubits: tuple[int, ...]) -> None:
        self._profile = profile
        self._physical_qubits = physical_qubits
        self._found: dict[Hashable, Array] = {}

    def compute(self, parts: Sequence[Part]) -> None:
        """Simulate the parts not seen yet."""
        new = {self._key(part): part for part in parts}
        if not new:
            return
        circuits = []
        for part in new.values():
            _check_size(len(part.qubits))
            circuit = noisy_circuit(part.steps, self._places(part), self._noise(part), self._profile)
            circuit.save_probabilities(range(len(part.qubits)))
            circuits.append(circuit)
        result = _simulator().run(circuits, shots=1).result()
        for i, (key, part) in enumerate(new.items()):
            probabilities = np.asarray(result.data(i)["probabilities"], dtype=float)
            self._found[key] = _read_out(marginal(probabilities, part.readout), part, self._noise(part))

    def of(self, part: Part) -> PartProbabilities:
        """Return the distribution of a part that was computed."""
        return PartProbabilities(part.clbits, self._found[self._key(part)])

    def _places(self, part: Part) -> tuple[int, ...]:
        return tuple(self._physical_qubits[qubit] for qubit in part.qubits)

    def _noise(self, part: Part) -> list[QubitNoise]:
        return [self._profile.of(qubit) for qubit in self._places(part)]

    def _key(self, part: Part) -> Hashable:
        key = part.key()
        # Where pairs differ, equal parts on other qubits are not equal.
        places = self._places(part) if self._profile.pairs and len(part.qubits) > 1 else ()
        return id(part) if key is None else (key, places, *self._noise(part))


def _read_out(probabilities: Array, part: Part, noise: Sequence[QubitNoise]) -> Array:
    """Apply the readout errors of each classical bit."""
    bits = len(part.readout)
    tensor = probabilities.reshape((2,) * bits)
    for position, qubit in enumerate(part.readout):
        axis = bits - 1 - position
        tensor = np.moveaxis(np.tensordot(_confusion(noise[qubit]), tensor, axes=(1, axis)), 0, axis)
    return tensor.ravel()


def _trajectories(
    profile: Profile,
    circuit: QuantumCircuit,
    physical_qubits: tuple[int, ...],
    shots: int,
    rng: np.random.Generator,
) -> Counts:
    """Run a circuit with mid-circuit measurements or resets shot by shot, each independent part by itself."""
    program = read(circuit)
    timed = scheduled(program.steps, physical_qubits, profile)
    bits = np.zeros((shots, program.num_clbits), dtype=bool)
    for part in split(timed, program.measured):
        _check_size(len(part.qubits))
        places = [physical_qubits[qubit] for qubit in part.qubits]
        noise = [profile.of(place) for place in places]
        noisy = noisy_circuit(part.steps, places, noise, profile, num_clbits=program.num_clbits)
        seed = int(rng.integers(2**31))
        result = _simulator().run(noisy, shots=shots, memory=True, seed_simulator=seed).result()
        characters = np.frombuffer("".join(result.get_memory()).encode(), dtype=np.uint8)
        drawn = characters.reshape(shots, program.num_clbits)[:, ::-1] == ord("1")
        for clbit, qubit in zip(part.clbits, part.readout, strict=True):
            state = drawn[:, clbit]
            flip = rng.random(shots) < _confusion(noise[qubit])[1 - state.astype(int), state.astype(int)]
            bits[:, clbit] = state ^ flip
    return Counts.from_shots(bits)


def _confusion(noise: QubitNoise) -> Array:
    return confusion(noise.readout_error_0 or 0.0, noise.readout_error_1 or 0.0)


def _check_size(qubits: int) -> None:
    if qubits > MAX_QUBITS:
        message = f"a group of {qubits} entangled qubits is beyond a density matrix of {MAX_QUBITS} qubits"
        raise DeviceError(message)


def _simulator() -> AerSimulator:
    return AerSimulator(method="density_matrix")
