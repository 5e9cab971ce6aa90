"""What every experiment promises."""

from oqtopus_experiments.testing.check import Check
from oqtopus_experiments.testing.experiments.declaration import it_is_rehearsed_without_a_fault

CHECKS = tuple(Check("experiment", function) for function in (it_is_rehearsed_without_a_fault,))
