"""What a switch tells each network card, as the agent reports it.

TLVs by IEEE 802.1AB; the agent sends pairs of type and value in hexadecimal.
"""

from __future__ import annotations

Tlv = tuple[int, str]

CHASSIS_ID, PORT_ID, TTL, PORT_DESCRIPTION = 1, 2, 3, 4
SYSTEM_NAME, SYSTEM_DESCRIPTION, CAPABILITIES = 5, 6, 7
MANAGEMENT_ADDRESS, ORGANISATION = 8, 127
_MAC_ADDRESS, _INTERFACE_NAME = b"\x04", b"\x05"
_IEEE_802_1, _IEEE_802_3 = b"\x00\x80\xc2", b"\x00\x12\x0f"


def tlvs(*, rack: int, port: int, vlan: int, mtu: int = 9216) -> list[Tlv]:
    """Describe port ``port`` of the top-of-rack switch of ``rack``."""
    chassis = bytes((0x02, 0x54, 0, 0, 0, rack))
    name = f"sim-switch-{rack:02d}".encode()
    # An IPv4 address (family 1), by interface number, without an object id.
    management = b"\x05\x01" + bytes((198, 18, 255, rack)) + b"\x02\x00\x00\x00\x01\x00"
    values = (
        (CHASSIS_ID, _MAC_ADDRESS + chassis),
        (PORT_ID, _INTERFACE_NAME + f"Ethernet{port}".encode()),
        (TTL, (120).to_bytes(2, "big")),
        (PORT_DESCRIPTION, f"simulated port {port}".encode()),
        (SYSTEM_NAME, name),
        (SYSTEM_DESCRIPTION, b"SIMULATED switch of tripleo-fleet"),
        (CAPABILITIES, b"\x00\x14\x00\x14"),
        (MANAGEMENT_ADDRESS, management),
        (ORGANISATION, _IEEE_802_1 + b"\x01" + vlan.to_bytes(2, "big")),
        (ORGANISATION, _IEEE_802_3 + b"\x04" + mtu.to_bytes(2, "big")),
        (0, b""),
    )
    return [(kind, value.hex()) for kind, value in values]
