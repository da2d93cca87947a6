"""Puppet's report of a run, as few numbers and every failure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

SLOWEST = 5
"""How many resources are named with the time that they took."""
SLOW_S = 0.5
"""What took less is not worth a name."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ReportLoader(_Loader):  # type: ignore[misc]  # a loader of C or of Python
    """Reads YAML that names Ruby's classes, as if it did not."""


def _untagged(loader: Any, _suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


ReportLoader.add_multi_constructor("!", _untagged)


@dataclass(frozen=True)
class Failure:
    """Something that failed, and where it is written; line 0 where not known."""

    resource: str
    message: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Managed:
    """A unit that puppet looks after: by which resource, of which module, and where."""

    resource: str
    module: str
    place: str


@dataclass(frozen=True)
class Summary:
    """What a run did; ``changed`` counts what would be changed where it only looked."""

    changed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()
    slowest: tuple[tuple[str, float], ...] = ()
    diff: str = ""
    managed: tuple[Managed, ...] = ()


def summarize(text: str) -> Summary:
    """Read a report.

    Raises:
        ValueError: It is none, or was cut short.
    """
    try:
        data = yaml.load(text, Loader=ReportLoader)  # noqa: S506 - a safe loader's child
        resources = data["resource_statuses"]
        logs = data["logs"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ValueError(f"puppet's report cannot be read: {error!r}") from error
    failures = tuple(_failures(resources, logs))
    counted = "out_of_sync" if data.get("noop") else "changed"
    return Summary(
        changed=sum(1 for one in resources.values() if one[counted]),
        failed=len(failures),
        skipped=sum(1 for one in resources.values() if one["skipped"]),
        failures=failures,
        slowest=tuple(_slowest(resources)),
        diff="\n".join(_said(logs)) if data.get("noop") else "",
        managed=tuple(_managed(resources)),
    )


def _failures(
    resources: Mapping[str, Mapping[str, Any]], logs: Sequence[Mapping[str, Any]]
) -> Iterator[Failure]:
    for name, one in resources.items():
        if one["failed"] or one.get("failed_to_restart"):
            yield Failure(
                resource=name,
                message=_message(name, one, logs),
                file=one.get("file") or "",
                line=one.get("line") or 0,
            )


def _message(
    name: str, one: Mapping[str, Any], logs: Sequence[Mapping[str, Any]]
) -> str:
    events = one.get("events") or ()
    said = [event["message"] for event in events if event["status"] == "failure"]
    printed = list(_output(name, logs))
    if not said:
        # A provider that gave up before there was anything to change only logs.
        said = [
            log["message"]
            for log in logs
            if str(log["level"]) == "err" and _is_about(log, name)
        ]
    found = said or ["puppet does not say why"]
    return "\n".join(str(line).strip() for line in (*found, *printed))


def _output(name: str, logs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What a command that failed printed itself: mostly the cause."""
    if not name.startswith("Exec["):
        return
    for log in logs:
        if str(log["level"]) == "notice" and log["source"].endswith(f"{name}/returns"):
            yield log["message"]


def _is_about(log: Mapping[str, Any], name: str) -> bool:
    source = f"{log['source']}/"
    return f"/{name}/" in source


def _slowest(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    timed = [
        (one.get("evaluation_time") or 0.0, name) for name, one in resources.items()
    ]
    for seconds, name in sorted(timed, reverse=True)[:SLOWEST]:
        if seconds >= SLOW_S:
            yield name, round(seconds, 1)


def _managed(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[Managed]:
    for name, one in resources.items():
        if one.get("resource_type") == "Service":
            # "Mysql::Server::Service", "Nova::Generic_service[api]"
            path: list[str] = one["containment_path"]
            module = re.split(r"::|\[", path[-2].lower(), maxsplit=1)[0]
            yield Managed(name, module, f"{one.get('file')}:{one.get('line')}")


def _said(logs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What a run without changes says it would do, with the diffs of files."""
    for log in logs:
        if str(log["level"]) == "notice" and "]/" in log["source"]:
            what = log["source"].removeprefix("/")
            said = str(log["message"]).strip()
            yield f"{what}:\n{said}" if "\n" in said else f"{what}: {said}"
