"""What is asked about windows before a run is found out quickly, however many qubits there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs

from oqtopus_experiments import DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.execution._second_look import questions
from oqtopus_experiments.runfile._reading import load
from oqtopus_experiments_aer import NoisyBackend

FILE = """
backend = "noisy"
[[experiments]]
use = "t1"
physical_qubits = "0-19"
delay_points = 6
max_delay = "10 us"
"""


@attrs.frozen(kw_only=True)
class Counting(NoisyBackend):
    """A simulator that notes what it is asked."""

    asked: ClassVar[list[tuple[int, ...]]] = []

    def qubit_calibration(self, physical_qubits: Sequence[int]) -> Sequence[QubitInfo]:
        self.asked.append(tuple(physical_qubits))
        return super().qubit_calibration(physical_qubits)


def config(tmp_path, **options):
    path = tmp_path / "run.toml"
    path.write_text(FILE)
    return attrs.evolve(load(path), backend=Counting(**options))


def test_all_qubits_are_asked_for_at_once(tmp_path):
    Counting.asked.clear()

    assert questions(config(tmp_path), None) == ()
    assert Counting.asked == [tuple(range(20))]


def test_one_qubit_of_many_is_asked_about_by_its_own_time(tmp_path):
    (asked,) = questions(config(tmp_path, qubits={17: {"t1": 2_000_000.0, "t2": 1_000_000.0}}), None)

    assert "qubit 17" in asked
    assert "2 ms" in asked


def test_what_a_simulator_knows_of_its_noise_goes_before_what_a_device_was_measured_to_have(tmp_path):
    measured = tuple(QubitInfo(index=qubit, t1=2_000_000.0, t2=1_000_000.0) for qubit in range(20))
    device = DeviceInfo(summary=DeviceSummary(name="far", kind="QPU", status="available"), qubits=measured)

    assert questions(config(tmp_path), device) == ()
