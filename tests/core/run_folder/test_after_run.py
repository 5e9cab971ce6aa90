"""What is said once a run is over, and how it ends for a script."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def write(write_analyzed, decay, tmp_path, monkeypatch):
    """Return a function that writes a run of so many qubits into ./runs, some of them not good."""
    monkeypatch.chdir(tmp_path)

    def call(qubits=1, *, bad=(), suspect=(), name="walk"):
        folder = write_analyzed({"ramp": decay(physical_qubits=range(qubits))}, name=name).path
        file = folder / "ramp" / "analysis.json"
        content = json.loads(file.read_text())
        for level, which in (("bad", bad), ("suspect", suspect)):
            for number in which:
                reason = {"code": "few_shots", "message": f"number {number} is odd", "level": level}
                content["analyses"][number]["verdict"]["reasons"] = [reason]
        file.write_text(json.dumps(content))
        return folder

    return call


def test_a_run_ends_with_counts_of_verdicts_its_folder_and_its_report(write, oqx):
    folder = write()

    _, out, _ = oqx("analyze", folder)

    assert "1 good, 0 suspect, 0 bad\n" in out
    assert f"run folder: {folder}\n" in out
    assert f"report: {folder}/report.html\n" in out


def test_results_are_shown_as_they_are_stored_without_any_plugin(write, oqx, monkeypatch):
    from oqtopus_experiments.plugins import _registry as plugins

    folder = write(3, bad=[1])
    monkeypatch.setattr(plugins, "_current", plugins.PluginRegistry(found=[]))

    code, out, _ = oqx("results")

    assert code == 0
    assert "2 good, 0 suspect, 1 bad\n" in out
    assert "number 1 is odd" in out
    assert "2 good, 0 suspect, 1 bad\n" in oqx("results", folder)[1]


def shown_of(out):
    return [line.split()[1] for line in out.splitlines() if line.startswith("ramp ") and line.split()[1].isdigit()]


def test_a_few_targets_are_all_shown_and_many_are_summarized_unless_asked_for(write, oqx):
    few, many = write(20), write(30)
    end = many.name.rpartition("-")[2]

    assert shown_of(oqx("results", few)[1]) == [str(i) for i in range(20)]
    out = oqx("results", f"runs/{many.name}")[1]
    assert "median of good" in out
    assert f"the other 30 targets: oqx results {end} --all\n" in out
    every = oqx("results", end, "--all")[1]
    assert shown_of(every) == [str(i) for i in range(30)]
    assert "median" not in every
    assert "the other" not in every
    assert shown_of(oqx("analyze", end, "--print-only", "--all")[1]) == [str(i) for i in range(30)]


def test_the_worst_five_of_many_are_shown_with_their_reasons(write, oqx):
    write(30, bad=[4, 9], suspect=range(20, 26))

    out = oqx("results")[1]

    assert shown_of(out)[1:] == ["4", "9", "20", "21", "22"]
    for number in (4, 9, 20, 21, 22):
        assert f"number {number} is odd" in out
    assert "number 23" not in out
    assert "ramp: 3 more are not good; what to act on first, of all: 8 few_shots" in out
    assert "22 good, 6 suspect, 2 bad\n" in out


def test_doubt_is_followed_by_the_command_that_says_which_shots_would_do(write, oqx):
    good, doubtful = write(2), write(2, suspect=[1])

    assert "oqx plan" not in oqx("results", good)[1]
    assert f"oqx plan {doubtful} --precision level=2%\n" in oqx("results", doubtful)[1]


def test_what_is_bad_is_measured_again_alone_and_what_is_suspect_as_it_was(write, oqx):
    bad, suspect = write(2, bad=[0], suspect=[1]), write(2, suspect=[1])

    assert f"the bad ones once more: oqx run {bad} --only bad\n" in oqx("results", bad)[1]
    assert f"the same once more: oqx run {suspect}\n" in oqx("results", suspect)[1]


def test_a_second_run_of_the_same_name_names_the_comparison_with_the_first(write, oqx):
    first, other, second = write(), write(name="talk"), write()
    first, second = sorted([first, second])

    assert "oqx compare" not in oqx("results", first)[1]
    assert "oqx compare" not in oqx("results", other)[1]
    assert f"against the run before: oqx compare {first} {second}\n" in oqx("results", second)[1]


@pytest.mark.parametrize(
    ("bad", "suspect", "asked", "code"),
    [
        ([], [], "bad", 0),
        ([], [], "suspect", 0),
        ([], [0], "bad", 0),
        ([], [0], "suspect", 3),
        ([1], [], "bad", 3),
        ([1], [], "suspect", 3),
        ([1], [0], None, 0),
    ],
)
def test_verdicts_decide_about_the_exit_code_only_where_they_are_asked_to(write, oqx, bad, suspect, asked, code):
    write(2, bad=bad, suspect=suspect)

    found, _, err = oqx("results", *(("--fail-on", asked) if asked else ()))

    assert found == code
    assert (f"--fail-on {asked}:" in err) == (code == 3)


def test_analyze_and_resume_take_it_too_whatever_was_done_before(write_analyzed, decay, oqx):
    folder = write_analyzed({"ramp": decay()}, missing=range(5)).path  # nothing was measured, which is bad

    assert oqx("analyze", folder)[0] == 0
    assert oqx("analyze", folder, "--fail-on", "bad")[0] == 3
