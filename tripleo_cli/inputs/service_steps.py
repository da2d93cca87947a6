"""Read what a service file says of steps: the work, and the checks after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.overcloud.service import (
    CHECK_KINDS,
    STEPS,
    Check,
    CheckPlace,
    StepWork,
)
from tripleo_cli.inputs.document import Problems, at, kind
from tripleo_cli.inputs.service_parts import (
    Raw,
    each,
    loose_text,
    need,
    one_of,
    port,
    text,
    texts,
)

DEFAULT_TIMEOUT_S = 30.0
MAX_TIMEOUT_S = 24 * 3600
TARGETS = ("node", "host")
_CLASS = re.compile(r"(?:::)?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*")
_COMMON = frozenset({"name", "on", "timeout_s", "target"})


def steps(problems: Problems, where: str, value: object) -> Mapping[int, StepWork]:
    """Read ``steps``: work by the number of the step."""
    return {
        number: _work(problems, place, problems.mapping(place, raw))
        for number, place, raw in _numbered(problems, where, value)
    }


def checks(
    problems: Problems, where: str, value: object
) -> Mapping[int, tuple[Check, ...]]:
    """Read ``checks``: lists of them by the number of the step."""
    return {
        number: each(problems, place, _named(raw), _check)
        for number, place, raw in _numbered(problems, where, value)
    }


def _numbered(
    problems: Problems, where: str, value: object
) -> list[tuple[int, str, Any]]:
    found = []
    for key, raw in problems.mapping(where, value).items():
        if key not in map(str, STEPS):
            span = f"{STEPS[0]} to {STEPS[-1]}"
            problems.add(at(where, key), f"there is no such step, only {span}")
        else:
            found.append((int(key), at(where, key), raw))
    return found


def _work(problems: Problems, where: str, raw: Raw) -> StepWork:
    problems.unknown_keys(where, raw, {"classes", "manifest", "bootstrap"})
    place = at(where, "bootstrap")
    first = problems.mapping(place, raw.get("bootstrap") or {})
    problems.unknown_keys(place, first, {"classes", "manifest"})
    return StepWork(
        classes=_classes(problems, where, raw),
        manifest=_manifest(problems, where, raw),
        bootstrap_classes=_classes(problems, place, first),
        bootstrap_manifest=_manifest(problems, place, first),
    )


def _classes(problems: Problems, where: str, raw: Raw) -> tuple[str, ...]:
    place = at(where, "classes")
    names = texts(problems, place, raw.get("classes") or ())
    for index, name in enumerate(names):
        if name and not _CLASS.fullmatch(name):
            problems.add(at(place, index), f'"{name}" is not the name of a class')
    return tuple(name.removeprefix("::") for name in names)


def _manifest(problems: Problems, where: str, raw: Raw) -> str:
    return loose_text(problems, at(where, "manifest"), raw.get("manifest") or "")


def _named(value: object) -> object:
    """Undo what YAML 1.1 makes of the key ``on``, which is a truth value there."""
    if not isinstance(value, list):
        return value
    return [
        {"on" if key is True else key: inner for key, inner in item.items()}
        if isinstance(item, dict)
        else item
        for item in value
    ]


def _check(problems: Problems, where: str, raw: Raw) -> Check:
    known = {*_COMMON, *CHECK_KINDS}
    problems.unknown_keys(where, raw, known)
    kinds = [key for key in raw if key in CHECK_KINDS]
    if len(kinds) != 1:
        said = f"not {' and '.join(kinds)}" if kinds else "and has none"
        listed = ", ".join(CHECK_KINDS)
        problems.add(where, f"must have one kind of check, {said}", listed)
    places = tuple(place.value for place in CheckPlace)
    on = CheckPlace(one_of(problems, at(where, "on"), raw.get("on", places[0]), places))
    return Check(
        name=need(problems, where, raw, "name"),
        kind=kinds[0] if kinds else "",
        on=on,
        values=_values(problems, where, kinds[0], raw, on) if kinds else {},
        timeout_s=_seconds(problems, at(where, "timeout_s"), raw.get("timeout_s")),
        target=one_of(
            problems, at(where, "target"), raw.get("target", TARGETS[0]), TARGETS
        ),
    )


def _values(problems: Problems, where: str, name: str, raw: Raw, on: CheckPlace) -> Raw:
    said, place = CHECK_KINDS[name], at(where, name)
    values = problems.mapping(place, raw[name] or {})
    problems.unknown_keys(place, values, {*said.required, *said.optional})
    for key in said.required:
        if key not in values:
            problems.add(at(place, key), "is missing")
    if on not in said.places:
        problems.add(at(where, "on"), f"{name} can't be checked on: {on.value}")
    return _typed(problems, place, values)


def _typed(problems: Problems, where: str, values: Raw) -> Raw:
    """Check what has a type of its own; a text with ``%{`` in it is known later."""
    typed = dict(values)
    if isinstance(values.get("port"), int):
        typed["port"] = port(problems, where, values)
    if "status" in values:
        items = problems.sequence(at(where, "status"), values["status"])
        typed["status"] = [
            problems.whole_number(at(at(where, "status"), index), item, minimum=100)
            for index, item in enumerate(items)
        ]
    if "argv" in values:
        typed["argv"] = list(texts(problems, at(where, "argv"), values["argv"]))
    for key in ("unit", "query", "call", "size", "path"):
        if key in values:
            typed[key] = text(problems, at(where, key), values[key])
    return typed


def _seconds(problems: Problems, where: str, value: object) -> float:
    if value is None:
        return DEFAULT_TIMEOUT_S
    number = value if isinstance(value, int | float) else 0
    if isinstance(value, bool) or not 0 < number <= MAX_TIMEOUT_S:
        least = f"must be seconds, more than 0 and at most {MAX_TIMEOUT_S}"
        problems.add(where, f"{least}, not {number or kind(value)}")
        return DEFAULT_TIMEOUT_S
    return float(number)
