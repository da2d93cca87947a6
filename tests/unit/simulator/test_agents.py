"""Simulated agents and management controllers say what Ironic understands."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.fleet import a_fleet_of
from tripleo_cli.simulator import bmc
from tripleo_cli.simulator.agents import Agent, Agents
from tripleo_cli.simulator.faults import parse_fault
from tripleo_cli.simulator.ports import RefusedError, SimulatedNode


def an_agent(fault: str = "") -> Agent:
    node = SimulatedNode(id="id", name="a", state="x", fault=parse_fault(fault))
    return Agent(node, "token")


@pytest.mark.parametrize("kind", ["deploy", "clean"])
def test_an_agent_tells_its_steps(kind: str) -> None:
    command = an_agent().execute(f"{kind}.get_{kind}_steps", {"node": {}, "ports": []})

    result = command["command_result"]
    [steps] = result[f"{kind}_steps"].values()
    assert {"interface", "step", "priority"} <= steps[0].keys()
    assert result["hardware_manager_version"]


@pytest.mark.parametrize("kind", ["deploy", "clean"])
def test_a_step_that_goes_well_is_named_in_its_result(kind: str) -> None:
    """Ironic compares it with the step it waits for."""
    step = {"step": "s", "interface": "deploy"}

    command = an_agent().execute(f"{kind}.execute_{kind}_step", {"step": step})

    assert command["command_status"] == "SUCCEEDED"
    assert command["command_result"][f"{kind}_step"] == step


def test_volumes_are_created_as_they_are_wanted() -> None:
    wanted = {"logical_disks": [{"size_gb": 100, "raid_level": "1"}]}
    step = {"step": "create_configuration", "interface": "raid"}
    params = {"step": step, "node": {"target_raid_config": wanted}}

    command = an_agent().execute("clean.execute_clean_step", params)

    assert command["command_result"]["clean_result"] == wanted


@pytest.mark.parametrize(
    ("fault", "fails", "works"),
    [
        ("deploy-fails:on fire", "deploy", "clean"),
        ("clean-fails:on fire", "clean", "deploy"),
    ],
)
def test_a_fault_fails_its_own_kind_of_step(fault: str, fails: str, works: str) -> None:
    agent = an_agent(fault)

    bad = agent.execute(f"{fails}.execute_{fails}_step", {"step": {}})
    good = agent.execute(f"{works}.execute_{works}_step", {"step": {}})

    assert bad["command_status"] == "FAILED"
    assert bad["command_error"]["details"] == "on fire"
    assert good["command_status"] == "SUCCEEDED"


def test_an_agent_remembers_what_it_did() -> None:
    agent = an_agent()
    agent.execute("deploy.get_deploy_steps", {})
    agent.execute("standby.sync", {})

    names = [command["command_name"] for command in agent.commands]
    assert names == ["get_deploy_steps", "sync"]


def test_an_agent_whose_token_is_lost_says_what_to_do() -> None:
    """Ironic gives a token out once; a restarted fleet cannot have it."""
    ironic = a_fleet_of(["a"])
    ironic.tokens["id-a"] = "given to the fleet before"

    with pytest.raises(RefusedError, match="abort"):
        asyncio.run(Agents().heartbeat(ironic, ironic.show("a"), "https://fleet"))


def test_a_controller_reads_power_and_refuses_to_change_it() -> None:
    node = SimulatedNode(
        id="id", name="a", state="x", fault=parse_fault("power-fails:no mains")
    )

    system = bmc.system(node.id, node.name)
    assert system["PowerState"] == "Off"
    assert system["Actions"]["#ComputerSystem.Reset"]["target"].startswith(
        bmc.service_root()["Systems"]["@odata.id"]
    )
    assert bmc.refusal(node)["error"]["message"] == "no mains"
    assert "SIMULATED" in bmc.refusal(None)["error"]["message"]
