"""The environment that processes begin with: set for them, and taken back here, where other libraries would read it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def begun_with(variables: Mapping[str, str], others: Iterable[str] = ()) -> Iterator[None]:
    """
    Set variables of the environment while processes begin; afterwards they are what they were.

    Args:
        variables: What is set, by name.
        others: Names of those that somebody else sets meanwhile, and that are put back too.
    """
    before = {name: os.environ.get(name) for name in (*variables, *others)}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
