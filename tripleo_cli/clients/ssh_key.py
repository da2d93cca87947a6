"""The key pair of this machine for the overcloud's nodes, made by ssh-keygen."""

from __future__ import annotations

from pathlib import Path

from tripleo_cli.clients.host import LocalHost
from tripleo_cli.domain.host import Call
from tripleo_cli.errors import HostError

TIMEOUT_S = 30.0
COMMENT = "overcloud nodes"
_HINT = "a key without a passphrase: --overcloud-ssh-key FILE"


class LocalKeys:
    """Implements the ``KeyFiles`` port."""

    def exists(self, path: Path) -> bool:
        """Whether there is a private key."""
        return path.exists()

    def ensure(self, path: Path) -> str:
        """Give the public key of a private one; makes the pair where there is none.

        Raises:
            HostError: It cannot be read or made, or is locked by a passphrase.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            text = f"cannot make the folder {path.parent}: {error.strerror}"
            raise HostError(text, hint=_HINT) from error
        if not path.exists():
            words = ("-q", "-t", "ed25519", "-N", "", "-C", COMMENT, "-f", str(path))
            _run(words, f"cannot make the key {path}")
        # Of the private one: a public file beside it may be another one's.
        return _run(("-y", "-P", "", "-f", str(path)), f"cannot read the key {path}")


def _run(words: tuple[str, ...], what: str) -> str:
    call = Call(argv=("ssh-keygen", *words), timeout_s=TIMEOUT_S)
    result = LocalHost().run(call)
    if not result.succeeded:
        reason = " ".join(result.stderr.split()) or f"exit code {result.returncode}"
        raise HostError(f"{what}: {reason}", hint=_HINT)
    return result.stdout.strip()
