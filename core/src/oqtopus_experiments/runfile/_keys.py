"""The keys of a run file, declared once: what is allowed in it, and what its reference says."""

from __future__ import annotations

from attrs import frozen


@frozen
class Key:
    """
    A key of a run file.

    Args:
        table: The table it stands in, as written; empty for the top.
        name: The key; in capitals where a name of the user's own stands.
        type: What its value is, in TOML's words.
        default: What it is when it is left out; empty where it must be given.
        help: What it is for.
    """

    table: str
    name: str
    type: str
    default: str
    help: str


KEYS = (
    Key("", "name", "text", "name of the file", "name of the run"),
    Key("", "runs", "text", '"runs"', "folder in which run folders are made"),
    Key("", "shots", "integer", "1000", "shots of every experiment that says nothing else"),
    Key("", "seed", "integer", "none", "seed of simulators that take one; also settles the order of circuits"),
    Key("", "backend", "text or table", "the default of what is installed",
        'what to run on: a backend, or a profile of [backends.NAME]; as a table `use = "NAME"` and its options'),
    Key("", "backends", "tables", "none", "profiles: options used when the backend of that name is chosen"),
    Key("", "defaults", "table", "none", "what experiments do without their own saying it"),
    Key("", "sweep", "table", "none", "paths, as for --set, each with a list of values: one run for each combination"),
    Key("", "repeat", "text or ns", "one after the other", 'time between the beginnings of two runs, as "10 min"'),
    Key("", "times", "integer", "none", "how often the run is repeated"),
    Key("", "plugins", "table", "none", "which plugins load"),
    Key("", "experiments", "array of tables", "", "what to run, in order"),
    Key("[backend]", "use", "text", "", "name of the backend; all other keys are its options"),
    Key("[backends.NAME]", "use", "text", "NAME", "name of the backend this is a profile of; all others are options"),
    Key("[plugins]", "disable", "list of texts", "[]", "plugins that are not imported, by entry point or distribution"),
    Key("[plugins]", "prefer", "table", "{}", "for a name that two distributions provide, the one to take it from"),
    Key("[sweep]", "PATH", "list", "", "values of what stands at this path; several keys make a grid"),
    Key("[defaults]", "shots", "integer", "shots of the file", "shots of each circuit of every experiment"),
    Key("[defaults]", "analyzer", "text or table", "that of the experiment, or the default", "what analyzes them"),
    Key("[defaults]", "PARAMETER", "as declared", "none", "a parameter, for all experiments of the file that have it"),
    Key("[defaults]", "NAME", "table", "none", "the same for experiments of one kind, as `oqx list` names it"),
    Key("[[experiments]]", "use", "text", "", "the experiment, as `oqx list` names it"),
    Key("[[experiments]]", "name", "text", "its name, numbered", "its label: folder, headings and tables bear it"),
    Key("[[experiments]]", "shots", "integer", "shots of the file", "shots of each of its circuits"),
    Key("[[experiments]]", "analyzer", "text or table", "that of the experiment, or the default",
        'what analyzes it; as a table `use = "NAME"` and its options'),
    Key("[[experiments]]", "fit", "table", "none", "what is known of the fit: [experiments.fit]"),
    Key("[experiments.fit]", "guess", "table", "{}",
        'where parameters of the model start, by name: `{t1_time = "20 us"}`; `oqx show NAME` has the names'),
    Key("[experiments.fit]", "fixed", "table", "{}",
        "values at which parameters are held, by name; they are not measured, and tables say `(held)`"),
    Key("[experiments.fit]", "bounds", "table", "{}", "`[low, high]` of parameters, by name; `inf` where one is free"),
    Key("[[experiments]]", "PARAMETER", "as declared", "as declared", "any parameter of it, as `oqx show` lists them"),
)  # fmt: skip
"""Every key, in the order in which to read them."""


def names_in(table: str) -> tuple[str, ...]:
    """Return the keys of a table that are not a name of the user's own."""
    return tuple(key.name for key in KEYS if key.table == table and not key.name.isupper())
