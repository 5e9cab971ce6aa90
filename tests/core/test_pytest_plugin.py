"""The conformance kit within pytest: names without a file, classes with one fixture, and what is told at the end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.testing import verification

pytest_plugins = ["pytester"]

TOY = '''
import numpy as np
from attrs import frozen
from oqtopus_experiments import Analysis, Analyzer, Quantity, Reason, Verdict, hookimpl, register_plugin
from oqtopus_experiments.testing import AnalyzerSubject, NotApplicable, NotConforming

@frozen(kw_only=True)
class Mean(Analyzer):
    """The mean over all points."""
    name = "toy-mean"

    def analyze(self, experiment, dataset):
        return [
            Analysis(target, [Quantity("mean", mean.mean(), stderr.mean())], Verdict([Reason("ok", "fine", "good")]))
            for target, mean, stderr in zip(dataset.targets, dataset.mean, dataset.stderr)
        ]

@hookimpl
def register_analyzers():
    return [Mean]
'''
CHECKS = '''
import sys
from types import ModuleType
from oqtopus_experiments import register_plugin
from oqtopus_experiments.testing import Check, NotApplicable, NotConforming, verification
import toy

def it_holds(subject):
    """It holds."""

def it_fails(subject):
    """It does not fail."""
    raise NotConforming("it failed at point 3")

def it_does_not_apply(subject):
    """It applies."""
    raise NotApplicable("there is nothing here")

chosen = [globals()[name] for name in CHOSEN]
verification.CHECKS = tuple(Check("analyzer", one) for one in chosen)
register_plugin(toy)
'''


@pytest.fixture
def kit(pytester, monkeypatch):
    """A folder with a toy plugin, whose kit has these checks; returns a function that runs pytest there."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    monkeypatch.syspath_prepend(pytester.path)
    pytester.makepyfile(toy=TOY)

    def run(*arguments, checks=("it_holds", "it_does_not_apply")):
        (pytester.path / "conftest.py").write_text(f"CHOSEN = {checks!r}\n{CHECKS}")
        monkeypatch.setattr(verification, "CHECKS", verification.CHECKS)  # the conftest changes it
        monkeypatch.setattr(plugins, "_current", plugins.PluginRegistry(found=[]))
        monkeypatch.delitem(sys.modules, "oqtopus_experiments.testing.conformance", raising=False)  # knows all checks
        return (pytester.runpytest_subprocess if "-n" in arguments else pytester.runpytest_inprocess)(*arguments)

    return run


CLASS = """
import pytest
from toy import Mean
from oqtopus_experiments.testing import AnalyzerSubject, ExperimentSubject
from oqtopus_experiments.testing.conformance import AnalyzerConformance, ExperimentConformance

class TestMean(AnalyzerConformance):
"""
SUBJECT = """
    @pytest.fixture
    def subject(self):
        return AnalyzerSubject(analyzer=Mean()%s)
"""


def test_a_name_is_verified_without_a_test_file(kit):
    done = kit("--oqx-verify", "toy-mean", "-v")

    done.assert_outcomes(passed=1, skipped=1)
    done.stdout.fnmatch_lines(
        ["oqx verify toy-mean::it_holds PASSED*", "oqx verify toy-mean::it_does_not_apply SKIPPED*"]
    )


def test_the_end_names_what_was_skipped_and_why(kit):
    done = kit("--oqx-verify", "toy-mean")

    done.stdout.fnmatch_lines(
        ["toy-mean: 1 check ran: 1 passed, 1 skipped in * s", "  skipped   it_does_not_apply: there is nothing here"]
    )


def test_checks_are_spread_over_processes_and_told_in_one(kit):
    done = kit("--oqx-verify", "toy-mean", "-n", "2", checks=("it_holds", "it_does_not_apply", "it_fails"))

    done.assert_outcomes(passed=1, skipped=1, failed=1)
    done.stdout.fnmatch_lines(["toy-mean: 2 checks ran: *", "  skipped   it_does_not_apply: there is nothing here"])


def test_checks_are_listed_and_chosen_like_any_tests(kit):
    listed = kit("--oqx-verify", "toy-mean", "--collect-only", "-q")
    chosen = kit("--oqx-verify", "toy-mean", "-k", "holds")

    listed.stdout.fnmatch_lines(["oqx verify toy-mean::it_holds", "oqx verify toy-mean::it_does_not_apply", "2 tests*"])
    chosen.assert_outcomes(passed=1, deselected=1)


def test_test_files_run_beside_a_name_only_when_they_are_asked_for(kit, pytester):
    pytester.makepyfile(test_own="def test_own(): pass")

    kit("--oqx-verify", "toy-mean").assert_outcomes(passed=1, skipped=1)
    kit("--oqx-verify", "toy-mean", "test_own.py").assert_outcomes(passed=2, skipped=1)


def test_a_failing_check_says_what_was_promised_and_what_was_found(kit):
    done = kit("--oqx-verify", "toy-mean", checks=("it_fails",))

    assert done.ret == 1
    done.stdout.fnmatch_lines(["*It does not fail. it failed at point 3*"])
    assert "as_tests.py" not in done.stdout.str()


