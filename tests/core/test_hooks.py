"""Who wants to be told that something ended is told, and can do no harm."""

from __future__ import annotations

import logging
import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from oqtopus_experiments import PluginError, hookimpl, load_run, run
from oqtopus_experiments.execution._pipeline import resume
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.plugins._catalogue import Catalogue
from oqtopus_experiments.plugins._hooks import hooks_of, specified
from oqtopus_experiments.plugins._registry import PluginRegistry

TWO = """\
name = "pair"
shots = 100
backend = "toy"
seed = 1

[[experiments]]
use = "ramp"
points = 4

[[experiments]]
use = "ramp"
name = "second"
points = 3
"""

TOLD = """
from oqtopus_experiments import hookimpl
TOLD = []

@hookimpl
def experiment_finished(experiment, folder, run, declaration, provenance):
    TOLD.append((run, experiment, declaration, provenance, folder))

@hookimpl
def run_finished(run, experiments, provenance, folder, complete):
    TOLD.append((run, experiments, provenance, folder, complete))
"""


@pytest.fixture
def listener(fakes, tmp_path, monkeypatch):
    """Return a function that registers a listener from its source, and returns its module."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "two.toml").write_text(TWO)
    names = []

    def make(source, name="listener"):
        (tmp_path / f"{name}.py").write_text(source)
        names.append(name)
        module = __import__(name)
        plugins.registry().register(module, f"{name}-dist")
        return module

    yield make
    for name in names:
        sys.modules.pop(name, None)


def test_a_run_tells_of_each_experiment_and_then_of_itself_with_values_and_folders(listener):
    told = listener(TOLD).TOLD

    done = run("two.toml")

    (_, first, declaration, origin, place), (_, second, *_), (name, experiments, _, folder, complete) = told
    assert [first, second] == list(done.experiments) == list(experiments)
    assert name == "pair"
    assert first.label == "ramp"
    assert declaration.points == 4
    assert origin["seed"] == 1
    assert place == done.path / "ramp"
    assert (folder, complete) == (done.path, True)
    assert first.analyses[0]["mean"].value == pytest.approx(done["ramp"].dataset.mean.mean())


def test_what_is_told_is_on_disk_already_and_the_run_folder_is_free_for_who_is_told_of_the_run(listener):
    source = """
from oqtopus_experiments import hookimpl
from oqtopus_experiments.execution._reanalysis import reanalyze
SEEN = []

@hookimpl
def experiment_finished(folder):
    SEEN.append((folder / "analysis.json").is_file())

@hookimpl
def run_finished(folder):
    SEEN.append((folder / "report.html").is_file())
    SEEN.append(reanalyze(folder).left_alone)
"""
    seen = listener(source).SEEN

    run("two.toml")

    assert seen == [True, True, True, ""]


def test_a_run_that_goes_on_tells_when_it_ends_again(listener):
    told = listener(TOLD).TOLD
    path = run("two.toml").path
    told.clear()

    resume(path)

    assert [entry[0] for entry in told] == ["pair", "pair", "pair"]
    assert told[0][1].analyses


def test_an_experiment_without_an_analysis_is_told_with_its_problem(listener):
    told = listener(TOLD).TOLD

    run("two.toml", overrides=["backends.toy.broken=[0, 1, 2]"])

    assert told[0][1].analyses
    assert "fell off the table" in told[1][1].problem
    assert told[1][1].analyses == ()


BROKEN = """
import sys
from oqtopus_experiments import hookimpl

@hookimpl
def experiment_finished(experiment):
    {first}

@hookimpl
def run_finished(experiments):
    {second}
"""


def test_what_a_listener_raises_is_logged_with_its_line_and_harms_nobody(listener, caplog):
    listener(BROKEN.format(first="experiment.analysis", second="sys.exit(4)"), "rude")
    told = listener(TOLD).TOLD

    done = run("two.toml")

    assert (
        "rude-dist: rude.experiment_finished failed for 'pair': AttributeError: 'AnalyzedExperiment' object has no "
        "attribute 'analysis'" in caplog.text
    )
    assert "(rude.py, line 7)" in caplog.text
    assert "rude-dist: rude.run_finished failed for 'pair': SystemExit: 4 (rude.py, line 11)" in caplog.text
    assert len(told) == 3
    assert not done.failed
    assert load_run(done.path).results


def test_ctrl_c_in_a_listener_is_ctrl_c(listener):
    listener(BROKEN.format(first="pass", second="raise KeyboardInterrupt"), "rude")

    with pytest.raises(KeyboardInterrupt):
        run("two.toml")


def test_a_plugin_without_such_a_hook_is_not_imported_at_the_end_of_a_run(fakes, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    heavy = """
from oqtopus_experiments import hookimpl
@hookimpl
def register_experiments():
    return []
