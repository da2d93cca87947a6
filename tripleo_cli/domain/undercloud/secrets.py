"""Which secrets an undercloud has; they are generated once and kept for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from tripleo_cli.domain.undercloud.catalog import SERVICE_USERS, STACK_DOMAIN_ADMIN
from tripleo_cli.domain.undercloud.databases import OWNERS

ADMIN = "admin"
BROKER = "rabbitmq"
HEAT_KEY = "heat_encryption_key"


class SecretKind(Enum):
    """How a secret is made."""

    PASSWORD = "password"  # noqa: S105 - a kind, not a password
    """32 letters and digits: fits into URLs, SQL and INI files as it is."""

    FERNET_KEY = "fernet key"
    """32 random bytes, URL-safe base64, as Keystone's key repositories hold them."""


KEY_REPOSITORIES = ("fernet", "receipts", "credential")
"""Keystone's folders of keys; file 0 is staged next, file 1 is in use."""


def key_name(repository: str, index: int) -> str:
    """Name the secret of one file in a key repository."""
    return f"keystone_{repository}_{index}"


def _kinds() -> Mapping[str, SecretKind]:
    passwords = (
        *(ADMIN, BROKER, HEAT_KEY, STACK_DOMAIN_ADMIN),
        *SERVICE_USERS,
        *(f"db_{owner}" for owner in OWNERS),
    )
    keys = (key_name(folder, index) for folder in KEY_REPOSITORIES for index in (0, 1))
    return {
        **dict.fromkeys(passwords, SecretKind.PASSWORD),
        **dict.fromkeys(keys, SecretKind.FERNET_KEY),
    }


SECRETS: Mapping[str, SecretKind] = _kinds()


def complete(
    known: Mapping[str, str], make: Callable[[SecretKind], str]
) -> Mapping[str, str]:
    """Keep every known secret and make those that are missing."""
    missing = {
        name: make(kind) for name, kind in SECRETS.items() if not known.get(name)
    }
    return {**known, **missing}


def masked(text: str, secrets: Mapping[str, str]) -> str:
    """Replace every secret in a text by ``***``."""
    for value in secrets.values():
        text = text.replace(value, "***")
    return text
