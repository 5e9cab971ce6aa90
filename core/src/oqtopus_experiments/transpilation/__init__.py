"""
For authors of backends behind Qiskit: circuits compiled for a device as they were written, and its answers read.

A circuit is pinned to the physical qubits that were asked for, nothing of it is optimized away, and its delays are
what the clock of the device can keep; what that changes is said.

Knows circuits, counts and Qiskit's description of a device. Must not know an experiment, a plugin or a file.
"""

from oqtopus_experiments.transpilation.answers import REGISTER, of_pub, of_result, on_one_register
from oqtopus_experiments.transpilation.clock import Clock, on_clock, step_of
from oqtopus_experiments.transpilation.compiling import CompiledBatch, compile_batch
from oqtopus_experiments.transpilation.driving import drives, synthesized_on
from oqtopus_experiments.transpilation.foreign import asked, told
from oqtopus_experiments.transpilation.own_gates import own_gates_taken_apart

__all__ = [
    "REGISTER",
    "Clock",
    "CompiledBatch",
    "asked",
    "compile_batch",
    "drives",
    "of_pub",
    "of_result",
    "on_clock",
    "on_one_register",
    "own_gates_taken_apart",
    "step_of",
    "synthesized_on",
    "told",
]
