"""What turns the points of an experiment into numbers with errors and a verdict."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration


@frozen(kw_only=True)
class Analyzer(ABC):
    """Base of all analyzers: a frozen attrs class whose fields are its options."""

    name: ClassVar[str]
    """Name in a run file: ``analyzer = "<name>"``."""

    @abstractmethod
    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """
        Return one analysis per target, in the order of the targets. Pure: no files, no plots.

        Raises:
            AnalysisError: When it cannot be applied to this experiment. Never because the data are poor.
        """
