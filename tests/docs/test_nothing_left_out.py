"""What the documents do not mention fails the build: options, keys, variables, parameters, hooks, errors, codes."""

import ast
import inspect
import re
from pathlib import Path

import attrs
import pytest
from site_pages import api, commands, experiments, hooks, reference, statistics

import oqtopus_experiments.backends
import oqtopus_experiments.experiments
from oqtopus_experiments import ReasonCode, errors
from oqtopus_experiments.cli import cli
from oqtopus_experiments.plugins._hooks import specified
from oqtopus_experiments.plugins._plugin import KINDS
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile import _constructing, _reading
from oqtopus_experiments.runfile._keys import KEYS, names_in

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs/reference.md").read_text("utf-8")
SOURCES = sorted([*ROOT.glob("core/src/**/*.py"), *ROOT.glob("plugins/*/src/**/*.py")])


def rows_of(text, heading):
    """Return the first cell of each row of the table under a heading."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ")[0]
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]


def named(cells):
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_option_of_every_command_is_on_its_page_with_what_it_does():
    page = commands.page()

    for name, command in {"": cli, **cli.commands}.items():
        section = page.split(f"## `oqx {name}`\n" if name else "# Commands\n")[1].split("\n## ")[0]
        for option in commands.options_of(command):
            begins = tuple(f"| {sign}{option.opts[0]}" for sign in ("`", "<code>"))
            row = next((line for line in section.splitlines() if line.startswith(begins)), None)
            assert row, f"oqx {name} {option.opts[0]} is not on the page"
            assert option.help, f"oqx {name} {option.opts[0]} has no help"
            assert option.help.replace("|", "\\|") in row


def test_every_command_says_what_it_does():
    assert [name for name, command in cli.commands.items() if not command.help] == []
    told = {words.split()[1] for words in named(rows_of(REFERENCE, "Commands")) if words.startswith("oqx ")}
    assert set(cli.commands) == told


def test_every_key_that_a_run_file_may_have_is_on_its_page():
    page = reference.run_file()

    for key in KEYS:
        section = page.split(f"## `{key.table}`\n" if key.table else "## At the top\n")[1].split("\n## ")[0]
        assert f"| `{key.name}` |" in section, key
        assert key.help, key


def test_no_key_of_a_run_file_is_read_that_is_not_declared():
    source = "".join(Path(inspect.getsourcefile(module)).read_text("utf-8") for module in (_reading, _constructing))
    read = re.findall(
        r'(?:\b(?:data|own|table|options|profile)(?:\.get|\.pop)?[\(\[]|_text\(source, \()"(\w+)"', source
    )
    tables = [
        ast.literal_eval(found) for path in SOURCES for found in re.findall(r"\.allow\((\[.+?\]),", path.read_text())
    ]

    assert {"use", "seed", "backends"} < set(read) <= {key.name for key in KEYS}
    assert tables == [["plugins"], list(names_in("[plugins]"))]


def test_every_environment_variable_that_is_read_is_in_the_reference_and_no_other():
    read = set()
    for path in SOURCES:
        text = path.read_text("utf-8")
        read |= set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', text))
        for constant in re.findall(r"environ(?:\.get\(|\[)([A-Z]\w*)", text):
            read |= set(re.findall(rf'^{constant} = "(\w+)"', text, re.MULTILINE))

    assert {"OQX_DISABLE_PLUGINS", "OQTOPUS_URL"} < read
    assert named(rows_of(REFERENCE, "Environment variables")) == read


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_of_what_is_installed_is_on_its_page_with_help(kind):
    page = reference.parameters().split(f"\n## {kind.capitalize()}s\n")[1].split("\n## ")[0]

    for name in registry().classes(kind):
        section = page.split(f"### `{name}`\n")[1].split("\n### ")[0]
        for field in attrs.fields(registry().get(kind, name)):
            if field.init:
                assert f"| `{field.name}` |" in section, (name, field.name)
                assert field.metadata.get("help"), f"{kind} {name}: parameter {field.name!r} has no help"


@pytest.mark.parametrize("facade", [oqtopus_experiments.experiments, oqtopus_experiments.backends])
def test_every_class_of_a_plugin_is_shown_with_the_line_that_imports_it(facade):
    pages = [reference.parameters(), *api.pages().values()]

    for name in dir(facade):
        line = f"from {facade.__name__} import {name}`" if name != "LocalBackend" else f"::: {facade.__name__}.{name}\n"
        assert any(line in page for page in pages), name
        exec(f"from {facade.__name__} import {name}", {})  # noqa: S102  # as a reader would


def test_every_hook_is_told_with_all_its_arguments():
    page, cells = hooks.page(), REFERENCE.split("\n## Hooks\n")[1].split("\n## ")[0]

    for hook, arguments in specified().items():
        section = page.split(f"## `{hook}`\n")[1].split("\n## ")[0]
        (row,) = [line for line in cells.splitlines() if line.startswith(f"| `{hook}` ")]
        for argument in arguments:
            assert f"    {argument}: " in section, (hook, argument)
            assert f"- `{argument}`: " in section, f"{hook}: nothing is said of {argument!r}"
            assert f"`{argument}`" in row, (hook, argument)


def test_every_error_is_in_the_tree_and_says_when_it_is_raised():
    raised = {
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__
    }
    page, said = reference.error_tree(), inspect.getdoc(errors)

    for name in raised:
        assert re.search(rf"^ *{name}( \(also \w+\))?$", page, re.MULTILINE), name
        assert re.search(rf"^\| `{name}` \| \w", page, re.MULTILINE), name
        assert name in said, f"{name} is not in the tree of the module"
    assert raised - {"OqtopusExperimentsError"} == {
        name for name in named(rows_of(REFERENCE, "Errors")) if name.endswith(("Error", "Fault"))
    } - {"ImportError", "ValueError"}


def test_every_reason_code_has_a_rule():
    page, rules = reference.reasons(), statistics.rules()

    for code in ReasonCode:
        assert f"| `{code}` |" in page
        assert rules[str(code)]


# Its model of x is a power of a matrix, which the words of a formula do not have; its distribution's page tells it.
WITHOUT_FORMULA = {"amplify"}


@pytest.mark.parametrize("name", experiments.names())
def test_the_page_of_an_experiment_leaves_nothing_out(name):
    page = experiments.page(name)

    fitted = experiments.is_fitted(name)
    for heading in ("Circuit", "Sweep", "Parameters", "Quantities", "On the noisy simulator", "Verdicts"):
        assert f"\n## {heading}\n" in page, heading
    assert ("\n## Formula\n" in page) == (fitted and name not in WITHOUT_FORMULA)
    assert "\nSource: " in page
    assert "┤M├" in page
    assert ("`fits`" in page) == fitted
