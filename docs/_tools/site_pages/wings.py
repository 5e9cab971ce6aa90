"""The picture of the wings of core: a row each, and an arc for every pair in which one imports the other."""

from __future__ import annotations

import ast
import html
import math
from collections.abc import Mapping
from pathlib import Path

import oqtopus_experiments
from site_pages.import_graph import WINGS, between_wings, import_graph, wing_of

PICTURE = "images/wings.svg"
_ROW, _TOP, _LEFT, _BOX, _TEXT = 46, 24, 16, 150, 420
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#222}.what{font-size:12px;fill:#555}"
    "rect{fill:#eef6f5;stroke:#00796b}path{fill:none;stroke:#00796b;stroke-opacity:.45}circle{fill:#00796b}"
)


def picture() -> str:
    """Return the picture of what is installed, as SVG."""
    root = Path(str(oqtopus_experiments.__file__)).parent
    graph = import_graph(root)
    modules = {wing: sum(wing_of(module) == wing for module in graph) for wing in WINGS}
    said = {wing: first_sentence((root / wing / "__init__.py").read_text("utf-8")) for wing in WINGS}
    return drawn(between_wings(graph), modules, said)


def first_sentence(source: str) -> str:
    """Return the first sentence of a module's docstring."""
    text = " ".join((ast.get_docstring(ast.parse(source)) or "").split())
    return text.split(". ")[0].rstrip(".").replace("`", "")


def drawn(imports: Mapping[tuple[str, str], int], modules: Mapping[str, int], said: Mapping[str, str]) -> str:
    """
    Return a drawing, wings from the top of the house down.

    Args:
        imports: How many imports lead from one wing to another.
        modules: How many modules each wing has, from the ground up.
        said: What each is for.
    """
    order = list(modules)[::-1]
    middles = {wing: _TOP + _ROW * row + _ROW / 2 for row, wing in enumerate(order)}
    edge = _LEFT + _BOX + _TEXT
    width, height = edge + 40 + 22 * len(order), 2 * _TOP + _ROW * len(order)
    parts = [_row(wing, middles[wing], modules[wing], said[wing], edge) for wing in order]
    parts += [_arc(pair, count, middles, edge) for pair, count in sorted(imports.items())]
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    title = "<title>Wings of core, and which imports which: every arc leads downwards</title>"
    return f"<svg {box}>{title}<style>{_STYLE}</style>{''.join(parts)}</svg>\n"


def _row(wing: str, middle: float, modules: int, said: str, edge: float) -> str:
    box = f'<rect x="{_LEFT}" y="{middle - 17}" width="{_BOX}" height="34" rx="6"/>'
    name = f'<text x="{_LEFT + 12}" y="{middle + 5}">{wing} ({modules})</text>'
    lines = _wrapped(said, 60)
    first = middle + 4 - 8 * (len(lines) - 1)
    what = "".join(
        f'<text class="what" x="{_LEFT + _BOX + 14}" y="{first + 16 * number}">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return f'{box}{name}{what}<circle cx="{edge}" cy="{middle}" r="3"/>'


def _arc(pair: tuple[str, str], count: int, middles: Mapping[str, float], edge: float) -> str:
    above, below = (middles[wing] for wing in pair)
    reach = 30 + 22 * abs(below - above) / _ROW
    path = f"M{edge} {above}C{edge + reach} {above} {edge + reach} {below} {edge} {below}"
    title = f"<title>{pair[0]} imports {pair[1]}: {count}</title>"
    return f'<path d="{path}" stroke-width="{1 + math.log2(count) / 2:.1f}">{title}</path>'


def _wrapped(text: str, letters: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:2]
