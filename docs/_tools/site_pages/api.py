"""The public API: which names stand on which page, by the module they come from."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import types
from pathlib import Path
from typing import Any

from attrs import frozen

import oqtopus_experiments

PACKAGE = oqtopus_experiments.__name__


@frozen
class Named:
    """A public name: the path of the object behind it, and what it is."""

    name: str
    path: str
    value: Any


_THEMES = {
    "Experiments": "experiment sweep signals parameters per_target targets model checks clock_grid guesses readout "
    "questions",
    "Backends": "backend job journal outcome counts devices gate order deadline _device_lookup",
    "Analyzers and results": "analyzer analysis arrays verdict estimates panels dataset analyzed _sweep_panels",
    "Running": "_experiment _result _run_file _pipeline _submitted _observer _load _rehearsal _forecast _price",
    "Plugins": "hookspecs executors _registry _options",
    "Errors": "errors",
}
"""Titles of the pages, and the modules whose names stand there; all others are on the last page."""
_REST = "Helpers"
_ALSO = {
    "testing": "What tests of plugins use.",
    "simulation": "What every simulator shares.",
    "transpilation": "What backends of Qiskit devices share.",
}
"""Further packages of the public line, each a page."""


def public_names(package: str = PACKAGE) -> list[Named]:
    """Return the public names of a package, each with the path of what it is."""
    module = importlib.import_module(package)
    return [_named(module, name) for name in module.__all__ if not name.startswith("__")]


def pages() -> dict[str, str]:
    """Return a page for each theme and each further package, by path."""
    by_theme: dict[str, list[Named]] = {}
    for one in public_names():
        by_theme.setdefault(theme_of(one), []).append(one)
    made = {
        f"reference/api/{slug(theme)}.md": _page(f"API: {theme[0].lower()}{theme[1:]}", f"`{PACKAGE}`", by_theme[theme])
        for theme in (*_THEMES, _REST)
        if theme in by_theme
    }
    home = f"{PACKAGE}.backends"
    facade = f"\n`{home}` has the class of every installed backend, and a short way to local ones:\n"
    made["reference/api/backends.md"] += f"{facade}\n::: {home}.LocalBackend\n"
    for name, sentence in _ALSO.items():
        package = f"{PACKAGE}.{name}"
        made[f"reference/api/{name}.md"] = _page(f"API: {name}", f"`{package}`: {sentence}", public_names(package))
    return made


def names_on(path: str) -> list[str]:
    """Return the public names on a page."""
    page = path.removeprefix("reference/api/").removesuffix(".md")
    if page in _ALSO:
        return [one.name for one in public_names(f"{PACKAGE}.{page}")]
    return [one.name for one in public_names() if slug(theme_of(one)) == page]


def shown_modules() -> list[str]:
    """Return the modules in which something stands that a page shows."""
    shown = [one for package in (PACKAGE, *(f"{PACKAGE}.{name}" for name in _ALSO)) for one in public_names(package)]
    homes = [one.path if isinstance(one.value, types.ModuleType) else one.path.rpartition(".")[0] for one in shown]
    return [home for home in dict.fromkeys(homes) if home.startswith(PACKAGE)]


def theme_of(one: Named) -> str:
    """Return the page of a name."""
    home = one.path.rpartition(".")[0] if not isinstance(one.value, types.ModuleType) else one.path
    module = home.rpartition(".")[2]
    return next((theme for theme, modules in _THEMES.items() if module in modules.split()), _REST)


def slug(theme: str) -> str:
    """Return a title as the name of a file."""
    return theme.lower().replace(" ", "-")


def is_ours(one: Named) -> bool:
    """Return whether a name is defined here, and not by a library that it was taken from."""
    value = one.value
    home = value.__module__ if isinstance(value, types.FunctionType) else one.path
    return home.startswith(PACKAGE)


def _of_others(one: Named) -> str:
    said = inspect.cleandoc(one.value.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    signature = f"{one.name}{inspect.signature(one.value)}"
    return f"## {one.name} {{ #{one.path} }}\n\n```python\n{signature}\n```\n\n{said} (`{one.value.__module__}`)"


def _named(package: types.ModuleType, name: str) -> Named:
    value = getattr(package, name)
    if isinstance(value, types.ModuleType):
        return Named(name, value.__name__, value)
    return Named(name, f"{_homes(package.__name__)[name]}.{name}", value)


@functools.cache
def _homes(package: str) -> dict[str, str]:
    """Return the module from which a package takes each name, as its imports say."""
    tree = ast.parse(Path(str(importlib.import_module(package).__file__)).read_text("utf-8"))
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: str(node.module) for node in taken for alias in node.names}


def _page(title: str, where: str, names: list[Named]) -> str:
    ordered = sorted(names, key=lambda one: (isinstance(one.value, types.ModuleType), one.name.lower()))
    parts = [f"::: {one.path}" if is_ours(one) else _of_others(one) for one in ordered]
    return "\n\n".join([f"# {title}", f"Import from {where}.", *parts]) + "\n"
