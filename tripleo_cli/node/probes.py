"""One attempt of each kind of check: what was seen, and whether it is as wanted."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from tripleo_cli.node.system import Ran, Site

SETTLED_S = 3.0
"""How long a unit must have run: one that crashes in a loop is active at times."""
STABLE_S = 600.0
"""How long a unit has to run until its restarts are forgotten.

systemd counts them for ever: a few in some months are no trouble.
"""
_BODY_BYTES = 64 << 10
_DETAIL = 300

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """The result of an attempt; ``unit`` is the systemd unit in question."""

    passed: bool
    detail: str
    unit: str = ""


def good(detail: str, unit: str = "") -> Seen:
    """It is as wanted."""
    return Seen(passed=True, detail=detail, unit=unit)


def bad(detail: str, unit: str = "") -> Seen:
    """It is not as wanted, yet."""
    return Seen(passed=False, detail=detail, unit=unit)


def systemd(site: Site, values: Values, limit_s: float) -> Seen:
    """A unit is active, has been for some seconds, and is not restarted too often."""
    unit = values["unit"]
    names = "ActiveState,SubState,NRestarts,LoadState,ActiveEnterTimestampMonotonic"
    ran = site.run(["systemctl", "show", unit, "-p", names], timeout_s=limit_s)
    shown = dict(line.split("=", 1) for line in ran.out.splitlines() if "=" in line)
    if shown.get("LoadState") != "loaded":
        return bad(f"there is no unit {unit}", unit)
    trouble = _trouble(site, unit, shown, int(values.get("max_restarts", 0)))
    if trouble:
        return bad(f"{unit} {trouble}", unit)
    return good(f"{unit} is {_state(shown)}", unit)


def _trouble(site: Site, unit: str, shown: Mapping[str, str], allowed: int) -> str:
    restarts = int(shown.get("NRestarts") or 0)
    if shown["ActiveState"] != "active":
        return f"is {_state(shown)}, after {restarts} restarts"
    settled = _uptime_s(site) - int(shown["ActiveEnterTimestampMonotonic"]) / 1e6
    if restarts > allowed and settled < STABLE_S:
        return (
            f"was restarted {restarts} times, at most {allowed} are allowed, and runs "
            f"for {settled:.0f} s only: what keeps ending it? When that is mended: "
            f"systemctl reset-failed {unit}"
        )
    return f"began only {settled:.0f} s ago" if settled < SETTLED_S else ""


def _state(shown: Mapping[str, str]) -> str:
    return f"{shown['ActiveState']} ({shown['SubState']})"


def tcp(site: Site, values: Values, limit_s: float) -> Seen:
    """Something accepts connections at a port."""
    place = (str(values.get("host", _own_address(site))), int(values["port"]))
    unit = values.get("unit", "")
    try:
        socket.create_connection(place, timeout=limit_s).close()
    except OSError as error:
        return bad(f"{place[0]}:{place[1]}: {error.strerror or error}", unit)
    return good(f"{place[0]}:{place[1]} accepts connections", unit)


def http(site: Site, values: Values, limit_s: float) -> Seen:
    """A page has one of the wanted statuses, and a text in its body."""
    host = str(values.get("host", _own_address(site)))
    place = f"[{host}]" if ":" in host else host
    url = f"http://{place}:{values['port']}{values.get('path', '/')}"
    seen: list[Seen] = []
    # The library's limit is per packet: a byte now and then would hold it for ever. So
    # a thread asks, which is left behind when its time is over. Which of the two limits
    # is over first is chance, so both say the same.
    thread = threading.Thread(
        target=lambda: seen.append(_ask_http(url, values, limit_s)), daemon=True
    )
    thread.start()
    thread.join(limit_s)
    late = bad(f"{url}: {_late(limit_s)}", values.get("unit", ""))
    return seen[0] if seen else late


def _ask_http(url: str, values: Values, limit_s: float) -> Seen:
    try:
        status, body = _get(url, limit_s)
    except (OSError, HTTPException) as error:
        return bad(f"{url}: {_failure(error, limit_s)}", values.get("unit", ""))
    return _judge_http(url, values, status, body.decode(errors="replace"))


def _failure(error: Exception, limit_s: float) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return _late(limit_s)
    if isinstance(cause, HTTPException):
        return f"no answer in HTTP: {_short(str(cause))}"
    return str(getattr(cause, "strerror", None) or cause)


def _late(limit_s: float) -> str:
    return f"no answer in {limit_s:.0f} s"


def _get(url: str, limit_s: float) -> tuple[int, bytes]:
    try:
        # Not through a proxy: this is the node itself.
        with build_opener(ProxyHandler({})).open(url, timeout=limit_s) as answer:
            return answer.status, answer.read(_BODY_BYTES)
    except HTTPError as error:
        return error.code, error.read(_BODY_BYTES)


def _judge_http(url: str, values: Values, status: int, body: str) -> Seen:
    unit = values.get("unit", "")
    wanted = values.get("status", [200])
    if status not in wanted:
        said = " or ".join(map(str, wanted))
        return bad(f"{url}: status {status}, not {said}: {_short(body)}", unit)
    text = values.get("body", "")
    if text and text not in body:
        return bad(f'{url}: its body has no "{text}": {_short(body)}', unit)
    return good(f"{url}: status {status}", unit)


def sql(site: Site, values: Values, limit_s: float) -> Seen:
    """The database server answers a query of root, on its socket, as expected."""
    argv = ["mariadb", "--batch", "--skip-column-names", "--execute", values["query"]]
    ran = site.run(argv, timeout_s=limit_s)
    if ran.code != 0:
        return bad(_said(ran), "mariadb")
    answer, wanted = ran.out.strip(), values.get("expect")
    if wanted is not None and answer != str(wanted).strip():
        return bad(f'the answer is "{_short(answer)}", not "{wanted}"', "mariadb")
    return good(f'the answer is "{_short(answer)}"', "mariadb")


def amqp(site: Site, _values: Values, limit_s: float) -> Seen:
    """RabbitMQ runs, and its own diagnosis reaches all its ports."""
    argv = ["rabbitmq-diagnostics", "--quiet", "check_port_connectivity"]
    ran = site.run(argv, timeout_s=limit_s)
    if ran.code != 0:
        return bad(_said(ran), "rabbitmq-server")
    return good("RabbitMQ answers", "rabbitmq-server")


def cluster(site: Site, values: Values, limit_s: float) -> Seen:
    """All members of a cluster know of each other."""
    of, size = values["of"], int(values["size"])
    if of not in CLUSTERS:
        return bad(f"this program knows no cluster of {of}")
    return CLUSTERS[of](site, size, limit_s)


def command(site: Site, values: Values, limit_s: float) -> Seen:
    """A command ends with 0, and has a text in what it prints."""
    argv = [str(word) for word in values["argv"]]
    unit = values.get("unit", "")
    ran = site.run(argv, timeout_s=limit_s)
    if ran.code != 0:
        return bad(f"{argv[0]}: {_said(ran)}", unit)
    text = str(values.get("stdout", ""))
    if text not in ran.out:
        return bad(f'{argv[0]} does not print "{text}": {_short(ran.out)}', unit)
    return good(f"{argv[0]} ended with 0", unit)


def _galera(site: Site, size: int, limit_s: float) -> Seen:
    query = "SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'"
    argv = ["mariadb", "--batch", "--skip-column-names", "--execute", query]
    ran = site.run(argv, timeout_s=limit_s)
    if ran.code != 0:
        return bad(_said(ran), "mariadb")
    # A server that is not in a cluster says 0, or nothing.
    found = max(1, int((ran.out.split() or ["0"])[-1]))
    said = f"{found} of {size} database servers are in the cluster"
    return (good if found == size else bad)(said, "mariadb")


def _rabbitmq(site: Site, size: int, limit_s: float) -> Seen:
    argv = ["rabbitmqctl", "--quiet", "cluster_status", "--formatter", "json"]
    ran = site.run(argv, timeout_s=limit_s)
    if ran.code != 0:
        return bad(_said(ran), "rabbitmq-server")
    running = json.loads(ran.out)["running_nodes"]
    said = f"{len(running)} of {size} run: {', '.join(running)}"
    return (good if len(running) == size else bad)(said, "rabbitmq-server")


def _said(ran: Ran) -> str:
    if ran.code is None:
        return "it did not end in its time, and was killed"
    return f"it ended with {ran.code}: {_short(ran.error.strip() or ran.out.strip())}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _DETAIL else f"{line[:_DETAIL]}..."


def _own_address(site: Site) -> str:
    """The node's address on the control plane: services listen there, or everywhere."""
    try:
        bundle = json.loads(site.layout.bundle.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "127.0.0.1"
    return str(bundle.get("address") or "127.0.0.1")


def _uptime_s(site: Site) -> float:
    text = (site.layout.root / "proc/uptime").read_text(encoding="ascii")
    return float(text.split()[0])


Probe = Callable[[Site, Values, float], Seen]

CLUSTERS: Mapping[str, Callable[[Site, int, float], Seen]] = {
    "mysql": _galera,
    "rabbitmq": _rabbitmq,
}
PROBES: Mapping[str, Probe] = {
    "systemd": systemd,
    "tcp": tcp,
    "http": http,
    "sql": sql,
    "amqp": amqp,
    "cluster": cluster,
    "command": command,
}
"""By the name of the check's kind."""
