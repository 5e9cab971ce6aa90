"""
What a distribution says it was written for: a range of the contract, and a requirement on core.

Both are metadata, read without importing the plugin. The range stands in a group of entry points of its own::

    [project.entry-points."oqtopus_experiments.contract"]
    at_least = "v1_0"
    below = "v2_0"      # may be left out: the next major version

An entry point, because every build tool and installer passes it on and a range changes nothing else that they do. Its
value must look like a Python name, which is why it is ``v1_0`` and not ``>=1.0``: setuptools refuses the latter.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution

from attrs import frozen

from oqtopus_experiments.__about__ import __version__
from oqtopus_experiments.contracts.contract_version import CONTRACT, ContractRange, ContractVersion
from oqtopus_experiments.contracts.hookspecs import PROJECT
from oqtopus_experiments.errors import PluginError

CORE = "oqtopus-experiments"
CONTRACT_GROUP = f"{PROJECT}.contract"
"""Group of entry points by which a distribution says which contract it was written for."""
_KEYS = ("at_least", "below")


@frozen
class Compatibility:
    """
    Whether a distribution goes with this core.

    Args:
        contract: Range of the contract that it states; empty when it states none.
        core: What it requires of core, as ``>=0.1,<0.2``; empty when it requires nothing.
        problem: Why it does not go with this core, and what to do; empty when it does.
    """

    contract: str = ""
    core: str = ""
    problem: str = ""

    def __str__(self) -> str:
        return self.contract or (f"as core {self.core}" if self.core else "")


def compatibility(distribution: Distribution | None, contract: ContractVersion = CONTRACT) -> Compatibility:
    """
    Return whether a distribution goes with this core, by what its metadata say; nothing of it is imported.

    One that states no range of the contract is taken for what its requirement on core says.

    Args:
        distribution: The distribution; None for a plugin that is in none, of which nothing is known.
        contract: The contract of this core.
    """
    if distribution is None:
        return Compatibility()
    core, stated = "", None
    try:
        core = required_core(distribution)
        stated = stated_range(distribution)
    except PluginError as error:
        return Compatibility("", core, f"{error}; tell the author of {distribution.name}")
    problem = _of_core(distribution, core) or _of_contract(distribution, stated, contract)
    return Compatibility(str(stated or ""), core, problem)


def stated_range(distribution: Distribution) -> ContractRange | None:
    """
    Return the range of the contract that a distribution states, or None when it states none.

    Raises:
        PluginError: When what it states is not a range.
    """
    stated = {entry.name: entry.value for entry in distribution.entry_points if entry.group == CONTRACT_GROUP}
    if not stated:
        return None
    if (unknown := sorted(set(stated) - set(_KEYS))) or "at_least" not in stated:
        wrong = f"{unknown[0]!r} in it is not known" if unknown else "'at_least' is missing"
        message = f"its entry points {CONTRACT_GROUP} state no range: {wrong}"
        raise PluginError(message)
    low = ContractVersion.parse(stated["at_least"])
    high = ContractVersion.parse(stated["below"]) if "below" in stated else ContractVersion(low.major + 1, 0)
    if high <= low:
        message = f"its entry points {CONTRACT_GROUP} state no range: nothing is {ContractRange(low, high)}"
        raise PluginError(message)
    return ContractRange(low, high)


def required_core(distribution: Distribution) -> str:
    """
    Return what a distribution requires of core, as ``<0.2,>=0.1``; empty when it requires nothing of it.

    Raises:
        PluginError: When the requirement cannot be read.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    found = SpecifierSet()
    for text in distribution.requires or []:
        # Parsing every requirement of every plugin would cost more than all the rest of start-up.
        if not re.match(r"oqtopus[-_.]+experiments(?![\w.-]*\w)", text, re.IGNORECASE):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            message = f"its requirement {text!r:.80} cannot be read"
            raise PluginError(message) from error
        if canonicalize_name(requirement.name) == CORE and (not requirement.marker or requirement.marker.evaluate()):
            found &= requirement.specifier
    return str(found)


def _of_core(distribution: Distribution, core: str) -> str:
    from packaging.specifiers import SpecifierSet

    if not core or SpecifierSet(core).contains(__version__, prereleases=True):
        return ""
    return f"needs {CORE}{core}; this is {__version__}: install another {distribution.name}, or another {CORE}"


def _of_contract(distribution: Distribution, stated: ContractRange | None, contract: ContractVersion) -> str:
    if stated is None or contract in stated:
        return ""
    wanted, other = ("a newer", "an older") if contract >= stated.below else ("an older", "a newer")
    return (
        f"was written for contract {stated}; {CORE} {__version__} has contract {contract}: "
        f"install {wanted} {distribution.name}, or {other} {CORE}"
    )
