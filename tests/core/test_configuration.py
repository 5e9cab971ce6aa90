"""What rebuilds a backend is core's business; what else a backend tells of itself is its own, and harms nothing."""

from __future__ import annotations

import json

import pytest
from attrs import frozen

from oqtopus_experiments import Backend, Counts, FinishedJob, Outcome, ge, parameter, run
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume


@frozen(kw_only=True)
class Talkative(Backend):
    """Tells much of itself, some of it named like what core keeps."""

    name = "talkative"
    level: float = parameter(0.25, ge(0), help="probability of 1")
    key: str | None = parameter(None, secret=True, help="opens it")

    def submit(self, batch):
        ones = round(batch.shots * self.level)
        counts = Counts.from_dict({"1": ones, "0": batch.shots - ones}, 1)
        return FinishedJob("talk-1", [Outcome(i, counts) for i in range(len(batch.circuits))])

    def provenance(self):
        return {"use": "another", "options": {"level": 0.9, "serial": 7}, "temperature": "15 mK"}


@pytest.fixture
def talkative(fakes, monkeypatch):
    from oqtopus_experiments.plugins import _registry as plugins

    monkeypatch.setattr(fakes, "register_backends", fakes.hookimpl(lambda: [fakes.Toy, Talkative]))
    registry = plugins.PluginRegistry(found=[])
    registry.register(fakes, "toy-distribution")
    monkeypatch.setattr(plugins, "_current", registry)


@pytest.mark.usefixtures("talkative")
def test_a_run_is_resumed_from_the_configuration_whatever_the_provenance_says(fakes, tmp_path):
    handle = fakes.Ramp(points=3).submit(Talkative(level=0.5, key="sesame"), shots=100, runs=tmp_path)

    config, folder = reopen(handle.folder)
    (again,) = submit_or_resume(config, folder)

    assert config.backend == Talkative(level=0.5)
    assert again.result().dataset.mean.tolist() == [[0.5, 0.5, 0.5]]


@pytest.mark.usefixtures("talkative")
def test_a_run_folder_keeps_what_a_backend_tells_of_itself_and_no_secret(tmp_path):
    (tmp_path / "run.toml").write_text("[backend]\nuse = 'talkative'\nkey = 'sesame'\n[[experiments]]\nuse = 'ramp'\n")

    run(tmp_path / "run.toml", runs=tmp_path / "runs")

    (manifest,) = (tmp_path / "runs").glob("*/run.json")
    told = json.loads(manifest.read_text())
    assert told["config"]["backend"] == {"use": "talkative", "options": {"level": 0.25}}
    assert "15 mK" in json.dumps(told["provenance"])
    assert "sesame" not in manifest.read_text()


def test_the_configuration_of_a_backend_holds_its_options_in_plain_values(fakes):
    assert fakes.Toy(seed=3, broken=[1]).configuration() == {
        "use": "toy",
        "options": {"seed": 3, "broken": (1,), "refuses": False},
    }
    assert Talkative(level=0.5).configuration()["options"] == {"level": 0.5}
