"""Every method of simulation gives the same device: exactly where both are exact, by chi-square where one draws."""

from __future__ import annotations

import time

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.library import CXGate, RZZGate, iSwapGate
from qiskit.quantum_info import Kraus, SuperOp
from scipy.special import chdtrc

from oqtopus_experiments import Batch, DeviceError, ParameterError, UnsupportedOperationError
from oqtopus_experiments_aer import NoisyBackend, _solver as solver, _trajectories as trajectories
from oqtopus_experiments_aer._contraction import chain

UNEQUAL = {
    0: {"t1": 4_000.0, "readout_error_0": 0.1},
    2: {"t1": 9_000.0, "t2": 3_000.0, "single_qubit_error": 0.02, "drive_scale": 0.9},
    3: {"readout_error_1": 0.2, "single_qubit_gate_time": 90.0},
}
EXACT = 1e-9
"""How far probabilities of the two exact methods may differ; each bond leaves out 1e-12 of a state."""


def backend(method, **changes):
    return NoisyBackend(**{"method": method, "qubits": UNEQUAL, "two_qubit_error": 0.03, "seed": 1, **changes})


def scrambled(width, gates, rng, *, dynamic=False):
    """Random gates on random qubits, near and far, with delays; read into bits in any order, or not at all."""
    bits = int(rng.integers(1, width + 1)) if width > 1 else 1
    circuit = QuantumCircuit(QuantumRegister(width), ClassicalRegister(bits))
    for _ in range(gates):
        qubits = [int(qubit) for qubit in rng.permutation(width)]
        kind = rng.integers(9 if dynamic else 6)
        if kind == 0:
            circuit.delay(float(rng.uniform(10, 900)), qubits[0], unit="ns")
        elif kind < 3 or width == 1:
            circuit.u(*rng.uniform(0, 6, 3), qubits[0])
        elif kind < 6:
            circuit.append((CXGate(), RZZGate(0.8), iSwapGate())[kind - 3], qubits[:2])
        elif kind == 6:
            circuit.reset(qubits[0])
        else:
            circuit.measure(qubits[0], int(rng.integers(bits)))
    for bit, qubit in enumerate(rng.permutation(width)[:bits]):
        circuit.measure(int(qubit), bit)
    return circuit


def ghz(width):
    circuit = QuantumCircuit(width, width)
    circuit.h(0)
    for qubit in range(width - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(width), range(width))
    return circuit


def run(device, circuit, shots=1000):
    """Return counts and what the job says of its simulation."""
    job = device.submit(Batch((circuit,), shots, tuple(range(circuit.num_qubits))))
    return next(job.outcomes()).result, job.metadata["simulation"]


def chi_square(counts, probabilities):
    """Return the squared deviation of counts and its degrees of freedom; outcomes that hardly come count as one."""
    observed = np.zeros(len(probabilities))
    for key, count in counts.items():
        observed[int(key, 2)] = count
    expected = probabilities * counts.shots
    rare = expected < 5
    if rare.any():
        observed = np.append(observed[~rare], observed[rare].sum())
        expected = np.append(expected[~rare], expected[rare].sum())
    used = expected > 1e-6
    assert observed[~used].sum() == 0
    return float(((observed - expected)[used] ** 2 / expected[used]).sum()), int(used.sum()) - 1


@pytest.mark.parametrize("seed", range(20))
def test_matrix_products_and_density_matrices_give_the_same_probabilities(seed):
    rng = np.random.default_rng(seed)
    circuit = scrambled(int(rng.integers(1, 7)), int(rng.integers(1, 25)), rng)
    found = backend("matrix_product_state").probabilities(circuit)
    assert found == pytest.approx(backend("density_matrix").probabilities(circuit), abs=EXACT)
    assert found.sum() == pytest.approx(1, abs=EXACT)


@pytest.mark.parametrize("method", ["trajectories", "matrix_product_state"])
def test_shots_follow_the_exact_probabilities(method):
    """Chi-square over 40 random circuits together: one right method in ten thousand would be refused."""
    total, degrees_of_freedom = 0.0, 0
    for seed in range(40):
        rng = np.random.default_rng(100 + seed)
        circuit = scrambled(int(rng.integers(1, 5)), int(rng.integers(1, 14)), rng)
        exact = backend("density_matrix").probabilities(circuit)
        squared, free = chi_square(run(backend(method, seed=seed), circuit, 4000)[0], exact)
        total, degrees_of_freedom = total + squared, degrees_of_freedom + free
    assert degrees_of_freedom > 60
    assert 1e-4 < chdtrc(degrees_of_freedom, total) < 1 - 1e-4


