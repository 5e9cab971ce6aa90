"""Numbers with a unit stand in a record as they were written, as long as that is true."""

import pytest
from attrs import field, frozen

from oqtopus_experiments import Axis, Experiment, Sweep, parameter
from oqtopus_experiments.execution._written_values import written_values


@frozen(kw_only=True)
class Waiting(Experiment):
    """Waits."""

    name = "test-waiting"
    wait: float = parameter(1000.0, unit="ns")
    tune: float | None = parameter(None, unit="Hz")
    delays: tuple[float, ...] = parameter((), unit="ns")
    points: int = parameter(3)

    def sweep(self):
        return Sweep(Axis("wait", [0.0, self.wait]))

    def circuit(self, wait):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("wait", "given", "told"),
    [
        (100_000.0, "100 us", "100 us"),
        (100_000.0, "0.1 ms", "0.1 ms"),
        (100_000.0, "100000", "100000"),
        (99_998.0, "100 us", "99.998 us"),  # a device rounded it to its clock
        (100_000.0, "a lot", "100 us"),
        (100_000.0, None, "100 us"),
        (0.0, None, "0 ns"),
    ],
)
def test_a_number_is_told_as_it_was_written_where_that_is_still_true(wait, given, told):
    written = {} if given is None else {"wait": given}

    assert written_values(Waiting(wait=wait), written) == {"wait": told}


def test_a_list_is_told_in_one_unit_and_what_is_not_given_is_not_told():
    assert written_values(Waiting(delays=(500.0, 20_000.0)))["delays"] == "0.5, 20 us"
    assert set(written_values(Waiting())) == {"wait"}


@frozen
class Part:
    """What belongs to one qubit."""

    t1: float | None = parameter(None, unit="ns")
    share: float = 0.5


@frozen(kw_only=True)
class Device:
    """A device of which each qubit has a part."""

    t1: float = parameter(30_000.0, unit="ns")
    qubits: dict[int, Part] = field(factory=dict)
    rest: Part = Part(t1=1e6)


def test_the_numbers_of_each_qubit_are_told_with_their_units_too():
    told = written_values(Device(qubits={0: Part(t1=9e6), 3: Part()}))

    assert told == {"t1": "30 us", "qubits.0.t1": "9 ms", "rest.t1": "1 ms"}
