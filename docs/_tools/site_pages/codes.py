"""Which reason codes can appear in the verdicts of an experiment, found in the code that makes reasons."""

from __future__ import annotations

import ast
import importlib
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oqtopus_experiments import Analyzer, FitModel, ReasonCode
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.plugins._registry import registry


def codes_of(experiment: Declaration, model: FitModel | None) -> list[ReasonCode]:
    """Return the codes that the analyzer of an experiment, the checks of its model and core can give, in order."""
    analyzer = registry().get("analyzer", experiment.analyzer or registry().default("analyzer"))
    found = set(_in_package(analyzer))
    for check in model.checks if model else ():
        found |= set(_in_function(check))
    if experiment.driven:
        found.add(ReasonCode.NOT_DRIVEN)
    return [code for code in ReasonCode if code in found]


def _in_package(analyzer: type[Analyzer]) -> Iterator[ReasonCode]:
    """Yield the codes that stand in the modules of an analyzer."""
    home = Path(str(importlib.import_module(analyzer.__module__.partition(".")[0]).__file__))
    for path in home.parent.rglob("*.py") if home.name == "__init__.py" else (home,):
        tree = ast.parse(path.read_text("utf-8"))
        # What a verdict is only looked through for is not given by that code.
        asked = {part for node in ast.walk(tree) if isinstance(node, ast.Compare) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if (
                node not in asked
                and isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "ReasonCode"
            ):
                yield ReasonCode[node.attr]


def _in_function(function: Any) -> Iterator[ReasonCode]:
    """Yield the codes that a check names itself, or was made with."""
    if not isinstance(function, types.FunctionType):
        return
    for name in _names(function.__code__):
        if name in ReasonCode.__members__:
            yield ReasonCode[name]
    for cell in function.__closure__ or ():
        held = cell.cell_contents
        if isinstance(held, str) and held in list(ReasonCode):
            yield ReasonCode(held)
        else:
            yield from _in_function(held)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)