@pytest.mark.parametrize("method", ["trajectories", "matrix_product_state"])
def test_equal_parts_of_a_circuit_have_shots_of_their_own(method):
    """Four coins, tossed side by side: that all show the same number of heads has a chance of one in ten thousand."""
    circuit = QuantumCircuit(4, 4)
    circuit.h(range(4))
    circuit.measure(range(4), range(4))
    counts, _ = run(NoisyBackend(method=method, readout_error_0=0, readout_error_1=0, seed=2), circuit, 1000)
    heads = counts.occurrences @ counts.bits
    assert len(set(heads.tolist())) > 1


def test_measurements_on_the_way_are_followed_exactly_by_a_matrix_product():
    """A bit that is written twice, qubits that go on after they were read, resets: as shot by shot."""
    total, degrees_of_freedom = 0.0, 0
    for seed in range(25):
        rng = np.random.default_rng(200 + seed)
        circuit = scrambled(int(rng.integers(1, 4)), int(rng.integers(4, 12)), rng, dynamic=True)
        one, other = (
            run(backend(method, seed=seed), circuit, 4000)[0] for method in ("trajectories", "matrix_product_state")
        )
        counts = np.array([[one.get(key, 0), other.get(key, 0)] for key in {*one, *other}])
        common = counts[counts.sum(axis=1) >= 10]
        squared = (common[:, 0] - common[:, 1]) ** 2 / common.sum(axis=1)
        total, degrees_of_freedom = total + float(squared.sum()), degrees_of_freedom + len(common) - 1
    assert degrees_of_freedom > 40
    assert 1e-4 < chdtrc(degrees_of_freedom, total) < 1 - 1e-4


def test_a_ghz_state_of_twenty_qubits_runs_and_says_how():
    counts, simulation = run(NoisyBackend(seed=3), ghz(20))
    assert counts.shots == 1000
    assert counts["0" * 20] + counts["1" * 20] > 300
    (stated,) = simulation
    assert (stated["method"], stated["circuits"], stated["largest_part"]) == ("matrix_product_state", "0", 20)
    assert stated["bond_dimension"] == 4
    assert stated["discarded"] <= stated["truncation"] == 1e-12


def test_all_probabilities_of_fourteen_qubits_are_at_hand():
    found = NoisyBackend().probabilities(ghz(14))
    assert found.sum() == pytest.approx(1, abs=EXACT)
    assert found.min() > -EXACT
    counts, _ = run(NoisyBackend(seed=12), ghz(14), 20_000)
    for key in ("0" * 14, "1" * 14, "0" * 13 + "1"):
        chance = found[int(key, 2)]
        assert counts.get(key, 0) / 20_000 == pytest.approx(chance, abs=4 * np.sqrt(chance / 20_000))


