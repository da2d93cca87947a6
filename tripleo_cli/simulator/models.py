"""Hardware models that simulated machines are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from tripleo_cli.errors import InvalidInputError, Problem

SHIPPED = "the shipped models"


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuChoice:
    """What a model's processors may be."""

    model: str
    mhz: int
    sockets: tuple[int, ...]
    cores: tuple[int, ...]
    """Cores per socket."""
    threads: int
    """Threads per core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChoice:
    """What a model's memory may be: modules of one size."""

    module_gb: tuple[int, ...]
    modules: tuple[int, ...]
    clock_mhz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskChoice:
    """A group of like disks; ``gb`` is decimal, as disks are sold."""

    count: tuple[int, ...]
    gb: tuple[int, ...]
    rotational: bool
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NicChoice:
    """What a model's network cards may be."""

    count: tuple[int, ...]
    speed_mbps: tuple[int, ...]
    driver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A kind of machine; ``share`` is its weight in a fleet."""

    name: str
    share: int
    product: str
    boot_modes: tuple[str, ...]
    cpu: CpuChoice
    memory: MemoryChoice
    disks: tuple[DiskChoice, ...]
    nics: NicChoice


def load_models(path: Path | None = None) -> dict[str, Model]:
    """Read a models file, or the shipped one.

    Raises:
        InvalidInputError: the file cannot be read or a model is not as it must be.
    """
    source = str(path) if path else SHIPPED
    try:
        text = (path or files("tripleo_cli.simulator") / "models.yaml").read_text()
        raw = yaml.safe_load(text)
    except (OSError, yaml.YAMLError) as error:
        raise InvalidInputError(source, [Problem("", str(error))]) from error
    if not isinstance(raw, Mapping):
        raise InvalidInputError(source, [Problem("", "must map names to models")])
    return _models_from_mapping(source, raw)


def _models_from_mapping(source: str, raw: Mapping[str, Any]) -> dict[str, Model]:
    models, problems = {}, []
    for name, fields in raw.items():
        try:
            models[name] = _model(name, fields)
        except (KeyError, TypeError, ValueError) as error:
            what = f"missing {error}" if isinstance(error, KeyError) else str(error)
            problems.append(Problem(str(name), what))
    if problems:
        raise InvalidInputError(source, problems)
    return models


def _model(name: str, fields: Mapping[str, Any]) -> Model:
    return Model(
        name=name,
        share=int(fields.get("share", 1)),
        product=str(fields["product"]),
        boot_modes=tuple(fields["boot_modes"]),
        cpu=CpuChoice(**_choices(fields["cpu"])),
        memory=MemoryChoice(**_choices(fields["memory"])),
        disks=tuple(DiskChoice(**_choices(group)) for group in fields["disks"]),
        nics=NicChoice(**_choices(fields["nics"])),
    )


def _choices(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Make lists into tuples; an empty list offers nothing to draw from."""
    for key, value in fields.items():
        if value == []:
            raise ValueError(f"{key} must not be empty")
    return {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
