"""``oqx verify``: what it prints, how it ends, and what it verifies a plugin by."""

from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType

import pytest
from attrs import frozen

from oqtopus_experiments import cli, hookimpl
from oqtopus_experiments.errors import ConfigError, PluginFault
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.testing import (
    AnalyzerSubject,
    BackendSubject,
    Check,
    ExperimentSubject,
    NotApplicable,
    NotConforming,
    subjects_of,
    verification,
    verify,
)
from oqtopus_experiments.testing.analyzers.decay import Decay


def it_holds(subject):
    """It holds. Not told: details."""


def it_fails(subject):
    """It does not fail."""
    raise NotConforming("it failed at point 3, which is far from the first and from the last of them: begin there")


def it_does_not_apply(subject):
    """It applies."""
    raise NotApplicable("there is nothing here")


def it_breaks(subject):
    """It does not break."""
    raise ZeroDivisionError("division by zero")


@pytest.fixture
def checks(monkeypatch):
    """Replace the checks of experiments."""

    def replace(*functions, kind="experiment"):
        monkeypatch.setattr(verification, "CHECKS", tuple(Check(kind, one) for one in functions))

    return replace


@pytest.fixture
def oqx(oqx, fakes):
    return oqx


def hooked(fakes, monkeypatch, subjects):
    """Register the toy plugin with a hook that gives these subjects."""
    module = ModuleType("hooked")
    vars(module).update(
        register_experiments=fakes.register_experiments,
        register_backends=fakes.register_backends,
        conformance_subjects=hookimpl(subjects),
    )
    registry = plugins.PluginRegistry(found=[])
    registry.register(module, "hooked-distribution")
    monkeypatch.setattr(plugins, "_current", registry)


def test_it_prints_what_passed_what_was_skipped_and_why_and_a_line_of_counts(oqx, checks):
    checks(it_holds, it_does_not_apply)

    code, out, err = oqx("verify", "ramp")

    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("experiment: Ramp(")
    assert lines[1:4] == ["passed    it_holds", "skipped   it_does_not_apply", "          there is nothing here"]
    assert lines[4].startswith("ramp: 1 check ran: 1 passed, 1 skipped in 0.")


def test_a_failing_check_ends_with_1_and_tells_promise_and_finding_within_80_columns(oqx, checks):
    checks(it_holds, it_fails)

    code, out, err = oqx("verify", "ramp")

    assert code == 1
    assert "          It does not fail.\n          it failed at point 3, which is far from" in out
    assert max(map(len, out.splitlines())) <= 80
    assert err == "error: ramp: 1 of 2 checks failed\n"


def test_a_check_that_breaks_on_a_plugin_is_failed_by_it(oqx, checks):
    checks(it_breaks)

    code, out, _ = oqx("verify", "ramp")

    assert code == 1
    assert "ZeroDivisionError: division by zero" in " ".join(out.split())


def test_a_run_in_which_no_check_ran_fails(oqx, checks):
    checks(it_does_not_apply)

    code, _, err = oqx("verify", "ramp")

    assert (code, err) == (1, "error: ramp: no check ran, so nothing is verified\n")


def test_names_that_are_not_known_are_bad_input_with_a_suggestion(oqx, checks):
    checks(it_holds)

    code, _, err = oqx("verify", "rampe")
    assert code == 2
    assert "nothing is called 'rampe'; did you mean 'ramp'? (known: mean, ramp, toy); see `oqx list`" in err
    assert "no backend is called 'ramp'" in oqx("verify", "ramp", "--kind", "backend")[2]
    code, _, err = oqx("verify", "ramp", "--only", "it_hold")
    assert code == 2
    assert "no check of experiments is called 'it_hold'; did you mean 'it_holds'? (known: it_holds)" in err
    assert oqx("verify")[0] == 2


def test_only_some_checks_run_where_only_they_are_asked_for(oqx, checks):
    checks(it_holds, it_fails)

    code, out, _ = oqx("verify", "ramp", "--only", "it_holds")

    assert code == 0
    assert "it_fails" not in out


def test_parameters_are_set_as_in_a_run_file(oqx, checks):
    checks(it_holds)

    assert "points=7" in json.loads(oqx("verify", "ramp", "--set", "points=7", "--json")[1])[0]["subject"]
    assert "wait=3000.0" in json.loads(oqx("verify", "ramp", "--set", 'wait="3 us"', "--json")[1])[0]["subject"]
    code, _, err = oqx("verify", "ramp", "--set", "point=7")
    assert code == 2
    assert "point: unknown name; did you mean 'points'?" in err


def test_programs_read_json_also_when_a_check_fails(oqx, checks):
    checks(it_holds, it_fails)

    code, out, _ = oqx("verify", "ramp", "--json")

    first, second = json.loads(out)
    assert code == 1
    assert (first["check"], first["state"], first["reason"], first["kind"]) == ("it_holds", "passed", "", "experiment")
    assert (second["check"], second["state"]) == ("it_fails", "failed")


def test_the_list_of_checks_says_what_each_promises(oqx, checks):
    checks(it_holds)

    assert oqx("verify", "--list")[1] == "experiment  it_holds\n            It holds. Not told: details.\n"
    assert oqx("verify", "--list", "--kind", "backend")[1] == ""
    assert json.loads(oqx("verify", "--list", "--json")[1])[0]["promise"] == "It holds. Not told: details."


