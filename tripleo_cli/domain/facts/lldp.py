"""What the switch at the other end of a cable says of itself.

Ironic's ``parse-lldp`` hook leaves it in words; without that hook there are the
ramdisk's pairs of type and value in hexadecimal. TLVs and their subtypes: IEEE
802.1AB-2016 chapter 8, and IEEE 802.1Q-2014 annex D for the VLANs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tripleo_cli.domain.facts.plain import mac, mapping, sequence, text, whole
from tripleo_cli.domain.facts.values import SwitchPort

_CHASSIS_ID, _PORT_ID, _SYSTEM_NAME, _ORGANISATION = 1, 2, 5, 127
# Subtypes of ids, which are not the same for chassis and for ports.
_MAC_SUBTYPE: Final = {_CHASSIS_ID: 4, _PORT_ID: 3}
_ADDRESS_SUBTYPE: Final = {_CHASSIS_ID: 5, _PORT_ID: 4}
_PORT_VLAN: Final = b"\x00\x80\xc2\x01"
_VLAN_NAME: Final = b"\x00\x80\xc2\x03"
_MAC_BYTES: Final = 6


def switch_from_words(words: Mapping[str, Any]) -> SwitchPort | None:
    """Read what Ironic parsed of one interface."""
    named = sequence(words.get("switch_port_vlans"))
    numbers = [mapping(vlan).get("id") for vlan in named]
    vlans = map(whole, (words.get("switch_port_untagged_vlan_id"), *numbers))
    return _switch(
        chassis=_id(words.get("switch_chassis_id")),
        port=_id(words.get("switch_port_id")),
        system_name=text(words.get("switch_system_name")),
        vlans={vlan for vlan in vlans if vlan},
    )


def switch_from_tlvs(tlvs: object) -> SwitchPort | None:
    """Read the pairs that the ramdisk received on one interface."""
    ids: dict[int, str] = {}
    vlans: set[int] = set()
    for kind, value in _pairs(tlvs):
        if kind in _MAC_SUBTYPE:
            ids.setdefault(kind, _id_from_bytes(kind, value))
        elif kind == _SYSTEM_NAME:
            ids.setdefault(kind, value.decode(errors="replace").strip())
        elif kind == _ORGANISATION and value[:4] in {_PORT_VLAN, _VLAN_NAME}:
            vlans.add(int.from_bytes(value[4:6], "big"))
    return _switch(
        chassis=ids.get(_CHASSIS_ID, ""),
        port=ids.get(_PORT_ID, ""),
        system_name=ids.get(_SYSTEM_NAME, ""),
        vlans=vlans - {0},
    )


def _pairs(tlvs: object) -> Iterator[tuple[int, bytes]]:
    for pair in sequence(tlvs):
        match pair:
            case [int(kind), str(value)]:
                try:
                    yield kind, bytes.fromhex(value)
                except ValueError:  # not hexadecimal: says nothing
                    continue


def _id_from_bytes(kind: int, value: bytes) -> str:
    subtype, body = value[:1], value[1:]
    if subtype == bytes([_MAC_SUBTYPE[kind]]) and len(body) == _MAC_BYTES:
        return body.hex(":")
    if subtype == bytes([_ADDRESS_SUBTYPE[kind]]):
        try:
            return str(ipaddress.ip_address(body[1:]))
        except ValueError:  # of another family than IP
            return body[1:].hex()
    return body.decode(errors="replace").strip()


def _id(value: object) -> str:
    given = text(value)
    return mac(given) if given.count(":") == _MAC_BYTES - 1 else given


def _switch(
    *, chassis: str, port: str, system_name: str, vlans: set[int]
) -> SwitchPort | None:
    if not (chassis or port or system_name or vlans):
        return None
    return SwitchPort(
        chassis=chassis,
        port=port,
        system_name=system_name,
        vlans=tuple(sorted(vlans)),
    )
