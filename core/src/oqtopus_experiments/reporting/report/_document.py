"""The frame that every page of ours stands in: one file, offline, light or dark, with no scripts but those it names."""

from __future__ import annotations

from oqtopus_experiments.reporting.report._assets import policy, style


def document(title: str, body: str, *scripts: str) -> str:
    """
    Return a page.

    Args:
        title: Its title, escaped.
        body: What it shows, as HTML.
        scripts: What may run, after all else; nothing else may.
    """
    code = "".join(f"<script>{script}</script>\n" for script in scripts)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy(*scripts)}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style()}</style>
</head>
<body>
{body}{code}</body>
</html>
"""
