"""The documentation cannot lie: its code runs, and it leaves nothing out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click import Argument

from oqtopus_experiments import ReasonCode, errors
from oqtopus_experiments.cli import cli
from oqtopus_experiments.cli._run_argument import RUN_MEANS
from oqtopus_experiments.contracts import hookspecs
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.plugins._hooks import specified

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("core/*.md"), *ROOT.glob("plugins/*/README.md")]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_code_of_a_page_runs(page, read_page, tmp_path, monkeypatch):
    """Code and commands run in order, blocks with names become files, and what is printed is what the page says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "_current", None)  # what a page registers is gone with it
    # `oqx new` keeps its template below the home; what is known of plugins stays where it is, which saves time.
    monkeypatch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    read_page(page, tmp_path)


def test_every_command_hook_and_error_is_in_the_reference():
    text = (ROOT / "docs/reference.md").read_text()
    hooks = list(specified())
    raised = [
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__
    ]

    missing = [f"oqx {name}" for name in cli.commands if f"`oqx {name}" not in text]
    missing += [name for name in (*hooks, *raised) if f"`{name}`" not in text]

    assert missing == []
    assert len(hooks) == 8


def test_what_a_run_is_called_is_said_once_and_by_every_command_that_takes_one():
    arguments = [(name, p) for name, command in cli.commands.items() for p in command.params]
    taking = {
        name: cli.commands[name]
        for name, p in arguments
        if isinstance(p, Argument) and p.human_readable_name[:3] == "RUN"
    }

    assert {"resume", "jobs", "cancel", "analyze", "compare", "export"} <= set(taking)
    assert {name: command.epilog for name, command in taking.items()} == dict.fromkeys(taking, RUN_MEANS)
    assert (ROOT / "docs/reference.md").read_text().count("RUN is") == 1
    assert RUN_MEANS in (ROOT / "docs/reference.md").read_text()


def test_the_statistics_page_has_a_rule_for_every_reason_and_no_other():
    text = (ROOT / "docs/statistics.md").read_text()
    told = re.findall(r"^\| `(\w+)` \| (?:good|suspect|bad)", text, re.MULTILINE)

    assert list(dict.fromkeys(told)) == [str(code) for code in ReasonCode]  # also in the order in which to act


def test_the_page_on_verdicts_says_what_to_do_about_every_reason():
    text = (ROOT / "docs/how-to/verdicts.md").read_text()

    assert re.findall(r"^\| `(\w+)` \| \S", text, re.MULTILINE) == [str(code) for code in ReasonCode]


def test_the_plugins_in_the_docstrings_of_the_hooks_work():
    """Each hook's docstring holds a complete plugin: it is registered, and what it gives is used."""
    from types import ModuleType

    from oqtopus_experiments.backends import LocalBackend
    from oqtopus_experiments.plugins._registry import PluginRegistry

    registry = PluginRegistry(found=[])
    for name in ("register_experiments", "register_backends", "register_analyzers", "register_executors"):
        example = getattr(hookspecs, name).__doc__.split("::\n", 1)[1]
        lines = [line.removeprefix("        ") for line in example.splitlines()]
        module = ModuleType(f"example_{name}")
        exec("\n".join(lines), vars(module))  # noqa: S102  # as above
        registry.register(module)

    result = registry.get("experiment", "idle")().run(LocalBackend(device="noisy", seed=1), shots=2000)
    assert abs(result.analyze().excited[0] - 0.02) < 0.005
    heads = registry.get("experiment", "idle")().run(registry.get("backend", "coin")(bias=0.75), shots=2000)
    assert abs(heads.analyze(analyzer=registry.get("analyzer", "mean")())["mean"][0] - 0.75) < 0.02
    with registry.get("executor", "threads")(threads=3).open() as executor:
        assert list(executor.map(abs, [-1, 2])) == [1, 2]


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page}: {target}"


def test_the_readme_has_the_two_commands():
    text = (ROOT / "README.md").read_text()

    assert "\npip install uv && uv run oqx run docs/examples/characterize.toml\n" in text
    assert "\npip install uv && uv run nox\n" in text
    assert "pip install uv && uv run nox" in (ROOT / ".ci/run").read_text()
