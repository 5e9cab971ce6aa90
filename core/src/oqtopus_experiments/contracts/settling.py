"""What an author does at the end of a construction comes after the targets are settled, whatever it calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class AfterSettling:
    """
    Stands in a class for an author's ``__attrs_post_init__``: calls `settle` whenever that is looked up on an instance.

    A descriptor rather than a function around it: attrs, which makes a class anew for its slots, mends the cell behind
    ``super()`` in the ``__closure__`` of what it finds in the class.

    Args:
        own: The author's method.
        settle: Called with the instance before.
    """

    def __init__(self, own: Any, settle: Callable[[Any], None]) -> None:
        self._own = own
        self._settle = settle
        self.__closure__ = getattr(own, "__closure__", None)

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        self._settle(instance)
        return self._own.__get__(instance, owner)