def test_names_are_completed(fakes):
    from click.shell_completion import ShellComplete

    found = ShellComplete(cli.cli, {}, "oqx", "_OQX_COMPLETE").get_completions(["verify"], "ra")

    assert [one.value for one in found] == ["ramp"]


def test_what_a_hook_says_is_verified_in_place_of_the_defaults(oqx, checks, fakes, monkeypatch):
    checks(it_holds, it_fails)
    known = {"it_fails": "ramps fail here"}
    hooked(fakes, monkeypatch, lambda: [ExperimentSubject(experiment=fakes.Ramp(points=9), deviations=known)])

    code, out, _ = oqx("verify", "ramp")
    (subject,) = subjects_of("ramp", options={"top": 2.0})

    assert code == 0
    assert "deviates  it_fails\n          ramps fail here (it failed at point 3" in out
    assert "1 passed, 1 known to deviate" in out
    assert (subject.experiment.points, subject.experiment.top) == (9, 2.0)
    assert subject.deviations == known


def test_a_class_of_which_a_hook_says_nothing_has_its_defaults(checks, fakes, monkeypatch):
    hooked(fakes, monkeypatch, lambda: [BackendSubject(backend=fakes.Toy())])

    (subject,) = subjects_of("ramp")
    assert subject.experiment == fakes.Ramp()


def test_an_analyzer_is_verified_on_an_experiment_of_its_plugin_that_names_it(fakes):
    (subject,) = subjects_of("mean")

    assert subject.analyzer == fakes.Mean()
    assert subject.experiment == fakes.Ramp()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "must return a list of subjects"),
        (["ramp"], "must return a list of subjects"),
        ([AnalyzerSubject(analyzer=None)], "gives a subject of NoneType, a class that its plugin does not register"),
    ],
)
def test_a_hook_that_gives_something_else_is_told(fakes, monkeypatch, given, told):
    hooked(fakes, monkeypatch, lambda: given)

    with pytest.raises(PluginFault, match=f"hooked-distribution: conformance_subjects {told}"):
        subjects_of("ramp")


def test_a_deviation_that_passes_is_failed_and_one_that_is_skipped_is_not(checks, fakes):
    checks(it_holds, it_does_not_apply, it_fails)
    known = {"it_holds": "once", "it_does_not_apply": "elsewhere", "it_fails": "always"}

    found = {one.check.name: one for one in verify(ExperimentSubject(experiment=fakes.Ramp(), deviations=known))}

    assert {name: one.state for name, one in found.items()} == {
        "it_holds": "failed", "it_does_not_apply": "skipped", "it_fails": "deviates",
    }  # fmt: skip
    assert found["it_holds"].reason == "it does not deviate any more: take the deviation out"


def test_a_deviation_names_a_check_and_has_a_reason(checks, fakes):
    checks(it_holds)

    for deviations, told in (
        ({"it_hold": "so"}, "names no check of experiments; did you mean"),
        ({"it_holds": ""}, "needs a reason"),
    ):
        with pytest.raises(ConfigError, match=told):
            list(verify(ExperimentSubject(experiment=fakes.Ramp(), deviations=deviations)))


def test_a_queue_is_announced_before_anything_is_submitted(oqx, checks, fakes, monkeypatch):
    def submits(subject):
        """It submits."""
        raise NotConforming("submitted")

    checks(submits, kind="backend")

    @frozen(kw_only=True)
    class Queue(fakes.Toy):
        """A toy behind a queue."""

        name = "queue"
        queued = True

    module = ModuleType("queues")
    module.register_backends = hookimpl(lambda: [Queue])
    plugins.registry().register(module, "queue-distribution")

    _, out, _ = oqx("verify", "queue")

    before, _, after = out.partition("failed")
    assert "its jobs go to a queue" in " ".join(before.split())
    assert "submitted" in after
    assert "queue" not in oqx("verify", "toy")[1]


def test_no_pytest_is_needed():
    code = (
        "import sys\nsys.modules['pytest'] = None\nsys.argv = ['oqx', 'verify', '--list']\n"
        "from oqtopus_experiments.cli import main\nmain()"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("experiment  ")


def test_an_analyzer_is_verified_with_core_alone(fakes):
    checks = [
        "the_same_data_give_the_same_answer",
        "each_target_has_the_result_of_its_own_data",
        "errors_shrink_with_the_root_of_the_shots",
        "error_bars_cover_the_truth",
    ]

    outcomes = list(verify(AnalyzerSubject(analyzer=fakes.Mean()), checks))

    assert [(one.state, one.reason) for one in outcomes] == [("passed", "")] * 4


@pytest.mark.parametrize(
    ("truth", "sentence"),
    [
        ({"lifetme": 20_000.0, "contrast": 0.9}, "the truth holds 'lifetme', .* did you mean 'lifetime'"),
        ({"lifetime": 20_000.0}, "the truth has no value of 'contrast', a parameter of the model of 'verified_decay'"),
    ],
)
def test_a_truth_that_is_not_one_of_the_model_is_refused_by_the_name_of_the_parameter(truth, sentence):
    with pytest.raises(ConfigError, match=sentence):
        list(verify(ExperimentSubject(experiment=Decay(), truth=truth)))
