"""What the program says when it cannot do its work."""

from __future__ import annotations

import errno

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class NodeError(Exception):
    """A failure in words for the operator; ``hint`` is the remedy, where known."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def file_error(action: str, error: OSError) -> NodeError:
    """Tell of a file that cannot be read or written; a full disk is named as such."""
    if error.errno in FULL:
        return full_disk(action)
    return NodeError(f"cannot {action}: {error.strerror or error}")


def full_disk(action: str, where: str | None = None) -> NodeError:
    """Tell of a disk with no room left."""
    place = f" ({where})" if where else ""
    hint = "make room on the node (df -h; journalctl --vacuum-size=50M), then repeat"
    return NodeError(f"cannot {action}: the node's disk is full{place}", hint)
