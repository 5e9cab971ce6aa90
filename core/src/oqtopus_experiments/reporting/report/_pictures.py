"""Pictures as addresses that hold them: drawn in vectors where that is little, else in points of few colours."""

from __future__ import annotations

import base64
import importlib.util
import io

_LARGEST_VECTOR = 150_000
"""A vector figure of a hundred panels weighs more, and draws slower on a phone, than its picture."""
_COLOURS = 64
"""A figure has few colours and the shades between them: so many look the same, and weigh a quarter."""
_MOST_POINTS = 40_000_000


def address(vector: bytes | None, raster: bytes | None) -> str:
    """Return the ``data:`` address of a figure from its SVG and its PNG, as far as they are there; empty without."""
    if vector is not None and len(vector) <= _LARGEST_VECTOR:
        return _address("svg+xml", vector)
    return "" if raster is None else _address("png", lighter(raster))


def lighter(raster: bytes) -> bytes:
    """Return a PNG with a palette where that is smaller; what is no PNG, or a huge one, as it is."""
    if importlib.util.find_spec("PIL") is None:  # comes with matplotlib, and not with core alone
        return raster
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(raster), formats=["PNG"])
        if picture.width * picture.height > _MOST_POINTS:
            return raster
        made = io.BytesIO()
        # The method that keeps white white.
        picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MEDIANCUT).save(made, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # of a stranger; a browser may tell more
        return raster
    return min(made.getvalue(), raster, key=len)


def _address(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
