"""Turn what the OpenStack libraries raise into this project's errors.

Each library has its own tree of exceptions, but they agree on two things: an HTTP
failure carries its status, and connection failures come from keystoneauth with the
URL in their text. That is all this module relies on, so it imports no library but
keystoneauth, which the ``openstack`` command has loaded before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from keystoneauth1 import exceptions as keystone

from tripleo_cli.errors import (
    ConflictError,
    NotFoundError,
    ServiceError,
    UnreachableError,
)

STATUS_COMMAND = "openstack undercloud status"
_SECRET = re.compile(
    "password|passwd|secret|token|private_key|snmp_community", re.IGNORECASE
)
_NO_ACCESS = (keystone.AuthorizationFailure, keystone.MissingAuthMethods)
# glanceclient words connection problems itself, in exceptions without a status.
_GLANCE = ("Error finding address for ", "Error communicating with ")
_URL = re.compile(r"https?://[^\s,'\"]+")
_NOISE = re.compile(r"^(ERROR: |HTTP \d{3}[: ]+\w[\w ]*: )|\s*\(HTTP \d+\)|^HTTP ")
_REQUEST = re.compile(r"\s*\(Request-ID: [^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of the undercloud, as messages speak of it.

    ``failures`` are the base exceptions of the libraries that talk to it; ``process``
    is the name its log goes by in ``openstack undercloud logs``.
    """

    name: str
    process: str
    endpoint: str = ""
    failures: tuple[type[Exception], ...] = (keystone.ClientException,)


@contextmanager
def translating(
    service: Service, call: str, secrets: Iterable[str] = ()
) -> Iterator[None]:
    """Raise our errors for whatever a library raises inside.

    Args:
        service: Whom the call goes to.
        call: What was attempted, to follow "cannot": "create node compute-0".
        secrets: Values that must not appear in a message.

    Raises:
        NotFoundError: The service answered 404.
        ConflictError: The service answered 409.
        UnreachableError: It gave no answer.
        ServiceError: Everything else.
    """
    try:
        yield
    except service.failures as error:
        translated = translate(service, call, error)
        raise _masked(translated, secrets) from _unless(secrets, error)


def translate(service: Service, call: str, error: Exception) -> ServiceError:
    """Choose our error for one of a library's."""
    if unreachable := _unreachable(service, error):
        place, cause, hint = unreachable
        is_absent = isinstance(error, keystone.EndpointNotFound)
        unreached = ServiceError if is_absent else UnreachableError
        return unreached(f"cannot {call}: {place}: {cause}", hint=hint)
    status = _status(error)
    cause = cause_of(error)
    place = (
        f"{service.name} at {service.endpoint}" if service.endpoint else service.name
    )
    said = f" ({place}, HTTP {status})" if status else f" ({place})"
    kind = {404: NotFoundError, 409: ConflictError}.get(status, ServiceError)
    return kind(
        f"cannot {call}: {cause}{said}", hint=_hint(service, status, cause, error)
    )


def secret_values(fields: Mapping[str, Any]) -> frozenset[str]:
    """Collect the values of secret keys, at any depth."""
    found: set[str] = set()
    for key, value in fields.items():
        if isinstance(value, Mapping):
            found |= secret_values(value)
        elif value and _SECRET.search(key):
            found.add(str(value))
    return frozenset(found)


def cause_of(error: Exception) -> str:
    """Give what the service itself said, in one line, without decoration."""
    text = _REQUEST.sub("", _NOISE.sub("", _said(error))).strip()
    return re.sub(r"\s+", " ", text).rstrip(".") or type(error).__name__


def _said(error: Exception) -> str:
    body = getattr(error, "error", None)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        # heatclient keeps Heat's whole answer.
        return str(body["error"].get("message") or error)
    text = str(getattr(error, "message", None) or error)
    if text.startswith("{"):
        return _from_json(text)
    return text


def _from_json(text: str) -> str:
    try:
        body = json.loads(text)
    except ValueError:
        return text
    for key in ("faultstring", "message", "title"):
        if isinstance(body, dict) and body.get(key):
            return str(body[key])
    return text


def _status(error: Exception) -> int:
    for name in ("http_status", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int):
            return value
    return 0


def _unreachable(service: Service, error: Exception) -> tuple[str, str, str] | None:
    """Say which place, why and what to do where there was no answer at all."""
    if isinstance(error, keystone.EndpointNotFound):
        hint = "openstack catalog list (check region and interface of this cloud)"
        return "the catalogue has none", cause_of(error), hint
    text = str(error)
    is_connection = isinstance(
        error, (keystone.ConnectionError, keystone.DiscoveryFailure)
    )
    if not is_connection and not text.startswith(_GLANCE):
        return None
    return _place(service, text), *_reason(text)


def _place(service: Service, text: str) -> str:
    match = _URL.search(text)
    url = match[0].rstrip(".:;)") if match else service.endpoint
    if not service.endpoint or not url.startswith(service.endpoint):
        name = "Keystone" if re.search(r"/v3\b|:5000\b|/identity", url) else ""
        return f"no answer from {name} at {url}".replace("  ", " ")
    return f"no answer from {service.name} at {url}"


def _reason(text: str) -> tuple[str, str]:
    """Shorten urllib3's nested text to the cause, with the remedy."""
    if re.search("SSL|certificate", text):
        detail = re.search(
            r"certificate verify failed[^(\"]*|WRONG_VERSION_NUMBER", text
        )
        cause = f"TLS failed: {detail[0].strip()}" if detail else "TLS failed"
        return cause, "check cacert and the scheme (http or https) in clouds.yaml"
    known = {
        "Connection refused": "connection refused",
        "timed out": "timed out",
        "Name or service not known": "its host name is not known",
        "Temporary failure in name resolution": "its host name cannot be resolved",
        "No route to host": "no route to its host",
        "Network is unreachable": "the network is unreachable",
        "Connection reset": "the connection was reset",
        "Remote end closed connection": "it closed the connection",
    }
    causes = (cause for sign, cause in known.items() if sign in text)
    return next(causes, text.rpartition(": ")[2]), STATUS_COMMAND


def _hint(service: Service, status: int, cause: str, error: Exception) -> str | None:
    if status == HTTPStatus.UNAUTHORIZED or isinstance(error, _NO_ACCESS):
        return "check user name, password and project of this cloud in clouds.yaml"
    if status == HTTPStatus.FORBIDDEN:
        if re.search("quota", cause, re.IGNORECASE):
            return "openstack quota set --instances -1 --cores -1 --ram -1 PROJECT"
        return "use a user with the admin role (openstack undercloud credentials)"
    is_broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return f"openstack undercloud logs {service.process}" if is_broken else None


def _masked(error: ServiceError, secrets: Iterable[str]) -> ServiceError:
    text = str(error)
    for secret in secrets:
        text = text.replace(secret, "***")
    return type(error)(text, hint=error.hint)


def _unless(secrets: Iterable[str], error: Exception) -> Exception | None:
    """Keep the cause, unless its own text holds a secret (--debug shows it)."""
    return None if any(secret in str(error) for secret in secrets) else error
