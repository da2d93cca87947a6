"""How we come into the overcloud's nodes: which user, with which key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

USER = "tripleo-admin"
"""Made by cloud-init in the image; may do everything by sudo, without a password."""
SSH_SECONDS = 600.0
"""How long machines may take until they let us in: they boot after Nova is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshAccess:
    """The user to log in as, and the file of the private key, as a whole path."""

    key: str
    user: str = USER


def key_name(public: str) -> str:
    """Name a public key as Nova is to know it: another key, another name.

    Args:
        public: A line as in ``id_ed25519.pub``: kind, data, comment.
    """
    data = " ".join(public.split()[:2])
    return f"tripleo-{hashlib.sha256(data.encode()).hexdigest()[:8]}"
