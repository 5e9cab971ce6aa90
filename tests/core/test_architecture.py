"""What keeps the house tidy: small modules, no cycles, light imports, nothing heavy in core."""

from __future__ import annotations

import ast
import importlib.util
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(importlib.util.find_spec("oqtopus_experiments").origin).parent
REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = sorted((REPOSITORY / "core/src").rglob("*.py")) + sorted((REPOSITORY / "plugins").glob("*/src/**/*.py"))
HEAVY = ("qiskit", "qulacs", "qiskit_aer", "lmfit", "scipy", "pandas", "matplotlib", "requests")


def loaded_after(code):
    """Return the heavy libraries that a fresh interpreter has loaded after some code."""
    probe = f"{code}\nimport sys\nprint(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[-2].split()


def test_importing_the_library_loads_nothing_heavy():
    assert (
        loaded_after(
            "import oqtopus_experiments\nfor name in oqtopus_experiments.__all__:\n"
            "    getattr(oqtopus_experiments, name)"
        )
        == []
    )


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["plugins"], ["run", "--help"], ["--version"]])
def test_looking_around_on_the_command_line_loads_nothing_heavy(arguments):
    code = (
        f"import sys\nsys.argv = ['oqx', *{arguments!r}]\nfrom oqtopus_experiments.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
    )

    assert loaded_after(code) == []


def test_help_does_not_even_load_numpy():
    code = (
        "import sys\nsys.argv = ['oqx', '--help']\nfrom oqtopus_experiments.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nassert 'numpy' not in sys.modules"
    )

    assert loaded_after(code) == []


def test_what_the_package_names_is_what_it_gives():
    import oqtopus_experiments

    tree = ast.parse(Path(oqtopus_experiments.__file__).read_text())
    shown_to_type_checkers = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("oqtopus_experiments")
        for alias in node.names
    }

    assert shown_to_type_checkers == set(oqtopus_experiments.__all__)
    assert all(getattr(oqtopus_experiments, name) is not None for name in oqtopus_experiments.__all__)


def test_modules_are_small():
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCES}

    assert statistics.median(lengths.values()) < 120
    assert {path.name: n for path, n in lengths.items() if n > 400} == {}


def imports_at_module_level(path, package):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_of_core_imports_itself_in_a_circle():
    package = "oqtopus_experiments"
    names = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join((package, *parts)).removesuffix(".__init__")] = path
    graph = {name: {i for i in imports_at_module_level(path, package) if i in names} for name, path in names.items()}

    def visit(name, trail):
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for other in graph[name] - {package}:
                visit(other, (*trail, name))
            done.add(name)

    done = set()
    for name in graph:
        visit(name, ())
    assert len(done) == len(names) > 30