"""
    for name, source in (("heavy", heavy), ("eager", TOLD)):
        (tmp_path / f"{name}.py").write_text(source)
    points = [EntryPoint(name, name, "oqtopus_experiments") for name in ("heavy", "eager")]
    for _ in range(2):
        for name in ("heavy", "eager"):
            sys.modules.pop(name, None)
        registry = plugins.PluginRegistry(found=points, catalogue=Catalogue(tmp_path / "catalogue.json"))
        found = registry.listeners("run_finished")

    assert [plugin.entry_point for plugin in found] == ["eager"]
    assert sys.modules.pop("eager")
    assert "heavy" not in sys.modules


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "@hookimpl\ndef run_finnished(run):\n    pass",
            "there is no hook 'run_finnished'; did you mean 'run_finished'?",
        ),
        ("@hookimpl\ndef run_finnished(run):\n    pass", "(known: conformance_subjects, experiment_finished, "),
        ("@hookimpl(specname='finished')\ndef f(run):\n    pass", "there is no hook 'finished'"),
        (
            "@hookimpl\ndef run_finished(foldr):\n    pass",
            "run_finished is not told any 'foldr'; did you mean 'folder'? (known: complete, experiments, folder,",
        ),
        ("@hookimpl\ndef run_finished(**told):\n    pass", "run_finished takes **told; ask for each value by its name"),
        ("@hookimpl\ndef run_finished(*told):\n    pass", "run_finished takes *told; ask for each value by its name"),
        ("@hookimpl(wrapper=True)\ndef run_finished():\n    yield", "run_finished is marked as a wrapper"),
        ("def run_finished(run):\n    pass", "run_finished is not marked with @hookimpl"),
        (
            "@hookimpl\ndef register_backends():\n    return []\ndef register_analyzers():\n    return []",
            "register_analyz",
        ),
    ],
)
def test_a_hook_that_would_never_be_called_is_refused_by_name_and_line(listener, source, words):
    with pytest.raises(PluginError) as caught:
        listener(f"from oqtopus_experiments import hookimpl\n{source}\n")

    assert words in str(caught.value)
    assert "(listener.py, line " in str(caught.value)


def test_a_hook_asks_for_what_it_needs_and_may_have_arguments_of_its_own(listener):
    source = """
from oqtopus_experiments import hookimpl
TOLD = []
@hookimpl
def run_finished(folder, *, complete, times=3, run="none"):
    TOLD.append((folder.name, complete, times, run))
@hookimpl(specname="run_finished")
def another():
    TOLD.append("another")
"""
    told = listener(source).TOLD

    path = run("two.toml").path

    assert sorted(told, key=str) == [(path.name, True, 3, "pair"), "another"]


def test_an_object_may_be_a_plugin_as_a_module_is(fakes, caplog):
    class Exporter:
        @hookimpl
        def run_finished(self, run):
            raise ValueError(run)

    (hook,) = hooks_of(Exporter())

    assert (hook.name, hook.asked, hook.owner) == ("run_finished", ("run",), Exporter)


def test_in_strict_mode_a_broken_plugin_does_not_undo_a_run_that_is_over(listener, caplog, monkeypatch):
    def lost(_):
        raise PluginError("plugin 'x' is skipped")

    monkeypatch.setattr(plugins.registry(), "listeners", lost)
    with caplog.at_level(logging.WARNING):
        assert not run("two.toml").failed
    assert "nobody was told run_finished: plugin 'x' is skipped" in caplog.text


def test_every_hook_that_is_told_something_says_what(fakes):
    assert set(specified()) == {
        "register_experiments",
        "register_backends",
        "register_analyzers",
        "register_mitigations",
        "register_executors",
        "conformance_subjects",
        "experiment_finished",
        "run_finished",
    }
    assert all(specified()[name] for name in ("experiment_finished", "run_finished"))


def test_an_executor_of_a_plugin_is_found_by_its_name_and_works(fakes):
    (cls, plugin), *others = plugins.registry().classes("executor")["threads"]

    assert not others
    assert plugin.provides["executor"] == [cls]
    with cls(width=2).open() as executor:
        assert list(executor.map(len, ["a", "bc"])) == [1, 2]


def test_an_executor_that_cannot_be_opened_is_refused_with_what_is_missing():
    module = ModuleType("half")
    lines = ["from attrs import frozen", "from oqtopus_experiments import ExecutorProvider, hookimpl"]
    lines += ["@frozen(kw_only=True)", "class Half(ExecutorProvider):", "    name = 'half'"]
    lines += ["@hookimpl", "def register_executors():", "    return [Half]"]
    exec("\n".join(lines), vars(module))  # noqa: S102  # as a module would

    with pytest.raises(PluginError, match="does not define open"):
        PluginRegistry(found=[]).register(module)


def test_what_is_no_executor_is_told_the_name_of_the_base_class():
    module = ModuleType("wrong")
    module.give = hookimpl(specname="register_executors")(lambda: [int])

    with pytest.raises(PluginError, match="is not a subclass of ExecutorProvider"):
        PluginRegistry(found=[]).register(module)