def test_wide_ghz_states_misread_and_relax_as_narrow_ones_do():
    """With readout errors alone the chance of all zeros is known; with relaxation every qubit decays on its own."""
    calm = {"t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0}
    counts, _ = run(NoisyBackend(seed=4, **calm), ghz(20), 20_000)
    for key, expected in (("0" * 20, (0.98**20 + 0.03**20) / 2), ("1" * 20, (0.97**20 + 0.02**20) / 2)):
        assert counts[key] / 20_000 == pytest.approx(expected, abs=4 * np.sqrt(expected / 20_000))

    waiting = ghz(20)
    waiting.remove_final_measurements(inplace=True)
    waiting.add_register(ClassicalRegister(20))
    waiting.barrier()
    waiting.delay(5000, range(20), unit="ns")
    waiting.measure(range(20), range(20))
    quiet = {"readout_error_0": 0.0, "readout_error_1": 0.0, "single_qubit_error": 0.0, "two_qubit_error": 0.0,
             "single_qubit_gate_time": 0.0, "two_qubit_gate_time": 0.0, "t1": 40_000.0}  # fmt: skip
    counts, _ = run(NoisyBackend(seed=5, **quiet), waiting, 20_000)
    survive = np.exp(-20 * 5000 / 40_000) / 2
    assert counts["1" * 20] / 20_000 == pytest.approx(survive, abs=4 * np.sqrt(survive / 20_000))
    ones = counts.occurrences @ counts.bits / 20_000
    assert np.abs(ones - np.exp(-1 / 8) / 2).max() < 4.5 * np.sqrt(0.25 / 20_000)


def test_couplings_of_a_device_err_in_a_wide_state_each_as_measured():
    """A single bad gate in a chain of fifteen halves the agreement of the qubits on its two sides, and no other."""
    from oqtopus_experiments import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo

    quiet = {
        "t1": 1e12,
        "t2": 1e12,
        "gate_error": 0.0,
        "gate_time": 1.0,
        "readout_error_0": 0.0,
        "readout_error_1": 0.0,
    }
    chip = DeviceInfo(
        summary=DeviceSummary(name="chip", kind="QPU", status="available", num_qubits=15),
        qubits=tuple(QubitInfo(index=i, **quiet) for i in range(15)),
        couplings=tuple(
            CouplingInfo(control=i, target=i + 1, error=0.3 if i == 7 else 0.0, gate_time=1.0) for i in range(14)
        ),
    )
    counts, _ = run(NoisyBackend(like=chip, seed=6), ghz(15), 4000)
    agree = [(counts.occurrences @ (counts.bits[:, i] == counts.bits[:, i + 1])) / 4000 for i in range(14)]
    # An average infidelity of 0.3 is depolarizing by 0.4, after which half of the pairs disagree.
    assert agree[7] == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / 4000))
    assert min(agree[:6] + agree[9:]) > 0.999


def test_the_time_of_a_ghz_state_grows_about_as_its_size():
    def seconds(width):
        circuit, times = ghz(width), []
        for _ in range(5):
            begin = time.perf_counter()
            run(NoisyBackend(seed=1), circuit)
            times.append(time.perf_counter() - begin)
        return min(times)

    seconds(20)
    assert seconds(80) < 16 * seconds(20)


def test_what_is_too_entangled_for_a_chain_is_run_shot_by_shot():
    rng = np.random.default_rng(7)
    counts, simulation = run(NoisyBackend(seed=7), scrambled(13, 150, rng), 8)
    assert counts.shots == 8
    assert [stated["method"] for stated in simulation] == ["trajectories"]


def test_what_cannot_run_is_refused_with_what_could():
    rng = np.random.default_rng(8)
    with pytest.raises(DeviceError, match=r"24 entangled qubits are too many .* \(at most 22\).*bonds of 128"):
        run(NoisyBackend(), scrambled(24, 400, rng), 10)
    with pytest.raises(DeviceError, match=r"ask for at most \d+ shots, or for fewer"):
        run(backend("trajectories"), ghz(20), 10**6)
    with pytest.raises(DeviceError, match="20 entangled qubits is beyond a density matrix of 12"):
        run(backend("density_matrix"), ghz(20))
    flagged = QuantumCircuit(1, 1)
    flagged.measure(0, 0)
    flagged.x(0)
    with pytest.raises(UnsupportedOperationError, match="method = 'automatic' runs the circuit shot by shot"):
        run(backend("density_matrix"), flagged)
    with pytest.raises(UnsupportedOperationError, match="only shot by shot"):
        backend("trajectories").probabilities(ghz(2))
    with pytest.raises(DeviceError, match=r"all 2\^25 outcomes are too many"):
        NoisyBackend().probabilities(ghz(25))
    with pytest.raises(ParameterError, match="method"):
        NoisyBackend(method="guess")


def test_much_work_is_announced(monkeypatch, caplog):
    monkeypatch.setattr(trajectories, "WORTH_SAYING", 1e3)
    run(backend("trajectories"), ghz(3), 20)
    assert "20 shots of 1 circuit parts of up to 3 entangled qubits, one by one, take about 1 minutes" in caplog.text


