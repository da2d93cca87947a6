"""One entry of a nodes file to a definition, noting all that is wrong with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from tripleo_cli.domain.definition import NodeDefinition, PortDefinition
from tripleo_cli.domain.driver import DRIVERS, RENAMED, Driver, removed_driver
from tripleo_cli.domain.node import NodeId
from tripleo_cli.domain.seal import SEAL_FIELD
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.inputs.document import Problems, at
from tripleo_cli.inputs.node_keys import (
    BMC_KEYS,
    GONE,
    IMAGES,
    INTERFACES,
    KNOWN_KEYS,
    NAME_PATTERN,
    SIZES,
)
from tripleo_cli.inputs.node_parts import (
    read_capabilities,
    read_hints,
    read_ports,
)
from tripleo_cli.inputs.node_settings import read_setting

_NAME = re.compile(NAME_PATTERN)


def read_entry(problems: Problems, where: str, entry: object) -> NodeDefinition | None:
    """Read one machine; ``None`` where there is nothing to read.

    Where its driver is not known, neither are the settings of that, but the rest is
    read all the same, so that everything that is wrong is told at once.
    """
    given = problems.mapping(where, entry)
    if not given:
        if isinstance(entry, Mapping):
            problems.add(at(where, "pm_type"), "is missing")
        return None
    return _Entry(problems, where, given).definition()


class _Entry:
    """The keys of one machine, and where to complain about them."""

    def __init__(
        self, problems: Problems, where: str, given: Mapping[str, Any]
    ) -> None:
        self._problems = problems
        self._where = where
        self._given = given
        self._notes: list[str] = []

    def definition(self) -> NodeDefinition:
        driver = self._driver()
        if driver:
            self._check_keys(driver)
        else:
            self._check_common_keys()
        return NodeDefinition(
            where=self._where,
            driver=driver.name if driver else "",
            name=self._name(),
            id=self._id(),
            driver_info=self._driver_info(driver) if driver else {},
            properties=self._properties(),
            capabilities=self._capabilities(),
            resource_class=self._text("resource_class"),
            extra=self._extra(),
            interfaces=self._interfaces(),
            conductor_group=self._text("conductor_group"),
            ports=self._ports(),
            notes=tuple(self._notes),
        )

    def _add(self, key: str, what: str, remedy: str = "") -> None:
        self._problems.add(at(self._where, key), what, remedy)

    def _text(self, key: str) -> str | None:
        if key not in self._given:
            return None
        return self._problems.text(at(self._where, key), self._given[key])

    def _driver(self) -> Driver | None:
        if "pm_type" not in self._given:
            choices = ", ".join(DRIVERS)
            self._add("pm_type", "is missing", f"one of {choices}")
            return None
        name = self._text("pm_type")
        if name is None:
            return None
        if name in RENAMED:
            self._notes.append(f"{name} is called {RENAMED[name]} today")
            name = RENAMED[name]
        if name not in DRIVERS:
            self._refuse_driver(name)
        return DRIVERS.get(name)

    def _refuse_driver(self, name: str) -> None:
        if instead := removed_driver(name):
            self._add("pm_type", f"Ironic no longer has the driver {name}", instead)
            return
        remedy = did_you_mean(name, DRIVERS) or f"one of {', '.join(DRIVERS)}"
        self._add("pm_type", f"unknown driver {name}", remedy)

    def _check_keys(self, driver: Driver) -> None:
        known = (KNOWN_KEYS - BMC_KEYS) | set(driver.keys)
        for key in self._given:
            if key in known or self._is_own(driver, key):
                continue
            if key in GONE:
                self._add(key, f"is {GONE[key]}", "leave it out")
            elif key in BMC_KEYS:
                what = f"the driver {driver.name} has no such setting"
                in_address = key == "pm_port" and "pm_addr" in driver.keys
                remedy = "put it into pm_addr: https://HOST:PORT" if in_address else ""
                self._add(key, what, remedy)
            else:
                self._add(key, "unknown key", did_you_mean(key, known))
        for key in driver.required:
            own = driver.keys[key]
            if key not in self._given and own not in self._given:
                self._add(key, f"is missing; the driver {driver.name} needs it")

    def _check_common_keys(self) -> None:
        """Tell of keys that no driver knows, nor any that there was."""
        for key in self._given:
            is_own = any(self._is_own(driver, key) for driver in DRIVERS.values())
            if key not in KNOWN_KEYS and key not in GONE and not is_own:
                self._add(key, "unknown key", did_you_mean(key, KNOWN_KEYS))

    @staticmethod
    def _is_own(driver: Driver, key: str) -> bool:
        return key.startswith(f"{driver.prefix}_")

    def _name(self) -> str:
        name = self._text("name") or ""
        if name and not _NAME.fullmatch(name):
            self._add("name", f'"{name}" may hold only letters, digits and . _ ~ -')
        elif _is_uuid(name):
            self._add("name", "must not look like a uuid", "put it under uuid")
        return name

    def _id(self) -> NodeId | None:
        text = self._text("uuid")
        if text is None:
            return None
        if not _is_uuid(text):
            self._add("uuid", f'"{text}" is not a uuid')
            return None
        return NodeId(str(uuid.UUID(text)))

    def _driver_info(self, driver: Driver) -> dict[str, Any]:
        info: dict[str, Any] = {}
        for key, image in IMAGES.items():
            if value := self._text(key):
                info |= {f"deploy_{image}": value, f"rescue_{image}": value}
        for key, own in driver.keys.items():
            if key in self._given and own in self._given:
                self._add(own, f"says the same as {key}", "leave one of them out")
            if (setting := self._setting(driver, key, own)) is not None:
                info[own] = setting
        own_keys = [key for key in self._given if self._is_own(driver, key)]
        return info | {key: self._setting(driver, key, key) for key in own_keys}

    def _setting(self, driver: Driver, key: str, own: str) -> Any:
        if key not in self._given:
            return None
        where, name = at(self._where, key), own.removeprefix(f"{driver.prefix}_")
        return read_setting(self._problems, where, name, self._given[key])

    def _properties(self) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for key, (name, minimum) in SIZES.items():
            if key in self._given:
                properties[name] = self._problems.whole_number(
                    at(self._where, key), self._given[key], minimum=minimum
                )
        if arch := self._text("arch"):
            properties["cpu_arch"] = arch
        if "root_device" in self._given:
            where = at(self._where, "root_device")
            given = self._given["root_device"]
            properties["root_device"] = read_hints(self._problems, where, given)
        return properties

    def _capabilities(self) -> dict[str, str]:
        where = at(self._where, "capabilities")
        given = self._given.get("capabilities", {})
        capabilities = read_capabilities(self._problems, where, given)
        profile = self._text("profile")
        if profile and capabilities.setdefault("profile", profile) != profile:
            other = capabilities["profile"]
            self._add("profile", f"{profile}, but capabilities say {other}")
        return capabilities

    def _extra(self) -> dict[str, Any]:
        where = at(self._where, "extra")
        extra = dict(self._problems.mapping(where, self._given.get("extra", {})))
        if SEAL_FIELD in extra:
            self._problems.add(at(where, SEAL_FIELD), "is for our own use")
        platform = self._text("platform")
        if platform and "arch" not in self._given:
            self._add("platform", "needs arch too")
        return extra | ({"tripleo_platform": platform} if platform else {})

    def _interfaces(self) -> dict[str, str]:
        found = {key: self._text(key) for key in sorted(INTERFACES & set(self._given))}
        return {key: text for key, text in found.items() if text}

    def _ports(self) -> tuple[PortDefinition, ...]:
        if "mac" in self._given and "ports" in self._given:
            self._add("mac", "says the same as ports", "leave mac out")
        return tuple(
            port
            for key in ("mac", "ports")
            if key in self._given
            for port in read_ports(
                self._problems, at(self._where, key), self._given[key]
            )
        )


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
