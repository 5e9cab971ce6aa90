"""The result of an experiment: its points, and on request its analysis, table and figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from attrs import Factory, field, frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.executors import ExecutorProvider
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.targets import label as label_of
from oqtopus_experiments.contracts.verdict import Verdict
from oqtopus_experiments.errors import AnalysisError, PluginError
from oqtopus_experiments.execution import _by_target as by_target
from oqtopus_experiments.execution._analyzing import analyzed, chosen_analyzer
from oqtopus_experiments.execution._driven import without_undriven
from oqtopus_experiments.execution._executors import opened
from oqtopus_experiments.execution._pieces_of_targets import analyses_in
from oqtopus_experiments.plugins._analyzer_calls import analyses_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from oqtopus_experiments.reporting.report._alone import Report


@frozen(eq=False, repr=False)
class ExperimentResult:
    """
    What came back from a backend.

    Each quantity of its analysis is an attribute: ``result.t1_time`` is a mapping from the qubit to a `Quantity`, with
    ``value``, ``stderr`` and ``unit`` where there is one target only. The analysis by the analyzer of the experiment is
    made once, whatever is asked of it; what gives analyses, tables, figures and reports takes another analyzer too.

    Args:
        experiment: What was run.
        dataset: Signal and standard error at every point; ``dataset.to_frame()`` is a table of them.
        counts: Counts, or why there are none, by index of the circuit.
        job_metadata: ``job_id``, ``status`` and what else the backend knows.
        provenance: Versions, backend and seed.
        notes: What a person should know of what came back: fewer shots than asked for.
        label: Its name in the run, which figures and tables bear; by default that of the experiment.
        synthesized: The gates whose strength it sweeps and the device makes of others, each with the physical qubits:
            the analysis of such a target gives no number for the drive (``not_driven``).
        calibration: What its mitigation was calibrated by; the points of `dataset` are then mitigated, and those of
            ``dataset.raw`` are what was measured. None without.
    """

    experiment: Declaration
    dataset: Dataset
    counts: Mapping[int, Counts | Failure] = field(repr=False)
    job_metadata: Mapping[str, Any]
    provenance: Mapping[str, Any] = field(factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    label: str = field(default=Factory(lambda self: self.experiment.name, takes_self=True))
    synthesized: Mapping[str, tuple[int, ...]] = field(factory=dict, repr=False)
    calibration: Calibration | None = field(default=None, repr=False)

    def analyses(
        self,
        analyzer: str | Analyzer | None = None,
        *,
        fit: Mapping[str, Any] | None = None,
        executor: Executor | ExecutorProvider | str | None = None,
    ) -> Sequence[Analysis]:
        """
        Return one analysis per target; without any argument those that were made once.

        Args:
            analyzer: Name of an analyzer, or one with options; that of the experiment by default.
            fit: What is known of the fit, as `[experiments.fit]` of a run file has it, by parameters of the model:
                ``{"guess": {"t1_time": "20 us"}, "fixed": {"offset": 0.02}, "bounds": {"amplitude": [0, 1]}}``.
            executor: Where pieces of the targets are analyzed: a `concurrent.futures.Executor`, of a Dask ``Client``
                its ``get_executor()``, or the name of an executor of a plugin. The numbers are the same. An analyzer
                that compares targets works in this process.

        Raises:
            PluginError: When there is no such analyzer or executor.
            ConfigError: For a name in `fit` that is not a parameter of the model, or a value that is none of its; for
                an `executor` that is none.
            AnalysisError: When it does not fit this experiment. Never because the data are poor.
            PluginFault: When its code fails or that of the experiment's model, or what it gives is unsound.
        """
        if analyzer is None and fit is None and executor is None:
            return self._standard
        return self._analyses(chosen_analyzer(self.experiment, analyzer, fit), executor)

    def _analyses(
        self, chosen: Analyzer, executor: Executor | ExecutorProvider | str | None = None
    ) -> tuple[Analysis, ...]:
        if executor is None:
            found = analyses_of(chosen, self.experiment, self.dataset)
        else:
            with opened(executor) as workers:
                found = analyses_in(workers, chosen, self.experiment, self.dataset)
        return without_undriven(found, self.experiment, self.synthesized)

    def analyze(
        self,
        plot: bool = False,
        analyzer: str | Analyzer | None = None,
        *,
        fit: Mapping[str, Any] | None = None,
        executor: Executor | ExecutorProvider | str | None = None,
    ) -> pd.DataFrame:
        """
        Analyze, and return one row per target.

        Columns: ``qubits``; each quantity and its ``_stderr`` (and ``_low``, ``_high`` where the analyzer was asked for
        intervals, ``_systematic``, ``_at_least``, ``_at_most``, ``_held`` where some target has one); ``verdict`` and
        ``reasons``, the one to act on first; ``points`` used and ``shots`` behind them. Units are in
        ``attrs["units"]``. A value without an error is not a number.

        Args:
            plot: Also draw the figure, shown at once in a notebook or an interactive window.
            analyzer: As for `analyses`.
            fit: Likewise.
            executor: Likewise.
        """
        from oqtopus_experiments.reporting._table import to_frame

        analyses = self.analyses(analyzer, fit=fit, executor=executor)
        if plot:
            from oqtopus_experiments.reporting.figures import About, draw_in_pyplot

            draw_in_pyplot(self.label, self.dataset, analyses, About.of(self.provenance, self.job_metadata))
        return to_frame(self.dataset, analyses)

    def arrays(
        self,
        analyzer: str | Analyzer | None = None,
        *,
        fit: Mapping[str, Any] | None = None,
        executor: Executor | ExecutorProvider | str | None = None,
    ) -> pd.DataFrame:
        """
        Return the measured arrays in long form, one row per element.

        Columns: ``qubits``, ``array``, a label for each dimension, ``value`` and ``stderr`` (of complex arrays those of
        the real part, and ``imaginary``, ``imaginary_stderr``), ``unit``. A dimension that an array does not have is
        empty there.

        Args:
            analyzer: As for `analyses`.
            fit: Likewise.
            executor: Likewise.
        """
        from oqtopus_experiments.reporting._arrays import array_frame

        return array_frame(self.analyses(analyzer, fit=fit, executor=executor))

    @cached_property
    def _standard(self) -> tuple[Analysis, ...]:
        return self._analyses(chosen_analyzer(self.experiment))

    @property
    def verdict(self) -> Verdict:
        """
        The verdict of all targets together: the worst of them.

        Raises:
            AnalysisError: As for `analyses`.
        """
        return by_target.worst(self._standard)

    def __getattr__(self, name: str) -> by_target.QuantityByTarget:
        # What Python and notebooks ask of any object begins so, and is no reason to analyze.
        found = None if name.startswith("_") else by_target.QuantityByTarget.of(name, self._standard)
        if found is None:
            there_are = "" if name.startswith("_") else ", ".join(by_target.names_in(self._standard)) or "it has none"
            known = f", nor a quantity of that name: {there_are}" if there_are else ""
            message = f"{type(self).__name__} has no attribute {name!r}{known}"
            raise AttributeError(message, name=name, obj=self)
        return found

    def __dir__(self) -> Iterable[str]:
        try:
            names = by_target.names_in(self._standard)
        except (AnalysisError, PluginError):  # said when one is asked for
            names = []
        return [*super().__dir__(), *names]

    def __repr__(self) -> str:
        targets = ", ".join(map(label_of, self.dataset.targets))
        return f"<{type(self).__name__} {self.label!r}: {self.experiment.name} of {targets}; {self.dataset.summary}>"

    def to_xarray(
        self,
        analyzer: str | Analyzer | None = None,
        *,
        fit: Mapping[str, Any] | None = None,
        executor: Executor | ExecutorProvider | str | None = None,
    ) -> xr.Dataset:
        """
        Return points, fit and quantities with their axes and units, for xarray: ``.to_netcdf(FILE)`` keeps them.

        Dimensions are ``target`` and the axes of the sweep; of points that are not a grid ``target`` and ``point``.
        ``signal``, ``signal_stderr``, ``shots`` and ``fitted`` have them; each quantity, its ``_stderr`` and
        ``_systematic``, ``verdict`` and ``reasons`` have ``target``. Units are in the ``units`` of each variable; the
        parameters and where the numbers come from are in ``attrs``, as JSON.

        Args:
            analyzer: As for `analyses`.
            fit: Likewise.
            executor: Likewise.

        Raises:
            ImportError: When ``xarray`` is not installed (it comes with the extra ``[xarray]``).
        """
        from oqtopus_experiments.reporting._xarray import to_xarray, told_of

        analyses = self.analyses(analyzer, fit=fit, executor=executor)
        return to_xarray(self.dataset, analyses, told_of(self.label, self.experiment, self.provenance))

    def _repr_html_(self) -> str:
        """Show table and figure in a notebook; the points alone when the analyzer does not fit the experiment."""
        from oqtopus_experiments.reporting._notebook import to_html
        from oqtopus_experiments.reporting.figures import About

        analyses: Sequence[Analysis] = ()
        problem = ""
        try:
            analyses = self._standard
        except (AnalysisError, PluginError) as error:
            problem = str(error)
        return to_html(
            self.label, self.dataset, analyses, problem, self.notes, About.of(self.provenance, self.job_metadata)
        )

    def report(
        self,
        analyzer: str | Analyzer | None = None,
        *,
        fit: Mapping[str, Any] | None = None,
        executor: Executor | ExecutorProvider | str | None = None,
    ) -> Report:
        """
        Return the report of this result alone, as a run folder has one: in a notebook it shows itself.

        ``.save("t1.html")`` writes it: one page that needs nothing else, with the data inside.

        Args:
            analyzer: As for `analyses`.
            fit: Likewise.
            executor: Likewise.

        Raises:
            PluginError: When there is no such analyzer.
            ConfigError: As for `analyses`.
        """
        from oqtopus_experiments.reporting.report._alone import report_of

        chosen = chosen_analyzer(self.experiment, analyzer, fit)
        # The points are worth a page all the same where the analyzer does not fit.
        found = analyzed(self.label, partial(self.analyses, analyzer, fit=fit, executor=executor), self.notes)
        return report_of(found, self.experiment, self.dataset, chosen, self.provenance, self.job_metadata)

    def figure(
        self,
        analyzer: str | Analyzer | None = None,
        *,
        fit: Mapping[str, Any] | None = None,
        executor: Executor | ExecutorProvider | str | None = None,
        size: tuple[float, float] | None = None,
        qubits: Sequence[int | Sequence[int]] | None = None,
        style: str | Mapping[str, Any] = "screen",
    ) -> Figure:
        """
        Return a matplotlib figure of points, fit and verdict; it belongs to no window.

        Args:
            analyzer: As for `analyses`.
            fit: Likewise.
            executor: Likewise.
            size: Width and height in inches; None for what the panels need.
            qubits: Which targets, each a qubit or a list of qubits, such as ``[0, 3]``; None for all.
            style: ``"screen"``, ``"talk"`` with larger letters, ``"paper"`` with smaller ones, or settings of
                matplotlib: ``{"font.family": "serif"}``.

        Raises:
            ValueError: When a target or the style is not known.
        """
        from oqtopus_experiments.reporting.figures import About, figure

        about = About.of(self.provenance, self.job_metadata)
        analyses = self.analyses(analyzer, fit=fit, executor=executor)
        return figure(self.label, self.dataset, analyses, about, size=size, qubits=qubits, style=style)
