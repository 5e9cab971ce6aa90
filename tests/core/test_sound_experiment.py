"""An experiment is held sound once: another that is equal is not asked again, and one that differs is."""

from __future__ import annotations

import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, PluginFault, Sweep, parameter
from oqtopus_experiments.execution._sound_experiment import check_experiment

asked: list[float] = []


def constant(delay, size):
    return size + 0 * delay


def start(_, signal):
    return {"size": float(signal.mean())}


@frozen(kw_only=True)
class Asked(Experiment):
    """Counts how often its model is asked for."""

    name = "asked"
    longest: float = parameter(100.0)
    chosen: list[int] | None = parameter(None)

    def sweep(self):
        return Sweep(Axis("delay", [0.0, self.longest]))

    def circuit(self, delay):
        raise NotImplementedError

    def fit_model(self):
        asked.append(self.longest)
        return FitModel(constant, start)


@pytest.fixture(autouse=True)
def _nothing_was_asked():
    asked.clear()


def test_what_equals_an_experiment_that_was_sound_is_not_asked_again():
    for longest in (701.0, 702.0, 701.0, 702.0):
        check_experiment(Asked(longest=longest))
    assert asked == [701.0, 702.0]


def test_what_cannot_be_compared_is_asked_every_time():
    for _ in range(2):
        check_experiment(Asked(longest=703.0, chosen=[1]))
    assert asked == [703.0, 703.0]


def test_a_mistake_is_told_every_time():
    class Mistaken(Asked):
        def circuit(self, delays):
            raise NotImplementedError

    for _ in range(2):
        with pytest.raises(PluginFault, match="takes 'delays'"):
            check_experiment(Mistaken(longest=704.0))


def test_a_method_that_was_put_in_place_of_another_is_asked(monkeypatch):
    def circuit(self, length):
        raise NotImplementedError

    check_experiment(Asked(longest=705.0))
    monkeypatch.setattr(Asked, "circuit", circuit)

    with pytest.raises(PluginFault, match="takes 'length'"):
        check_experiment(Asked(longest=705.0))
