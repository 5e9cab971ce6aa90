"""The pages of the reference, and their index."""

from __future__ import annotations

from collections.abc import Iterator

from oqtopus_experiments import ReasonCode, backends, errors, experiments
from oqtopus_experiments.plugins._describe import describe
from oqtopus_experiments.plugins._plugin import KINDS
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._keys import KEYS
from site_pages import api, commands, hooks, statistics
from site_pages.markdown import block, code, summary, table

FOLDER = "reference"
_WHAT = {
    "commands.md": "every command of `oqx` with all its options",
    "run-file.md": "every key of a run file",
    "parameters.md": "every parameter and option of what is installed here, with type, unit, default and help",
    "hooks.md": "what a plugin can implement, and what it is told",
    "errors.md": "the tree of errors",
    "reasons.md": "the codes of reasons in verdicts",
}


def pages() -> dict[str, str]:
    """Return all pages of the reference by path, the index first."""
    made = {
        "commands.md": commands.page(),
        "run-file.md": run_file(),
        "parameters.md": parameters(),
        "hooks.md": hooks.page(),
        "errors.md": error_tree(),
        "reasons.md": reasons(),
    }
    described = api.pages()
    rows = [[f"[{text.split(chr(10))[0][2:]}]({name})", _WHAT[name]] for name, text in made.items()]
    rows += [[f"[{text.split(chr(10))[0][2:]}]({path.removeprefix('reference/')})", _names(path)] for path, text in
             described.items()]  # fmt: skip
    index = f"# Reference in detail\n\nMade from the code that is installed.\n\n{table(['page', 'what it has'], rows)}"
    return {f"{FOLDER}/index.md": index, **{f"{FOLDER}/{name}": text for name, text in made.items()}, **described}


def run_file() -> str:
    """Return the page of all keys of a run file."""
    parts = ["# Run file", "A run file is TOML; [how to write one](../how-to/run-files.md). Its keys:"]
    for name in dict.fromkeys(key.table for key in KEYS):
        rows = [[code(key.name), key.type, key.default or "required", key.help] for key in KEYS if key.table == name]
        parts.append(f"## {code(name) if name else 'At the top'}")
        parts.append(table(["key", "value", "default", "what it is for"], rows))
    parts.append("`oqx.toml` in the current folder may hold the table `[plugins]` too.")
    return "\n\n".join(parts) + "\n"


def parameters() -> str:
    """Return the page of the parameters of all that is installed."""
    parts = ["# Parameters and options"]
    for kind in KINDS:
        parts.append(f"## {kind.capitalize()}s")
        for name in registry().classes(kind):
            cls = registry().get(kind, name)
            parts += [
                f"### `{name}`",
                f"{summary(cls)}.",
                f"From Python: `{imported(kind, cls)}`",
                parameter_table(cls),
            ]
    return "\n\n".join(parts) + "\n"


def imported(kind: str, cls: type) -> str:
    """Return the line of Python that gives a class of a plugin."""
    facade = {"experiment": experiments, "backend": backends}.get(kind)
    module = facade.__name__ if facade and cls.__name__ in dir(facade) else cls.__module__.partition(".")[0]
    return f"from {module} import {cls.__name__}"


def parameter_table(cls: type) -> str:
    """Return the table of the parameters of a class."""
    rows = [
        [code(row["name"]), code(row["type"]), row["unit"], code(row["default"]), row["help"]] for row in describe(cls)
    ]
    return table(["parameter", "type", "unit", "default", "what it is"], rows) if rows else "It takes no options."


def error_tree() -> str:
    """Return the page of all errors."""
    tree = block("\n".join(_branch(errors.OqtopusExperimentsError)))
    rows = [[code(cls.__name__), summary(cls)] for cls in _errors(errors.OqtopusExperimentsError)]
    text = "All are raised on purpose and say what, where, and the next step. Poor data are never an error."
    return f"# Errors\n\n{text}\n\n{tree}\n{table(['error', 'when'], rows)}"


def reasons() -> str:
    """Return the page of all codes, with the rules that the statistics page has of each."""
    rules = statistics.rules()
    rows = [[code(str(reason)), level, rule] for reason in ReasonCode for level, rule in rules.get(str(reason), [])]
    text = (
        "Every verdict has reasons, each with a code for programs. In the order in which to act on them, with the "
        "rules that [statistics and verdicts](../statistics.md) explains:"
    )
    return f"# Reason codes\n\n{text}\n\n{table(['code', 'level', 'when'], rows)}"


def _errors(cls: type[Exception]) -> Iterator[type[Exception]]:
    yield cls
    for below in _below(cls):
        yield from _errors(below)


def _branch(cls: type[Exception], indent: str = "") -> Iterator[str]:
    also = [base.__name__ for base in cls.__bases__ if base.__module__ == "builtins" and base is not Exception]
    yield f"{indent}{cls.__name__}{' (also ' + ', '.join(also) + ')' if also else ''}"
    for below in _below(cls):
        yield from _branch(below, indent + "    ")


def _below(cls: type[Exception]) -> list[type[Exception]]:
    return [one for one in cls.__subclasses__() if one.__module__ == errors.__name__]


def _names(path: str) -> str:
    return ", ".join(code(name) for name in api.names_on(path))
