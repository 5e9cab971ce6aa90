"""An analyzer is a pure function of experiment and data: it changes nothing, and nothing else changes it."""

from __future__ import annotations

import contextlib
import pickle
import random
import tempfile
from pathlib import Path

import attrs
import numpy as np

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.subject import AnalyzerSubject
from oqtopus_experiments.testing.analyzers.another_process import elsewhere
from oqtopus_experiments.testing.analyzers.answers import answers, told
from oqtopus_experiments.testing.analyzers.data import source_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming


def the_same_data_give_the_same_answer(subject: AnalyzerSubject) -> None:
    """The same data analyzed again give the same numbers, verdict and figures, to the last bit, whatever was before."""
    source = source_of(subject)
    experiment, dataset = source.on(3), source.dataset(3, subject.shots, 1)
    first = list(map(told, answers(subject, experiment, dataset)))
    answers(subject, experiment, source.dataset(3, subject.shots, 2))
    again = list(map(told, answers(subject, experiment, dataset)))
    if first != again:
        message = f"the same data gave {_changed(first, again)}: keep nothing between calls, and draw from a fixed seed"
        raise NotConforming(message)


def it_leaves_random_numbers_alone(subject: AnalyzerSubject) -> None:
    """It neither depends on nor moves the random numbers that all of a process share (`random`, `numpy.random`)."""
    source = source_of(subject)
    experiment, dataset = source.on(2), source.dataset(2, subject.shots, 1)
    before = random.getstate(), np.random.get_state()  # noqa: NPY002  # the shared ones are meant
    try:
        seen = []
        for seed in (1, 2, 1):
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002
            state = _random_state()
            seen.append(list(map(told, answers(subject, experiment, dataset))))
            if _random_state() != state:
                message = "it draws from the random numbers that all share: take numpy.random.default_rng(a fixed seed)"
                raise NotConforming(message)
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
    first, other, again = seen
    if first == again != other:
        message = f"another state of the shared random numbers gave {_changed(first, other)}"
        raise NotConforming(message)


def nothing_that_it_is_given_is_changed(subject: AnalyzerSubject) -> None:
    """Experiment and data are the same after the analysis as before it."""
    source = source_of(subject)
    experiment, dataset = source.on(3), source.dataset(3, subject.shots, 1)
    parameters, before = repr(experiment), _arrays(dataset)
    answers(subject, experiment, dataset)
    after = _arrays(dataset)
    changed = [name for name in before if before[name] != after[name]]
    if changed or repr(experiment) != parameters:
        what = f"`{changed[0]}` of the data" if changed else "the experiment"
        message = f"it changes {what} that it is given: work on a copy, as numpy.array(dataset.mean)"
        raise NotConforming(message)


def no_file_is_written(subject: AnalyzerSubject) -> None:
    """It writes no file: what a run keeps of its answer, and where, is not its business."""
    source = source_of(subject)
    experiment, dataset = source.on(2), source.dataset(2, subject.shots, 1)
    answers(subject, experiment, dataset)  # what libraries leave at their first use is not its doing
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        answers(subject, experiment, dataset)
        found = sorted(path.name for path in Path().rglob("*"))
        with contextlib.suppress(NotApplicable):  # where no other process can be asked, this folder is all that is seen
            found += elsewhere(subject, source).written
    if found:
        message = f"it writes {found[0]!r}: return figures as panels and tables as arrays of its Analysis"
        raise NotConforming(message)


def _arrays(dataset: Dataset) -> dict[str, bytes]:
    """Return the bytes of the arrays of a data set, by name."""
    found = {
        f"{part}.{name}": value.tobytes()
        for part, estimates in (("points", dataset.points), ("references", dataset.references))
        for name, value in attrs.asdict(estimates, recurse=False).items()
    }
    return found | {f"sweep.{name}": values.tobytes() for name, values in dataset.sweep.grid().items()}


def _random_state() -> bytes:
    return pickle.dumps((random.getstate(), np.random.get_state()))  # noqa: NPY002


def _changed(first: list[str], again: list[str]) -> str:
    one, other = next((one, other) for one, other in zip(first, again, strict=True) if one != other)
    at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"...{one[max(0, at - 40) : at + 20]}... and then ...{other[max(0, at - 40) : at + 20]}..."
