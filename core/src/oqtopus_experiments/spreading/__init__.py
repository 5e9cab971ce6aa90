"""
For authors of backends that let workers elsewhere simulate: processes, clusters.

A plugin says which workers there are (`ExecutorProvider`) and gets a backend that runs any simulator on them: the same
circuits, noise and seeds, so the same counts, in whatever pieces and wherever they are simulated.

Knows backends and the plugins they come from. Must not know experiments, runs or their folders.
"""

from oqtopus_experiments.spreading._backend import SpreadBackend
from oqtopus_experiments.spreading._cores import cores, threads_each, workers_here
from oqtopus_experiments.spreading._environment import begun_with
from oqtopus_experiments.spreading._inner import as_simulator
from oqtopus_experiments.spreading._versions import (
    WorkerRefusedError,
    check_versions,
    installed_versions,
    versions_here,
)

__all__ = [
    "SpreadBackend",
    "WorkerRefusedError",
    "as_simulator",
    "begun_with",
    "check_versions",
    "cores",
    "installed_versions",
    "threads_each",
    "versions_here",
    "workers_here",
]
