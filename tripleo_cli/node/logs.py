"""The last words of a service."""

from __future__ import annotations

from pathlib import Path

from tripleo_cli.node.system import Site

LINES = 15
_TAIL_BYTES = 64 << 10
_TROUBLE = (" ERROR ", " CRITICAL ", "Traceback", "[ERROR]", "error:")


def last_lines(site: Site, unit: str) -> list[str]:
    """Give the last lines of a unit: of its log file where it has one, else journal.

    Lines that tell of trouble come first where there are any: a service under load
    writes others after them.
    """
    if not unit:
        return []
    for path in _files(site, unit):
        lines = _tail(path)
        if lines:
            trouble = [one for one in lines if any(word in one for word in _TROUBLE)]
            return (trouble or lines)[-LINES:]
    argv = ["journalctl", "--unit", unit, "--lines", str(LINES)]
    ran = site.run([*argv, "--no-pager", "--quiet", "--output", "short"], timeout_s=10)
    return ran.out.splitlines()[-LINES:]


def _files(site: Site, unit: str) -> list[Path]:
    """Distributions let OpenStack's services log to /var/log/<project>/<unit>.log."""
    logs = site.layout.root / "var/log"
    return sorted(logs.glob(f"*/{unit}.log"))


def _tail(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL_BYTES))
            return stream.read().decode(errors="replace").splitlines()
    except OSError:
        return []
