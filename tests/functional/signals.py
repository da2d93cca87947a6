"""Signals to programs under test."""

from __future__ import annotations

import signal


def hear_ctrl_c() -> None:
    """Undo what a shell does for jobs in the background: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
