"""An experiment at the points that were measured elsewhere: the same declaration, its sweep taken from the data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from oqtopus_experiments.contracts.declared_class import DERIVED, declared_class
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.errors import CountsError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments.contracts.model import FitModel

D = TypeVar("D", bound=Declaration)

_NUMBERED = re.compile(r"\s+\d+\s*$")


def measured(experiment: D, sweep: Sweep, references: Sequence[str] = ()) -> D:
    """
    Return an experiment whose points and reference circuits are these, and nothing else of it another.

    Model, guess, checks, signal and analyzer then see the points that were measured, whatever the experiment would
    sweep itself. A class of its own rather than a field: what an author calls, ``self.sweep()`` too, gives the data.

    Args:
        experiment: What was measured.
        sweep: The points.
        references: Names of the reference circuits that have counts. ``ground 7`` stands for a repetition of what the
            experiment calls ``ground 1``; a kind that is not among them keeps its names, as missing points.

    Raises:
        CountsError: For a name that the experiment does not have.
    """
    cls = declared_class(type(experiment))
    declared = tuple(experiment.references()) if references else ()
    stands_for = _meanings(references, declared)

    def own_sweep(_: Declaration) -> Sweep:
        return sweep

    def own_references(self: Declaration) -> Mapping[str, QuantumCircuit]:
        circuits = cls.references(self)
        return {name: circuits[meant] for name, meant in stands_for.items()} if references else circuits

    def own_model(self: Declaration) -> FitModel | None:
        model: FitModel | None = cls.fit_model(self)
        if model is None or not references:
            return model
        known = {name: model.references[meant] for name, meant in stands_for.items() if meant in model.references}
        return attrs.evolve(model, references=known)

    def told_again(self: Declaration) -> tuple[Any, ...]:
        declared = cls(**{f.alias: getattr(self, f.name) for f in attrs.fields(cls) if f.init})
        return measured, (declared, sweep, tuple(references))

    content = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        DERIVED: True,
        "sweep": own_sweep,
        "references": own_references,
        "fit_model": own_model,
        "__reduce__": told_again,  # a worker in another process finds no class that was made here
    }
    derived: Any = type(cls.__name__, (cls,), content)
    fields = {f.alias: getattr(experiment, f.name) for f in attrs.fields(cls) if f.init}
    made: D = derived(**fields)
    return made


def kind_of(reference: str) -> str:
    """Return what a reference circuit prepares: ``ground`` of ``ground 3``, its third repetition."""
    return _NUMBERED.sub("", reference)


def _meanings(references: Sequence[str], declared: Sequence[str]) -> dict[str, str]:
    """Return for each reference circuit the declared one of its kind; kinds without any stand for themselves."""
    kinds: dict[str, str] = {}
    for name in declared:
        kinds.setdefault(kind_of(name), name)
    unknown = [name for name in references if kind_of(name) not in kinds]
    if unknown:
        names = ", ".join(kinds) or "none"
        message = f"there is no reference circuit {unknown[0]!r}; those of the experiment are: {names}"
        raise CountsError(message)
    found = {kind_of(name) for name in references}
    given = {name: name if name in declared else kinds[kind_of(name)] for name in references}
    return given | {name: name for name in declared if kind_of(name) not in found}
