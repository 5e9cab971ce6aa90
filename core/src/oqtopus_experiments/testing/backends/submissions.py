"""How much a verification submits, for whoever pays for it."""

from __future__ import annotations

from collections.abc import Iterable

from oqtopus_experiments.testing.check import Check

CIRCUITS = {
    "a_run_shows_no_secret": 2,
    "each_circuit_gets_one_outcome": 6,
    "counts_hold_all_shots": 4,
    "bits_stand_where_they_were_measured": 5,
    "bits_do_not_depend_on_the_physical_qubits": 5,
    "an_outcome_belongs_to_the_circuit_at_its_position": 4,
    "circuits_are_left_as_they_were": 4,
    "what_is_run_is_what_was_written": 11,
    "gates_of_one_name_are_told_apart": 2,
    "outcomes_follow_the_exact_probabilities": 4,
    "outcomes_lie_within_the_noise_it_admits": 4,
    "counts_scatter_as_shots_do": 6,
    "the_same_seed_gives_the_same_counts": 4,
    "another_seed_gives_other_counts": 8,
    "batches_of_one_seed_draw_numbers_of_their_own": 4,
    "outcomes_may_be_asked_for_again": 3,
    "time_that_is_up_loses_nothing": 3,
    "a_job_says_what_it_is": 3,
    "a_job_is_found_again_by_its_id": 3,
    "outcomes_that_are_safe_stay": 3,
    "a_run_that_was_killed_submits_nothing_twice": 27,
    "a_job_whose_id_nobody_noted_is_not_submitted_twice": 27,
    "jobs_are_listed_for_every_circuit": 3,
    "cancelling_closes_the_gate_and_ends_every_job": 3,
    "what_is_to_be_sent_again_is_sent_once": 4,
}
"""Circuits that each check submits to a queue that passes it, at most; a check that fails looks into why, with more."""


def circuits_of(checks: Iterable[Check]) -> int:
    """Return how many circuits these checks submit to a queue at most, where it passes them."""
    return sum(CIRCUITS.get(check.name, 0) for check in checks)
