"""The modules of the plugin stand on each other, each short enough to be read in one go."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import oqtopus_experiments_oqtopus

PACKAGE = Path(oqtopus_experiments_oqtopus.__file__).parent
MODULES = {file.stem: file for file in PACKAGE.glob("*.py")}


def _imported(file):
    """Modules of the plugin that one imports: at its top, inside functions, and for types."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE.name:
            _, _, module = (node.module or "").partition(".")
            yield from (
                [module] if module else (name.name if name.name in MODULES else "__init__" for name in node.names)
            )


def test_no_module_imports_in_a_ring_also_not_inside_functions_or_for_types():
    graph = {name: set(_imported(file)) for name, file in MODULES.items()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the ring
    assert order[-1] == "__init__"
    assert set(order) == set(MODULES)


def test_no_module_is_longer_than_350_lines():
    assert {name: lines for name, file in MODULES.items() if (lines := len(file.read_text().splitlines())) > 350} == {}
