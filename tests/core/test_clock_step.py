"""An experiment that waits takes the delays that the device can keep, and says so in its folder."""

from __future__ import annotations

from types import SimpleNamespace
from typing import ClassVar

import attrs
import pytest
from attrs import frozen

from oqtopus_experiments import BackendError, PluginFault, parameter, run


@pytest.fixture
def made(fakes):
    @frozen(kw_only=True)
    class Clocked(fakes.Toy):
        name: ClassVar[str] = "clocked"
        step: object = parameter(3.5, help="what its delays are multiples of")

        def clock_step(self):
            if self.step is None:
                message = "the device sleeps; wake it"
                raise BackendError(message)
            return self.step

    @frozen(kw_only=True)
    class Following(fakes.Ramp):
        name: ClassVar[str] = "following"

        def on_clock(self, step):
            return attrs.evolve(self, wait=step or self.wait)

    @frozen(kw_only=True)
    class Lost(fakes.Ramp):
        name: ClassVar[str] = "lost"

        def on_clock(self, step):
            return None

    return SimpleNamespace(Clocked=Clocked, Following=Following, Lost=Lost, Ramp=fakes.Ramp, Toy=fakes.Toy)


def test_an_experiment_that_follows_is_run_and_kept_as_the_device_wants_it(made, tmp_path):
    result = made.Following().run(made.Clocked(), runs=tmp_path)

    assert result.experiment.wait == 3.5
    (folder,) = tmp_path.iterdir()
    assert '"wait": 3.5' in (folder / "run.json").read_text()


def test_a_run_file_is_run_as_the_device_wants_it(made, fakes, monkeypatch, tmp_path):
    monkeypatch.setattr(fakes.Ramp, "on_clock", lambda self, step: attrs.evolve(self, wait=step))
    monkeypatch.setattr(fakes.Toy, "clock_step", lambda _: 7.5)
    file = tmp_path / "run.toml"
    file.write_text('backend = "toy"\n[[experiments]]\nuse = "ramp"\n')

    finished = run(file, runs=tmp_path / "runs")

    assert finished["ramp"].experiment.wait == 7.5
    assert '"wait": 7.5' in (finished.path / "run.json").read_text()


def test_other_experiments_and_devices_without_a_clock_change_nothing(made):
    assert made.Ramp().run(made.Clocked()).experiment == made.Ramp()
    assert made.Following().run(made.Toy()).experiment == made.Following()


@pytest.mark.parametrize("step", [-1, float("nan"), True, "2 ns"])
def test_a_step_that_is_no_length_is_the_fault_of_the_backends_author(made, step):
    with pytest.raises(PluginFault, match=r"Clocked\.clock_step failed.*must return a number of ns"):
        made.Ramp().run(made.Clocked(step=step))


def test_a_device_that_cannot_be_asked_is_not_the_fault_of_its_author(made):
    with pytest.raises(BackendError, match="the device sleeps; wake it"):
        made.Ramp().run(made.Clocked(step=None))


def test_an_experiment_that_gets_lost_on_the_way_is_the_fault_of_its_author(made):
    with pytest.raises(PluginFault, match=r"Lost\.on_clock must return a Lost, not None, for a step of 3\.5 ns"):
        made.Lost().run(made.Clocked())
