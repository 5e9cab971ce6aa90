"""Echo sequences: when their pulses come, and what they undo."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import Statevector

from oqtopus_experiments import ParameterError
from oqtopus_experiments.experiments import T2Echo
from oqtopus_experiments_t2echo._pulses import axes

EVERY = [("hahn", 1), ("cpmg", 1), ("cpmg", 2), ("cpmg", 5), ("xy4", 4), ("xy4", 8)]


def waits(circuit):
    """Times between the pulses, ns; a pulse directly after another is a wait of 0."""
    found, waited = [], 0.0
    for gate in circuit.data[1:]:
        if gate.operation.name == "delay":
            waited += gate.operation.duration
        elif gate.operation.name in ("x", "sx"):
            found.append(waited)
            waited = 0.0
    return found


def with_detuning(circuit, turns_per_ns):
    """Return the circuit, each wait a rotation about z, without its measurement."""
    turned = QuantumCircuit(1)
    for gate in circuit.data:
        if gate.operation.name == "delay":
            turned.rz(2 * np.pi * turns_per_ns * gate.operation.duration, 0)
        elif gate.operation.name not in ("measure", "barrier"):
            turned.append(gate.operation, [0])
    return turned


def delays(**parameters):
    return T2Echo(**parameters).sweep().axes[1].values


@pytest.mark.parametrize(("sequence", "pulses"), EVERY)
@pytest.mark.parametrize("ending", ["ground", "excited"])
def test_a_qubit_that_has_lost_nothing_ends_where_it_is_said_to_whatever_its_frequency(sequence, pulses, ending):
    circuit = T2Echo(sequence=sequence, num_echoes=pulses).circuit(ending, 9600.0)
    for detuning in (0.0, 3.1e-5, -2.2e-4):
        one = Statevector(with_detuning(circuit, detuning)).probabilities()[1]
        assert one == pytest.approx(float(ending == "excited"), abs=1e-9)


@pytest.mark.parametrize(("sequence", "pulses"), EVERY)
def test_the_delay_is_the_free_evolution_in_all_with_half_a_part_at_both_ends(sequence, pulses):
    found = np.array(waits(T2Echo(sequence=sequence, num_echoes=pulses).circuit("ground", 12_000.0)))
    assert found.sum() == pytest.approx(12_000.0)
    assert found / found[0] == pytest.approx([1.0, *[2.0] * (pulses - 1), 1.0])


@pytest.mark.parametrize(("sequence", "pulses"), EVERY)
def test_every_delay_has_the_same_pulses_and_no_compiler_makes_fewer_of_them(sequence, pulses):
    for delay in (0.0, 9600.0):
        circuit = T2Echo(sequence=sequence, num_echoes=pulses).circuit("excited", delay)
        made = transpile(circuit, basis_gates=["sx", "x", "rz", "delay"], optimization_level=3).count_ops()
        assert (made["x"], made["sx"]) == (pulses, 2)


def test_pulses_about_y_and_of_xy4_make_good_what_pulses_about_x_alone_add_up():
    """Pulses 3 % too strong: cpmg and xy4 end within a hundredth of where they should, not a sixth off."""

    def lost(about):
        turned = Statevector.from_label("0")
        for axis in f"h{about}h":
            gate = QuantumCircuit(1)
            angle = 1.03 * np.pi / (2 if axis == "h" else 1)
            gate.ry(angle, 0) if axis == "y" else gate.rx(angle, 0)
            turned = turned.evolve(gate)
        one = turned.probabilities()[1]
        return min(one, 1 - one)

    assert lost(axes("cpmg", 8)) < 0.01
    assert lost(axes("xy4", 8)) < 0.01
    assert lost("x" * 8) > 0.15


@pytest.mark.parametrize("step", [2.0, 16.0, 7.0])
@pytest.mark.parametrize(("sequence", "pulses"), EVERY)
def test_every_pulse_comes_at_a_tick_of_the_clock(step, sequence, pulses):
    experiment = T2Echo(sequence=sequence, num_echoes=pulses).on_clock(step)
    for point in experiment.sweep().points():
        ticks = np.array(waits(experiment.circuit(**point))) / step
        assert ticks == pytest.approx(np.round(ticks), abs=1e-9)


def test_delays_that_fall_together_on_the_clock_are_one_and_it_is_said():
    experiment = T2Echo(sequence="cpmg", num_echoes=64, max_delay=8192.0).on_clock(16.0)
    assert delays(sequence="cpmg", num_echoes=64, max_delay=8192.0, delay_step=16.0).tolist() == [
        0, 2048, 4096, 6144, 8192,
    ]  # fmt: skip
    (note,) = experiment.notes()
    assert "5 of 20 delays are left" in note
    assert not T2Echo().on_clock(16.0).notes()


def test_no_delay_is_longer_than_asked_for_and_a_step_of_the_users_own_is_kept():
    assert delays(max_delay=999.0, delay_step=100.0).max() == 800.0
    assert delays(max_delay=999.0, delay_step=0.0).max() == 999.0
    assert T2Echo(delay_step=10.0).on_clock(16.0).delay_step == 10.0
    assert T2Echo().on_clock(0.0).delay_step == 2.0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"num_echoes": 8}, "1 for a Hahn echo, not 8: set sequence"),
        ({"sequence": "xy4", "num_echoes": 6}, "a multiple of 4 for xy4, not 6"),
        ({"sequence": "xy8"}, "'sequence' must be in"),
        ({"sequence": "cpmg", "num_echoes": 0}, ">= 1"),
    ],
)
def test_a_number_of_pulses_that_a_sequence_does_not_have_is_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        T2Echo(**wrong)


def test_a_sequence_begins_with_its_fewest_pulses():
    assert [T2Echo(sequence=one).num_echoes for one in ("hahn", "cpmg", "xy4")] == [1, 1, 4]
