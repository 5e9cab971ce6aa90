"""
The plugin matrix. ``uv run nox`` runs the default sessions; ``nox -l`` lists all.

Sessions install built wheels by path, never by name, so that no index can slip in another distribution.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
WHEELS = ROOT / "build" / "wheels"
MATRIX = ROOT / "build" / "matrix"
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
# Distributions of ours that the tests of a plugin need beside it and core.
BESIDE = {
    "aer": ["curvefit", "ramsey", "t1"],
    "curvefit": ["aer", "rabi", "ramsey", "rb", "t1"],
    "dask": ["aer", "curvefit", "qulacs", "rabi", "t1"],
    "oqtopus": ["oqtopus_emulator", "aer", "curvefit", "qulacs", "rabi", "readout", "t1"],
    "oqtopus_emulator": ["aer", "curvefit", "oqtopus", "qulacs", "t1"],
    "processes": ["aer", "curvefit", "oqtopus", "qulacs", "rabi", "readout", "t1"],
    "qiskit": ["aer", "curvefit", "rabi", "t1"],
    "qulacs": [],
}
# Plugins that bring libraries of their own are tested alone; all others are experiments, which share an environment.
EXPERIMENTS = sorted(set(PLUGINS) - set(BESIDE))
AXE_CORE = "axe-core@4.14"
"""A checker of web pages (MPL-2.0), which is used in tests and never distributed."""
OLDEST_CLIENT = "oqtopus-client==1.1.0"  # the first that registers and uploads as the service does today
BENCH_PEERS = ("qiskit-experiments>=0.14", "qiskit-aer>=0.17")
"""What `bench` compares ours with; never in an environment of ours."""
BENCH_BUILD = "setuptools<81"  # something they need is built with pkg_resources, which later ones have no more
PYTEST = ("pytest>=8.3", "pytest-xdist>=3.6", "hypothesis>=6.115", "jsonschema>=4.23")
RUN = ("pytest", "-q", "-n", "2", "--dist", "worksteal")  # a page or a check may take a hundred times another
WAITING = ("pytest", "-q", "-n", "6", "--dist", "worksteal")  # for servers and their deadlines, more than for a core
# What versions of Python and of libraries change shows where these meet; statistics, planted bugs, mistakes and what
# strangers wrote do not depend on them: once is enough.
VERSIONS = tuple(
    f"tests/contract/test_{name}.py"
    for name in (
        *("adapters", "bit_order", "calibrated_readout", "circuits", "experiments", "kept_runs", "mitigation"),
        *(
            "odd_values",
            "own_gates",
            "packaging",
            "per_target_circuits",
            "physics",
            "program",
            "resume",
            "seeds",
            "show",
        ),
    )
)
# What ten experiments of strangers are held to takes minutes, and ours are held to the same.
STRANGERS = ("strangers_conformance", "conformance_of_strangers", "strangers_truths")
# Signals, killed processes and terminals do not depend on the libraries that are installed.
SYSTEM = tuple(
    f"--ignore=tests/core/{name}.py"
    for name in ("test_ctrl_c", "test_stray_prints", "run_folder/test_kill", "run_folder/test_terminal")
)
THREADS = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
QUIET = {"NO_MKDOCS_2_WARNING": "1"}  # what mkdocs-material says of its successor is no finding about these pages

# Interpreters that pyenv keeps beside the chosen one are found at the end of the path.
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, sorted(_pyenv.glob("3.1[23].*/bin")))])
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
# Where bytecode may not be kept, each of the many processes that the tests start compiles its libraries anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
# Sessions for other Pythons run where those are found; nothing is downloaded for them.
nox.options.error_on_missing_interpreters = False
nox.options.sessions = [
    "lint",
    "wheels",
    "core",
    "plugin",
    "experiments",
    "together",
    "lowest",
    "docs",
    "stranger",
    "scaffold",
    "pip_only",
    "clone",
    "pythons",
]


def wheel(member: str) -> str:
    """Return the path of the wheel of ``core`` or of a plugin."""
    folder = ROOT / ("core" if member == "core" else f"plugins/{member}")
    name = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"].replace("-", "_")
    (found,) = WHEELS.glob(f"{name}-[0-9]*.whl")
    return str(found)


def all_wheels() -> list[str]:
    return [
        f"oqtopus-experiments[new,parquet,plot,xarray] @ file://{wheel('core')}",
        *(wheel(plugin) for plugin in PLUGINS),
    ]


def without(names: tuple[str, ...]) -> list[str]:
    """Return the options that leave out tests of the contract."""
    return [f"--ignore=tests/contract/test_{name}.py" for name in names]


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group."""
    return [str(tool) for tool in tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"][name]]


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and types: strict on core, the plugin API and our plugins."""
    editable = [part for plugin in PLUGINS for part in ("-e", f"plugins/{plugin}")]
    session.install("-e", "core[new,parquet,plot,xarray]", *editable, *group("dev"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def wheels(session: nox.Session) -> None:
    """Build every distribution, once for all sessions, and see that each holds its licence."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    session.run("uv", "build", "--all-packages", "--wheel", "--quiet", "--out-dir", str(WHEELS), external=True)
    for built in WHEELS.glob("*.whl"):
        assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(built).namelist()), built