def test_a_barrier_over_all_qubits_joins_no_parts():
    """Thirty pairs, far too wide together for any method, stay thirty pairs."""
    circuit = QuantumCircuit(60, 60)
    for pair in range(0, 60, 2):
        circuit.h(pair)
        circuit.cx(pair, pair + 1)
        circuit.delay(10 * pair, pair, unit="ns")
    circuit.barrier()
    circuit.measure(range(60), range(60))
    counts, simulation = run(NoisyBackend(seed=9), circuit, 500)
    assert counts.width == 60
    assert simulation == [{"method": "density_matrix", "circuits": "0", "largest_part": 2}]


def test_parts_of_one_circuit_may_be_simulated_by_different_methods():
    """A wide state beside single qubits, and the circuits of a batch apart from each other."""
    circuit = QuantumCircuit(18, 18)
    circuit.compose(ghz(14), range(2, 16), range(2, 16), inplace=True)
    circuit.x(0)
    circuit.x(17)
    circuit.measure(0, 17)
    circuit.measure(17, 0)
    lone = QuantumCircuit(18, 18)
    lone.x(3)
    lone.measure(3, 3)
    job = NoisyBackend(seed=10).submit(Batch((lone, circuit, lone), 2000, tuple(range(18))))
    _, counts, _ = (outcome.result for outcome in job.outcomes())
    ones = counts.occurrences @ counts.bits / 2000
    assert min(ones[[0, 17]]) > 0.95
    assert ones[[1, 16]].max() == 0
    assert np.abs(ones[2:16] - 0.5).max() < 0.1
    assert [(stated["method"], stated["circuits"]) for stated in job.metadata["simulation"]] == [
        ("density_matrix", "0-2"),
        ("matrix_product_state", "1"),
    ]


def test_a_wide_circuit_may_measure_and_reset_on_its_way():
    """Fifteen entangled qubits, one of which is read, reset and entangled again."""
    circuit = QuantumCircuit(15, 16)
    circuit.compose(ghz(15).remove_final_measurements(inplace=False), range(15), inplace=True)
    circuit.measure(4, 15)
    circuit.reset(4)
    circuit.cx(5, 4)
    circuit.measure(range(15), range(15))
    quiet = {"t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0,
             "readout_error_0": 0.0, "readout_error_1": 0.0}  # fmt: skip
    counts, (stated,) = run(NoisyBackend(seed=11, **quiet), circuit, 1000)
    assert set(counts) == {"0" * 16, "1" * 16}
    assert stated["method"] == "matrix_product_state"


@pytest.mark.parametrize("method", ["density_matrix", "matrix_product_state", "trajectories"])
def test_one_seed_one_result_whatever_the_method(method):
    circuit = ghz(4)
    assert run(backend(method, seed=5), circuit)[0] == run(backend(method, seed=5), circuit)[0]
    assert run(backend(method, seed=5), circuit)[0] != run(backend(method, seed=6), circuit)[0]


def test_many_shots_are_drawn_in_blocks_and_all_are_there():
    counts, _ = run(backend("matrix_product_state"), ghz(9), 50_001)
    assert counts.shots == 50_001
    assert len(counts) == len(counts.occurrences)


def test_alternatives_of_a_channel_are_the_channel():
    from oqtopus_experiments_aer._channels import depolarizing, kraus, relaxation

    for superoperator in (relaxation(700.0, 4000.0, 5000.0), relaxation(90.0, None, 800.0), depolarizing(0.1, 2)):
        operators = kraus(superoperator.astype(complex))
        assert np.allclose(SuperOp(Kraus(operators)).data, superoperator, atol=1e-12)
        weights = [float(np.trace(k.conj().T @ k).real) for k in operators]
        assert weights[0] > 0.8 * sum(weights)


def test_chains_that_nobody_needs_again_are_not_kept(monkeypatch):
    """Counts are the same whether an equal part finds its chain or has it made again."""
    circuits = [ghz(9), ghz(10), ghz(9), ghz(10)]

    def counts():
        job = backend("matrix_product_state").submit(Batch(tuple(circuits), 300, tuple(range(10))))
        return [outcome.result for outcome in job.outcomes()]

    made = []
    monkeypatch.setattr(solver, "chain", lambda part, bond: made.append(part.num_qubits) or chain(part, bond))
    kept = counts()
    assert made == [9, 10]
    monkeypatch.setattr(solver, "MAX_KEPT", 1)
    assert counts() == kept
    assert made == [9, 10, 9, 10, 9, 10]
