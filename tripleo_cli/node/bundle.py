"""The bundle: all that a node is told, read from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tripleo_cli.node import files
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.secret import Secrets

FORMAT = 1


@dataclass(frozen=True)
class Step:
    """A step's work: its hash, puppet code, and checks; all empty for none."""

    hash: str = ""
    manifest: str = ""
    checks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Bundle:
    """What the sender wrote.

    ``services`` names, by package, who needs it; ``service_files``, by service, the
    file on the deploying machine that says so; ``key_places``, by key of hiera, the
    operator's file there and the line.
    """

    hostname: str
    hiera: Mapping[str, Mapping[str, Any]]
    packages: tuple[str, ...]
    services: Mapping[str, str]
    service_files: Mapping[str, str]
    key_places: Mapping[str, str]
    hosts: str
    known_hosts: str
    steps: Mapping[int, Step]

    @property
    def secrets(self) -> Secrets:
        """What must not be shown."""
        return Secrets(self.hiera)


def load(path: Path) -> Bundle:
    """Read a bundle.

    Raises:
        NodeError: There is none, or it is not one that this program knows.
    """
    return parse(files.read(path), path)


def parse(text: str, path: Path) -> Bundle:
    """Read a bundle from what its file holds.

    Raises:
        NodeError: That is nothing, or not a bundle that this program knows.
    """
    if not text:
        raise NodeError(
            f"this node has no bundle ({path})",
            "nothing was prepared on it yet: run openstack overcloud deploy",
        )
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise NodeError(
                f"{path} has format {data['format']}, this program knows {FORMAT}",
                "deploy with the version of tripleo-cli that made it, or a later one",
            )
        return _bundle(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NodeError(f"{path} is no bundle: {error!r}") from error


def _bundle(data: Mapping[str, Any]) -> Bundle:
    return Bundle(
        hostname=data["hostname"],
        hiera=data["hiera"],
        packages=tuple(data["packages"]),
        services=data.get("package_services", {}),
        service_files=data.get("service_files", {}),
        key_places=data.get("key_places", {}),
        hosts=data["hosts"],
        known_hosts=data["known_hosts"],
        steps={int(number): _step(one) for number, one in data["steps"].items()},
    )


def _step(data: Mapping[str, Any]) -> Step:
    return Step(data["hash"], data["manifest"], tuple(data["checks"]))