@nox.session(requires=["wheels"])
def core(session: nox.Session) -> None:
    """Core alone: nothing else of ours, and none of the libraries that only plugins need."""
    session.install(wheel("core"), *PYTEST)
    for absent in ("qiskit", "scipy", "lmfit", "matplotlib"):
        session.run("python", "-c", f"import {absent}", success_codes=[1], silent=True)
    session.run(*RUN, "tests/core", env=THREADS)


@nox.session(requires=["wheels"])
@nox.parametrize("plugin", sorted(BESIDE), ids=sorted(BESIDE))
def plugin(session: nox.Session, plugin: str) -> None:
    """Core, one plugin that brings libraries, and the few of ours that its tests need beside it."""
    beside = [wheel(other) for other in BESIDE[plugin]]
    session.install(f"oqtopus-experiments[plot] @ file://{wheel('core')}", wheel(plugin), *beside, *PYTEST)
    if plugin == "oqtopus_emulator":
        session.install(*group("peers"))
    command = WAITING if plugin == "oqtopus" else RUN
    session.run(*command, f"tests/plugins/{plugin}", kept("alone", plugin), env=THREADS)


@nox.session(requires=["wheels"])
def experiments(session: nox.Session) -> None:
    """Every experiment: found where it is the only one, then all of their tests beside one another."""
    shared = [wheel(plugin) for plugin in ("aer", "curvefit", "qulacs")]
    # What an experiment declares beyond core is the same for all, and a test of packaging sees to that.
    session.install(f"oqtopus-experiments[plot] @ file://{wheel('core')}", *shared, wheel(EXPERIMENTS[0]), *PYTEST)
    session.run("uv", "pip", "uninstall", "--quiet", *map(distribution, EXPERIMENTS), external=True)
    for name in EXPERIMENTS:
        session.install("--no-deps", "--quiet", wheel(name))
        found = session.run("oqx", "list", silent=True)
        assert f"{distribution(name)} " in found, found
        session.run("uv", "pip", "uninstall", "--quiet", distribution(name), external=True)
    session.install("--no-deps", *map(wheel, EXPERIMENTS))
    tests = [f"tests/plugins/{name}" for name in EXPERIMENTS]
    session.run(*RUN, *tests, kept("alone", "experiments"), env=THREADS)


def distribution(plugin: str) -> str:
    """Return the name under which a plugin is installed."""
    return f"oqtopus-experiments-{plugin.replace('_', '-')}"


def kept(way: str, part: str) -> str:
    """Return the option that keeps the results of tests for the matrix of the conformance kit."""
    return f"--junitxml={MATRIX / way / part}.xml"


