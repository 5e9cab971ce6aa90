"""What every experiment promises, in reading order: what it declares, its circuits, its numbers, its manners."""

from oqtopus_experiments.testing.check import Check
from oqtopus_experiments.testing.experiments.bad_values import a_bad_value_is_refused_when_it_is_given
from oqtopus_experiments.testing.experiments.circuits import circuits_match_the_sweep, each_axis_changes_something
from oqtopus_experiments.testing.experiments.declaration import it_is_rehearsed_without_a_fault
from oqtopus_experiments.testing.experiments.determinism import a_circuit_is_the_same_when_built_again
from oqtopus_experiments.testing.experiments.documentation import (
    each_parameter_has_a_help,
    the_documentation_names_what_is_reported,
)
from oqtopus_experiments.testing.experiments.growth import time_grows_as_the_size_does
from oqtopus_experiments.testing.experiments.ignored import no_parameter_is_ignored
from oqtopus_experiments.testing.experiments.imports import it_is_cheap_to_import
from oqtopus_experiments.testing.experiments.impostors import (
    data_without_a_signal_are_bad,
    no_impostor_is_called_good,
    on_a_perfect_device_the_model_describes_the_circuits,
)
from oqtopus_experiments.testing.experiments.poor_data import poor_data_never_raise
from oqtopus_experiments.testing.experiments.round_trip import parameters_come_back_from_a_file
from oqtopus_experiments.testing.experiments.run_folder import results_survive_the_run_folder
from oqtopus_experiments.testing.experiments.side_by_side import (
    a_target_has_the_same_circuits_alone,
    random_circuits_differ_between_targets,
)
from oqtopus_experiments.testing.experiments.truth import (
    sound_data_are_called_good,
    the_error_bars_are_as_wide_as_the_scatter,
    the_numbers_follow_the_truth,
    what_the_model_lists_is_reported,
)
from oqtopus_experiments.testing.experiments.units import (
    a_parameter_has_the_unit_of_the_axis_it_stretches,
    circuits_wait_as_long_as_the_axis_says,
    quantities_have_the_unit_of_the_axis,
)

CHECKS = tuple(
    Check("experiment", function)
    for function in (
        it_is_rehearsed_without_a_fault,
        it_is_cheap_to_import,
        each_parameter_has_a_help,
        the_documentation_names_what_is_reported,
        a_parameter_has_the_unit_of_the_axis_it_stretches,
        circuits_wait_as_long_as_the_axis_says,
        quantities_have_the_unit_of_the_axis,
        a_bad_value_is_refused_when_it_is_given,
        no_parameter_is_ignored,
        parameters_come_back_from_a_file,
        circuits_match_the_sweep,
        each_axis_changes_something,
        a_circuit_is_the_same_when_built_again,
        a_target_has_the_same_circuits_alone,
        random_circuits_differ_between_targets,
        sound_data_are_called_good,
        the_numbers_follow_the_truth,
        the_error_bars_are_as_wide_as_the_scatter,
        what_the_model_lists_is_reported,
        data_without_a_signal_are_bad,
        no_impostor_is_called_good,
        on_a_perfect_device_the_model_describes_the_circuits,
        poor_data_never_raise,
        results_survive_the_run_folder,
        time_grows_as_the_size_does,
    )
)
