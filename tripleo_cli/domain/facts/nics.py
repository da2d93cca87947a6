"""Read network cards, and what they are cabled to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tripleo_cli.domain.facts.collected import Collected
from tripleo_cli.domain.facts.lldp import switch_from_tlvs, switch_from_words
from tripleo_cli.domain.facts.plain import claim, mac, mapping, sequence, text, whole
from tripleo_cli.domain.facts.values import Nic, SwitchPort

_SPEED: Final = re.compile(r"(\d+)\s*([MG])bit", re.IGNORECASE)
_MBPS: Final = {"M": 1, "G": 1000}


def nics_from(
    listed: object, plugin_data: Mapping[str, Any], collected: Collected
) -> tuple[Nic, ...]:
    """Read an inventory's ``interfaces``, and those that only a hook has noted.

    Without any, the network cards that the collector found.
    """
    raws = {_key(raw): raw for raw in map(mapping, sequence(listed))}
    for name, raw in mapping(plugin_data.get("all_interfaces")).items():
        known = {"name": name, **mapping(raw)}
        raws.setdefault(_key(known), known)
    found = tuple(_nic(raw, plugin_data) for key, raw in raws.items() if key)
    return found or tuple(_collected_nics(collected))


def _key(raw: Mapping[str, Any]) -> str:
    return text(raw.get("name")) or mac(raw.get("mac_address"))


def _nic(raw: Mapping[str, Any], plugin_data: Mapping[str, Any]) -> Nic:
    name = text(raw.get("name"))
    return Nic(
        name=name,
        mac=mac(raw.get("mac_address")),
        has_carrier=claim(raw.get("has_carrier")),
        speed_mbps=whole(raw.get("speed_mbps")),
        ipv4=text(raw.get("ipv4_address")),
        # A link-local address comes with its interface: "fe80::1%eno1".
        ipv6=text(raw.get("ipv6_address")).partition("%")[0],
        vendor=text(raw.get("vendor")),
        product=text(raw.get("product")),
        driver=text(raw.get("driver")),
        switch=_switch(name, raw, plugin_data),
    )


def _switch(
    name: str, raw: Mapping[str, Any], plugin_data: Mapping[str, Any]
) -> SwitchPort | None:
    words = mapping(mapping(plugin_data.get("parsed_lldp")).get(name))
    if switch := switch_from_words(words):
        return switch
    tlvs = mapping(plugin_data.get("lldp_raw")).get(name) or raw.get("lldp")
    return switch_from_tlvs(tlvs)


def _collected_nics(collected: Collected) -> Iterator[Nic]:
    for name, keys in collected.items("network").items():
        if "serial" in keys:
            yield Nic(
                name=name,
                mac=mac(keys.get("serial")),
                has_carrier=claim(keys.get("link")),
                speed_mbps=_speed_mbps(text(keys.get("speed"))),
                ipv4=text(keys.get("ipv4")),
                vendor=text(keys.get("vendor")),
                product=text(keys.get("product")),
                driver=text(keys.get("driver")),
            )


def _speed_mbps(speed: str) -> int | None:
    found = _SPEED.fullmatch(speed.removesuffix("/s"))
    return int(found[1]) * _MBPS[found[2].upper()] if found else None
