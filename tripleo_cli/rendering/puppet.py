"""What a node does in a step, as a manifest for puppet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tripleo_cli.domain.overcloud.work import ServiceWork


def manifest_of(step: int, works: Iterable[ServiceWork]) -> str:
    """Write the manifest of a step; empty where there is nothing to do.

    Each service's own code stands in a class of its own, so that the variables of two
    services cannot collide.
    """
    parts = [line for one in works for line in _service_lines(step, one)]
    return "\n".join([f"# Step {step}", *parts]) + "\n" if parts else ""


def _service_lines(step: int, one: ServiceWork) -> Iterator[str]:
    name, work = one.service.key, one.work
    yield f"# {one.service.name}"
    first = f"tripleo_step{step}_{name}_bootstrap"
    yield from _part(first, work.bootstrap_classes, work.bootstrap_manifest)
    yield from _part(f"tripleo_step{step}_{name}", work.classes, work.manifest)


def _part(name: str, classes: tuple[str, ...], code: str) -> Iterator[str]:
    yield from (f"include {one}" for one in classes)
    if code.strip():
        yield from (f"class {name} {{", code.rstrip("\n"), "}", f"include {name}")
