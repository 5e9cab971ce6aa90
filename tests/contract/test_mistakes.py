"""Whatever an author gets wrong, there is a sentence about it, and it costs no queue and nobody else anything."""

from __future__ import annotations

import importlib.util
import itertools
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path

import pytest

from oqtopus_experiments import rehearse
from oqtopus_experiments.plugins import _registry as plugins

HERE = Path(__file__).with_name("mistakes")
NUMBERS = itertools.count()
RUN = """
shots = 200
seed = 1
backend = "noisy"

[[experiments]]
use = "t1"
delay_points = 8

[[experiments]]
use = "decay"
physical_qubits = [0, 1]
{}
"""


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"mistakes_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CATALOGUE = loaded("catalogue")
GOOD = (HERE / "good.py").read_text()
EARLY = [*CATALOGUE.DECLARATIONS, *CATALOGUE.MODELS]
LATE = [*CATALOGUE.ANALYZERS, *CATALOGUE.LATE]


class Metadata(Distribution):
    """Of a distribution that is not installed."""

    def read_text(self, filename):
        return "Name: my-dist\nVersion: 2.5\n" if filename == "METADATA" else None

    def locate_file(self, path):
        return path


@pytest.fixture
def oqx(oqx, tmp_path, monkeypatch):
    """Return a function that installs a changed plugin and runs a command on it."""

    def run(command, *changes, analyzer="", argument="run.toml"):
        text = GOOD
        for old, new in changes:
            assert text.count(old) >= 1, old
            text = text.replace(old, new)
        module = f"mistaken_{next(NUMBERS)}"
        (tmp_path / f"{module}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        point = EntryPoint("decay", module, "oqtopus_experiments")._for(Metadata())
        found = [point, *entry_points(group="oqtopus_experiments")]
        monkeypatch.setattr(plugins, "_current", plugins.PluginRegistry(found=found))
        monkeypatch.chdir(tmp_path)
        Path("run.toml").write_text(RUN.format(f'analyzer = "{analyzer}"' if analyzer else ""))
        return oqx(command, argument)

    return run


def named(mistakes):
    return pytest.mark.parametrize("mistake", mistakes, ids=[one.name.replace(" ", "-") for one in mistakes])


def counts_on_disk(folder, label):
    return (folder / label / "journal.jsonl").read_text().count('"index":')


def test_the_plugin_that_all_mistakes_are_made_in_is_sound(oqx):
    code, out, err = oqx("check")
    assert (code, err) == (0, "")
    assert "decay: 2 of 8 circuits built, made-up counts analyzed with curvefit: lifetime, rate" in out
    assert oqx("check", analyzer="average")[0] == 0
    assert oqx("run", analyzer="average")[0] == 0


def test_there_are_enough_mistakes_and_no_two_are_the_same():
    everything = [*CATALOGUE.CLASSES, *EARLY, *LATE]

    assert len({one.name for one in everything}) == len({one.changes for one in everything}) == len(everything) >= 60


@named(CATALOGUE.CLASSES)
def test_a_mistake_in_a_class_is_told_to_whoever_asks_for_its_experiment(oqx, mistake):
    code, _, err = oqx("check", *mistake.changes)

    assert code == 2
    assert mistake.sentence in err
    assert "'decay' of my-dist 2.5 is skipped" in err
    assert "Traceback" not in err


@named(EARLY)
def test_a_mistake_in_an_experiment_is_told_by_check_and_costs_no_queue(oqx, mistake, tmp_path):
    code, _, err = oqx("check", *mistake.changes)
    assert code == 1
    assert mistake.sentence in err
    assert "distribution my-dist 2.5: Decay." in err
    assert "Traceback" not in err

    if mistake.name in UNSEEN_BY_RUN:
        return
    code, _, err = oqx("run", *mistake.changes)
    assert code == 1
    assert mistake.sentence in err
    assert "Traceback" not in err
    assert not (tmp_path / "runs").exists()


UNSEEN_BY_RUN = {"a circuit is random", "the guess never finds anything"}
"""What a run does not look for, since it would take time, or may be owed to poor data."""


@named(LATE)
def test_a_mistake_that_only_shows_in_the_analysis_costs_no_counts_and_no_other_experiment(oqx, mistake, tmp_path):
    if mistake in CATALOGUE.ANALYZERS:
        code, _, err = oqx("check", *mistake.changes, analyzer=mistake.analyzer)
        assert code == 1
        assert mistake.sentence in err

    code, out, err = oqx("run", *mistake.changes, analyzer=mistake.analyzer)

    assert code == 1
    assert mistake.sentence in err
    assert "my-dist 2.5" in err
    assert "Traceback" not in err
    (folder,) = (tmp_path / "runs").iterdir()
    assert counts_on_disk(folder, "decay") == 8
    assert counts_on_disk(folder, "t1") == 8 + 4  # its references
    assert (folder / "t1" / "analysis.json").is_file()
    assert "t1_time" in out
    assert (folder / "report.html").is_file()


def test_a_run_is_analyzed_again_once_its_author_has_mended_it(oqx, tmp_path):
    (broken,) = [one for one in CATALOGUE.ANALYZERS if one.name == "an analyzer fails"]
    assert oqx("run", *broken.changes, analyzer="average")[0] == 1
    (folder,) = (tmp_path / "runs").iterdir()
    assert not (folder / "decay" / "analysis.json").exists()

    code, out, err = oqx("analyze", argument=str(folder))

    assert (code, err) == (0, "")
    assert "average" in out
    assert (folder / "decay" / "analysis.json").is_file()


def test_an_author_rehearses_an_experiment_in_a_test(oqx):
    oqx("check")
    decay = plugins.registry().get("experiment", "decay")

    done = rehearse(decay(delays=20), "average")

    assert (done.circuits, done.points, done.quantities) == (2, 20, ("average",))
    assert rehearse(decay()) == rehearse(decay())
