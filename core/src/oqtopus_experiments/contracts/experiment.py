"""What a physicist declares: parameters, a sweep, one circuit per point, the signal, and the model to fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import attrs
from attrs import field, frozen

from oqtopus_experiments.contracts import targets as _targets
from oqtopus_experiments.contracts.ages import DAY, as_age
from oqtopus_experiments.contracts.alike import chosen
from oqtopus_experiments.contracts.declared_fields import is_per_target, plain_value
from oqtopus_experiments.contracts.readable_signature import ReadableSignature
from oqtopus_experiments.contracts.settling import AfterSettling
from oqtopus_experiments.contracts.signals import Probability, Signal
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import ParameterError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments.contracts.devices import QubitInfo
    from oqtopus_experiments.contracts.model import FitModel


def _is_a_name(_: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, str):
        message = f"{field.name!r} is the name of a mitigation, such as 'readout', not {value!r:.40}"
        raise ParameterError(field.name, message)


def _as_max_age(value: Any) -> float:
    try:
        return as_age(value)
    except ValueError as error:
        raise ParameterError("mitigation_max_age", str(error)) from error


@frozen(kw_only=True)
class Declaration(ABC):
    """
    Base of all experiments: a frozen attrs class (``@frozen(kw_only=True)``) whose fields are its parameters.

    A subclass sets `name`, writes `sweep` and `circuit`, and `fit_model` when a model is to be fitted. It never
    sees a backend, a file or a plot.

    Args:
        physical_qubit: The qubit to measure; for an experiment on n qubits, the first of n neighbours.
        physical_qubits: Qubits measured side by side (one-qubit experiments), or the qubits of the one target.
        targets: Tuples of qubits, one per copy run side by side. Always set after construction.
        mitigation: Name of a mitigation that the signals go through before they are analyzed; empty for none.
        mitigation_max_age: How old its calibration may be when the experiment starts, ns; ``"1 day"`` may be given.

    Raises:
        ParameterError: When a parameter is refused, or targets are named in two ways or share a qubit.
    """

    __signature__ = ReadableSignature()

    name: ClassVar[str]
    """Name in a run file: ``use = "<name>"``."""
    signal: ClassVar[Any] = Probability("1")
    """
    What is read from the counts of one target: a `Signal`, a property that returns one, or a method that returns that
    of a point: ``def signal(self, length, target)`` with the names of axes, and ``target``, as it needs them.
    """
    reference_signal: ClassVar[Signal | None] = None
    """What is read from reference circuits; None for `signal`, unless that is a method."""
    analyzer: ClassVar[str] = ""
    """Name of the analyzer used unless another is chosen; empty for the default of what is installed."""
    manner: ClassVar[tuple[str, ...]] = ()
    """Texts and truth values among the parameters that say how well or where something is measured, not what."""

    physical_qubit: int | None = field(
        default=None,
        converter=attrs.converters.optional(_targets.as_qubit),
        metadata={"help": "the qubit to measure (default 0)"},
    )
    physical_qubits: tuple[int, ...] | None = field(
        default=None,
        converter=attrs.converters.optional(_targets.as_qubits),
        metadata={"help": "qubits measured side by side"},
    )
    targets: tuple[Target, ...] = field(
        default=None,
        converter=attrs.converters.optional(_targets.as_targets),
        metadata={"help": "targets measured side by side, as lists of qubits"},
    )
    mitigation: str = field(
        default="",
        validator=_is_a_name,
        metadata={"help": 'what is undone in the counts before they are analyzed, by a calibration: "readout"'},
    )
    mitigation_max_age: float = field(
        default=DAY,
        converter=_as_max_age,
        metadata={"help": 'how old that calibration may be, such as "12 h", or in ns; 1 day by default'},
    )

    def __init_subclass__(cls) -> None:
        """Let a subclass that has a ``__attrs_post_init__`` of its own find its targets settled."""
        super().__init_subclass__()
        own = vars(cls).get("__attrs_post_init__")
        if own is not None and not isinstance(own, AfterSettling):
            after = AfterSettling(own, Declaration._settle_targets)
            setattr(cls, "__attrs_post_init__", after)  # noqa: B010  # a type checker takes the method as given

    def __attrs_post_init__(self) -> None:
        self._settle_targets()

    def _settle_targets(self) -> None:
        """Resolve the targets once all parameters are set: how many qubits one has may depend on them."""
        size = self.num_qubits
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            message = f"{type(self).__name__}.num_qubits must be an integer >= 1, not {size!r}"
            raise ParameterError("num_qubits", message)
        named = [way for way in ("physical_qubit", "physical_qubits") if getattr(self, way) is not None]
        meant = _targets.resolve(size, self.physical_qubit, self.physical_qubits)
        targets = meant if self.targets is None else self.targets
        problem = _targets.problem(targets, size)
        if len(named) > 1:
            problem = "give physical_qubit or physical_qubits, not both"
        elif named and targets != meant:
            problem = "give physical_qubit, physical_qubits or targets, not two of them"
        if problem:
            raise ParameterError((named or ["targets"])[-1], problem)
        object.__setattr__(self, "targets", targets)
        for f in attrs.fields(type(self)):
            missing = getattr(self, f.name).without(targets) if is_per_target(f) else []
            if missing:
                message = f"{f.name!r} has no value for target {_targets.label(missing[0])}; give one, or one for all"
                raise ParameterError(f.name, message)

    @property
    def num_qubits(self) -> int:
        """Qubits of one target: a class attribute (``num_qubits = 2``), or a property of the parameters."""
        return 1

    @property
    def default_shots(self) -> int | None:
        """
        Shots of each circuit where the run says nothing of this experiment: a parameter may ask for them.

        None for what a run has by default. In a run file it goes before the shots of the whole file.
        """
        return None

    @property
    def driven(self) -> tuple[str, ...]:
        """
        Qiskit's names of the gates whose strength is swept: a class attribute (``driven = ("rx",)``), or a property.

        A device may make such a gate of others, as rx of sx and rotations about z in software. No pulse is swept then,
        whatever the angle in the circuit, and what is fitted says nothing about the drive: the verdict is suspect
        (``not_driven``), and the headline is not given as a number.
        """
        return ()

    @property
    def driven_otherwise(self) -> str:
        """What to do where a gate of `driven` is made of others, as the end of a sentence: ``set pulse = "sx"``."""
        return "take a device that drives it"

    @abstractmethod
    def sweep(self) -> Sweep:
        """Return the points to measure."""

    @abstractmethod
    def circuit(self, *args: Any, **point: Any) -> QuantumCircuit:
        """
        Return the circuit of one target at one point, with its measurements.

        Write it with the names of the axes as arguments: ``def circuit(self, delay)``. It acts on logical qubits
        0..num_qubits-1 and measures into classical bits 0..n-1. The same point must give the same circuit again:
        randomness comes from an axis of seeds.

        With an argument ``target``, the physical qubits, each target has a circuit of its own; without it all share
        one. Circuits of one point that differ end together: they are aligned at their measurements.
        """

    def references(self) -> Mapping[str, QuantumCircuit]:
        """Return circuits run once beside the sweep, by name: for example prepared and read out |0> and |1>."""
        return {}

    def fit_model(self) -> FitModel | None:
        """Return the model of the signal over the sweep, or None when the analyzer needs none."""
        return None

    def settings(self) -> dict[str, Any]:
        """
        Return what decides what a quantity of this experiment means: a history keeps runs apart by it.

        Texts and truth values that were chosen, such as a kind of pulse, but those in `manner`. Numbers are windows,
        points and repetitions: they change the error, not the quantity.
        """
        given = self.parameters()  # a long list is told in short, as a text, and is none all the same
        return {name: v for name, v in chosen(self, self.manner).items() if isinstance(given.get(name), (str, bool))}

    def on_clock(self, step: float) -> Self:
        """
        Return this experiment for a device whose delays are multiples of something; unchanged, unless overridden.

        An experiment that waits returns itself with delays that the device can keep, where the user has not chosen
        others: ``attrs.evolve(self, delay_step=step)``. Any other delay is rounded by the device or its backend.

        Args:
            step: What delays are multiples of, ns; 0 where any will do.
        """
        return self

    def notes(self) -> Sequence[str]:
        """
        Return what is odd about these parameters, each in a sentence that says what to do; ``oqx check`` prints them.

        For what may be meant, as a sweep too coarse for what it is to show. What cannot be is refused when it is said.
        """
        return ()

    def expected(self, qubits: Sequence[QubitInfo]) -> Mapping[str, float]:
        """
        Return what the calibration of a device says of the parameters of the model, by name, where it says it.

        ``oqx plan`` forecasts for these values, and for those of `FitModel.example` where there are none.

        Args:
            qubits: The qubits of one target, in order; all but the index is None where nothing is known.
        """
        return {}

    def alternatives(self) -> Sequence[Self]:
        """
        Return this experiment with other points, among which ``oqx plan --precision`` looks for the cheapest.

        Each measures the same quantities: other windows or spacings, with and without references. None, unless
        overridden.
        """
        return ()

    def for_counts(self, sweep: Sweep, references: tuple[str, ...]) -> Self:
        """
        Return this experiment for counts that were taken elsewhere; unchanged, unless overridden.

        Points and reference circuits are those of the data in any case. An experiment whose model depends on what was
        measured, such as on whether references were, returns itself with the parameters that say so:
        ``attrs.evolve(self, calibrate_readout=bool(references))``.

        Args:
            sweep: The points that were measured.
            references: Names of the reference circuits that have counts.
        """
        return self

    def parameters(self) -> dict[str, Any]:
        """Return what a run file would say to build this experiment again: JSON values."""
        given = {
            f.name: plain_value(f, getattr(self, f.name))
            for f in attrs.fields(type(self))
            if f.name not in _WAYS_TO_NAME_TARGETS and (self.mitigation or f.name not in _OF_MITIGATION)
        }
        return {**given, "targets": [list(target) for target in self.targets]}


_WAYS_TO_NAME_TARGETS = ("physical_qubit", "physical_qubits", "targets")
_OF_MITIGATION = ("mitigation", "mitigation_max_age")
