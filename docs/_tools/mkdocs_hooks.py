"""Hooks of the documentation's site: pages that are made from the code, and links that lead from file to page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File
from site_pages import generated, links, pictures
from site_pages.markdown import with_titles

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put all pages of a generated folder in place of its index."""
    config.nav = [_with_generated(item) for item in config.nav or []]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and pictures."""
    for path, content in {**generated.contents(), **pictures.pictures()}.items():
        if (committed := files.get_file_from_path(path)) is not None:
            files.remove(committed)
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links between files of the repository lead to their pages, and add what is only on the site."""
    try:
        text = links.on_site(markdown, page.file.src_uri)
    except links.NowhereError as error:
        raise PluginError(str(error)) from error
    return generated.with_additions(page.file.src_uri, with_titles(text))


def _with_generated(item: Any) -> Any:
    if isinstance(item, list):
        return [_with_generated(one) for one in item]
    if not isinstance(item, dict):
        return item
    ((title, value),) = item.items()
    if isinstance(value, str) and value in generated.SECTIONS:
        return {title: [value, *({name: path} for name, path in generated.entries(value))]}
    return {title: _with_generated(value) if isinstance(value, list) else value}
