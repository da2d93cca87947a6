"""What a switch said, in words or in bytes."""

from __future__ import annotations

from typing import Any

import pytest

from tripleo_cli.domain.facts import SwitchPort, facts_from
from tripleo_cli.domain.facts.lldp import switch_from_tlvs, switch_from_words


def test_words_of_ironic_s_hook() -> None:
    words = {
        "switch_chassis_id": "11:22:33:AA:BB:CC",
        "switch_port_id": "734",
        "switch_system_name": "leaf-3",
        "switch_port_untagged_vlan_id": 102,
        "switch_port_vlans": [{"name": "a", "id": 104}, {"name": "b", "id": 101}],
    }

    assert switch_from_words(words) == SwitchPort(
        chassis="11:22:33:aa:bb:cc",
        port="734",
        system_name="leaf-3",
        vlans=(101, 102, 104),
    )


@pytest.mark.parametrize(
    ("tlv", "expected"),
    [
        ([1, "04112233aabbcc"], SwitchPort(chassis="11:22:33:aa:bb:cc")),
        ([1, "05010a000001"], SwitchPort(chassis="10.0.0.1")),
        ([1, "0506112233445566"], SwitchPort(chassis="112233445566")),
        ([1, "076c656166"], SwitchPort(chassis="leaf")),
        ([2, "03112233aabbcc"], SwitchPort(port="11:22:33:aa:bb:cc")),
        ([2, "0565746831"], SwitchPort(port="eth1")),
        ([5, "6c656166"], SwitchPort(system_name="leaf")),
        ([127, "0080c2010064"], SwitchPort(vlans=(100,))),
        ([127, "0080c20300650461626364"], SwitchPort(vlans=(101,))),
        ([127, "00120f042400"], None),
        ([1, "xyz"], None),
        ([1, None], None),
        ([[], "04112233aabbcc"], None),
        ([1], None),
        ("1", None),
        ([5, ""], None),
    ],
)
def test_one_tlv(tlv: object, expected: SwitchPort | None) -> None:
    assert switch_from_tlvs([tlv]) == expected


def test_the_first_of_two_ids_counts() -> None:
    assert switch_from_tlvs([[5, "61"], [5, "62"]]) == SwitchPort(system_name="a")


@pytest.mark.parametrize("plugin_data", [{}, {"parsed_lldp": {"eth0": {}}}])
def test_raw_lldp_where_nothing_was_parsed(plugin_data: dict[str, Any]) -> None:
    raw = {"lldp_raw": {"eth0": [[5, "6c656166"]]}}

    facts = facts_from({"interfaces": [{"name": "eth0"}]}, {**plugin_data, **raw})

    assert facts.nics[0].switch == SwitchPort(system_name="leaf")
