"""
One side of a comparison in a process of its own: ``python worker.py SIDE``.

A line names a task, and is answered by a line of JSON: seconds by the clock, seconds of the processor, and the most
memory so far. The first answer says which tasks there are, and with which versions.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import sys
import time
import warnings
from importlib import metadata

LIBRARIES = ("numpy", "scipy", "lmfit", "pandas", "qiskit", "qiskit-aer", "qulacs", "qiskit-experiments")


def versions() -> dict[str, str]:
    """Return the versions of what is installed of the libraries that matter."""
    installed = {found.metadata["Name"]: found.version for found in metadata.distributions()}
    return {name: installed[name] for name in LIBRARIES if name in installed}


def main(side: str) -> None:
    """Answer until there are no more lines."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    tasks = importlib.import_module(side).TASKS
    print(json.dumps({"tasks": list(tasks), "versions": versions()}), file=answers, flush=True)
    for line in sys.stdin:
        task = tasks[line.strip()]
        clock, processor = time.perf_counter(), time.process_time()
        task()
        answer = {"wall": time.perf_counter() - clock, "cpu": time.process_time() - processor}
        answer["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
