"""How Sphinx builds the documentation."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "tripleo-cli"
author = "the tripleo-cli developers"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name
release = metadata.version("tripleo-cli")

extensions = ["fact_tables", "markdown_pages", "plain_help"]
exclude_patterns = ["_build", "changes"]
nitpicky = True
autoprogram_cliff_application = "openstack"

html_theme = "alabaster"
html_theme_options = {
    "description": "OpenStack on OpenStack",
    "page_width": "1100px",
    "sidebar_width": "260px",
    "show_powered_by": False,
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchfield.html"]}
html_show_sourcelink = False

DEVELOPER_PAGES = {"architecture", "changelog", "contributing", "performance", "style"}
FIRST_PAGES = {"index", "quickstart", "commands"}


def list_pages(_app: Any, name: str, source: list[str]) -> None:
    """Put every other page into the index, so that a new one needs no line there."""
    if name == "index":
        found = {page.stem for page in Path(__file__).parent.glob("*.rst")}
        rest = sorted(found - DEVELOPER_PAGES - FIRST_PAGES)
        source[0] = source[0].replace("@OTHER_PAGES@", "\n   ".join(rest))


def setup(app: Any) -> None:
    """Sphinx's hook."""
    app.connect("source-read", list_pages)
