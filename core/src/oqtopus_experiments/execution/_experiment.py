"""What a user imports and an author subclasses: the declaration of an experiment, and running it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.contracts.experiment import Declaration

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments.execution._result import ExperimentResult
    from oqtopus_experiments.execution._submitted import SubmittedExperiment


@frozen(kw_only=True)
class Experiment(Declaration):
    """
    Base of all experiments: a `Declaration` that can be run.

    A frozen attrs class (``@frozen(kw_only=True)``) whose fields are its parameters. A subclass sets `name`, writes
    `sweep` and `circuit`, and `fit_model` when a model is to be fitted. It never sees a backend, a file or a plot.
    """

    def run(
        self,
        backend: Any,
        shots: int | None = None,
        *,
        name: str | None = None,
        runs: str | Path | bool | None = None,
        timeout: float | None = None,
        calibration: ExperimentResult | str | Path | None = None,
        progress: bool = False,
    ) -> ExperimentResult:
        """
        Run on a backend and wait for the counts.

        Args:
            backend: A `Backend`, the name of one with its options as they are, or any Qiskit ``BackendV2`` or
                ``BaseSamplerV2``.
            shots: Repetitions of each circuit; None for `default_shots` of the experiment, or 1000.
            name: Label of the run; the name of the experiment by default.
            runs: Directory in which a run folder is written as the run goes, with the analysis, the tables and the
                figures at its end, as for a run file; what cannot be analyzed is logged. False keeps the result in
                memory. None does that too, except on a backend whose jobs outlive this process, where it means
                ``"runs"``.
            timeout: Seconds to wait; None waits for as long as it takes. Jobs behind a queue go on when it is up.
            calibration: What its `mitigation` is calibrated by: a result, or a run folder. By default the newest run
                of the same device in ``runs`` that has its qubits.
            progress: Whether to show a bar that moves with every outcome.

        Raises:
            BackendError: When the backend cannot run it, or no circuit came back with counts.
            CalibrationError: When it asks for a mitigation that nothing calibrates; nothing was submitted.
        """
        submitted = self.submit(backend, shots, name=name, runs=runs, calibration=calibration)
        if not progress:
            return submitted.result(timeout)
        from oqtopus_experiments.execution._progress_bar import ProgressBar

        bar, label = ProgressBar(), submitted.batch.name
        bar.waiting(label, len(submitted.batch.circuits))
        try:
            return submitted.result(timeout, lambda outcome: bar.outcome(label, outcome))
        finally:
            bar.close()

    def submit(
        self,
        backend: Any,
        shots: int | None = None,
        *,
        name: str | None = None,
        runs: str | Path | bool | None = None,
        calibration: ExperimentResult | str | Path | None = None,
    ) -> SubmittedExperiment:
        """Hand the circuits to a backend and return at once with a handle; arguments as for `run`."""
        # Loaded when something is run: `oqx list` imports every experiment, and need not wait for it.
        from oqtopus_experiments.execution._kept_run import submit

        return submit(self, backend, shots, name=name, runs=runs, calibration=calibration)

    def result_from(
        self,
        counts: Any,
        *,
        axes: Mapping[str, Any] | None = None,
        name: str | None = None,
        runs: str | Path | bool | None = None,
        first_bit: str = "right",
        device: str = "",
    ) -> ExperimentResult:
        """
        Return the result that counts taken elsewhere give; no backend is needed, and none is made up.

        The points are those of the data, whatever this experiment would sweep itself.

        Args:
            counts: The path of a CSV file or a pandas DataFrame with columns for the axes, ``target``, ``outcome`` and
                ``count``; a mapping from points to counts, ``{delay: {"0": 10, "1": 990}}``; a list of such counts, or
                a ``Result`` or ``PrimitiveResult`` of Qiskit, in the order of the sweep and its reference circuits.
            axes: The values measured, by axis, for counts that stand in an order: all combinations, the last axis
                fastest. By default the sweep of this experiment.
            name: Label of the run; the name of the experiment by default.
            runs: Directory in which a run folder is written, like that of a run; None or False writes none.
            first_bit: Where bit 0 stands in an outcome: ``"right"``, as in Qiskit, or ``"left"``.
            device: What was measured, in your words: a history keeps the counts of different devices apart by it.

        Raises:
            CountsError: When the counts cannot be those of this experiment; nothing was written.
            StoreError: When the run folder cannot be written.
        """
        from oqtopus_experiments.execution._import import result_from

        return result_from(self, counts, axes=axes, name=name, runs=runs, first_bit=first_bit, device=device)[0]

    def circuits(self) -> tuple[QuantumCircuit, ...]:
        """
        Return the circuits that would run, in the order of the sweep, then the reference circuits.

        All targets stand side by side: qubit i of a circuit is that of `targets`, one after the other.

        Raises:
            PluginFault: When the code of the experiment fails, or a circuit does not go with its declaration.
        """
        from oqtopus_experiments.execution._circuits import build

        return build(self)

    def draw(self, point: int | None = None, output: str = "text") -> Any:
        """
        Return the drawing of the circuit of one target at one point, as Qiskit draws it; a notebook shows it.

        Args:
            point: Which point of the sweep, from 0; a typical one by default.
            output: ``"text"``, or what else Qiskit can draw here, such as ``"mpl"``.

        Raises:
            IndexError: When there is no such point.
            BackendError: Where Qiskit is not installed.
            PluginFault: When the code of the experiment fails.
        """
        from oqtopus_experiments.execution._drawing import drawing

        return drawing(self, point, output)