def test_a_name_that_is_not_installed_is_an_error_with_a_suggestion(kit):
    done = kit("--oqx-verify", "toy-man")

    assert done.ret != 0
    done.stdout.fnmatch_lines(["*nothing is called 'toy-man'; did you mean 'toy-mean'?*"])


def test_a_name_of_which_no_check_ran_fails(kit):
    done = kit("--oqx-verify", "toy-mean", checks=("it_does_not_apply",))

    assert done.ret == 1
    done.stdout.fnmatch_lines(["toy-mean: no check ran, so nothing is verified"])


def test_a_class_of_which_no_check_ran_fails_although_other_tests_passed(kit, pytester):
    pytester.makepyfile(test_mean=CLASS + SUBJECT % "", test_own="def test_own(): pass")

    done = kit(checks=("it_does_not_apply",))

    done.assert_outcomes(passed=1, skipped=1)
    assert done.ret == 1
    done.stdout.fnmatch_lines(["TestMean: no check ran, so nothing is verified"])


def test_choosing_a_check_that_one_class_skips_does_not_fail_the_others(kit, pytester):
    two = CLASS + SUBJECT % "" + "\nclass TestTwo(TestMean):\n" + SUBJECT % ', deviations={"it_fails": "known"}'
    pytester.makepyfile(test_mean=two)

    done = kit(
        "-k", "(TestMean and not_apply) or (TestTwo and holds)", checks=("it_holds", "it_does_not_apply", "it_fails")
    )

    assert done.ret == 0


def test_a_class_has_one_test_for_each_check(kit, pytester):
    pytester.makepyfile(test_mean=CLASS + SUBJECT % "")

    done = kit("-v")

    done.assert_outcomes(passed=1, skipped=1)
    done.stdout.fnmatch_lines(["*TestMean::test_conformance[[]it_holds[]] PASSED*", "TestMean: 1 check ran: *"])


def test_an_admitted_deviation_is_an_expected_failure_with_its_reason(kit, pytester):
    pytester.makepyfile(test_mean=CLASS + SUBJECT % ', deviations={"it_fails": "means are what they are"}')

    done = kit(checks=("it_fails",))

    done.assert_outcomes(xfailed=1)
    assert done.ret == 0
    done.stdout.fnmatch_lines(["  deviates  it_fails: means are what they are (it failed at point 3)"])


@pytest.mark.parametrize(
    ("deviations", "told"),
    [
        ('{"it_holds": "once"}', "*it does not deviate any more: take the deviation out*"),
        (
            '{"it_hold": "typed in haste"}',
            "*the deviation 'it_hold' names no check of analyzers; did you mean*",
        ),
        ('{"it_holds": " "}', "*the deviation 'it_holds' needs a reason*"),
    ],
)
def test_a_deviation_that_is_none_fails(kit, pytester, deviations, told):
    pytester.makepyfile(test_mean=CLASS + SUBJECT % f", deviations={deviations}")

    done = kit(checks=("it_holds",))

    assert done.ret == 1
    done.stdout.fnmatch_lines([told])


def test_a_class_without_a_subject_says_what_to_override(kit, pytester):
    pytester.makepyfile(test_mean=CLASS + "    pass\n")

    done = kit(checks=("it_holds",))

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*TestMean does not say what it verifies: override its fixture `subject`*"])
    assert "conformance.py" not in done.stdout.str()


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("ExperimentSubject(experiment=None)", "*TestMean verifies analyzers; its subject is of experiments*"),
        ("Mean()", "*a subject is an ExperimentSubject, a BackendSubject or an AnalyzerSubject, not Mean()*"),
    ],
)
def test_a_subject_of_another_kind_is_told(kit, pytester, subject, told):
    pytester.makepyfile(test_mean=CLASS + (SUBJECT % "").replace("AnalyzerSubject(analyzer=Mean())", subject))

    done = kit(checks=("it_holds",))

    assert done.ret == 1
    done.stdout.fnmatch_lines([told])


def test_runs_of_others_are_left_alone(pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(test_own="def test_own(): pass")

    done = pytester.runpytest_inprocess()

    assert done.ret == 0
    assert "conformance" not in done.stdout.str()
    assert pytester.runpytest_inprocess("-k", "nothing").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_importing_the_plugin_of_pytest_loads_nothing_of_the_library_that_is_heavy():
    code = (
        "import pytest, sys\nbefore = set(sys.modules)\nimport oqtopus_experiments.testing.pytest_plugin\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
        "\nassert 'oqtopus_experiments.testing.verification' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"numpy", "attrs", "pandas", "click", "rich", "cattrs"} & set(done.stdout.split())


def test_a_program_that_knows_the_library_may_start_pytest_without_a_warning():
    import oqtopus_experiments

    # Installed from a wheel, pytest would rewrite it, and warn where that comes too late.
    assert "PYTEST_DONT_REWRITE" in oqtopus_experiments.__doc__
