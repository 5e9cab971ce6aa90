"""A run file can be run from Python, and whoever watches is told what happens."""

from __future__ import annotations

import pytest

from oqtopus_experiments import ConfigError, Observer, load_run, run
from oqtopus_experiments.execution._pipeline import resume
from oqtopus_experiments.execution._reanalysis import reanalyze

TWO = """\
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


@pytest.fixture
def file(tmp_path, fakes, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "two.toml"
    path.write_text(TWO)
    return path


class Diary(Observer):
    def __init__(self):
        self.lines = []

    def planned(self, config):
        self.lines.append(f"planned {config.name}")

    def started(self, folder):
        self.lines.append("started")

    def submitting(self, label):
        self.lines.append(f"submitting {label}")

    def waiting(self, label, circuits):
        self.lines.append(f"waiting for {circuits} of {label}")

    def outcome(self, label, outcome):
        self.lines.append(f"outcome {outcome.index} of {label}")

    def collected(self, label):
        self.lines.append(f"collected {label}")

    def analyzed(self, experiment):
        self.lines.append(f"analyzed {experiment.label}: {experiment.problem or 'fine'}")


def test_a_run_file_run_from_python_gives_results_by_label_and_the_same_folder_as_the_command_line(file, tmp_path):
    done = run(file, shots=50, overrides=["experiments.0.points=5"], runs=tmp_path / "elsewhere")

    assert done["ramp"].dataset.mean.shape == (1, 5)
    assert set(done["second"].dataset.shots[0]) == {50}
    assert [one.label for one in done.experiments] == ["ramp", "second"]
    assert done.failed == ()
    assert done.path.parent == tmp_path / "elsewhere"
    assert (done.path / "report.html").is_file()
    stored = load_run(done.path).results["ramp"]
    assert (stored.dataset.mean == done["ramp"].dataset.mean).all()


def test_an_observer_is_told_everything_in_order(file):
    diary = Diary()

    run(str(file), observer=diary)

    assert diary.lines == [
        "planned two",
        "started",
        "submitting ramp",
        "submitting second",
        "waiting for 4 of ramp",
        *(f"outcome {i} of ramp" for i in range(4)),
        "collected ramp",
        "waiting for 3 of second",
        *(f"outcome {i} of second" for i in range(3)),
        "collected second",
        "analyzed ramp: fine",
        "analyzed second: fine",
    ]


def test_an_outcome_is_on_disk_when_the_observer_hears_of_it(file):
    seen = []

    class Reader(Observer):
        def started(self, folder):
            self.folder = folder

        def outcome(self, label, outcome):
            seen.append(f'"index":{outcome.index},' in (self.folder / label / "journal.jsonl").read_text())

    run(file, observer=Reader())

    assert seen == [True] * 7


def test_one_experiment_that_fails_leaves_the_other_whole(file):
    file.write_text(TWO.replace('backend = "toy"', 'backend = {use = "toy", broken = [0, 1, 2]}'))

    done = run(file)

    assert [(one.label, bool(one.analyses)) for one in done.experiments] == [("ramp", True), ("second", False)]
    (failed,) = done.failed
    assert "none of the 3 circuits" in failed.problem
    assert "second" not in done.results


def test_an_interrupt_reaches_the_observer_while_the_folder_is_held_and_the_run_goes_on_later(file):
    held = []

    class Impatient(Observer):
        def outcome(self, label, outcome):
            if label == "second":
                raise KeyboardInterrupt

        def interrupted(self, config, folder):
            from oqtopus_experiments.storage._run_folder import RunFolder

            held.append((folder, RunFolder(folder).is_locked()))

    with pytest.raises(KeyboardInterrupt):
        run(file, observer=Impatient())

    ((folder, was_held),) = held
    assert was_held
    done = resume(folder)
    assert set(done.results) == {"ramp", "second"}


def test_a_wrong_file_is_refused_before_anything_is_run(file, tmp_path):
    file.write_text(TWO.replace("points = 4", "points = 1"))

    with pytest.raises(ConfigError, match=r"experiments\.0\.points"):
        run(file)

    assert not (tmp_path / "runs").exists()


def on_disk(folder, label):
    """Return how many outcomes of an experiment its journal holds."""
    return (folder / label / "journal.jsonl").read_text().count('"index":')


def test_all_outcomes_are_on_disk_before_any_analyzer_is_asked(file, fakes, monkeypatch):
    seen, plain = [], fakes.Mean.analyze

    def looking(self, experiment, dataset):
        (folder,) = file.parent.glob("runs/*")
        seen.append((on_disk(folder, "ramp"), on_disk(folder, "second")))
        return plain(self, experiment, dataset)

    monkeypatch.setattr(fakes.Mean, "analyze", looking)
    run(file)

    assert seen == [(4, 3), (4, 3)]


def divide(*_, **__):
    return 1 / 0


def give_nothing(*_, **__):
    return []


FAULTS = {
    "submit": ("Toy", lambda plain: lambda toy, batch: divide() if batch.name == "second" else plain(toy, batch)),
    "analyze": ("Mean", lambda plain: lambda *given: divide() if given[2].sweep.size == 3 else plain(*given)),
}


@pytest.mark.parametrize("method", FAULTS)
def test_a_bug_in_one_experiment_leaves_the_other_whole_and_its_own_counts_too(file, fakes, monkeypatch, method):
    name, spoil = FAULTS[method]
    owner = getattr(fakes, name)
    monkeypatch.setattr(owner, method, spoil(getattr(owner, method)))

    done = run(file)

    (failed,) = done.failed
    assert failed.label == "second"
    assert f"toy-distribution: {name}.{method} failed of" in failed.problem
    assert "ZeroDivisionError" in failed.problem
    assert done.experiments[0].analyses
    assert on_disk(done.path, "ramp") == 4
    assert on_disk(done.path, "second") == (3 if method == "analyze" else 0)


def test_outcomes_that_end_in_an_error_of_the_backend_keep_those_before_it(file, fakes, monkeypatch):
    plain = fakes.Toy.submit

    class Halting(fakes.FinishedJob):
        def outcomes(self, timeout=None):
            for outcome in super().outcomes():
                yield outcome if outcome.index < 2 else divide()

    monkeypatch.setattr(
        fakes.Toy, "submit", lambda toy, batch: Halting("1", plain(toy, batch).outcomes()) if len(batch.circuits) == 3
        else plain(toy, batch)
    )  # fmt: skip

    done = run(file)

    assert [bool(one.analyses) for one in done.experiments] == [True, False]
    assert "Halting.outcomes failed of experiment 'second': ZeroDivisionError" in done.failed[0].problem
    assert on_disk(done.path, "second") == 2


def test_what_an_analyzer_gives_is_checked_and_told_with_its_name(file, fakes, monkeypatch):
    monkeypatch.setattr(fakes.Mean, "analyze", give_nothing)

    done = run(file)

    assert [one.analyses for one in done.experiments] == [(), ()]
    assert "toy-distribution: Mean.analyze must return one Analysis per target: 0 for 1 targets" in (
        done.experiments[0].problem
    )
    assert on_disk(done.path, "ramp") == 4


def test_a_backend_that_cannot_say_where_its_numbers_come_from_costs_no_numbers(file, fakes, monkeypatch, caplog):
    monkeypatch.setattr(fakes.Toy, "provenance", divide, raising=False)

    done = run(file)

    assert done.failed == ()
    assert "toy-distribution: Toy.provenance failed: ZeroDivisionError" in caplog.text


def test_a_run_is_analyzed_again_once_an_author_has_mended_what_failed(file, fakes, monkeypatch):
    from oqtopus_experiments.execution._reanalysis import reanalyze

    with monkeypatch.context() as broken:
        broken.setattr(fakes.Mean, "analyze", divide)
        done = run(file)
        assert all("ZeroDivisionError" in one.problem for one in reanalyze(done.path).experiments)

    assert all(one.analyses for one in reanalyze(done.path).experiments)


def test_an_experiment_that_cannot_be_read_again_leaves_the_others_of_its_run(file, fakes, monkeypatch):
    from oqtopus_experiments.execution._reanalysis import reanalyze

    done = run(file)
    plain = fakes.Ramp.sweep
    monkeypatch.setattr(fakes.Ramp, "sweep", lambda ramp: divide() if ramp.points == 3 else plain(ramp))

    first, second = reanalyze(done.path).experiments

    assert first.analyses
    assert "Ramp.sweep failed: ZeroDivisionError" in second.problem


def test_a_figure_that_cannot_be_drawn_costs_no_numbers_and_no_other_experiment(file, fakes, monkeypatch, caplog):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._shown import Shown

    made = Shown.drawn

    def odd(shown):
        if shown.title == "ramp":
            raise ValueError("no such scale")
        return made(shown)

    earlier = run(file).path
    monkeypatch.setattr(Shown, "drawn", odd)
    done = run(file)
    reanalyze(earlier)

    assert not done.failed
    assert not (earlier / "ramp" / "figure.png").exists()
    assert "Mean.analyze failed of 'ramp': its figure cannot be drawn: ValueError: " in caplog.text
    assert (done.path / "ramp" / "analysis.json").is_file()
    assert not (done.path / "ramp" / "figure.png").exists()
    assert (done.path / "second" / "figure.png").is_file()


def test_who_interrupts_an_analysis_is_asked_about_no_jobs_and_told_how_to_analyze(file, fakes, monkeypatch, capsys):
    from oqtopus_experiments.cli._watching import TerminalObserver

    def press(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fakes.Mean, "analyze", press)
    monkeypatch.setattr(fakes.Toy, "queued", True)
    monkeypatch.setattr("oqtopus_experiments.cli._watching.settle", divide)

    with pytest.raises(KeyboardInterrupt):
        run(file, observer=TerminalObserver())

    (folder,) = file.parent.glob("runs/*")
    assert f"all outcomes are there; analyze them with: oqx analyze runs/{folder.name}" in capsys.readouterr().err
    assert on_disk(folder, "ramp") + on_disk(folder, "second") == 7


def test_a_report_says_numbers_with_a_unit_as_the_run_file_does(file):
    file.write_text(TWO.replace("points = 4", 'wait = "0.0020 ms"').replace("points = 3", "wait = 2500.0"))

    done = run(file)

    report = (done.path / "report.html").read_text(encoding="utf-8")
    assert "<dt>wait</dt><dd>0.0020 ms</dd>" in report
    assert "<dt>wait</dt><dd>2.5 us</dd>" in report
    assert "2500.0" not in report.partition("<main>")[2].partition('id="charts"')[0]
