"""A backend with a bug fails in exactly the check that is meant for it; its sound twin passes all."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import attrs
import pytest

from oqtopus_experiments.testing import BackendSubject, verify
from oqtopus_experiments.testing.backends.submissions import CIRCUITS

PLANTED = Path(__file__).with_name("planted")
MEANT = {
    "wrong_bit_order": "bits_stand_where_they_were_measured",
    "lost_point": "each_circuit_gets_one_outcome",
    "dropped_shots": "counts_hold_all_shots",
    "fabricated_count": "what_cannot_be_run_has_no_counts",
    "unsettable_option": "every_option_can_be_set_from_a_run_file",
    "leaked_token": "a_run_shows_no_secret",
    "resume_that_resubmits": "a_run_that_was_killed_submits_nothing_twice",
    # Bugs of other kinds, which the checks were not written against.
    "same_numbers_for_every_circuit": "counts_scatter_as_shots_do",
    "expected_counts": "counts_scatter_as_shots_do",
    "one_stream_of_numbers": "batches_of_one_seed_draw_numbers_of_their_own",
    "remembered_by_gates": "outcomes_follow_the_exact_probabilities",
    "one_gate_of_a_name": "gates_of_one_name_are_told_apart",
    "wrong_gate": "outcomes_follow_the_exact_probabilities",
    "measured_at_the_end": "what_is_run_is_what_was_written",
    "numbered_by_the_sweep": "an_outcome_belongs_to_the_circuit_at_its_position",
    "changed_circuits": "circuits_are_left_as_they_were",
    "token_in_the_open": "an_option_that_holds_a_secret_is_declared_so",
    "token_in_provenance": "a_secret_option_is_not_shown",
    "option_in_other_units": "options_survive_their_configuration",
    "heavy_at_import": "it_is_cheap_to_import",
    "any_value_will_do": "a_wrong_option_is_refused_by_name",
    "outcomes_only_once": "outcomes_may_be_asked_for_again",
    "error_of_no_kind": "a_job_that_there_is_not_is_a_job_error",
    "gate_not_asked": "nothing_passes_a_closed_gate",
    "noted_too_late": "a_job_whose_id_nobody_noted_is_not_submitted_twice",
    "never_sent_again": "what_is_to_be_sent_again_is_sent_once",
    "drawn_in_turn": "pieces_have_the_counts_of_the_whole",
    "seed_left_behind": "pieces_have_the_counts_of_the_whole",
    "numbered_anew": "a_simulation_that_was_killed_goes_on_with_what_is_missing",
}
SOUND = ("sound_simulator", "sound_pieces", "sound_queue")


@pytest.fixture(autouse=True)
def _planted_can_be_imported(monkeypatch):
    monkeypatch.syspath_prepend(str(PLANTED))


def subject_of(name):
    (cls,) = importlib.import_module(name).register_backends()
    if not issubclass(cls, importlib.import_module("sound_queue").Queue):
        return BackendSubject(backend=cls())
    backend = cls(server=name, token="ID." + "9f2c7e41d0b8aa")
    return BackendSubject(backend=backend, submissions=lambda: len(backend.service.jobs))


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_backend_passes_all(name):
    outcomes = list(verify(subject_of(name)))

    assert {outcome.check.name: outcome.reason for outcome in outcomes if outcome.state == "failed"} == {}
    assert sum(outcome.state == "passed" for outcome in outcomes) > 20


@pytest.mark.parametrize(("name", "meant"), MEANT.items(), ids=MEANT)
def test_a_bug_fails_in_the_check_that_is_meant_for_it(name, meant):
    looked = () if os.environ.get("PLANTED") else (meant,)  # all checks take minutes: nox -s planted
    found = verify(subject_of(name), looked)
    failed = {outcome.check.name: outcome.reason for outcome in found if outcome.state == "failed"}

    assert list(failed) == [meant], failed
    assert failed[meant]


def test_what_a_verification_submits_to_a_queue_is_known_beforehand():
    subject = subject_of("sound_queue")
    before, most = subject.submissions(), {}
    for outcome in verify(subject):
        taken = subject.submissions()
        assert taken - before <= CIRCUITS.get(outcome.check.name, 0), outcome.check.name
        most[outcome.check.name] = taken - before
        before = taken

    # Nothing is announced that no queue would get, but checks that look at a seed or at noise, which this one has not.
    idle = {name for name in CIRCUITS if not most[name]}
    assert all("seed" in name or "noise" in name for name in idle)


def test_what_is_submitted_twice_is_found_without_asking_the_other_side():
    subject = attrs.evolve(subject_of("resume_that_resubmits"), submissions=None)

    (outcome,) = verify(subject, ["a_run_that_was_killed_submits_nothing_twice"])

    assert outcome.state == "failed"
    assert "submitted again, although job" in outcome.reason
