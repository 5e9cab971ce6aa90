"""Each bug that was planted in an experiment is caught by the check meant for it, and by no other."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.testing import ExperimentSubject, verify
from oqtopus_experiments.testing.experiments import CHECKS

HERE = Path(__file__).parent
SOUND = ("sound_decay", "sound_rotation", "sound_sequences")
PLANTED = {
    "swapped_unit": "quantities_have_the_unit_of_the_axis",
    "swapped_unit_of_the_circuit": "circuits_wait_as_long_as_the_axis_says",
    "swapped_unit_of_a_parameter": "a_parameter_has_the_unit_of_the_axis_it_stretches",
    "hard_coded_answer": "the_numbers_follow_the_truth",
    "ignored_parameter": "no_parameter_is_ignored",
    "never_says_bad": "data_without_a_signal_are_bad",
    "circuit_that_changes": "a_circuit_is_the_same_when_built_again",
    "heavy_import": "it_is_cheap_to_import",
    "same_sequence_on_every_target": "random_circuits_differ_between_targets",
    "guess_key_misspelt": "it_is_rehearsed_without_a_fault",
    "label_that_overwrites_a_column": "it_is_rehearsed_without_a_fault",
    # Of other kinds, which the checks were not made for.
    "axis_without_effect": "each_axis_changes_something",
    "blind_to_misfit": "no_impostor_is_called_good",
    "check_that_counts_points": "poor_data_never_raise",
    "circuit_of_a_crowd": "a_target_has_the_same_circuits_alone",
    "error_that_is_constant": "the_error_bars_are_as_wide_as_the_scatter",
    "error_too_small": "the_error_bars_are_as_wide_as_the_scatter",
    "formula_of_another_circuit": "on_a_perfect_device_the_model_describes_the_circuits",
    "never_satisfied": "sound_data_are_called_good",
    "parameter_without_help": "each_parameter_has_a_help",
    "quantity_that_is_lost": "what_the_model_lists_is_reported",
    "quantity_without_a_word": "the_documentation_names_what_is_reported",
    "rounded_in_the_folder": "parameters_come_back_from_a_file",
    "slow_with_points": "time_grows_as_the_size_does",
    "unlimited_number": "a_bad_value_is_refused_when_it_is_given",
    "unmeasured_in_the_middle": "circuits_match_the_sweep",
    "unseeded_bootstrap": "results_survive_the_run_folder",
}
"""Which check is meant for each."""


@pytest.fixture
def outcomes(monkeypatch):
    """Return a function that verifies the experiment of a planted plugin, as if it were installed."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setattr(plugins, "_current", None)

    def verified(name, only=()):
        module = importlib.import_module(f"planted.{name}")
        plugins.registry().register(module, f"planted-{name}")
        (cls,) = module.register_experiments()
        return {outcome.check.name: outcome for outcome in verify(ExperimentSubject(experiment=cls()), only)}

    yield verified
    for name in [name for name in sys.modules if name.partition(".")[0] == "planted"]:
        del sys.modules[name]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_experiment_passes_every_check(outcomes, name):
    found = outcomes(name)

    assert {check: one.reason for check, one in found.items() if one.state not in ("passed", "skipped")} == {}
    assert sum(one.state == "passed" for one in found.values()) >= 20


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_caught_by_the_check_meant_for_it(outcomes, name):
    found = outcomes(name, [PLANTED[name]])

    assert [one.state for one in found.values()] == ["failed"]


@pytest.mark.skipif(not os.environ.get("PLANTED"), reason="minutes: nox -s planted")
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_caught_by_no_other_check(outcomes, name):
    found = outcomes(name)

    assert {check: one.reason for check, one in found.items() if one.state == "failed"}.keys() == {PLANTED[name]}


def test_every_check_catches_a_planted_bug():
    assert set(PLANTED.values()) == {check.name for check in CHECKS}


def test_every_planted_bug_is_named():
    named = {path.stem for path in (HERE / "planted").glob("*.py")}

    assert {*PLANTED, *SOUND} <= named
