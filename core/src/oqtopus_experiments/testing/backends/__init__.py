"""What every backend promises."""

from oqtopus_experiments.testing.backends.counts import each_circuit_gets_one_outcome
from oqtopus_experiments.testing.check import Check

CHECKS = tuple(Check("backend", function) for function in (each_circuit_gets_one_outcome,))
