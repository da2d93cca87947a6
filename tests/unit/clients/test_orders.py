"""Orders to servers, on a fake of python-heatclient's managers."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from heatclient import exc
from keystoneauth1 import exceptions as keystone

from tripleo_cli.clients.orders import MARK, HeatOrders
from tripleo_cli.clients.translate import Service
from tripleo_cli.errors import NotFoundError, ServiceError, UnreachableError

HREF = "http://192.0.2.1:8004/v1/p/stacks/oc-Compute-x/s-2"
SERVICE = Service(
    name="Heat",
    process="heat-api",
    failures=(exc.BaseException, keystone.ClientException),
)


@dataclass
class Configs:
    """Software configs by id; refuses what Heat refuses."""

    kept: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def create(self, *, name: str, group: str, config: str) -> Any:
        assert name
        self.number += 1
        made = SimpleNamespace(
            id=f"c-{self.number}", name=name, group=group, config=config
        )
        self.kept[made.id] = made
        return made

    def list(self) -> list[Any]:
        """List them without their texts, as Heat does."""
        return [
            SimpleNamespace(id=one.id, name=one.name, group=one.group)
            for one in self.kept.values()
        ]

    def delete(self, config_id: str) -> None:
        if config_id not in self.kept:
            raise exc.HTTPNotFound("no such config")
        del self.kept[config_id]


@dataclass
class Deployments:
    """Software deployments by id; a config must be there."""

    configs: Configs
    kept: dict[str, Any] = field(default_factory=dict)
    is_refusing: bool = False

    def create(self, **fields: str) -> Any:
        if self.is_refusing:
            raise exc.HTTPForbidden("no more deployments")
        assert fields["config_id"] in self.configs.kept
        assert fields["status"] == "IN_PROGRESS"
        assert "stack_user_project_id" not in fields
        made = SimpleNamespace(id=f"d-{len(self.kept) + 1}", **fields)
        self.kept[made.id] = made
        return made

    def list(self, *, server_id: str = "") -> list[Any]:
        found = self.kept.values()
        return [one for one in found if server_id in ("", one.server_id)]

    def delete(self, deployment_id: str) -> None:
        del self.kept[deployment_id]


@dataclass
class Resources:
    """Resources of nested stacks; ``told`` is the metadata of the server's handle."""

    told: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False

    def list(self, stack: str, *, nested_depth: int) -> list[Any]:
        assert (stack, nested_depth) == ("oc", 5)
        links = [{"rel": "self", "href": "x"}, {"rel": "stack", "href": HREF}]
        return [
            SimpleNamespace(
                physical_resource_id="server-1", resource_name="oc-0", links=links
            ),
            SimpleNamespace(physical_resource_id="", resource_name="x", links=links),
        ]

    def metadata(self, stack: str, resource: str) -> dict[str, Any]:
        if self.is_down:
            raise keystone.ConnectFailure("Unable to connect to http://192.0.2.1:8004")
        assert (stack, resource) == ("oc-Compute-x/s-2", "oc-0-reports")
        return self.told


@pytest.fixture
def heat() -> Any:
    configs = Configs()
    return SimpleNamespace(
        software_configs=configs,
        software_deployments=Deployments(configs),
        resources=Resources(),
    )


@pytest.fixture
def orders(heat: Any) -> HeatOrders:
    return HeatOrders(heat, SERVICE, "oc")


def test_an_order_is_found_until_it_is_taken_back(
    heat: Any, orders: HeatOrders
) -> None:
    first = orders.put("server-1", "secret text")
    second = orders.put("server-1", "another")
    orders.put("server-2", "of another server")
    assert list(orders.left("server-1")) == [first, second]

    orders.take_back("server-1", first)
    orders.take_back("server-1", first)

    assert list(orders.left("server-1")) == [second]
    assert first not in heat.software_configs.kept


def test_an_order_that_is_refused_leaves_no_config_with_passwords(
    heat: Any, orders: HeatOrders
) -> None:
    heat.software_deployments.is_refusing = True

    with pytest.raises(ServiceError, match="no more deployments"):
        orders.put("server-1", "secret text")

    assert not heat.software_configs.kept


def test_texts_of_orders_that_were_never_put_are_swept_away(
    heat: Any, orders: HeatOrders
) -> None:
    put = orders.put("server-1", "an order")
    configs = heat.software_configs
    configs.create(name="oc-order", group="tripleo", config="half an order")
    others = [
        configs.create(name=name, group=group, config="x").id
        for name, group in (("edge-order", "tripleo"), ("oc-order", "script"))
    ]

    orders.sweep()

    assert list(configs.kept) == [put, *others]


def test_deployments_of_others_are_not_ours(heat: Any, orders: HeatOrders) -> None:
    config = heat.software_configs.create(name="x", group="script", config="")
    heat.software_deployments.create(
        server_id="server-1",
        config_id=config.id,
        status="IN_PROGRESS",
        status_reason="Deploy data available",
    )

    assert not orders.left("server-1")
    assert MARK != "Deploy data available"


def test_a_report_is_the_last_signal(heat: Any, orders: HeatOrders) -> None:
    assert orders.report("server-1") == ""

    heat.resources.told = {"orders": {"data": "text", "reason": "", "status": ""}}

    assert orders.report("server-1") == "text"


def test_a_server_of_another_stack_has_no_reports(orders: HeatOrders) -> None:
    with pytest.raises(NotFoundError, match="stack oc has no server server-9"):
        orders.report("server-9")


def test_heats_silence_is_named(heat: Any, orders: HeatOrders) -> None:
    heat.resources.is_down = True

    with pytest.raises(UnreachableError):
        orders.report("server-1")
