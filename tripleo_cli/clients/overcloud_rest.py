"""One service of an overcloud, asked as its administrator, over plain HTTP.

No proxy is used: the control plane is connected to this machine. Errors say what an
operator of the overcloud can do; those of
:mod:`tripleo_cli.clients.translate` speak of the undercloud.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import requests
from keystoneauth1 import exceptions, session
from keystoneauth1.adapter import Adapter
from keystoneauth1.identity import v3
from urllib3.util import Retry

from tripleo_cli.clients.translate import Service, translate
from tripleo_cli.domain.overcloud.access import Access
from tripleo_cli.errors import ServiceError, UnreachableError

TIMEOUT_S = 60.0
CONNECTIONS = 8
RETRIES = 2
"""How often something is asked again whose connection broke."""
_NOT_YET = frozenset(
    {
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What a load balancer answers while nobody is behind it."""
_STEPS = "see how the nodes stand: openstack overcloud steps"
_OTHER_ADMIN = (
    "give the admin user the password that the stack has (AdminPassword), or deploy "
    "with parameter_defaults that have the one that it has now"
)


def sign_in(access: Access, timeout_s: float = TIMEOUT_S) -> Adapter:
    """Make a session in the overcloud's region; it signs in when it is first used."""
    auth = v3.Password(
        auth_url=f"{access.auth_url}/v3",
        username=access.user,
        password=access.password,
        project_name=access.project,
        user_domain_name=access.domain,
        project_domain_name=access.domain,
    )
    made = session.Session(auth=auth, timeout=timeout_s, session=direct())
    return Adapter(made, interface="public", region_name=access.region)


def direct() -> requests.Session:
    """Make a session of HTTP that follows no proxy of the environment."""
    made = requests.Session()
    made.trust_env = False
    # Servers close idle connections, and busy ones new ones, without a word; whether
    # what was asked then is done is not known. What may be done twice is asked again.
    made.headers["Connection"] = "close"
    again = Retry(
        total=RETRIES,
        connect=0,
        read=RETRIES,
        backoff_factor=1,
        allowed_methods=("GET", "PUT", "PATCH", "DELETE"),
    )
    pool = requests.adapters.HTTPAdapter(
        pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS, max_retries=again
    )
    for scheme in ("http://", "https://"):
        made.mount(scheme, pool)
    return made


def endpoint_of(to: Adapter, kind: str) -> str:
    """Give where the catalogue has a type of service; nothing where it has none."""
    try:
        return str(to.get_endpoint(service_type=kind) or "")
    except exceptions.EndpointNotFound:
        return ""


@contextmanager
def telling(name: str, call: str) -> Iterator[None]:
    """Raise our errors for what keystoneauth raises inside.

    Raises:
        UnreachableError: Nobody answers, or nobody behind the load balancer.
        NotFoundError: The service answered 404.
        ConflictError: The service answered 409.
        ServiceError: Everything else; its answer is not the JSON that it says it is.
    """
    try:
        yield
    except requests.JSONDecodeError as error:
        text = f"{name}: {call}: the answer is damaged: {error}"
        raise ServiceError(text, hint=_STEPS) from error
    except exceptions.ClientException as error:
        told = translate(Service(name=name, process=name), call, error)
        status = getattr(error, "http_status", 0)
        if status in _NOT_YET:
            raise UnreachableError(str(told), hint=_STEPS) from error
        hint = _OTHER_ADMIN if status == HTTPStatus.UNAUTHORIZED else _STEPS
        raise type(told)(str(told), hint=hint) from error


class Rest:
    """One service's REST interface; ``name`` is for messages.

    ``kind`` is its type in the catalogue ("compute"); ``url`` is its address where
    the catalogue is not to be asked.
    """

    def __init__(self, to: Adapter, name: str, *, kind: str, url: str = "") -> None:
        self._to = to
        self._name = name
        self._kind = kind
        self._url = url

    def get(self, path: str) -> Any:
        """Read."""
        return self.send("GET", path)

    def listed(self, path: str, key: str) -> Sequence[Mapping[str, Any]]:
        """Read a whole list; ``key`` is where answers have it.

        Glance gives 25 at a time, and says what to ask next.

        Raises:
            ServiceError: The answer has no such list: another service may listen there.
        """
        found: list[Mapping[str, Any]] = []
        following: str | None = path
        while following:
            answer = self.get(following)
            page = answer.get(key) if isinstance(answer, Mapping) else None
            if not isinstance(page, list):
                text = f"{self._name}: GET {path}: there are no {key} in the answer"
                raise ServiceError(text, hint=_STEPS)
            found += page
            following = answer.get("next")
        return found

    def send(self, method: str, path: str, body: Any = None, **others: Any) -> Any:
        """Call, and give what came back, parsed; ``None`` where nothing did.

        Args:
            method: HTTP's.
            path: After the service's address.
            body: Sent as JSON, unless it is ``None``.
            others: For ``keystoneauth1.session.Session.request``.
        """
        given = {} if body is None else {"json": body}
        with telling(self._name, f"{method} {path}"):
            response = self._to.request(
                self._endpoint() + path, method, **given, **others
            )
            return response.json() if _is_json(response) else None

    def _endpoint(self) -> str:
        if not self._url:
            found = endpoint_of(self._to, self._kind)
            if not found:
                raise ServiceError(
                    f"the overcloud's catalogue has no {self._kind} service"
                    f' in region "{self._to.region_name}" ({self._name})',
                    hint=_STEPS,
                )
            self._url = found.rstrip("/")
        return self._url


def _is_json(response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "")
    return bool(response.content) and kind.startswith("application/json")