@nox.session(python=["3.11", "3.12", "3.13"], requires=["wheels"])
def conformance(session: nox.Session) -> None:
    """Every plugin beside all others passes the conformance kit. Not part of the default run; then print `matrix`."""
    session.install(*all_wheels(), *PYTEST)
    tests = sorted(map(str, ROOT.glob("tests/plugins/*/test_conformance.py")))
    session.run(*RUN, *tests, kept(f"{session.python} together", "all"), env=THREADS)


@nox.session(venv_backend="none")
def matrix(session: nox.Session) -> None:
    """Print how many checks ran of each plugin alone, with the lowest versions, and beside all others."""
    session.run("python", "docs/_tools/conformance_matrix.py", str(MATRIX))


@nox.session(requires=["wheels"])
def together(session: nox.Session) -> None:
    """Everything at once: the contract, checked on every plugin."""
    session.install(*all_wheels(), *PYTEST, "duckdb>=1.1")  # which reads what is exported
    # The figures of core need matplotlib, which core alone does not have.
    session.run(*RUN, "tests/contract", "tests/core/run_folder", *without(STRANGERS), env=THREADS)


@nox.session(requires=["wheels"])
def lowest(session: nox.Session) -> None:
    """The lowest versions that are declared."""
    # The libraries of IBM ask for newer requests and urllib3 than our other plugins work with: they come afterwards.
    others = [plugin for plugin in PLUGINS if plugin != "qiskit"]
    core_wheel, beside = f"oqtopus-experiments[new,plot] @ file://{wheel('core')}", [wheel(plugin) for plugin in others]
    session.install(core_wheel, *beside, "--resolution", "lowest-direct", *declared_floors(others), *PYTEST)
    session.install("--no-deps", wheel("qiskit"))  # found by its entry point; what it needs follows
    # Old libraries warn about things newer ones have mended.
    # Of the tests against a server one file each is enough: what versions change breaks every one of them.
    servers = (
        "oqtopus/test_backend.py",
        "oqtopus/test_conformance.py",
        "oqtopus/test_recordings.py",
        "oqtopus_emulator/test_running_jobs.py",
    )
    # The kit asks experiments and backends for what they owe; how they fit is the analyzer's.
    own = ["curvefit", *(f"{name}/test_conformance.py" for name in ("aer", "qulacs", "rabi", "t1"))]
    parts = ("tests/core", *VERSIONS, *(f"tests/plugins/{part}" for part in (*own, *servers)))
    session.run(*RUN, "-W", "default", *parts, *SYSTEM, kept("lowest", "others"), env=THREADS)
    # Old versions of what they need can no longer be built.
    built = "ibm-platform-services>=0.66"
    session.install(wheel("qiskit"), "--resolution", "lowest-direct", *declared_floors(["qiskit"]), built)
    session.run(*RUN, "-W", "default", "tests/plugins/qiskit", kept("lowest", "qiskit"), env=THREADS)


def declared_floors(plugins: list[str]) -> list[str]:
    """Return the dependencies of core and some plugins, named directly so that the lowest of each is taken."""
    folders = [ROOT / "core", *(ROOT / "plugins" / plugin for plugin in plugins)]
    projects = [tomllib.loads((folder / "pyproject.toml").read_text())["project"] for folder in folders]
    named = [line for project in projects for line in project["dependencies"]]
    named += [line for extra in ("new", "plot") for line in projects[0]["optional-dependencies"][extra]]
    return sorted({line for line in named if not line.startswith("oqtopus-experiments")})


@nox.session(requires=["wheels"])
def docs(session: nox.Session) -> None:
    """The site, built strictly, and every code block and command of the documentation."""
    # The tutorial builds a wheel, without fetching what builds it.
    session.install(*all_wheels(), *PYTEST, *group("docs"), "hatchling>=1.26")
    site = str(ROOT / "build" / "site")
    # Not quietly: what is not logged is not counted, and strictness is a count of warnings.
    session.run("mkdocs", "build", "--strict", "--site-dir", site, env={**THREADS, **QUIET})
    session.run(*RUN, "tests/docs", env={**THREADS, "SITE": site})


