"""Let Sphinx show this project's few Markdown pages.

Decision records, the changelog and the performance page are Markdown, because tools
write them or people read them on the forge. markdown-it is there already (rich uses
it); its HTML goes into the page as it is, under the page's title.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers import Parser
from markdown_it import MarkdownIt


class MarkdownParser(Parser):
    """Parse a page: its first heading is the title, the rest is HTML."""

    supported = ("markdown", "md")

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Fill ``document``."""
        self.setup_parse(inputstring, document)
        tokens = MarkdownIt("commonmark").enable("table").parse(inputstring)
        title = "Untitled"
        if len(tokens) > 1 and tokens[0].tag == "h1":
            title = tokens[1].content
            tokens = tokens[3:]
        section = nodes.section(ids=[nodes.make_id(title)], names=[title.lower()])
        section += nodes.title(title, title)
        section += nodes.raw("", rendered(tokens), format="html")
        document.note_implicit_target(section)
        document += section
        self.finish_parse()


def rendered(tokens: list[Any]) -> str:
    """Render tokens as HTML; links to other pages point to their HTML."""
    markdown = MarkdownIt("commonmark").enable("table")
    for token in tokens:
        for child in token.children or []:
            target = str(child.attrs.get("href", ""))
            if target.endswith(".md") and "://" not in target:
                child.attrs["href"] = f"{target.removesuffix('.md')}.html"
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx about the parser."""
    app.add_source_suffix(".md", "markdown")
    app.add_source_parser(MarkdownParser)
    return {"parallel_read_safe": True}
