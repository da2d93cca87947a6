"""All checks: their names, what each makes sure of, and what it has to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tripleo_cli.domain.validation import (
    addresses,
    hardware,
    images,
    request,
    services,
)
from tripleo_cli.domain.validation.facts import DeploymentFacts, Need
from tripleo_cli.domain.validation.finding import Finding

Judge = Callable[[DeploymentFacts], Iterator[Finding]]
Scope = Callable[[DeploymentFacts], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check; ``name`` is what ``--skip`` takes.

    ``scope`` tells how much it has seen, where that may not be all.
    """

    name: str
    judge: Judge
    needs: frozenset[Need] = frozenset()
    scope: Scope = lambda _: ""

    @property
    def meaning(self) -> str:
        """What it makes sure of: the first line of its function's docstring."""
        return (self.judge.__doc__ or "").partition("\n")[0]


def _check(name: str, judge: Judge, *needs: Need) -> Check:
    return Check(name=name, judge=judge, needs=frozenset(needs))


CHECKS: tuple[Check, ...] = (
    _check("stack", request.stack_is_at_rest),
    _check("request", request.request_makes_sense),
    _check("counts", request.counts_agree),
    _check("capacity", request.there_are_enough_nodes),
    _check("names", request.names_are_good, Need.SERVERS),
    _check("profiles", hardware.profiles_fit),
    _check("nodes", hardware.nodes_are_well),
    _check("power", hardware.power_is_known),
    Check(
        name="root-disk",
        judge=hardware.root_disks_are_certain,
        needs=frozenset({Need.INVENTORIES}),
        scope=hardware.inventories_known,
    ),
    _check("boot-mode", hardware.boot_modes_agree, Need.IMAGES, Need.INVENTORIES),
    _check("addresses", addresses.addresses_are_single, Need.SERVERS, Need.SUBNETS),
    _check("images", images.images_are_whole, Need.IMAGES),
    _check("deploy-images", images.deploy_images_are_there, Need.IMAGES),
    _check("flavors", services.flavors_fit, Need.FLAVORS, Need.IMAGES),
    _check("placement", services.nodes_are_offered, Need.OFFERED),
    _check("quotas", services.quotas_suffice, Need.QUOTAS, Need.FLAVORS),
    _check("subnet", services.addresses_suffice, Need.SUBNETS),
    _check("ntp", services.times_agree, Need.TIMES),
)
"""In the order in which they are shown."""