@nox.session(requires=["wheels"])
def stranger(session: nox.Session) -> None:
    """A wheel built outside of this repository is found after installation, and gone after removal."""
    session.install(wheel("core"), wheel("qulacs"), wheel("curvefit"))
    outside = Path(session.create_tmp()) / "elsewhere"
    shutil.rmtree(outside, ignore_errors=True)
    shutil.copytree(ROOT / "docs/examples/third-party", outside)
    lines = sum(len(path.read_text().splitlines()) for path in outside.rglob("*") if path.is_file())
    assert lines < 60, lines
    session.run("uv", "build", "--wheel", "--quiet", str(outside), external=True)
    (built,) = (outside / "dist").glob("*.whl")
    before = session.run("oqx", "list", silent=True)
    session.install(str(built))
    during = session.run("oqx", "list", silent=True)
    session.run("oqx", "run", str(outside / "run.toml"), "--runs", str(outside / "runs"))
    session.run("uv", "pip", "uninstall", "quantum-stranger-idle", external=True)
    after = session.run("oqx", "list", silent=True)
    assert "idle" not in before, before
    assert "quantum-stranger-idle" in during, during
    assert after == before, after


@nox.session(requires=["wheels"])
def scaffold(session: nox.Session) -> None:
    """What ``oqx new`` makes, outside of this repository: built, checked, found, tested and verified untouched."""
    session.install(
        f"oqtopus-experiments[new,plot,testing] @ file://{wheel('core')}",
        *(wheel(plugin) for plugin in ("aer", "curvefit", "qulacs", "rabi")),
        *(tool for tool in group("dev") if tool.startswith(("mypy", "ruff"))),
    )
    with tempfile.TemporaryDirectory(prefix="scaffold-") as outside:
        make_and_check(session, Path(outside).resolve())


def make_and_check(session: nox.Session, outside: Path) -> None:
    # A home of its own: `oqx new` keeps its template below it. What uv has downloaded stays where it is.
    cache = str(session.run("uv", "cache", "dir", external=True, silent=True)).strip()
    env = {**THREADS, "HOME": str(outside / "home"), "UV_CACHE_DIR": cache}
    for kind in ("experiment", "backend", "analyzer"):
        # An environment that is used again has what was made before.
        session.run("uv", "pip", "uninstall", "--quiet", f"oqtopus-experiments-my-{kind}", external=True)
        with session.chdir(outside):
            # Lines are laid out for names of any length.
            for name, distribution in (("q", kind), ("a2345678_0123456789_0123456789", f"{kind}-{'d' * 60}"[:60])):
                session.run("oqx", "new", kind, name, "--into", "names", "--distribution", distribution, env=env)
            started = time.monotonic()
            session.run("oqx", "new", kind, f"my_{kind}", env=env)
        with session.chdir(outside / f"oqtopus-experiments-my-{kind}"):
            session.run("mypy", env=env)
            session.run("uv", "build", "--quiet", external=True, env=env)
            session.install("--no-deps", *(str(built) for built in Path("dist").resolve().glob("*.whl")))
            session.run("pytest", "-q", env=env)
            found = session.run("oqx", "list", silent=True, env=env)
            assert f"my_{kind}" in found, found
            # The tests have run the whole kit: here it is enough that it needs no test file.
            quick = ("--only", "each_parameter_has_a_help") if kind == "experiment" else ()
            session.run("oqx", "verify", f"my_{kind}", *quick, env=env)
            lines = sum(len(path.read_text().splitlines()) for path in Path().rglob("*") if is_made(path))
            session.log(f"{kind}: {time.monotonic() - started:.0f} s to green tests, {lines} lines")
    with session.chdir(outside):
        for words in (("check",), ("format", "--check")):
            told = session.run("ruff", *words, ".", silent=True, env=env)
            assert "No Python files" not in told, told


def is_made(path: Path) -> bool:
    """Return whether a file of a made distribution is its template's, not what a tool left."""
    return path.is_file() and not {"dist", "__pycache__", ".mypy_cache", ".pytest_cache"} & set(path.parts)


