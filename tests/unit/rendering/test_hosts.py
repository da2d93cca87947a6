from __future__ import annotations

from tests.unit.domain.overcloud.examples import a_layout
from tripleo_cli.rendering.hosts import known_hosts_of


def test_known_hosts_have_names_and_address_of_nodes_whose_key_is_known() -> None:
    layout = a_layout({"Controller": 2, "Compute": 1})
    keys = {
        "oc-compute-0": ["ssh-ed25519 AAAA1"],
        "oc-controller-1": [],
        "oc-controller-0": ["ssh-ed25519 AAAA2", "ssh-rsa AAAA3"],
    }

    first = "oc-controller-0,oc-controller-0.localdomain,10.0.1.1"
    assert known_hosts_of(layout, keys).splitlines() == [
        f"{first} ssh-ed25519 AAAA2",
        f"{first} ssh-rsa AAAA3",
        "oc-compute-0,oc-compute-0.localdomain,10.0.2.1 ssh-ed25519 AAAA1",
    ]


def test_no_known_host_is_no_text() -> None:
    assert known_hosts_of(a_layout(), {}) == ""
