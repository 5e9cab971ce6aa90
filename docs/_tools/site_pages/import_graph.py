"""Which module of core imports which, and the wings they are in: for the test of the architecture and its picture."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

WINGS = (
    "support",
    "contracts",
    "simulation",
    "transpilation",
    "plugins",
    "spreading",
    "scaffold",
    "storage",
    "runfile",
    "reporting",
    "execution",
    "testing",
    "cli",
)
"""From the ground up: a wing imports only wings before it."""


def import_graph(root: Path, package: str = "oqtopus_experiments") -> dict[str, set[str]]:
    """Return what each module of a package imports of it: at its top, inside functions and for types alike."""
    names = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        names[".".join((package, *parts)).removesuffix(".__init__")] = path
    graph = {}
    for name, path in names.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {each if each in names else node.module for each in inner}
        # The package itself only loads public names on first use.
        graph[name] = (found & names.keys()) - {name, package} if name != package else set()
    return graph


def wing_of(module: str) -> str:
    """Return the wing of a module; empty for those above all wings and the errors."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in WINGS else ""


def between_wings(graph: Mapping[str, set[str]]) -> dict[tuple[str, str], int]:
    """Return how many imports lead from each wing to another."""
    found: dict[tuple[str, str], int] = {}
    for module, others in graph.items():
        for other in others:
            pair = (wing_of(module), wing_of(other))
            if all(pair) and pair[0] != pair[1]:
                found[pair] = found.get(pair, 0) + 1
    return found
