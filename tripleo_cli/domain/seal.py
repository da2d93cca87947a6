"""Know a secret again without keeping it.

Ironic never shows a password again: it answers ``******``. So that a second import
can tell whether a password in the file is a new one, a *seal* of it is kept with the
node: a keyed digest (HMAC-SHA-256) with a salt. Its key stays on this machine; who
reads the node in Ironic learns nothing, not even by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

SEAL_FIELD = "tripleo_credentials"
"""The key of a seal in a node's ``extra``."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Makes and checks seals; ``salt`` must be new in every run."""

    key: bytes = field(repr=False)
    salt: str

    def seal(self, name: str, secrets: Mapping[str, str]) -> str:
        """Seal secrets; ``name`` keeps equal ones of two nodes apart."""
        return self._seal(f"{self.salt}.{name}", secrets)

    def matches(self, seal: object, secrets: Mapping[str, str]) -> bool:
        """Whether a seal is of these secrets and was made with this key."""
        salt, _, _ = str(seal).rpartition(":")
        expected = self._seal(salt, secrets)
        return hmac.compare_digest(expected.encode(), str(seal).encode())

    def _seal(self, salt: str, secrets: Mapping[str, str]) -> str:
        text = json.dumps([salt, sorted(secrets.items())])
        digest = hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
        return f"{salt}:{digest[:32]}"
