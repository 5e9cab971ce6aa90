"""
The version of the contract between core and plugins, apart from the version of core itself.

Core may be released a hundred times without a plugin noticing. What a plugin notices is counted here: hooks and what
they are told, the public names and their signatures, the fields of the public classes. ``docs/design.md`` says what
counts as minor and what as major; a test holds the code to it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from oqtopus_experiments.errors import PluginError

_WRITTEN = re.compile(r"v?(\d{1,4})[._](\d{1,4})")


class ContractVersion(NamedTuple):
    """
    One version of the contract.

    Args:
        major: Counts what breaks a plugin that was written before.
        minor: Counts what is there in addition.
    """

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def parse(cls, text: str) -> ContractVersion:
        """
        Return the version written as ``v1_0``, or as ``1.0``.

        Raises:
            PluginError: When it is not one.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            message = f"{text!r:.40} is not a version of the contract; write for example v1_0"
            raise PluginError(message)
        return cls(int(found[1]), int(found[2]))


CONTRACT = ContractVersion(1, 0)
"""The contract of this core."""


class ContractRange(NamedTuple):
    """
    The versions of the contract that a plugin works with.

    Args:
        at_least: The one it was written against.
        below: The first that it does not work with.
    """

    at_least: ContractVersion
    below: ContractVersion

    def __str__(self) -> str:
        return f">={self.at_least},<{self.below}"

    def __contains__(self, version: object) -> bool:
        return isinstance(version, ContractVersion) and self.at_least <= version < self.below
