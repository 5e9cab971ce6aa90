"""What a new plugin is called: in a run file, for pip, for Python. Pure but for what is installed."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution

from attrs import frozen

import oqtopus_experiments
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.plugins._plugin import Kind
from oqtopus_experiments.plugins._registry import registry

# Lines of the template are laid out for names no longer than these.
LONGEST, LONGEST_PACKAGE = 30, 60
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*")
_IMPORTED = ("ClassVar", "Mapping", "QuantumCircuit", "Sequence")
"""Classes that the template imports beside those of this library."""
_ENDINGS: dict[Kind, str] = {"experiment": "", "backend": "Backend", "analyzer": "Analyzer"}
KINDS = tuple(_ENDINGS)
"""The kinds of plugins that there is a template of."""


@frozen
class Names:
    """
    The names of a new plugin.

    Args:
        kind: What it is.
        name: In a run file: ``spin_echo``.
        distribution: For pip: ``oqtopus-experiments-spin-echo``.
        package: For Python: ``oqtopus_experiments_spin_echo``.
        class_name: Of its class: ``SpinEcho``, and ``SpinEchoBackend`` for a backend.
    """

    kind: Kind
    name: str
    distribution: str
    package: str
    class_name: str


def names_of(kind: Kind, name: str, distribution: str = "") -> Names:
    """
    Return the names of a new plugin.

    Args:
        kind: What it is.
        name: In a run file.
        distribution: For pip; ``oqtopus-experiments-NAME`` where empty.

    Raises:
        ConfigError: For a name that Python, pip or this library could not use.
    """
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        message = (
            f"{name!r:.60} is not a name for a plugin: write up to {LONGEST} lower-case letters, digits and single "
            f"underscores, a letter first{_meant(name)}"
        )
        raise ConfigError(message)
    words = "".join(word.capitalize() for word in name.split("_"))
    class_name = words.removesuffix(_ENDINGS[kind]) + _ENDINGS[kind]
    for word in (name, class_name):
        if keyword.iskeyword(word):
            message = f"{word!r} is a word of Python's; choose another name than {name!r}"
            raise ConfigError(message)
    if class_name in (*_IMPORTED, *oqtopus_experiments.__all__):
        message = f"its module imports a {class_name!r} already; choose another name than {name!r}"
        raise ConfigError(message)
    chosen = distribution or f"oqtopus-experiments-{name.replace('_', '-')}"
    if not _DISTRIBUTION.fullmatch(chosen) or len(chosen) > LONGEST_PACKAGE:
        message = (
            f"{chosen!r:.60} is not a name for a distribution: write up to {LONGEST_PACKAGE} letters, digits and "
            "single hyphens"
        )
        raise ConfigError(message)
    package = re.sub(r"[._-]+", "_", chosen).lower()
    if not package.isidentifier() or keyword.iskeyword(package) or package in sys.stdlib_module_names:
        message = f"the distribution {chosen!r} would hold a package {package!r}, which Python cannot import"
        raise ConfigError(message)
    return Names(kind, name, chosen, package, class_name)


def refuse_taken(names: Names) -> None:
    """
    Refuse names that something installed has already.

    Raises:
        ConfigError: The message says who has it.
    """
    try:
        version = distribution(names.distribution).version
    except PackageNotFoundError:
        pass
    else:
        message = f"{names.distribution} {version} is installed already; choose another --distribution, or uninstall it"
        raise ConfigError(message)
    if importlib.util.find_spec(names.package) is not None:
        message = f"a package {names.package!r} can be imported already; choose another --distribution"
        raise ConfigError(message)
    for name, found in registry().classes(names.kind).items():
        for cls, plugin in found:
            if name == names.name or cls.__name__ == names.class_name:
                message = (
                    f"the {names.kind} {name!r} ({cls.__name__}) is there already, from {plugin.distribution} "
                    f"{plugin.version}; choose another name"
                )
                raise ConfigError(message)


def _meant(name: str) -> str:
    """Return what was probably meant, for a message."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    meant = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_").lstrip("0123456789_")[:LONGEST].rstrip("_")
    return f", as {meant!r}" if meant else ""
