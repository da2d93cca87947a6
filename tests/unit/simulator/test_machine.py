"""Machines are drawn, and always drawn alike."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tripleo_cli.simulator.machine import (
    NICS_PER_MACHINE,
    bmc_address_for,
    boot_address_for,
    disk_letters,
    draw_machine,
    macs_for,
)
from tripleo_cli.simulator.models import Model, load_models

MODELS = load_models()


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_a_machine_is_one_of_its_model(model: Model) -> None:
    machine = draw_machine(model, "a", 1)

    assert machine.cpu.sockets in model.cpu.sockets
    assert machine.cpu.cores in model.cpu.cores
    assert machine.memory.module_gb in model.memory.module_gb
    assert machine.nic_count in model.nics.count
    assert machine.boot_mode in model.boot_modes
    assert machine.disks


@settings(deadline=None)
@given(seed=st.integers(), name=st.text())
def test_same_seed_and_name_same_machine(seed: int, name: str) -> None:
    model = MODELS["storage"]

    assert draw_machine(model, name, seed) == draw_machine(model, name, seed)


def test_the_draw_does_not_change_from_release_to_release() -> None:
    """Fleets in use would change their hardware under their operators."""
    machine = draw_machine(MODELS["compute"], "sim-compute-0", 1)

    assert (machine.serial, machine.cpu.logical, machine.memory.mb) == (
        "SIMFE77DAD2",
        96,
        262144,
    )


def test_names_make_a_difference() -> None:
    machines = {draw_machine(MODELS["compute"], f"n{n}", 1).serial for n in range(99)}

    assert len(machines) == 99


@settings(deadline=None)
@given(
    seed=st.integers(min_value=0, max_value=10**9),
    indexes=st.sets(st.integers(min_value=0, max_value=99_999), max_size=20),
)
def test_no_two_cards_of_a_fleet_share_an_address(seed: int, indexes: set[int]) -> None:
    macs = [mac for index in indexes for mac in macs_for(seed, index, NICS_PER_MACHINE)]

    assert len(set(macs)) == len(macs)
    # Locally administered, and not a group's address.
    assert all(int(mac[:2], 16) & 0b11 == 0b10 for mac in macs)


def test_addresses_are_from_ranges_that_nobody_uses() -> None:
    addresses = {bmc_address_for(macs_for(1, index, 1)[0]) for index in range(5000)}

    assert len(addresses) == 5000
    assert all(ip_address(a) in ip_network("198.18.0.0/15") for a in addresses)
    boot = ip_address(boot_address_for("52:54:00:12:34:56"))
    assert boot in ip_network("100.64.0.0/10")


@pytest.mark.parametrize(
    ("index", "name"), [(0, "sda"), (25, "sdz"), (26, "sdaa"), (701, "sdzz")]
)
def test_disks_are_named_as_the_kernel_does(index: int, name: str) -> None:
    assert disk_letters(index) == name