@nox.session(venv_backend="venv")
def pip_only(session: nox.Session) -> None:
    """The way without uv that the README gives."""
    session.install("./core[plot]", *(f"./plugins/{plugin}" for plugin in PLUGINS))
    runs = Path(session.create_tmp()) / "runs"
    session.run("oqx", "run", "docs/examples/characterize.toml", "--runs", str(runs))


@nox.session(venv_backend="none")
def clone(session: nox.Session) -> None:
    """The README's first commands, from a clean clone in a fresh folder."""
    fresh = Path(session.create_tmp()).resolve() / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    session.run("git", "clone", "--quiet", str(ROOT), str(fresh), external=True)
    session.chdir(fresh)
    session.run("uv", "run", "oqx", "run", "docs/examples/characterize.toml", external=True, env={"VIRTUAL_ENV": ""})
    session.run("uv", "run", "oqx", "check", "docs/examples/characterize.toml", external=True, env={"VIRTUAL_ENV": ""})
    figures = list(fresh.glob("runs/*/*/figure.png"))
    assert figures, "no figure was written"


@nox.session(python=["3.12", "3.13"], requires=["wheels"])
def pythons(session: nox.Session) -> None:
    """Other Pythons, where they are found."""
    session.install(*all_wheels(), *PYTEST)
    # Everything is tested on the oldest Python and on the newest: of what lies between, that all plugins run there.
    between = [f"tests/contract/test_{name}.py" for name in ("experiments", "packaging", "physics", "resume")]
    parts = between if session.python == "3.12" else ("tests/core", *VERSIONS)
    session.run(*RUN, *parts, *SYSTEM, env=THREADS)


@nox.session(requires=["wheels"])
def bench(session: nox.Session) -> None:
    """Speed of ours, of floors and of qiskit-experiments, in turn in one run. Not part of the default run."""
    session.install(*all_wheels(), *PYTEST)
    tests = ["tests/benchmarks/speed/limits.py", *sorted(map(str, ROOT.glob("tests/benchmarks/bench_*.py")))]
    peer = ("--peer", str(python)) if (python := bench_environment(session)) else ()
    table = ROOT / "build" / "bench.json"
    session.run(
        "python", "tests/benchmarks/speed", "--cold", *peer, "--json", str(table), *session.posargs, env=THREADS
    )
    session.run("pytest", "-q", "-s", *tests, env=THREADS)


@nox.session(name="bench-peers", venv_backend="none")
def bench_peers(session: nox.Session) -> None:
    """Make the environment of qiskit-experiments that `bench` compares with."""
    if bench_environment(session) is None:
        session.error("it cannot be made here")


def bench_environment(session: nox.Session) -> Path | None:
    """Return a Python with what `bench` compares ours with, in an environment of its own; None where it cannot be."""
    place = ROOT / "build" / "bench-peers"
    python = place / "bin" / "python"
    constraint = ROOT / "build" / "bench-peers.txt"
    constraint.parent.mkdir(exist_ok=True)
    constraint.write_text(f"{BENCH_BUILD}\n")
    any_end = {"external": True, "success_codes": range(256)}
    if not python.is_file():
        session.run("uv", "venv", "--quiet", str(place), **any_end)
    options = ("--quiet", "--python", str(python), "--build-constraint", str(constraint))
    session.run("uv", "pip", "install", *options, *BENCH_PEERS, **any_end)
    found = subprocess.run([str(python), "-c", "import qiskit_experiments"], check=False, capture_output=True)
    if found.returncode:
        session.log("qiskit-experiments cannot be installed here: its column stays empty")
        return None
    return python


@nox.session(requires=["wheels"])
def spread(session: nox.Session) -> None:
    """What spreading a simulation costs, and how many workers are of use. Not part of the default run."""
    session.install(*all_wheels(), *PYTEST)
    # As many threads as libraries like to take: whether workers gain anything over that is the question.
    session.run("python", str(ROOT / "tests/benchmarks/spread.py"), *session.posargs)


