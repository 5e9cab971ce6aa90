"""
Targets analyzed in an executor: pieces of a data set go out, their analyses come back in the order of the targets.

Only of an analyzer that looks at each target alone (`Analyzer.by_target`): so the numbers do not depend on the pieces.
An executor is a help and nothing more. What it does not give is made in this process, and a fault is told as it is
without one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import CancelledError, Executor, Future

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.part import part
from oqtopus_experiments.errors import AnalysisError, PluginFault
from oqtopus_experiments.plugins._analyzer_calls import analyses_of

logger = logging.getLogger(__name__)

MOST, PIECES = 64, 8
"""
Targets in a piece at most, and pieces at least where there are as many targets: workers end at about one time, and what
an analyzer does once for all targets of a piece is not done once for each.
"""


def analyses_in(
    executor: Executor, analyzer: Analyzer, experiment: Declaration, dataset: Dataset
) -> tuple[Analysis, ...]:
    """
    Return one sound analysis per target, those that `analyses_of` gives.

    Raises:
        AnalysisError: When the analyzer does not fit the experiment.
        PluginFault: When its code or that of the experiment's model fails, or what it gives is unsound.
    """
    pieces = cut(len(dataset.targets)) if analyzer.by_target else []
    if len(pieces) < 2:
        return analyses_of(analyzer, experiment, dataset)
    found = _asked(executor, analyzer, experiment, [part(dataset, piece) for piece in pieces])
    troubles = [one for one in found if isinstance(one, BaseException)]
    faults = [trouble for trouble in troubles if isinstance(trouble, (AnalysisError, PluginFault))]
    if troubles and not faults:
        count = sum(len(piece) for piece, one in zip(pieces, found, strict=True) if isinstance(one, BaseException))
        logger.warning(
            "the executor gave no analysis of %d of %d targets (%s: %s); they are analyzed in this process",
            count, len(dataset.targets), type(troubles[0]).__name__, troubles[0],
        )  # fmt: skip
        try:
            found = [
                analyses_of(analyzer, experiment, part(dataset, piece)) if isinstance(one, BaseException) else one
                for piece, one in zip(pieces, found, strict=True)
            ]
        except (AnalysisError, PluginFault) as fault:
            faults = [fault]
    if faults:  # a sentence may speak of all targets, and stands behind its traceback here
        return analyses_of(analyzer, experiment, dataset)
    return tuple(analysis for one in found if not isinstance(one, BaseException) for analysis in one)


def cut(targets: int) -> list[range]:
    """Return the positions of so many targets in pieces, in order."""
    size = min(MOST, max(1, targets // PIECES))
    return [range(start, min(start + size, targets)) for start in range(0, targets, size)]


def _asked(
    executor: Executor, analyzer: Analyzer, experiment: Declaration, parts: Sequence[Dataset]
) -> list[tuple[Analysis, ...] | BaseException]:
    """Return what came of each part: its analyses, or why there are none."""
    futures: list[Future[tuple[Analysis, ...]]] = []
    found: list[tuple[Analysis, ...] | BaseException] = []
    try:
        try:
            for each in parts:
                futures.append(executor.submit(analyses_of, analyzer, experiment, each))  # noqa: PERF401  # as far as it goes
        except RuntimeError as error:  # it was shut down, or has lost its workers
            found = [error for _ in parts[len(futures) :]]
        return [_outcome(future) for future in futures] + found
    finally:
        for future in futures:  # of one who interrupts
            future.cancel()


def _outcome(future: Future[tuple[Analysis, ...]]) -> tuple[Analysis, ...] | BaseException:
    try:
        error = future.exception()
    except CancelledError as cancelled:
        return cancelled
    return future.result() if error is None else error
