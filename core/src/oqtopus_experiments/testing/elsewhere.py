"""
An experiment in a fresh process, with another seed of hashes: what it does there, and how it bears odd values.

The process imports the module of the experiment as any user would, and is ended when it takes too long.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

LONGEST = 120.0
"""Seconds for everything that is asked of the other process."""
PATIENCE = 5.0
"""Seconds of processor time for one experiment with an odd value; its first and last circuits are small."""
MEMORY = 6 * 2**30
"""Bytes of address space that the process may take."""


def ask(experiment: Declaration, values: Sequence[tuple[str, Any]]) -> dict[str, list[str]]:
    """
    Ask about an experiment in another process.

    Args:
        experiment: The experiment; its class must be one that can be imported.
        values: Parameters to change, one at a time, each with its other value.

    Returns:
        ``digests`` of its circuits, and ``troubles`` with each of the values: empty where there are none.

    Raises:
        NotApplicable: When another process cannot import it.
        NotConforming: When the process ends without an answer.
    """
    module, name = importable(type(experiment))
    given = {
        "path": [*sys.path, str(root_of(module))],
        "module": module,
        "class": name,
        "parameters": experiment.parameters(),
        "values": list(values),
    }
    found: dict[str, list[str]] = answer("from oqtopus_experiments.testing.elsewhere import main; main()", given)
    return found


def answer(code: str, given: Any) -> Any:
    """Run code in a fresh interpreter that reads JSON and prints JSON as its last line; raises as `ask`."""
    env = {**os.environ, "PYTHONHASHSEED": "4321"}
    command = [sys.executable, "-c", code]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter
            command, input=json.dumps(given), capture_output=True, text=True, env=env, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as late:
        message = f"another process had no answer within {LONGEST:g} s"
        raise NotConforming(message) from late
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        message = f"in a process of its own it fails: {said[0]:.200}"
        raise NotConforming(message)
    return json.loads(done.stdout.splitlines()[-1])


def importable(cls: type[Any]) -> tuple[str, str]:
    """
    Return module and name by which another process finds a class.

    Raises:
        NotApplicable: When it was made in a function or in the script that runs.
    """
    if "<locals>" in cls.__qualname__ or cls.__module__ == "__main__":
        message = f"{cls.__qualname__} of {cls.__module__} cannot be imported by another process"
        raise NotApplicable(message)
    return cls.__module__, cls.__qualname__


def root_of(module: str) -> Path:
    """Return the folder from which a module is imported under its name."""
    file = sys.modules[module].__file__ or ""
    depth = module.count(".") + (Path(file).name == "__init__.py")
    return Path(file).resolve().parents[depth]


def asked() -> Any:
    """Return, in the other process, what it is asked: JSON on its standard input, whose ``path`` is that of imports."""
    given = json.load(sys.stdin)
    sys.path[:] = given["path"]
    return given


def imported(module: str, name: str) -> Any:
    """Return, in the other process, a class by what `importable` said of it."""
    return reduce(getattr, name.split("."), import_module(module))


def reply(found: Any) -> None:
    """Answer, in the other process: JSON as the last line of its output, whatever plugins have printed before."""
    sys.stdout.write(f"\n{json.dumps(found)}\n")


def main() -> None:
    """Answer what is asked of an experiment."""
    given = asked()
    cls = imported(given["module"], given["class"])
    from oqtopus_experiments.plugins._options import construct
    from oqtopus_experiments.testing.experiments.fingerprint import digests

    experiment: Declaration = construct(cls, given["parameters"])
    found = {"digests": digests(experiment), "troubles": _troubles(experiment, given["values"])}
    reply(found)


def _troubles(experiment: Declaration, values: Sequence[tuple[str, Any]]) -> list[str]:
    """Return for each other value of a parameter what breaks of it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    return [_trouble(experiment, name, value) for name, value in values]


def _trouble(experiment: Declaration, name: str, value: Any) -> str:
    """Return why there is no sweep, circuit or signal with this value; empty where there are."""
    from oqtopus_experiments.execution._circuits import copies_at
    from oqtopus_experiments.plugins._experiment_calls import references_of, signals_of, sweep_of
    from oqtopus_experiments.testing.experiments.fingerprint import ends
    from oqtopus_experiments.testing.experiments.variations import with_value

    try:
        with _impatient():
            # JSON has no tuples.
            other = with_value(experiment, name, tuple(value) if isinstance(value, list) else value)
            sweep, references = sweep_of(other), references_of(other)
            signals_of(other, sweep, tuple(references))
            for point in ends(sweep):
                copies_at(other, point)
    except _TooLongError:
        return f"it takes longer than {PATIENCE:g} s"
    except OqtopusExperimentsError as error:
        return f"{error}"
    return ""


class _TooLongError(BaseException):
    """Passes every fence: it is no fault of the code that was interrupted."""


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    """End what takes too much time of the processor, where the system has a timer for it."""
    if sys.platform == "win32":
        yield
        return

    def stop(*_: Any) -> None:
        raise _TooLongError

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
