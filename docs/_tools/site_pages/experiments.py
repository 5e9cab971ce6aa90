"""A page for every installed experiment, from its class: nobody writes one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import attrs

from oqtopus_experiments import FitModel
from oqtopus_experiments.contracts.declared_fields import choices_of
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.measured import kind_of
from oqtopus_experiments.contracts.sound_model import inputs_of
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.execution._drawing import drawn, typical
from oqtopus_experiments.execution._portrait import at_point, portrait
from oqtopus_experiments.plugins._experiment_calls import model_of, references_of
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._registry import registry
from site_pages import statistics
from site_pages.codes import codes_of
from site_pages.markdown import block, code, summary, table
from site_pages.reference import parameter_table

COLUMNS = 92
"""Letters in a line of a drawn circuit."""


def pages() -> dict[str, str]:
    """Return the pages by path, the index first."""
    made = {f"experiments/{name}.md": page(name) for name in names()}
    rows = [[f"[`{name}`]({name}.md)", summary(_class(name)), ", ".join(_quantities(name))] for name in names()]
    index = "# Experiments\n\nEvery installed experiment has a page, made from its code.\n\n"
    return {"experiments/index.md": index + table(["experiment", "what", "reports"], rows), **made}


def names() -> list[str]:
    """Return the names of all installed experiments."""
    return list(registry().classes("experiment"))


def page(name: str) -> str:
    """
    Return the page of an experiment with its defaults.

    Raises:
        PluginFault: When its code fails.
    """
    cls = _class(name)
    experiment = construct(cls, {})
    return "\n\n".join([f"# `{name}`", *_described(cls), *_sections(name, experiment)]) + "\n"


def example(name: str) -> str:
    """Return a run file that measures an experiment on the simulated noisy device."""
    size = construct(_class(name), {}).num_qubits
    qubits = list(range(max(2, size) if size == 1 else size))
    return f'backend = "noisy"\nseed = 7\nshots = 1000\n\n[[experiments]]\nuse = "{name}"\nphysical_qubits = {qubits}\n'


def is_fitted(name: str) -> bool:
    """Return whether an experiment has a model, whose formula stands on its page."""
    return model_of(construct(_class(name), {})) is not None


def source(cls: type) -> str:
    """Return where the formula of an experiment comes from, as its docstring says; empty where it does not."""
    return next((text for text in _paragraphs(cls) if text.startswith("Source: ")), "").removeprefix("Source: ")


def _sections(name: str, experiment: Declaration) -> Iterator[str]:
    model, told = model_of(experiment), portrait(experiment)
    if told.formula:
        yield f"## Formula\n\n{block(told.formula)}"
        yield from _variants(type(experiment), told.formula)
    if text := source(type(experiment)):
        yield f"Source: {text[0].upper()}{text[1:]}"
    point, drawing = typical(experiment, COLUMNS)
    yield f"## Circuit\n\n{at_point(experiment, point).replace('at point', 'At').capitalize()}:\n\n{block(drawing)}"
    axes = [[code(line.partition(": ")[0]), line.partition(": ")[2]] for line in told.sweep]
    yield f"## Sweep\n\n{told.points} points.\n\n{table(['axis', 'values'], axes)}"
    yield f"## Parameters\n\n{parameter_table(type(experiment))}"
    rows = [[code(one.name), one.unit, one.how] for one in told.quantities]
    if rows:
        yield f"## Quantities\n\nThe first is the headline.\n\n{table(['quantity', 'unit', 'how'], rows)}"
    if told.references:
        yield _references(experiment, model)
    yield f"## On the noisy simulator\n\n```toml {name}.toml\n{example(name)}```"
    yield f"```console\n$ oqx run {name}.toml\n```\n\n![Figure of this run](../{picture(name)})"
    yield f"## Verdicts\n\nWhat they can say, in the order in which to act on it:\n\n{_verdicts(experiment, model)}"


def picture(name: str) -> str:
    """Return the path of the figure of an experiment."""
    return f"images/experiments/{name}.svg"


def _variants(cls: type[Any], usual: str) -> Iterator[str]:
    """Yield the formulas of other choices of a parameter."""
    for field in attrs.fields(cls):
        for choice in choices_of(field):
            try:
                other = portrait(construct(cls, {field.name: choice})).formula
            except OqtopusExperimentsError:  # a choice that goes with others only
                continue
            if other and other != usual:
                yield f"With `{field.name} = {choice!r}`:\n\n{block(other)}".replace("'", '"')


def _references(experiment: Declaration, model: FitModel | None) -> str:
    circuits = references_of(experiment)
    kinds: dict[str, str] = {}
    for name in circuits:
        kinds.setdefault(kind_of(name), name)
    parts = ["## Calibration references", "Circuits beside the sweep; what they read joins the fit."]
    for kind, name in kinds.items():
        count = sum(kind_of(one) == kind for one in circuits)
        expected = model.references.get(name) if model else None
        tells = f", which tells of {', '.join(map(code, inputs_of(expected, ())))}" if expected else ""
        drawing = drawn(lambda name=name: circuits[name], COLUMNS)  # type: ignore[misc]
        parts.append(f"**{kind}**, {count} of them{tells}:\n\n{block(drawing)}")
    return "\n\n".join(parts)


def _verdicts(experiment: Declaration, model: FitModel | None) -> str:
    rules = statistics.rules()
    rows = [[code(str(one)), level, rule] for one in codes_of(experiment, model) for level, rule in rules[str(one)]]
    return table(["code", "level", "when"], rows)


def _quantities(name: str) -> list[str]:
    told = portrait(construct(_class(name), {})).quantities
    return [f"{code(one.name)}{f' ({one.unit})' if one.unit else ''}" for one in told]


def _described(cls: type) -> list[str]:
    """Return the paragraphs of a docstring, without its source."""
    return [text for text in _paragraphs(cls) if not text.startswith("Source: ")]


def _paragraphs(cls: type) -> list[str]:
    return [" ".join(text.split()) for text in inspect.cleandoc(cls.__doc__ or "").split("\n\n")]


def _class(name: str) -> type[Any]:
    found: type[Any] = registry().get("experiment", name)
    return found
