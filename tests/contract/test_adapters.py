"""Any Qiskit BackendV2 or BaseSamplerV2 is accepted where a backend is."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit, Delay, Measure, Parameter
from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate
from qiskit.primitives import (
    BackendSamplerV2,
    BasePrimitiveJob,
    BaseSamplerV2,
    BitArray,
    DataBin,
    PrimitiveJob,
    PubResult,
    StatevectorSampler,
)
from qiskit.providers import BackendV2, Options, QubitProperties
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap, InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2 as AerSampler

from oqtopus_experiments import BackendError, Batch, DeviceError, Failure
from oqtopus_experiments.execution._adapters import as_backend
from oqtopus_experiments.experiments import T1, Rabi
from oqtopus_experiments.transpilation import Clock


def device(num_qubits=5):
    return GenericBackendV2(num_qubits, coupling_map=CouplingMap.from_line(num_qubits), seed=3)


DRIVING = [AerSimulator(seed_simulator=1), StatevectorSampler(seed=1), AerSampler(seed=1)]
OF_OTHERS = [BackendSamplerV2(backend=device(), options={"seed_simulator": 1}), device()]
"""They make rx of sx, x and rz."""


@pytest.mark.parametrize(
    ("backend", "pulse"),
    [*((backend, "rx") for backend in DRIVING), *((backend, "sx") for backend in (*DRIVING, *OF_OTHERS))],
    ids=lambda given: given if isinstance(given, str) else type(given).__name__,
)
def test_a_rabi_oscillation_is_found_on_qiskits_own_backends(backend, pulse):
    experiment = Rabi(pulse=pulse, physical_qubits=[3, 1], amplitude_points=20)

    result = experiment.run(backend=backend, shots=1000)
    frame = result.analyze()

    assert frame.qubits.tolist() == [3, 1]
    assert result.job_metadata["status"] == "succeeded"
    assert (abs(frame.pi_amplitude - 1) < 4 * frame.pi_amplitude_stderr).all()
    assert "not_driven" not in " ".join(frame.reasons)


@pytest.mark.parametrize("backend", OF_OTHERS, ids=lambda backend: type(backend).__name__)
def test_no_pi_amplitude_is_given_for_an_rx_that_the_device_makes_of_others(backend):
    frame = Rabi(physical_qubits=[3, 1], amplitude_points=20).run(backend=backend, shots=1000).analyze()

    assert frame.pi_amplitude.isna().all()
    assert frame.verdict.tolist() == ["suspect", "suspect"]
    assert all("not_driven" in reasons for reasons in frame.reasons)


def test_the_qubit_asked_for_is_the_qubit_measured():
    """On a device whose qubit 2 alone is read wrongly, only target 2 is wrong."""
    from qiskit_aer.noise import NoiseModel, ReadoutError

    model = NoiseModel(basis_gates=["rx", "x", "delay"])
    model.add_readout_error(ReadoutError([[0.5, 0.5], [0.5, 0.5]]), [2])
    noisy = AerSimulator(noise_model=model, seed_simulator=2, coupling_map=CouplingMap.from_line(4))

    dataset = T1(physical_qubits=[1, 2, 3], delay_points=5).run(noisy, shots=1000).dataset

    assert (dataset.mean[[0, 2]] == 1).all()
    assert (abs(dataset.mean[1] - 0.5) < 0.08).all()


def test_a_device_that_is_too_small_says_so():
    with pytest.raises(DeviceError, match=r"has qubits 0\.\.4; 7 was asked for"):
        Rabi(physical_qubit=7).run(device(), shots=10)


class Recording(GenericBackendV2):
    """A device that remembers what it was asked to run."""

    def run(self, run_input, **options):
        self.asked = list(run_input)
        return super().run(run_input, **options)


class Stranger(BaseSamplerV2):
    """A sampler nobody knows. It remembers what it was asked to run, and its jobs have no id."""

    def run(self, pubs, *, shots=None):
        self.asked = list(pubs)

        class Nameless(PrimitiveJob):
            def job_id(self):
                return ""

        job = Nameless(lambda: StatevectorSampler(seed=1).run(self.asked, shots=shots).result())
        job._submit()
        return job


def recording():
    return Recording(5, coupling_map=CouplingMap.from_line(5), seed=3)


def quiet():
    return AerSimulator(seed_simulator=1)


BACKENDS = {
    "backend": quiet,
    "sampler of a backend": lambda: BackendSamplerV2(backend=quiet()),
    "statevector": lambda: StatevectorSampler(seed=1),
    "stranger": Stranger,
}


def only_counts(backend, *circuits, shots=50, qubits=None):
    batch = Batch(circuits, shots, qubits or tuple(range(circuits[0].num_qubits)))
    return [outcome.result for outcome in sorted(as_backend(backend).submit(batch).outcomes(), key=lambda o: o.index)]


@pytest.mark.parametrize("kind", BACKENDS)
def test_the_shots_asked_for_are_the_shots_taken(kind):
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)

    assert [counts.shots for counts in only_counts(BACKENDS[kind](), circuit, circuit, shots=137)] == [137, 137]


@pytest.mark.parametrize("kind", BACKENDS)
def test_registers_of_unequal_size_keep_their_order_and_circuits_theirs(kind):
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(1, "b"), ClassicalRegister(2, "a"))
    circuit.x([0, 2])
    circuit.measure([0, 1, 2], [0, 1, 2])
    other = circuit.copy()
    other.name = "other"
    other.clear()
    other.measure([0, 1, 2], [0, 1, 2])

    assert only_counts(BACKENDS[kind](), circuit, other) == [{"101": 50}, {"000": 50}]


@pytest.mark.parametrize("wrap", [lambda device: device, lambda device: BackendSamplerV2(backend=device)])
def test_a_device_runs_every_gate_that_was_written_on_the_qubits_that_were_meant(wrap):
    """Four x gates on one qubit are nothing to an optimizer, and a gate error four times over to a physicist."""
    device = recording()
    circuit = QuantumCircuit(2, 2)
    circuit.x([0, 0, 0, 0, 1])
    circuit.measure([0, 1], [0, 1])

    only_counts(wrap(device), circuit, qubits=(3, 1))

    (asked,) = device.asked
    on = [asked.find_bit(i.qubits[0]).index for i in asked.data if i.name == "x"]
    read = {asked.find_bit(i.clbits[0]).index: asked.find_bit(i.qubits[0]).index for i in asked.data if i.clbits}
    assert sorted(on) == [1, 3, 3, 3, 3]
    assert read == {0: 3, 1: 1}


def test_a_sampler_nobody_knows_is_given_physical_qubits():
    sampler = Stranger()
    register = ClassicalRegister(2, "c")
    circuit = QuantumCircuit(QuantumRegister(2), register)
    circuit.x(0)
    circuit.measure([0, 1], register)

    assert only_counts(sampler, circuit, qubits=(3, 1)) == [{"01": 50}]
    (asked,) = sampler.asked
    where = {i.name: asked.find_bit(i.qubits[0]).index for i in asked.data if not i.clbits}
    read = {asked.find_bit(i.clbits[0]).index: asked.find_bit(i.qubits[0]).index for i in asked.data if i.clbits}
    assert (asked.num_qubits, where, read) == (4, {"x": 3}, {0: 3, 1: 1})


@pytest.mark.parametrize("kind", BACKENDS)
def test_bits_in_no_register_and_in_two_are_read(kind):
    shared = [Clbit(), Clbit()]
    circuit = QuantumCircuit(QuantumRegister(3), [Clbit()])
    circuit.add_register(ClassicalRegister(bits=shared, name="one"))
    circuit.add_register(ClassicalRegister(bits=shared[1:], name="two"))
    circuit.x([0, 2])
    circuit.measure([0, 1, 2], [0, 1, 2])

    assert only_counts(BACKENDS[kind](), circuit) == [{"101": 50}]


def test_a_job_always_has_an_id():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    jobs = [as_backend(Stranger()).submit(Batch((circuit,), 1, (0,))) for _ in range(2)]

    assert jobs[0].id
    assert jobs[0].id != jobs[1].id


@pytest.mark.parametrize("wrap", [lambda device: device, lambda device: BackendSamplerV2(backend=device)])
def test_the_first_qubit_beyond_a_device_is_refused(wrap):
    backend = wrap(device())
    Rabi(physical_qubit=4, amplitude_points=5).run(backend, shots=10)
    with pytest.raises(DeviceError, match=r"has qubits 0\.\.4; 5 was asked for"):
        Rabi(physical_qubit=5, amplitude_points=5).run(backend, shots=10)


def flipped(*qubits):
    circuit = QuantumCircuit(2, 2)
    if qubits:
        circuit.x(qubits)
    circuit.measure([0, 1], [0, 1])
    return circuit


class Odd(StatevectorSampler):
    """A sampler whose second answer is not what was asked for."""

    def __init__(self, spoil):
        super().__init__(seed=1)
        self.spoil = spoil

    def run(self, pubs, *, shots=None):
        results = list(super().run(pubs, shots=shots).result())
        job = PrimitiveJob(lambda: self.spoil(results))
        job._submit()
        return job


def without_bits(results):
    return [results[0], PubResult(DataBin()), *results[2:]]


def with_other_bits(results):
    two = BitArray.from_counts({"1": 50}, num_bits=3)
    return [results[0], PubResult(DataBin(c=two)), *results[2:]]


def with_numbers(results):
    return [results[0], PubResult(DataBin(c=np.zeros(3))), *results[2:]]


@pytest.mark.parametrize("spoil", [without_bits, with_other_bits, with_numbers])
def test_an_odd_answer_of_a_sampler_is_a_missing_point_and_costs_the_others_nothing(spoil):
    first, second, third = only_counts(Odd(spoil), flipped(0), flipped(), flipped(1))

    assert (first, third) == ({"01": 50}, {"10": 50})
    assert isinstance(second, Failure)
    assert "no counts: the sampler should have read 2 bits into 'c'" in second.reason


@pytest.mark.parametrize("spoil", [lambda results: results[1:], lambda results: [*results, results[0]]])
def test_results_that_cannot_be_told_apart_are_nobodys(spoil):
    with pytest.raises(BackendError, match=r"Odd, job .*: [24] results for 3 circuits"):
        only_counts(Odd(spoil), flipped(0), flipped(), flipped(1))


def test_fewer_shots_than_asked_are_counted_as_what_they_are():
    class Lazy(StatevectorSampler):
        def run(self, pubs, *, shots=None):
            return super().run(pubs, shots=shots // 2)

    dataset = Rabi(amplitude_points=5).run(Lazy(seed=1), shots=100).dataset

    assert dataset.shots.tolist() == [[50] * 5]


def test_a_circuit_that_failed_on_a_device_is_a_missing_point_and_costs_the_others_nothing():
    class Faulty(AerSimulator):
        def run(self, circuits, **options):
            job = super().run(circuits, **options)
            result = job.result()
            result.results[1].data.counts = {}
            result.results[1].success = False
            del result.results[1].data.counts
            return job

    first, second, third = only_counts(Faulty(seed_simulator=1), flipped(0), flipped(), flipped(1))

    assert (first, third) == ({"01": 50}, {"10": 50})
    assert isinstance(second, Failure)
    assert second.reason.startswith("no counts: ")


class Clocked(BackendV2):
    """Three qubits in a row that act at every 16th tick of 0.5 ns; it remembers what it was asked to run."""

    def __init__(self, x_times):
        super().__init__(name="clocked")
        hardly = [QubitProperties(t1=1e3, t2=1e3, frequency=5e9)] * 3  # seconds
        made = Target(
            num_qubits=3, dt=0.5e-9, granularity=16, pulse_alignment=16, acquire_alignment=16, qubit_properties=hardly
        )
        times = {0: 16e-9, 1: 16e-9, 2: 16e-9, **x_times}
        for gate, length in ((XGate(), None), (SXGate(), None), (RZGate(Parameter("a")), 0.0), (Measure(), 800e-9)):
            lengths = {(q,): times[q] if length is None else length for q in range(3)}
            made.add_instruction(gate, {on: InstructionProperties(duration=t, error=0.0) for on, t in lengths.items()})
        made.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(3)})
        pairs = ((0, 1), (1, 0), (1, 2), (2, 1))
        made.add_instruction(CXGate(), {pair: InstructionProperties(duration=160e-9, error=0.0) for pair in pairs})
        self._made = made
        self.asked = []

    @property
    def target(self):
        return self._made

    @property
    def max_circuits(self):
        return None

    @classmethod
    def _default_options(cls):
        return Options()

    def run(self, run_input, **options):
        self.asked = list(run_input)
        return AerSimulator(seed_simulator=1).run(run_input, **options)


def clocked(**x_times):
    """A device; x2=160e-9 makes the x gate of qubit 2 last 160 ns."""
    return Clocked({int(name[1:]): time for name, time in x_times.items()})


def waits(circuit, qubit):
    """The delays on a qubit, in ticks."""
    return [
        i.operation.duration for i in circuit.data if i.name == "delay" and circuit.find_bit(i.qubits[0]).index == qubit
    ]


def test_delays_are_the_nearest_that_the_clock_of_a_device_can_keep_and_the_change_is_told():
    device = clocked()
    result = T1(physical_qubit=1, delay_step=2, calibrate_readout=False).run(device, shots=10)

    asked = T1(delay_step=2).sweep().grid()["delay"]
    kept = sorted(sum(waits(circuit, 1)) for circuit in device.asked)  # circuits run in a random order
    assert all(ticks % 16 == 0 for ticks in kept)
    assert np.abs(np.array(kept) * 0.5 - asked).max() <= 4
    told = result.job_metadata["delays"]
    assert told["step_ns"] == pytest.approx(8)
    assert told["largest_change_ns"] == pytest.approx(np.abs(np.array(kept) * 0.5 - asked).max())
    assert "delays were rounded to the clock of the device, 8 ns, by up to 4 ns" in told["note"]


@pytest.mark.parametrize("wrap", [lambda device: device, lambda device: BackendSamplerV2(backend=device)])
def test_what_t1_fits_is_what_was_waited_when_nobody_says_which_delays(wrap):
    device = clocked()
    experiment = T1(physical_qubit=1, delay_points=8, max_delay=10_003, calibrate_readout=False)
    result = experiment.run(wrap(device), shots=10)

    kept = sorted(sum(waits(circuit, 1)) * 0.5 for circuit in device.asked)  # circuits run in a random order
    assert result.dataset.sweep.grid()["delay"].tolist() == kept
    assert all(delay % 8 == 0 for delay in kept)
    assert len(set(kept)) == 8
    assert "delays" not in result.job_metadata


def test_delays_that_a_device_can_keep_are_kept_and_nothing_is_said():
    device = clocked()
    experiment = T1(physical_qubit=1, delay_points=6, max_delay=4000, delay_step=8)
    result = experiment.run(device, shots=10)

    waited = sorted(sum(waits(circuit, 1)) for circuit in device.asked)
    # The sweep; |1> read at once, and what the decay ends at after three times the longest delay, twice each.
    assert waited == [0, 0, 0, 1600, 3200, 4800, 6400, 8000, 24_000, 24_000]
    assert "delays" not in result.job_metadata


def test_a_delay_in_ticks_of_the_device_is_taken_as_it_is_meant():
    circuit = QuantumCircuit(1, 1)
    circuit.delay(160, 0, unit="dt")
    circuit.measure(0, 0)
    device = clocked()

    only_counts(device, circuit)

    assert [sum(waits(asked, 0)) for asked in device.asked] == [160]


def test_a_qubit_waits_for_a_slower_one_before_its_excitation_not_after_it():
    """Qubit 2 needs 160 ns for its x, qubit 0 only 16: nothing may be added to the delay of 400 ns that is measured."""
    circuit = QuantumCircuit(2, 2)
    circuit.x([0, 1])
    circuit.delay(400, [0, 1], unit="ns")
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    device = clocked(x2=160e-9)

    only_counts(device, circuit, qubits=(0, 2))

    (asked,) = device.asked
    on_0 = [i.operation.duration if i.name == "delay" else i.name for i in asked.data
            if i.name in ("x", "delay") and asked.find_bit(i.qubits[0]).index == 0]  # fmt: skip
    assert on_0 == [288, "x", 800]
    assert waits(asked, 2) == [800]


HOLDERS = {
    "qiskit": lambda device: BackendSamplerV2(backend=device),
    "aer": lambda device: AerSampler.from_backend(AerSimulator.from_backend(device)),
}


class Method(BaseSamplerV2):
    """A sampler that names its device as those of IBM do."""

    def __init__(self, device):
        self.inner = BackendSamplerV2(backend=device)

    def backend(self):
        return self.inner.backend

    def run(self, pubs, *, shots=None):
        return self.inner.run(pubs, shots=shots)


@pytest.mark.parametrize("wrap", [*HOLDERS.values(), Method], ids=[*HOLDERS, "ibm"])
def test_a_sampler_that_holds_a_device_is_given_its_gates_its_qubits_and_its_clock(wrap, monkeypatch):
    sampler = wrap(clocked())
    given = []
    inner = sampler.inner if isinstance(sampler, Method) else sampler
    run = type(inner).run
    monkeypatch.setattr(
        type(inner), "run", lambda self, pubs, **options: given.extend(pubs) or run(self, pubs, **options)
    )
    circuit = QuantumCircuit(1, 1)
    circuit.rx(np.pi, 0)
    circuit.delay(401, 0, unit="ns")
    circuit.measure(0, 0)

    assert only_counts(sampler, circuit, qubits=(2,)) == [{"1": 50}]

    (asked,) = given
    assert set(asked.count_ops()) <= {"sx", "rz", "delay", "measure"}
    assert waits(asked, 2) == [800]


def test_a_circuit_that_fails_in_a_sampler_is_a_missing_point_and_the_others_keep_their_counts():
    class Picky(StatevectorSampler):
        def run(self, pubs, *, shots=None):
            def work():
                if any("y" in pub.count_ops() for pub in pubs):
                    raise RuntimeError("no y here")
                return StatevectorSampler.run(self, pubs, shots=shots).result()

            job = PrimitiveJob(work)
            job._submit()
            return job

    bad = QuantumCircuit(2, 2)
    bad.y(0)
    bad.measure([0, 1], [0, 1])
    first, second, third = only_counts(Picky(seed=1), flipped(0), bad, flipped(1))

    assert (first, third) == ({"01": 50}, {"10": 50})
    assert isinstance(second, Failure)
    assert "Picky, 'batch', circuit 1: RuntimeError: no y here" in second.reason


def test_a_job_that_failed_somewhere_else_is_not_paid_for_again():
    class Remote(StatevectorSampler):
        asked = 0

        def run(self, pubs, *, shots=None):
            self.asked += 1

            class Job(BasePrimitiveJob):
                def result(self):
                    raise RuntimeError("out of order")

                status = cancel = done = running = cancelled = in_final_state = None

            return Job("id-7")

    sampler = Remote(seed=1)
    with pytest.raises(BackendError, match="Remote, 'batch', job id-7: RuntimeError: out of order"):
        only_counts(sampler, flipped(0), flipped(1))
    assert sampler.asked == 1


def test_what_a_device_raises_is_our_error_and_names_the_device():
    class Broken(GenericBackendV2):
        def run(self, run_input, **options):
            raise LookupError("the moon is full")

    with pytest.raises(BackendError, match="'rabi': LookupError: the moon is full"):
        Rabi(amplitude_points=5).run(Broken(2, seed=1), shots=10)


def test_qubits_that_are_not_coupled_are_refused_instead_of_swapped():
    circuit = QuantumCircuit(2, 2)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])

    with pytest.raises(
        DeviceError, match=r"circuit 0 of 'batch' cannot be written .* on qubits 0, 2 .*couples 0-1, 1-2"
    ):
        only_counts(clocked(), circuit, qubits=(0, 2))


def test_a_gate_of_ones_own_named_as_one_of_a_device_is_what_it_is_made_of():
    inner = QuantumCircuit(1, name="x")
    inner.rz(1, 0)
    circuit = QuantumCircuit(1, 1)
    circuit.append(inner.to_gate(), [0])
    circuit.measure(0, 0)

    assert only_counts(clocked(), circuit) == [{"0": 50}]


def test_the_clock_of_a_device_fits_its_pulses_and_its_readout():
    target = Target(num_qubits=1, dt=1e-9, granularity=4, pulse_alignment=6, acquire_alignment=16)

    assert Clock.of(target).step == pytest.approx(48)
    assert Clock.of(Target(num_qubits=1)) is None


def test_the_largest_change_of_any_delay_is_told():
    circuits = []
    for length in (400, 403, 401, 400):
        circuit = QuantumCircuit(1, 1)
        circuit.delay(length, 0, unit="ns")
        circuit.measure(0, 0)
        circuits.append(circuit)

    job = as_backend(clocked()).submit(Batch(tuple(circuits), 5, (0,)))

    assert job.metadata["delays"]["largest_change_ns"] == pytest.approx(3)
