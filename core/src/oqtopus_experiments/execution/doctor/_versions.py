"""Which versions are installed, and whether they go together: from metadata, without importing anything."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from oqtopus_experiments.__about__ import __version__
from oqtopus_experiments.contracts.contract_version import CONTRACT
from oqtopus_experiments.execution.doctor._finding import Finding, ok, problem, warning
from oqtopus_experiments.plugins._compatibility import CORE
from oqtopus_experiments.plugins._plugin import Plugin
from oqtopus_experiments.plugins._provenance import libraries, version_of


def versions(plugins: Iterable[Plugin]) -> Iterator[Finding]:
    """Yield what is installed: core, contract, Python, plugins, and the libraries whose version may change a number."""
    python = f"Python {platform.python_version()}, {platform.platform()}"
    yield ok("versions", f"{CORE} {__version__}, contract {CONTRACT}; {python}")
    installed = {plugin.distribution: plugin.version for plugin in plugins if plugin.version}
    if installed:
        yield ok(
            "versions", "plugins: " + ", ".join(f"{name} {version}" for name, version in sorted(installed.items()))
        )
    else:
        yield warning("versions", "no plugins are installed", "install some, as oqtopus-experiments-t1")
    known = [f"{name} {version}" for name in libraries(installed) if (version := version_of(name))]
    yield ok("versions", f"libraries: {', '.join(known)}")


def requirements(plugins: Iterable[Plugin]) -> Iterator[Finding]:
    """Yield which requirements of core and the plugins, and of what they require, are not met by what is installed."""
    roots = sorted({CORE, *(plugin.distribution for plugin in plugins if plugin.version)})
    looked_at, unmet = _walked(roots)
    for owner, line, found in unmet:
        what = f"is {found}" if found else "is not installed"
        yield problem("requirements", f"{owner} requires {line}, which {what}", f'pip install "{line}"')
    if not unmet:
        yield ok("requirements", f"all that {looked_at} distributions require is there")


def _walked(roots: Iterable[str]) -> tuple[int, list[tuple[str, str, str]]]:
    """Return how many distributions were looked at, and what is not met: who requires which line, and what is there."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    waiting, known = [(root, "") for root in roots], set[tuple[str, str]]()
    unmet: list[tuple[str, str, str]] = []
    while waiting:
        name, extra = waiting.pop()
        key = canonicalize_name(name), extra
        here = _distribution(name)
        if key in known or here is None:
            continue
        known.add(key)
        for line in here.requires or []:
            try:
                wanted = Requirement(line)
            except InvalidRequirement:
                unmet.append((here.name, line, "a line that cannot be read"))
                continue
            # What belongs to an extra that nobody asks for may be there by chance.
            if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
                continue
            there = _distribution(wanted.name)
            said = f"{wanted.name}{wanted.specifier}"
            is_said = any((owner, told) == (here.name, said) for owner, told, _ in unmet)
            if not is_said and (there is None or not wanted.specifier.contains(there.version, prereleases=True)):
                unmet.append((here.name, said, there.version if there else ""))
            waiting += [(wanted.name, one) for one in ("", *sorted(wanted.extras))]
    return len({name for name, _ in known}), unmet


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
