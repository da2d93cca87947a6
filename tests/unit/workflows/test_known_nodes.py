"""What an import does about nodes that Ironic knows, besides their own fields."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.unit.workflows.test_nodes import THREE, Site, mac
from tripleo_cli.domain.definition import PortDefinition
from tripleo_cli.domain.node import DISCOVERED_KEY, ProvisionState, is_discovered
from tripleo_cli.errors import ServiceError

S = ProvisionState


def test_new_credentials_of_a_node_that_was_verified_are_tried() -> None:
    site = Site()
    site.run(THREE, provide=True)
    site.ironic.takes_password("n0", "right")
    wrong, right = (
        replace(
            THREE[0], driver_info={"fake_address": "bmc-0", "fake_password": password}
        )
        for password in ("wrong", "right")
    )

    for _ in range(2):
        failed = site.run([wrong], introspect=True)["n0"]

        assert failed.result == "failed"
        assert failed.error.startswith("was updated, but cannot reach the BMC of node")
        assert "401" in failed.error
        assert failed.remedy.startswith("check its BMC's address and credentials")
        assert site.ironic.nodes()[0].provision is S.AVAILABLE

    fixed = site.run([right])["n0"]
    again = site.run([right])["n0"]

    assert fixed.result == "updated (driver_info.fake_password changed)"
    assert (fixed.error, again.result) == ("", "unchanged")


def test_a_bmc_is_tried_only_where_the_way_to_it_changes() -> None:
    site = Site()
    site.run(THREE)
    site.ironic.calls.clear()
    info = {"fake_address": "bmc-2", "fake_password": "q"}
    site.run(
        [
            THREE[0],
            replace(THREE[1], properties={"cpus": 8}),
            replace(THREE[2], driver_info=info),
        ]
    )

    assert Counter(site.writes()) == {"update": 3, "try_bmc": 1}


def test_without_a_password_another_address_is_tried_too() -> None:
    site = Site()
    site.run([replace(THREE[0], driver_info={"fake_address": "bmc-0"})])
    site.ironic.refuses("n0", "try_bmc", ServiceError("no route to host"))
    failed = site.run([replace(THREE[0], driver_info={"fake_address": "bmc-9"})])["n0"]

    assert failed.error == "was updated, but no route to host"


def test_the_wiring_of_a_known_port_is_changed_and_shown() -> None:
    site = Site()
    site.run(THREE)
    site.ironic.calls.clear()
    link = {"switch_id": "52:54:00:AA:00:01", "port_id": "Eth1/1"}
    wired = PortDefinition(address=mac(0), physical_network="leaf1", local_link=link)
    wanted = [replace(THREE[0], ports=(wired,)), *THREE[1:]]

    changed = site.run(wanted)["n0"]
    again = site.run(wanted)["n0"]

    assert changed.result == (
        f"updated (port {mac(0)} physical_network: ctlplane -> leaf1, port {mac(0)} "
        "local_link_connection: nothing -> port_id Eth1/1, "
        "switch_id 52:54:00:AA:00:01)"
    )
    assert again.result == "unchanged"
    assert site.writes() == ["update_port"]
    card = site.ironic.nodes()[0].cards[mac(0)]
    assert (card.physical_network, card.local_link["port_id"]) == ("leaf1", "Eth1/1")


def test_wiring_that_ironic_does_not_change_now_is_told_with_a_way() -> None:
    site = Site()
    site.run(THREE, provide=True)
    wired = PortDefinition(address=mac(0), physical_network="leaf1")
    changed = [replace(THREE[0], ports=(wired,), properties={"cpus": 8})]

    failed = site.run(changed)["n0"]
    site.ironic.change_state(site.ironic.nodes()[0].id, maintenance=True)
    fixed = site.run(changed)["n0"]

    assert "current state is available" in failed.error
    assert failed.remedy == (
        "openstack overcloud node maintenance set n0, import again, then unset it"
    )
    assert site.ironic.nodes()[0].properties == {"cpus": 8}
    assert (
        fixed.result == f"updated (port {mac(0)} physical_network: ctlplane -> leaf1)"
    )


def test_a_discovered_node_is_adopted_by_its_import() -> None:
    site = Site()
    site.run(THREE)
    [first, *_] = site.ironic.nodes()
    site.ironic.update(first.id, {f"/extra/{DISCOVERED_KEY}": "true"})
    assert is_discovered(site.ironic.nodes()[0])
    site.ironic.calls.clear()

    adopted = site.run([replace(THREE[0], properties={"cpus": 8})])["n0"]

    assert not is_discovered(site.ironic.nodes()[0])
    assert site.writes() == ["update"]
    assert adopted.result == (
        "updated (properties.cpus: 4 -> 8, extra.auto_discovered: true -> nothing)"
    )
