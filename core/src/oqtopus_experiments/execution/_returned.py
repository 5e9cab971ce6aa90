"""
What a backend returns, checked whoever wrote it: nothing that cannot be is believed, and nothing else is lost for it.

An outcome that is refused is named and left out, and those behind it are still taken: the error comes when all there is
has been kept.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from numbers import Integral, Real
from types import NoneType

from attrs import define, field

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.errors import BackendError

logger = logging.getLogger(__name__)

_TOLD = 5


@define
class Returned:
    """
    The outcomes of one batch, as they pass.

    Args:
        batch: What was submitted.
        where: Who returned them, and the job, as messages begin.
    """

    batch: Batch
    where: str
    refused: list[str] = field(factory=list)
    _seen: set[int] = field(factory=set)

    def accepted(self, outcomes: Iterable[object]) -> Iterator[Outcome]:
        """Yield the outcomes that can be, each with the number of its circuit in the experiment; note the others."""
        for together in self.accepted_together((outcome,) for outcome in outcomes):
            yield from together

    def accepted_together(self, arrivals: Iterable[Iterable[object]]) -> Iterator[list[Outcome]]:
        """Yield those outcomes that can be of each that arrived together."""
        ended = False
        try:
            for together in arrivals:
                sound: list[Outcome] = []
                for outcome in together:
                    try:
                        sound.append(self._checked(outcome))
                    except BackendError as error:
                        self.refused.append(str(error))
                yield sound
                if len(self.refused) > 2 * len(self.batch.circuits):
                    break  # one that says nothing sensible may never come to an end
            ended = True
        finally:
            if self.refused and not ended:  # another error is on its way, which knows nothing of these
                logger.warning("%s", self._told())

    def missing(self, known: Collection[int]) -> list[Outcome]:
        """Return a failure for every circuit without an outcome, neither returned now nor known before."""
        circuits = {self.batch.order.circuit(i) for i in range(len(self.batch.circuits)) if i not in self._seen}
        lacking = circuits - set(known)
        reason = f"{self.where}: no outcome of circuit"
        return [Outcome(circuit, Failure(f"{reason} {circuit}", final=False)) for circuit in sorted(lacking)]

    def raise_refused(self) -> None:
        """
        Tell what was refused.

        Raises:
            BackendError: When anything was.
        """
        if self.refused:
            raise BackendError(self._told())

    def _told(self) -> str:
        more = f"; and {len(self.refused) - _TOLD} more" if len(self.refused) > _TOLD else ""
        return f"{self.where}: {'; '.join(self.refused[:_TOLD])}{more}. All other outcomes are kept"

    def _checked(self, outcome: object) -> Outcome:
        if not isinstance(outcome, Outcome):
            message = f"{_shown(outcome)} is not an Outcome"
            raise BackendError(message)
        position = _position(outcome.index, len(self.batch.circuits))
        number = self.batch.order.circuit(position)
        if position in self._seen:
            message = f"a second outcome of circuit {number}; the first is kept"
            raise BackendError(message)
        self._check_result(outcome.result, f"circuit {number}", self.batch.circuits[position].num_clbits)
        self._seen.add(position)
        return Outcome(number, outcome.result, self._time(outcome.time, number))

    def _check_result(self, result: object, circuit: str, width: int) -> None:
        if isinstance(result, Failure):
            if not isinstance(result.reason, str):
                message = f"{circuit}: the reason of its failure is {_shown(result.reason)}, not a text"
                raise BackendError(message)
            return
        if not isinstance(result, Counts):
            message = f"{circuit}: {_shown(result)} is neither Counts nor a Failure"
            raise BackendError(message)
        if result.width != width:
            message = f"{circuit} has {width} classical bits, its counts {result.width}"
            raise BackendError(message)
        if result.shots > self.batch.shots:
            message = f"{circuit}: counts of {result.shots} shots, where {self.batch.shots} were asked for"
            raise BackendError(message)

    def _time(self, time: object, number: int) -> float | None:
        """Return a time that can be; counts are kept whatever time they come with."""
        if time is None:
            return None
        if isinstance(time, bool) or not isinstance(time, Real) or not math.isfinite(time):
            said = f"{_shown(time)} is not a time in seconds since 1970; its counts are kept"
            self.refused.append(f"circuit {number}: {said}")
            return None
        return float(time)


def _shown(value: object) -> str:
    """Return a value as a message shows it; what is not Python's own may not even have a text that can be made."""
    return f"{value!r:.80}" if type(value) in (float, int, str, bool, NoneType) else f"a {type(value).__name__}"


def _position(index: object, count: int) -> int:
    # numpy has integers of its own; to ask the abstract class takes longer than all the rest.
    if type(index) is not int and (isinstance(index, bool) or not isinstance(index, Integral)):
        message = f"an outcome of circuit {_shown(index)}: an index is an integer"
        raise BackendError(message)
    position = int(index)
    if not 0 <= position < count:
        message = f"outcome {position} of a batch of {count} circuits"
        raise BackendError(message)
    return position


def notes(results: Mapping[int, Counts | Failure], shots: int) -> tuple[str, ...]:
    """Return what a person should know of what came back: how many circuits have fewer shots than asked for."""
    fewer = [result.shots for result in results.values() if isinstance(result, Counts) and result.shots < shots]
    if not fewer:
        return ()
    least = f"{min(fewer)}" if min(fewer) == max(fewer) else f"{min(fewer)} to {max(fewer)}"
    return (f"{len(fewer)} of {len(results)} circuits came back with fewer shots than the {shots} asked for: {least}",)
