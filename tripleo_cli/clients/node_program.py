"""The program for nodes, made into one file that any Python there can run."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

AGENT = (
    *("__init__.py", "errors.py", "files.py", "layout.py", "system.py"),
    *("pull.py", "pull_heat.py", "pull_orders.py"),
)
"""The modules of the agent of nodes that pull, and all that they import."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = """\
import sys

from tripleo_cli.node.{main} import main

sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class NodeProgram:
    """A zipapp; ``digest`` tells one version from another."""

    digest: str
    data: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Its file's name, on this machine and on nodes."""
        return f"{self.digest[:16]}.pyz"


@cache
def node_program() -> NodeProgram:
    """Pack the program; equal sources give equal bytes, on any machine.

    The package is found by its path: nothing of it is imported here.
    """
    folder = files("tripleo_cli") / "node"
    names = (one.name for one in folder.iterdir())
    return _program("main", (name for name in names if _is_code(name)))


@cache
def node_agent() -> NodeProgram:
    """Pack the agent of nodes that pull.

    As little as it needs: it comes in user data, of which Nova takes 48 KiB.
    """
    return _program("pull", AGENT)


def _program(main: str, names: Iterable[str]) -> NodeProgram:
    folder = files("tripleo_cli") / "node"
    texts = {f"tripleo_cli/node/{name}": (folder / name).read_text() for name in names}
    begin = {"__main__.py": _MAIN.format(main=main), "tripleo_cli/__init__.py": ""}
    return pack({**begin, **texts})


def pack(texts: dict[str, str]) -> NodeProgram:
    """Make a zipapp of texts by their names in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in sorted(texts.items()):
            archive.writestr(
                zipfile.ZipInfo(name, _EPOCH), text, compress_type=zipfile.ZIP_DEFLATED
            )
    content = "".join(f"{name}\0{text}\0" for name, text in sorted(texts.items()))
    return NodeProgram(hashlib.sha256(content.encode()).hexdigest(), stream.getvalue())


def _is_code(name: str) -> bool:
    # The agent's own code comes with the server: a change of it is none of any step.
    return name.endswith(".py") and not name.startswith("pull")
