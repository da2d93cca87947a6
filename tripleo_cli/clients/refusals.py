"""What the file system of this machine refuses, in words for the operator."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tripleo_cli.errors import HostError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def telling(what: str, path: Path) -> Iterator[None]:
    """Say of a refusal what was to be done; a full disk comes with its remedy.

    Args:
        what: "cannot write FILE".
        path: The file or folder; where room is to be made.

    Raises:
        HostError: The system refused something.
    """
    try:
        yield
    except OSError as error:
        hint = f"free space: df -h {path.parent}" if error.errno in _FULL else None
        raise HostError(f"{what}: {reason(error)}", hint=hint) from error


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Say in a few words why a file cannot be read or written."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if error.errno in _FULL:
        return "the disk is full, or a limit on file sizes is reached"
    return error.strerror or str(error)
