"""What tests of figures, tables and pages look at: an experiment over any sweep, its points, an analysis of them."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Counts,
    Curve,
    Dataset,
    Experiment,
    Failure,
    Probability,
    Quantity,
    Reason,
    Sweep,
    Verdict,
    cli,
)

VERDICTS = {
    "good": Verdict([Reason("fits", "the model describes the points", "good")]),
    "suspect": Verdict([Reason("short", "a short window", "suspect")]),
    "bad": Verdict([Reason("no_signal", "no decay within the <window> $x$", "bad")]),
}


@pytest.fixture
def oqx(monkeypatch, capsys):
    """Return a function that runs the command line in this process, and returns exit code, output, errors."""

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["oqx", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        told = capsys.readouterr()
        return stop.value.code or 0, told.out, told.err

    return call


@pytest.fixture(scope="session")
def experiment_over():
    """Return a function that makes an experiment of any sweep, or of the grid of some axes."""

    def make(*axes, targets=1, qubits=1, signal=None, name="swept $<b>"):
        given = axes[0] if isinstance(axes[0], Sweep) else Sweep(*axes)
        label, read, size = name, signal or Probability("1" * qubits), qubits

        @frozen(kw_only=True)
        class Swept(Experiment):
            name = label
            signal = read
            num_qubits = size

            def sweep(self):
                return given

            def circuit(self, **point):
                raise NotImplementedError

        return Swept(targets=[range(size * i, size * (i + 1)) for i in range(targets)])

    return make


@pytest.fixture(scope="session")
def measured():
    """
    Return a function that makes the points of an experiment: every target reads 1 in just so many of the shots.

    `probability` is of shape (points,) or (targets, points); 0.9 falling to 0.2 unless given.
    """

    def make(experiment, probability=None, *, missing=(), shots=300):
        size, targets = experiment.sweep().size, len(experiment.targets)
        wanted = np.linspace(0.9, 0.2, size) if probability is None else np.asarray(probability, dtype=float)
        ones = np.rint(shots * np.broadcast_to(wanted, (targets, size))).astype(int)
        width = experiment.num_qubits
        results = {
            i: Failure("busy")
            if i in missing
            else Counts.from_shots(np.repeat(np.arange(shots)[:, None] < ones[:, i], width, axis=1))
            for i in range(size)
        }
        return Dataset.from_counts(experiment, results)

    return make


@pytest.fixture(scope="session")
def fit():
    """Return a function that makes the analysis of one target over the first axis: a straight line from 0.9 to 0.2."""

    def make(dataset, index=0, level="good", value=24_900.0):
        axis = dataset.sweep.axes[0].values.astype(float)
        dense = np.linspace(axis.min(), axis.max(), 100)
        line = np.linspace(0.9, 0.2, len(axis))
        return Analysis(
            dataset.targets[index],
            [Quantity("t1_time", value, 400.0, "ns")],
            VERDICTS[level],
            fitted=line,
            curves=[Curve(dense, np.interp(dense, axis, line))],
        )

    return make
