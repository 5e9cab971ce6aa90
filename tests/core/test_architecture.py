"""What keeps the house tidy: small modules, no cycles, light imports, nothing heavy in core."""

from __future__ import annotations

import ast
import importlib.util
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.testing.heavy import HEAVY

ROOT = Path(importlib.util.find_spec("oqtopus_experiments").origin).parent
REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "docs/_tools"))
from site_pages.import_graph import WINGS, import_graph, wing_of  # noqa: E402  # the picture of the wings is drawn from it too

SOURCES = sorted((REPOSITORY / "core/src").rglob("*.py")) + sorted((REPOSITORY / "plugins").glob("*/src/**/*.py"))


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


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list"], ["plugins"], ["run", "--help"], ["new", "--help"], ["--version"], ["doctor"], ["schema"]],
)
def test_looking_around_on_the_command_line_loads_nothing_heavy(arguments):
    # What the doctor finds here, such as a requirement that is not met, is not the question.
    endings = (None, 0, 1) if arguments == ["doctor"] else (None, 0)
    code = (
        f"import sys\nendings, sys.argv = {endings!r}, ['oqx', *{arguments!r}]\n"
        "from oqtopus_experiments.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert stop.code in endings, stop.code\n"
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

    assert len(oqtopus_experiments.__all__) > 50
    assert all(getattr(oqtopus_experiments, name) is not None for name in oqtopus_experiments.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Rabbi'"):
        _ = oqtopus_experiments.Rabbi


def test_modules_are_small():
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCES}

    assert statistics.median(lengths.values()) < 120
    assert {path.name: n for path, n in lengths.items() if n > 350} == {}


def test_a_wing_imports_only_wings_below_it():
    upward = [
        f"{module} -> {other}"
        for module, others in import_graph(ROOT).items()
        for other in others
        if wing_of(module) and WINGS.index(wing_of(other) or "support") > WINGS.index(wing_of(module))
    ]

    assert upward == []


def test_no_module_of_core_imports_itself_in_a_circle():
    graph = import_graph(ROOT)

    def visit(name, trail):
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    done = set()
    for name in graph:
        visit(name, ())
    assert len(done) > 60


def test_contracts_know_nothing_of_core_but_each_other_and_the_errors():
    graph = import_graph(ROOT)
    known = {other for module, others in graph.items() if wing_of(module) == "contracts" for other in others}

    assert {other for other in known if wing_of(other) != "contracts"} <= {"oqtopus_experiments.errors"}


def test_every_module_of_core_is_in_a_wing_and_every_wing_says_what_it_knows():
    outside = {path.name for path in ROOT.glob("*.py")}

    assert outside == {"__init__.py", "__about__.py", "errors.py", "experiments.py", "backends.py"}
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(WINGS)
    for wing in WINGS:
        said = ast.get_docstring(ast.parse((ROOT / wing / "__init__.py").read_text()))
        assert said, wing
        assert "must not" in said.lower() or "knows no" in said.lower(), wing


def test_the_import_graph_sees_imports_in_functions_and_for_types(tmp_path):
    (tmp_path / "one.py").write_text("def f():\n    from p.two import x\n")
    (tmp_path / "two.py").write_text("if TYPE_CHECKING:\n    from p import one\n")

    assert import_graph(tmp_path, "p") == {"p.one": {"p.two"}, "p.two": {"p.one"}}


def test_plugins_import_only_the_public_line():
    public = {"oqtopus_experiments", "oqtopus_experiments.simulation", "oqtopus_experiments.testing",
              "oqtopus_experiments.backends", "oqtopus_experiments.experiments",
              "oqtopus_experiments.transpilation", "oqtopus_experiments.spreading"}  # fmt: skip
    deep = []
    for path in sorted((REPOSITORY / "plugins").glob("*/src/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "oqtopus_experiments":
                deep += [f"{path.name}: {node.module}"] if node.module not in public else []

    assert deep == []


def test_a_module_begins_with_an_underscore_unless_it_is_of_the_public_line():
    public = {"contracts", "simulation", "testing", "transpilation"}
    names = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if not path.name.startswith("_")}

    assert {name for name in names if name.split("/")[0] not in public} == {
        "backends.py",
        "errors.py",
        "experiments.py",
    }
