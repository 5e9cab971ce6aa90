"""One quantity of a result, by target: what ``result.t1_time`` is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.targets import as_value
from oqtopus_experiments.contracts.verdict import LEVELS, Verdict
from oqtopus_experiments.errors import AnalysisError


@frozen(repr=False)
class QuantityByTarget(Mapping[int | str, Quantity]):
    """
    One quantity of every target that has it, in the order of the targets.

    A mapping from the qubit, ``result.t1_time[0]``, or from a pair, ``result.chsh_value["0-1"]``, to its `Quantity`.
    Where there is one target only, its number is at hand: ``result.t1_time.value``.

    Args:
        name: Of the quantity.
        found: The quantities by target, as tables for programs write it.
    """

    name: str
    found: Mapping[int | str, Quantity]

    @classmethod
    def of(cls, name: str, analyses: Sequence[Analysis]) -> QuantityByTarget | None:
        """Return the quantity of this name, None where no target has one."""
        found = {as_value(a.target): q for a in analyses for q in a.quantities if q.name == name}
        return cls(name, found) if found else None

    def __getitem__(self, qubits: int | str) -> Quantity:
        """Return the quantity of a target; KeyError, which names those there are, when there is none."""
        if qubits not in self.found:
            message = f"no {self.name} of {qubits!r}; there is one of {', '.join(map(repr, self.found))}"
            raise KeyError(message)
        return self.found[qubits]

    def __iter__(self) -> Iterator[int | str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    @property
    def only(self) -> Quantity:
        """
        The quantity of the only target.

        Raises:
            AnalysisError: When there are several.
        """
        if len(self.found) > 1:
            first = next(iter(self.found))
            message = (
                f"{len(self.found)} targets have a {self.name}: say which, as in result.{self.name}[{first!r}], or "
                "take the table of all, result.analyze()"
            )
            raise AnalysisError(message)
        return next(iter(self.found.values()))

    @property
    def value(self) -> float:
        """The number of the only target, in `unit`; NaN where the data do not determine it."""
        return self.only.value

    @property
    def stderr(self) -> float:
        """Its standard error; NaN with the value."""
        return self.only.stderr

    @property
    def unit(self) -> str:
        """The unit of all of them; empty for pure numbers."""
        return next(iter(self.found.values())).unit

    def __str__(self) -> str:
        if len(self.found) == 1:
            return str(self.only)
        return ", ".join(f"{qubits}: {quantity}" for qubits, quantity in self.found.items())

    def __repr__(self) -> str:
        return f"<{self.name} {self}>"


def names_in(analyses: Sequence[Analysis]) -> list[str]:
    """Return the names of all quantities, each once, in order of appearance."""
    return list(dict.fromkeys(quantity.name for analysis in analyses for quantity in analysis.quantities))


def worst(analyses: Sequence[Analysis]) -> Verdict:
    """Return the worst verdict of all targets, of equal ones that of the first target."""
    return max((analysis.verdict for analysis in analyses), key=lambda verdict: LEVELS.index(verdict.level))
