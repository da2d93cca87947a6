"""Checks of addresses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_node
from tests.unit.domain.validation.facts import Case, a_member, a_stack, facts, ids
from tripleo_cli.domain.compute import Server
from tripleo_cli.domain.network import Subnet
from tripleo_cli.domain.validation.addresses import addresses_are_single

MAC = "52:54:00:08:00:01"
SUBNET = Subnet(
    id="s", name="s", network_id="n", cidr="192.168.24.0/24", total=9, used=0
)
TAKEN = Server(id="x", name="oc-x", status="ACTIVE", addresses=("192.168.24.9",))
OURS = a_stack("CREATE", "FAILED", a_member("oc-x", a_node("n9")))


def fixed(**parameters: Any) -> Any:
    return facts(parameters=parameters, subnets=[SUBNET], servers=[TAKEN])


def bmc(name: str, address: str) -> Any:
    return a_node(name, driver_info={"fake_address": address})


def idle(name: str) -> Any:
    """Make a node of another class, which no role could have."""
    info = {"fake_address": "10.0.0.1"}
    return a_node(name, driver_info=info, resource_class="other")


CASES = [
    Case(name="none", facts=facts()),
    Case(
        name="a MAC twice",
        facts=facts([a_node("n1", ports=(MAC,)), a_node("n0", ports=(MAC, "x"))]),
        told=[("error", ("n0", "n1"), MAC)],
    ),
    Case(name="a MAC twice on one node", facts=facts([a_node("n0", ports=(MAC, MAC))])),
    Case(
        name="a BMC twice",
        facts=facts(
            [bmc("n0", "10.0.0.1"), bmc("n1", "10.0.0.1"), bmc("n2", "10.0.0.2")]
        ),
        told=[("error", ("n0", "n1"), "10.0.0.1")],
    ),
    Case(
        name="a BMC twice, of machines that nobody asks for",
        facts=facts([bmc("n0", "10.0.0.2"), idle("n1"), idle("n2")]),
        told=[("warning", ("n1", "n2"), "10.0.0.1")],
    ),
    Case(
        name="a BMC twice, of a machine that serves this stack",
        facts=facts(
            [bmc("n0", "10.0.0.2"), idle("n1"), idle("n2")],
            running=a_stack("CREATE", "COMPLETE", a_member("oc-1", idle("n1"))),
        ),
        told=[("error", ("n1", "n2"), "10.0.0.1")],
    ),
    Case(
        name="no port on a node that is wired",
        facts=facts([a_node("n0", interfaces={"network_interface": "flat"})]),
        told=[("error", ("n0",), "baremetal port create --node")],
    ),
    Case(
        name="no port, and none needed",
        facts=facts([a_node("n0", interfaces={"network_interface": "noop"})]),
    ),
    Case(
        name="fixed IPs that are free",
        facts=fixed(
            ControllerIPs={
                "ctlplane": ["192.168.24.10"],
                "internal_api": ["172.16.2.1"],
            },
            ControlFixedIPs=[{"ip_address": "192.168.24.11"}],
            PublicVirtualFixedIPs=[{"ip_address": "10.0.0.5"}, {"subnet": "x"}],
            ControllerHostIPs="x",
        ),
    ),
    Case(
        name="a fixed IP twice",
        facts=fixed(
            ControllerIPs={"ctlplane": ["192.168.24.10"]},
            ComputeIPs={"ctlplane": ["192.168.24.12", "192.168.24.10"]},
        ),
        told=[
            (
                "error",
                ("ControllerIPs.ctlplane.0", "ComputeIPs.ctlplane.1"),
                "192.168.24.10 is given more than once",
            )
        ],
    ),
    Case(
        name="a fixed IP that somebody has",
        facts=fixed(ControlFixedIPs=[{"ip_address": "192.168.24.9"}]),
        told=[("error", ("ControlFixedIPs.0",), "the address of server oc-x")],
    ),
    Case(
        name="a fixed IP that this stack has",
        facts=facts(
            parameters={"ControlFixedIPs": [{"ip_address": "192.168.24.9"}]},
            servers=[TAKEN],
            running=OURS,
        ),
    ),
    Case(
        name="a fixed IP that is none",
        facts=fixed(ControlFixedIPs=[{"ip_address": "192.168.24.900"}]),
        told=[("error", ("ControlFixedIPs.0",), '"192.168.24.900" is no IP address')],
    ),
    Case(
        name="fixed IPs that are no list",
        facts=fixed(
            ControllerIPs={"internal_api": 5, "storage": "172.16.1.1", "tenant": None},
            ComputeIPs={"ctlplane": ["192.168.24.12"]},
            # Nobody knows what this is, so nothing is wrong with it.
            BackupIPs={"mine": 5},
        ),
        told=[
            (
                "error",
                ("ControllerIPs.internal_api",),
                'is "5", but must be a list of addresses, one for each node (as in '
                '["192.0.2.1"])',
            ),
            (
                "error",
                ("ControllerIPs.storage",),
                'is "172.16.1.1", but must be a list',
            ),
        ],
    ),
    Case(
        name="a fixed IP outside of the network",
        facts=fixed(ControllerIPs={"ctlplane": ["192.168.25.10", "fd00::1"]}),
        told=[
            ("error", ("ControllerIPs.ctlplane.0",), "(192.168.24.0/24)"),
            ("error", ("ControllerIPs.ctlplane.1",), "fd00::1 is in no subnet"),
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_addresses(case: Case) -> None:
    case.check(addresses_are_single)
