"""Read what machines are to be set up with: volumes, BIOS settings, cleaning steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tripleo_cli.domain.cleaning import INTERFACES, CleanStep
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at, load_document
from tripleo_cli.inputs.node_keys import HINTS

RAID_LEVELS = ("JBOD", "0", "1", "2", "5", "6", "1+0", "5+0", "6+0")
WHOLE_REST = "MAX"
_REQUIRED = ("raid_level", "size_gb")
_CHOICES: Mapping[str, Sequence[str]] = {
    "raid_level": RAID_LEVELS,
    "disk_type": ("hdd", "ssd"),
    "interface_type": ("sata", "scsi", "sas"),
}
_FLAGS = ("is_root_volume", "share_physical_disks")
_OTHERS = ("controller", "number_of_physical_disks", "physical_disks", "volume_name")
_DISK_KEYS = (*_CHOICES, "size_gb", *_FLAGS, *_OTHERS)


def load_raid(path: Path) -> dict[str, Any]:
    """Read volumes in Ironic's form: a mapping with the list ``logical_disks``.

    Raises:
        InvalidInputError: The file cannot be read or has problems; it lists all.
    """
    problems = Problems(str(path))
    config = problems.mapping("", load_document(path))
    problems.unknown_keys("", config, ("logical_disks",))
    disks = problems.sequence("logical_disks", config.get("logical_disks", []))
    if not disks:
        problems.add("logical_disks", "must list at least one volume")
    for index, disk in enumerate(disks):
        _check_disk(problems, at("logical_disks", index), disk)
    _check_one_root(problems, disks)
    problems.check()
    return {"logical_disks": [_plain(disk) for disk in disks]}


def _check_disk(problems: Problems, where: str, value: object) -> None:
    disk = problems.mapping(where, value)
    problems.unknown_keys(where, disk, _DISK_KEYS)
    for key in _REQUIRED:
        if key not in disk:
            problems.add(at(where, key), "is missing")
    if disk.get("size_gb", WHOLE_REST) != WHOLE_REST:
        problems.whole_number(at(where, "size_gb"), disk["size_gb"], minimum=1)
    for key in sorted(set(_CHOICES) & set(disk)):
        _one_of(problems, at(where, key), disk[key], _CHOICES[key])
    for key in _FLAGS:
        if not isinstance(disk.get(key, False), bool):
            problems.add(at(where, key), "must be true or false")


def _one_of(problems: Problems, where: str, value: Any, choices: Sequence[str]) -> None:
    if str(value) not in choices:
        remedy = did_you_mean(str(value), choices) or f"one of {', '.join(choices)}"
        problems.add(where, f'"{value}" is not known', remedy)


def _check_one_root(problems: Problems, disks: Sequence[Any]) -> None:
    mappings = [disk for disk in disks if isinstance(disk, Mapping)]
    roots = [disk for disk in mappings if disk.get("is_root_volume") is True]
    if len(roots) > 1:
        problems.add("logical_disks", "only one volume can be the root volume")


def _plain(disk: Mapping[str, Any]) -> dict[str, Any]:
    """Write sizes as numbers and levels as texts, as Ironic wants them."""
    plain = {**disk, "raid_level": str(disk["raid_level"])}
    if plain["size_gb"] != WHOLE_REST:
        plain["size_gb"] = int(plain["size_gb"])
    return plain


def load_bios(path: Path) -> dict[str, str]:
    """Read BIOS settings: a mapping, or TripleO's list of names and values.

    Raises:
        InvalidInputError: The file cannot be read or has problems; it lists all.
    """
    problems = Problems(str(path))
    document = load_document(path)
    if isinstance(document, Mapping) and set(document) == {"settings"}:
        document = document["settings"]
    if isinstance(document, list):
        document = _named(problems, document)
    given = problems.mapping("", document)
    settings = {key: _setting(problems, key, value) for key, value in given.items()}
    if not settings:
        problems.add("", "has no settings")
    problems.check()
    return settings


def _named(problems: Problems, listed: Sequence[object]) -> dict[str, object]:
    settings: dict[str, object] = {}
    for index, value in enumerate(listed):
        where = at("settings", index)
        pair = problems.mapping(where, value)
        problems.unknown_keys(where, pair, ("name", "value"))
        name = problems.text(at(where, "name"), pair.get("name"))
        if name and name in settings:
            problems.add(where, f"{name} is given more than once")
        elif name:
            settings[name] = pair.get("value")
    return settings


def _setting(problems: Problems, name: str, value: object) -> str:
    if isinstance(value, bool):
        # Vendors write "Enabled", "On" or "true": we cannot know which.
        problems.add(name, "must be a text", "put it in quotes, as the BIOS names it")
        return ""
    return problems.text(name, value) or ""


def load_steps(path: Path) -> tuple[CleanStep, ...]:
    """Read cleaning steps in Ironic's form: a list of interface, step and args.

    Raises:
        InvalidInputError: The file cannot be read or has problems; it lists all.
    """
    problems = Problems(str(path))
    listed = problems.sequence("", load_document(path))
    if not listed:
        problems.add("", "lists no steps")
    steps = [
        _step(problems, at("", index), value) for index, value in enumerate(listed)
    ]
    problems.check()
    return tuple(steps)


def parse_steps(words: Sequence[str]) -> tuple[CleanStep, ...]:
    """Read steps without arguments, such as "deploy.erase_devices".

    Raises:
        InvalidInputError: Some are no steps; it lists all.
    """
    problems = Problems("--step")
    steps = []
    for word in words:
        interface, _, step = word.partition(".")
        given = {"interface": interface, "step": step}
        steps.append(_step(problems, word, given))
    problems.check()
    return tuple(steps)


def _step(problems: Problems, where: str, value: object) -> CleanStep:
    given = problems.mapping(where, value)
    problems.unknown_keys(where, given, ("interface", "step", "args"))
    interface = problems.text(at(where, "interface"), given.get("interface")) or ""
    if interface and interface not in INTERFACES:
        remedy = (
            did_you_mean(interface, INTERFACES) or f"one of {', '.join(INTERFACES)}"
        )
        problems.add(at(where, "interface"), f'"{interface}" is not known', remedy)
    step = problems.text(at(where, "step"), given.get("step")) or ""
    args = problems.mapping(at(where, "args"), given.get("args", {}))
    return CleanStep(interface=interface, step=step, args=args)


def parse_hints(words: Sequence[str]) -> dict[str, str]:
    """Read hints for a root device, such as "serial=61866da0".

    Raises:
        InvalidInputError: Some are no hints; it lists all.
    """
    problems = Problems("--root-device-hint")
    hints: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not (sign and value.strip()):
            problems.add(word, "is not key=value")
        problems.unknown_keys("", [key], HINTS)
        hints[key] = value.strip()
    problems.check()
    return hints
