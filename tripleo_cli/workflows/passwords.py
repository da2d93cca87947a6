"""Make the passwords that a stack does not have yet."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from dataclasses import replace

from tripleo_cli.domain.overcloud.passwords import with_passwords
from tripleo_cli.domain.overcloud.service import PasswordKind
from tripleo_cli.domain.plan import Plan

LENGTH = 25
"""As long as TripleO's."""
KEY_BYTES = 32
_SIGNS = string.ascii_letters + string.digits


def complete(plan: Plan, running: Plan | None) -> Plan:
    """Give a plan the passwords of its services; ``running`` is the stack as it is.

    A plan in which nothing is configured stays as it is.
    """
    services = [
        service for one in plan.configurations.values() for service in one.services
    ]
    if not services:
        return plan
    known = running.parameters if running else {}
    parameters = with_passwords(plan.parameters, services, known, make_password)
    return replace(plan, parameters=parameters)


def make_password(kind: PasswordKind) -> str:
    """Make a new password of a kind."""
    if kind is PasswordKind.FERNET:
        return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    if kind is PasswordKind.HEX:
        return secrets.token_hex(KEY_BYTES // 2)
    if kind is PasswordKind.UUID:
        return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
    return "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))