@nox.session(requires=["wheels"])
def calibration(session: nox.Session) -> None:
    """Coverage of error bars and rates of verdicts over thousands of data sets. Not part of the default run."""
    session.install(*all_wheels(), *PYTEST)
    long = [ROOT / "tests" / "benchmarks" / name for name in ("calibration.py", "wrong_laws.py", "forecasts.py")]
    session.run("pytest", "-q", "-s", *map(str, long), *session.posargs, env=THREADS)


@nox.session(requires=["wheels"])
def good_and_wrong(session: nox.Session) -> None:
    """How often damaged data give a number that is good and wrong. Not part of the default run."""
    session.install(*all_wheels(), *PYTEST)
    session.run(
        "pytest", "-q", "-s", str(ROOT / "tests/benchmarks/good_and_wrong/limits.py"), *session.posargs, env=THREADS
    )


@nox.session(requires=["wheels"])
def catalogue(session: nox.Session) -> None:
    """Coverage, impostors and damage of every experiment, 300 runs each; five qubits on all kinds of device."""
    session.install(*all_wheels(), *PYTEST)
    run = ("pytest", "-q", "-s")
    full = {**THREADS, "CATALOGUE": "1"}
    session.run(*run, str(ROOT / "tests/contract/test_full_characterization.py"), env=full)
    session.run(*run, str(ROOT / "tests/benchmarks/catalogue/limits.py"), *session.posargs, env=THREADS)


@nox.session(requires=["wheels"])
def browser(session: nox.Session) -> None:
    """The report in headless Chromium, with the network off. Skipped where there is no Chromium."""
    session.install(*all_wheels(), *PYTEST)
    session.run("pytest", "-q", "-rs", "tests/browser", env={**THREADS, "AXE": axe_core(session)})


def axe_core(session: nox.Session) -> str:
    """Return where the checker of accessibility is, fetched with npm; nothing where that cannot be: its tests skip."""
    place = Path(session.create_tmp()).resolve()
    found = place / "node_modules" / "axe-core" / "axe.min.js"
    if not found.is_file() and shutil.which("npm"):
        fetched = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(place), AXE_CORE)
        session.run(*fetched, external=True, success_codes=range(256))
    return str(found) if found.is_file() else ""


@nox.session(requires=["wheels"])
def oldest_client(session: nox.Session) -> None:
    """The oldest official client that speaks the protocol, against the emulator. Not part of the default run."""
    ours = [wheel(name) for name in ("core", "oqtopus_emulator", "aer", "qulacs")]
    session.install(*ours, *PYTEST, *(peer for peer in group("peers") if "client" not in peer), OLDEST_CLIENT)
    session.run("pytest", "-q", "-rs", "tests/plugins/oqtopus_emulator/test_official_client.py", env=THREADS)


@nox.session(requires=["wheels"])
def faults(session: nox.Session) -> None:
    """Queued runs of the promised size on a disk that fills, and beside other commands. Not part of the default run."""
    session.install(*all_wheels(), *PYTEST)
    files = [f"tests/plugins/oqtopus/{name}.py" for name in ("test_beside", "test_cancel_beside")]
    session.run("pytest", "-q", "-rs", *files, env={**THREADS, "FAULTS": "1"})


@nox.session(requires=["wheels"])
def planted(session: nox.Session) -> None:
    """Every check of the kit on every planted bug and on every stranger's plugin. Not part of the default run."""
    session.install(*all_wheels(), *PYTEST)
    bugs = (f"planted_bugs_{kind}s" for kind in ("experiment", "backend", "analyzer"))
    files = [f"tests/contract/test_{name}.py" for name in (*bugs, *STRANGERS)]
    session.run(*RUN, *files, env={**THREADS, "PLANTED": "1"})


@nox.session(requires=["wheels"])
def mutants(session: nox.Session) -> None:
    """Plant faults one at a time and see that tests notice. Not part of the default run: it takes an hour."""
    # The official client asks for an older urllib3 than the libraries of IBM, and works with theirs.
    session.install(*group("peers"))
    session.install(*all_wheels(), *PYTEST)
    session.run("python", str(ROOT / "tests/mutants/run.py"), *session.posargs, env=THREADS)
