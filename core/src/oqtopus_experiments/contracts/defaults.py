"""What a field is where nobody says: also where that depends on what was said of others."""

from __future__ import annotations

from typing import Any

import attrs

_FACTORY: Any = attrs.Factory  # a class, but a function to the type checker


def default_of(field: attrs.Attribute[Any], made: Any) -> Any:
    """
    Return the default of a field, as it stands in the declaration or as its factory makes it; ``NOTHING`` without one.

    Args:
        field: Of the class of `made`.
        made: The object whose other fields it may depend on.
    """
    default: Any = field.default
    if not isinstance(default, _FACTORY):
        return default
    return default.factory(made) if default.takes_self else default.factory()
