"""
Keep run folders of the present version, for every later one to read.

Run it once for each release, in an environment that has core of that release, and commit what it writes::

    uv pip install --no-deps --target /tmp/frozen tests/core/frozen/wheels/*.whl
    PYTHONPATH=/tmp/frozen python tests/core/kept_runs/keep.py

It makes a folder named after the version of core, with one run folder for each way a run can be left, by the frozen
plugins: they measure the same in every version. Figures and the report are left out, as they are drawn anew. A folder
that is there already is not touched: what was kept is never made again.

``keep.py FILE.toml`` keeps the run of a file beside it instead, in a folder of this version: so are those of our own
plugins kept, in ``tests/contract/kept_runs``.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
from pathlib import Path

from oqtopus_experiments import __version__, load_run, run
from oqtopus_experiments.cli._commands import cli

HERE = Path(__file__).parent
DRAWN = ("figure.png", "figure.svg", "report.html")
HEAD = 'name = "{name}"\nshots = 200\nseed = 3\nbackend = "frozen-queue"\nruns = "{name}"\n\n'
RAMP = '[[experiments]]\nuse = "frozen-ramp"\n'
FILES = {
    "finished": RAMP,
    "references": RAMP + 'calibrated = true\npoints = 3\nlongest = "2 us"\n'
    'analyzer = {use = "frozen-mean", scale = 2.0}\n',
    "two": RAMP + RAMP + 'name = "second"\nphysical_qubit = 4\n',
    "failed": RAMP.replace("[[experiments]]", "[backends.frozen-queue]\nfails = [1, 6]\n\n[[experiments]]"),
    "interrupted": RAMP + RAMP + 'name = "second"\n',
}


def made(name: str) -> Path:
    """Return the run folder of one run file, run in the current folder."""
    Path(f"{name}.toml").write_text(HEAD.format(name=name) + FILES[name], encoding="utf-8")
    if name != "interrupted":
        return run(f"{name}.toml").path
    os.environ["FROZEN_QUEUE_SERVES"] = "5"  # a person presses Ctrl-C then
    try:
        run(f"{name}.toml")
    except KeyboardInterrupt:
        (folder,) = Path(name).iterdir()
        return folder
    finally:
        del os.environ["FROZEN_QUEUE_SERVES"]
    message = "the run was not interrupted"
    raise RuntimeError(message)


def imported(finished: Path) -> Path:
    """Return the run folder of counts that were taken elsewhere: those of a run, as a table."""
    dataset = load_run(finished).results["frozen-ramp"].dataset
    with Path("counts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["way", "wait (us)", "outcome", "count"])
        for index, point in enumerate(dataset.sweep.points()):
            for outcome, count in dataset.counts[index].to_dict().items():
                rows.writerow([point["way"], point["wait"] / 1000, outcome, count])
    cli.main(["analyze", "counts.csv", "--as", "frozen-ramp", "--runs", "imported"], standalone_mode=False)
    (folder,) = Path("imported").iterdir()
    return folder


def keep(target: Path) -> None:
    """Make the run folders and put them into a folder, without what is drawn."""
    with tempfile.TemporaryDirectory() as workplace:
        os.chdir(workplace)
        folders = {name: made(name) for name in FILES}
        folders["imported"] = imported(folders["finished"])
        for name, folder in folders.items():
            shutil.copytree(folder, target / name, ignore=shutil.ignore_patterns(*DRAWN, "*.lock"))
        os.chdir(HERE)


def keep_run_of(file: Path) -> None:
    """Run a file and put its run folder beside it, without what is drawn."""
    with tempfile.TemporaryDirectory() as workplace:
        done = run(file, overrides=[f"runs={workplace}"])
        target = file.parent / __version__ / file.stem
        shutil.copytree(done.path, target, ignore=shutil.ignore_patterns(*DRAWN, "*.lock"))


if __name__ == "__main__":
    for given in sys.argv[1:]:
        keep_run_of(Path(given).resolve())
    if not sys.argv[1:]:
        if (HERE / __version__).exists():
            sys.exit(f"{HERE / __version__} is kept already; a kept run is never made again")
        keep(HERE / __version__)
