"""The reference shows docstrings: each public thing has one, and the examples in them run."""

import ast
import importlib
import inspect
import itertools
import re
import textwrap
import tomllib
import types
from pathlib import Path

import pytest
from site_pages import api

import oqtopus_experiments
from oqtopus_experiments import experiments
from oqtopus_experiments.plugins import _registry as plugins

PACKAGES = (api.PACKAGE, *(f"{api.PACKAGE}.{name}" for name in ("testing", "simulation", "transpilation")))
NAMES = [one for package in PACKAGES for one in api.public_names(package)]
BLOCK = re.compile(r"::\n\n((?:(?: {4}.*)?\n)+)")


def parsed(module):
    return ast.parse(Path(importlib.import_module(module).__file__).read_text("utf-8"))


def documented_values(module):
    """Return the names that a module assigns and says something of in the line below."""
    body = parsed(module).body
    assigned = (ast.Assign, ast.AnnAssign)
    found = set()
    for one, following in itertools.pairwise(body):
        said = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        if isinstance(one, assigned) and said and isinstance(following.value.value, str):
            found |= {target.id for target in (one.targets if isinstance(one, ast.Assign) else [one.target])}
    return found


def members(value):
    """Return the public functions, classes and properties that a class or a module defines itself."""
    for name, one in vars(value).items():
        function = one.__func__ if isinstance(one, (classmethod, staticmethod)) else one
        is_own = not isinstance(value, types.ModuleType) or getattr(one, "__module__", "") == value.__name__
        if not name.startswith("_") and is_own and isinstance(function, (types.FunctionType, type, property)):
            yield name, one if isinstance(one, property) else getattr(value, name)


@pytest.mark.parametrize("one", NAMES, ids=lambda one: one.path)
def test_everything_public_has_a_docstring(one):
    if isinstance(one.value, (type, types.ModuleType)):
        assert one.value.__doc__
        assert [name for name, member in members(one.value) if not inspect.getdoc(member)] == []
    elif isinstance(one.value, types.FunctionType):
        assert one.value.__doc__
    else:
        module, _, name = one.path.rpartition(".")
        assert name in documented_values(module)


def examples():
    for module in api.shown_modules():
        for node in ast.walk(parsed(module)):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                for text in BLOCK.findall(f"{ast.get_docstring(node) or ''}\n"):
                    name = getattr(node, "name", "")
                    yield pytest.param(textwrap.dedent(text), id=f"{module}.{name}".rstrip("."))


@pytest.mark.parametrize("text", list(examples()))
def test_an_example_in_a_docstring_is_sound(text, monkeypatch):
    """TOML is read; Python is run with the public names at hand, and what is called like a test is called."""
    if text.startswith("["):
        assert tomllib.loads(text)
        return
    if "├──" in text:  # a tree
        return
    monkeypatch.setattr(plugins, "_current", None)
    scope = {name: getattr(oqtopus_experiments, name) for name in oqtopus_experiments.__all__}
    scope |= {name: getattr(experiments, name) for name in dir(experiments)}
    exec(compile(text, "docstring", "exec"), scope)  # noqa: S102  # running the documentation is the point
    for name, value in list(scope.items()):
        if name.startswith("test_"):
            value()


def test_examples_in_docstrings_are_found():
    assert len(list(examples())) >= 6
