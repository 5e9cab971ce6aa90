"""What every backend promises."""

from oqtopus_experiments.testing.backends.bits import (
    bits_do_not_depend_on_the_physical_qubits,
    bits_stand_where_they_were_measured,
)
from oqtopus_experiments.testing.backends.counts import counts_hold_all_shots, each_circuit_gets_one_outcome
from oqtopus_experiments.testing.backends.devices import (
    a_device_that_there_is_not_is_a_device_error,
    a_twin_is_a_simulator,
    devices_are_described_soundly,
    what_it_says_of_itself_is_sound,
)
from oqtopus_experiments.testing.backends.distributions import (
    counts_scatter_as_shots_do,
    outcomes_follow_the_exact_probabilities,
    outcomes_lie_within_the_noise_it_admits,
)
from oqtopus_experiments.testing.backends.jobs import (
    a_job_is_found_again_by_its_id,
    a_job_says_what_it_is,
    a_job_that_there_is_not_is_a_job_error,
    outcomes_may_be_asked_for_again,
    time_that_is_up_loses_nothing,
)
from oqtopus_experiments.testing.backends.options import (
    a_wrong_option_is_refused_by_name,
    an_option_that_holds_a_secret_is_declared_so,
    every_option_can_be_set_from_a_run_file,
    options_survive_their_configuration,
)
from oqtopus_experiments.testing.backends.pieces import (
    a_simulation_that_was_killed_goes_on_with_what_is_missing,
    pieces_have_the_counts_of_the_whole,
)
from oqtopus_experiments.testing.backends.positions import (
    an_outcome_belongs_to_the_circuit_at_its_position,
    circuits_are_left_as_they_were,
)
from oqtopus_experiments.testing.backends.queues import (
    cancelling_closes_the_gate_and_ends_every_job,
    jobs_are_listed_for_every_circuit,
    nothing_passes_a_closed_gate,
    what_is_to_be_sent_again_is_sent_once,
)
from oqtopus_experiments.testing.backends.refusals import (
    a_refusal_names_what_was_refused,
    more_qubits_than_there_are_are_refused,
    one_circuit_that_cannot_be_run_spoils_no_other,
    what_cannot_be_run_has_no_counts,
)
from oqtopus_experiments.testing.backends.resuming import (
    a_job_whose_id_nobody_noted_is_not_submitted_twice,
    a_run_that_was_killed_submits_nothing_twice,
    outcomes_that_are_safe_stay,
)
from oqtopus_experiments.testing.backends.secrets import a_run_shows_no_secret, a_secret_option_is_not_shown
from oqtopus_experiments.testing.backends.seeds import (
    another_seed_gives_other_counts,
    batches_of_one_seed_draw_numbers_of_their_own,
    the_same_seed_gives_the_same_counts,
)
from oqtopus_experiments.testing.backends.written import (
    gates_of_one_name_are_told_apart,
    what_is_run_is_what_was_written,
)
from oqtopus_experiments.testing.check import Check
from oqtopus_experiments.testing.experiments.imports import it_is_cheap_to_import

CHECKS = tuple(
    Check("backend", function)
    for function in (
        it_is_cheap_to_import,
        options_survive_their_configuration,
        every_option_can_be_set_from_a_run_file,
        a_wrong_option_is_refused_by_name,
        an_option_that_holds_a_secret_is_declared_so,
        a_secret_option_is_not_shown,
        a_run_shows_no_secret,
        each_circuit_gets_one_outcome,
        counts_hold_all_shots,
        bits_stand_where_they_were_measured,
        bits_do_not_depend_on_the_physical_qubits,
        an_outcome_belongs_to_the_circuit_at_its_position,
        circuits_are_left_as_they_were,
        what_is_run_is_what_was_written,
        gates_of_one_name_are_told_apart,
        outcomes_follow_the_exact_probabilities,
        outcomes_lie_within_the_noise_it_admits,
        counts_scatter_as_shots_do,
        the_same_seed_gives_the_same_counts,
        another_seed_gives_other_counts,
        batches_of_one_seed_draw_numbers_of_their_own,
        what_cannot_be_run_has_no_counts,
        a_refusal_names_what_was_refused,
        one_circuit_that_cannot_be_run_spoils_no_other,
        more_qubits_than_there_are_are_refused,
        outcomes_may_be_asked_for_again,
        time_that_is_up_loses_nothing,
        a_job_says_what_it_is,
        a_job_is_found_again_by_its_id,
        a_job_that_there_is_not_is_a_job_error,
        outcomes_that_are_safe_stay,
        pieces_have_the_counts_of_the_whole,
        a_simulation_that_was_killed_goes_on_with_what_is_missing,
        a_run_that_was_killed_submits_nothing_twice,
        a_job_whose_id_nobody_noted_is_not_submitted_twice,
        jobs_are_listed_for_every_circuit,
        nothing_passes_a_closed_gate,
        cancelling_closes_the_gate_and_ends_every_job,
        what_is_to_be_sent_again_is_sent_once,
        a_device_that_there_is_not_is_a_device_error,
        devices_are_described_soundly,
        what_it_says_of_itself_is_sound,
        a_twin_is_a_simulator,
    )
)
