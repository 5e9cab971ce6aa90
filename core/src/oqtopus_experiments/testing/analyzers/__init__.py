"""What every analyzer promises."""

from oqtopus_experiments.testing.analyzers.another_process import another_process_gives_the_same_answer
from oqtopus_experiments.testing.analyzers.covering import (
    a_forecast_agrees_with_the_scatter,
    error_bars_cover_the_truth,
    it_finds_the_truth_of_its_data,
)
from oqtopus_experiments.testing.analyzers.error_bars import (
    errors_shrink_with_the_root_of_the_shots,
    every_number_has_an_error_bar,
)
from oqtopus_experiments.testing.analyzers.growth import time_grows_with_the_targets_and_no_faster
from oqtopus_experiments.testing.analyzers.points import the_order_of_points_does_not_matter
from oqtopus_experiments.testing.analyzers.poor_data import (
    it_never_raises_on_poor_data,
    nothing_is_made_of_missing_points,
    without_a_signal_nothing_is_good,
)
from oqtopus_experiments.testing.analyzers.purity import (
    it_leaves_random_numbers_alone,
    no_file_is_written,
    nothing_that_it_is_given_is_changed,
    the_same_data_give_the_same_answer,
)
from oqtopus_experiments.testing.analyzers.storage import (
    its_options_survive_the_run_folder,
    results_survive_the_run_folder,
)
from oqtopus_experiments.testing.analyzers.targets import each_target_has_the_result_of_its_own_data
from oqtopus_experiments.testing.analyzers.verdicts import (
    a_number_keeps_its_name_and_its_unit,
    reasons_have_codes_and_sentences,
)
from oqtopus_experiments.testing.check import Check
from oqtopus_experiments.testing.experiments.imports import it_is_cheap_to_import

CHECKS = tuple(
    Check("analyzer", function)
    for function in (
        it_is_cheap_to_import,
        the_same_data_give_the_same_answer,
        another_process_gives_the_same_answer,
        it_leaves_random_numbers_alone,
        nothing_that_it_is_given_is_changed,
        no_file_is_written,
        each_target_has_the_result_of_its_own_data,
        the_order_of_points_does_not_matter,
        every_number_has_an_error_bar,
        errors_shrink_with_the_root_of_the_shots,
        error_bars_cover_the_truth,
        it_finds_the_truth_of_its_data,
        a_forecast_agrees_with_the_scatter,
        it_never_raises_on_poor_data,
        nothing_is_made_of_missing_points,
        without_a_signal_nothing_is_good,
        a_number_keeps_its_name_and_its_unit,
        reasons_have_codes_and_sentences,
        results_survive_the_run_folder,
        its_options_survive_the_run_folder,
        time_grows_with_the_targets_and_no_faster,
    )
)
