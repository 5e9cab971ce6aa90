"""What every analyzer promises."""

from oqtopus_experiments.testing.analyzers.purity import the_same_data_give_the_same_answer
from oqtopus_experiments.testing.check import Check

CHECKS = tuple(Check("analyzer", function) for function in (the_same_data_give_the_same_answer,))
