"""What turns the points of an experiment into numbers with errors and a verdict."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import AnalysisError


@frozen(kw_only=True)
class Analyzer(ABC):
    """Base of all analyzers: a frozen attrs class whose fields are its options."""

    name: ClassVar[str]
    """Name in a run file: ``analyzer = "<name>"``."""
    reads_counts: ClassVar[bool] = False
    """
    Whether it needs the counts themselves (`Dataset.outcomes`), which no mitigation changes: an experiment that it
    analyzes and that asks for one is refused before anything is submitted. `Dataset.expectations` and
    `Dataset.probabilities` are mitigated.
    """
    by_target: ClassVar[bool] = False
    """
    Whether the analysis of each target follows from its own data, whatever was read beside it: pieces of the targets
    may then be analyzed in several places. It reads `Dataset.targets` then: those of the experiment may be more.
    """

    @abstractmethod
    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """
        Return one analysis per target, in the order of the targets. Pure: no files, no plots.

        Raises:
            AnalysisError: When it cannot be applied to this experiment. Never because the data are poor.
        """

    def check_options(self, experiment: Declaration) -> None:  # noqa: B027  # most have none that depend on it
        """
        Refuse options that do not go with an experiment, before anything is measured.

        Optional: a fit refuses names that are not parameters of the model.

        Raises:
            ParameterError: Its field names the option, as ``fixed.offset``.
        """

    def forecast(
        self,
        experiment: Declaration,
        truth: Mapping[str, float],
        shots: int,
        correction: Correction | None = None,
    ) -> Analysis:
        """
        Return what one target would come to, before anything is measured: the truth, with the errors to expect.

        Optional: ``oqx plan`` shows it, and looks with it for the shots that a precision needs.

        Args:
            experiment: With one target.
            truth: Values assumed of the parameters of its model, by name.
            shots: Shots of each circuit, > 0.
            correction: What a mitigation would do to the target; only given where the experiment asks for one.

        Returns:
            Quantities with their expected standard errors, the headline first, and as verdict what could be said
            already, such as a window that is too short for that truth.

        Raises:
            AnalysisError: When it cannot say; the message tells why, and what would help.
        """
        message = f"the analyzer {self.name!r} makes no forecasts"
        raise AnalysisError(message)
