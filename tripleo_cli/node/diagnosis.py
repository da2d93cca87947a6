"""What puppet prints when it does not even begin, made plain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tripleo_cli.node.bundle import Bundle
from tripleo_cli.node.report import Failure

_PLACE = re.compile(
    r"\(file: (?P<file>[^,)]+)(, line: (?P<line>\d+))?(, column: \d+)?\)"
)
_NODE = re.compile(r" on node \S+$")
_PARAMETER = re.compile(r"Class\[(?P<class>[\w:]+)\]:[^']*parameter '(?P<name>\w+)'")
_LOOKUP = re.compile(r"did not find a value for the name '(?P<name>[^']+)'")
_SERVICE = re.compile(r"^# (?P<name>[\w-]+)$")
# Facts of modules that are not set up yet fail noisily, and harmlessly.
_NOISE = ("Facter: ",)


def failures(printed: str) -> tuple[Failure, ...]:
    """Find the errors in what puppet printed, with file and line where it says so."""
    found = dict.fromkeys(_errors(printed))
    return tuple(_failure(text) for text in found)


def origin(failure: Failure, manifest: str, bundle: Bundle) -> str:
    """Say whose fault it is: of which service's code, or of which key of hiera.

    Args:
        failure: What did not compile.
        manifest: The step's puppet code.
        bundle: With the data of hiera, and where operators have written theirs.

    Returns:
        A sentence, empty where there is nothing to say.
    """
    parameter = _PARAMETER.search(failure.message)
    if parameter:
        key = f"{parameter['class'].lower()}::{parameter['name']}"
        for layer, keys in bundle.hiera.items():
            if key in keys:
                written = bundle.key_places.get(key)
                where = written or f"hiera's layer {layer}"
                return f"{key} is {json.dumps(keys[key])} in {where}"
    lookup = _LOOKUP.search(failure.message)
    if lookup:
        return f"set {lookup['name']} by ExtraConfig, or as a service's parameter"
    return _of_service(failure, manifest)


def _of_service(failure: Failure, manifest: str) -> str:
    if not failure.file.endswith(".pp") or "/tripleo/manifests/" not in failure.file:
        return ""
    lines = manifest.splitlines()[: failure.line]
    named = [found["name"] for line in lines if (found := _SERVICE.match(line))]
    text = lines[-1].strip() if lines else ""
    return f'service {named[-1]}, in the line "{text}"' if named else ""


def _errors(printed: str) -> Iterator[str]:
    """Give each "Error:" with the lines that go on from it."""
    current: list[str] = []
    for line in printed.splitlines():
        if re.match(r"(Error|Warning|Notice|Info|Debug): ", line):
            yield from _joined(current)
            current = [line[len("Error: ") :]] if line.startswith("Error: ") else []
        elif current:
            current.append(line)
    yield from _joined(current)


def _joined(lines: list[str]) -> Iterator[str]:
    text = "\n".join(lines).strip()
    if text and not text.startswith(_NOISE):
        yield _NODE.sub("", text)


def _failure(text: str) -> Failure:
    place = _PLACE.search(text)
    if not place:
        return Failure(resource="", message=text)
    message = _PLACE.sub("", text).strip()
    return Failure("", message, place["file"], int(place["line"] or 0))
