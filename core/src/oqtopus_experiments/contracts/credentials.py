"""What a backend says of the secrets it would use: where each comes from, and never what it is."""

from __future__ import annotations

from attrs import frozen


@frozen
class Credential:
    """
    A secret that requests of a backend carry. There is no place in it for the secret itself.

    Args:
        name: What it is, as ``API token``.
        source: Where it was found: the variable, the section of the file, the option; empty where it was not.
        goes_to: Who gets it, as the address of the service; empty where that is not known.
        problem: Why it cannot be used, with the next step; empty when it can.
    """

    name: str
    source: str = ""
    goes_to: str = ""
    problem: str = ""
