"""The command reference, with help texts taken as the plain text that they are.

cliff reads them as reStructuredText, where a lone ``*`` begins an emphasis.
"""

from __future__ import annotations

import argparse
from typing import Any

from cliff import sphinxext


class CommandReference(sphinxext.AutoprogramCliffDirective):
    """cliff's directive, for help texts that are not markup."""

    def _drop_ignored_options(
        self, parser: argparse.ArgumentParser, ignored_opts: list[str]
    ) -> None:
        super()._drop_ignored_options(parser, ignored_opts)
        for action in parser._actions:  # noqa: SLF001 - as cliff does
            if action.help:
                action.help = action.help.replace("*", r"\*")


def setup(app: Any) -> dict[str, bool]:
    """Put our directive in the place of cliff's."""
    app.setup_extension("cliff.sphinxext")
    app.add_directive("autoprogram-cliff", CommandReference, override=True)
    return {"parallel_read_safe": True}
