from __future__ import annotations

import json
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.heat_orders import FakeHeatOrders
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.pull_heat import (
    ENDPOINTS,
    USER_DATA,
    Heat,
    HeatError,
    Response,
    load_account,
)

TOLD = {
    "auth_url": "http://127.0.0.1:5000/v3",
    "user_id": "u",
    "password": "p",
    "project_id": "x",
    "stack_id": "oc/1",
    "resource_name": "compute-0",
    "region_name": "one",
}


def put_user_data(root: Path, told: Any) -> None:
    whole = MIMEMultipart()
    parts = (("#cloud-config\n", ""), (json.dumps(told), "cfn-init-data"))
    for text, name in parts:
        part = MIMEText(text, _subtype="x-cfninitdata" if name else "plain")
        part.add_header("Content-Disposition", "attachment", filename=name)
        whole.attach(part)
    path = root / USER_DATA
    path.parent.mkdir(parents=True)
    path.write_text(whole.as_string())


def test_a_server_finds_its_account_in_its_user_data(tmp_path: Path) -> None:
    put_user_data(tmp_path, {"os-collect-config": {"heat": TOLD}})

    account = load_account(tmp_path)

    assert (account.user_id, account.password) == ("u", "p")
    assert account.path("a b") == "/stacks/oc/1/resources/a%20b"
    assert account.reached("identity", account.auth_url) == TOLD["auth_url"]


def test_services_may_be_elsewhere_than_they_say(tmp_path: Path) -> None:
    put_user_data(tmp_path, {"os-collect-config": {"heat": TOLD}})
    (tmp_path / ENDPOINTS).parent.mkdir(parents=True)
    (tmp_path / ENDPOINTS).write_text('{"identity": "http://192.0.2.1:5000/"}')

    account = load_account(tmp_path)

    found = account.reached("identity", account.auth_url)
    assert found == "http://192.0.2.1:5000/v3"


@pytest.mark.parametrize("told", [{}, {"os-collect-config": {"cfn": {}}}, None])
def test_a_server_without_an_account_says_what_makes_one(
    tmp_path: Path, told: Any
) -> None:
    if told is not None:
        put_user_data(tmp_path, told)

    with pytest.raises(NodeError, match="how this server signs in") as caught:
        load_account(tmp_path)
    assert "transport: pull" in caught.value.hint


def test_orders_come_oldest_first_and_only_ours() -> None:
    world = FakeHeatOrders()
    heat = Heat(world.serve("one"), world.send)
    first, second = world.put("one", "first"), world.put("one", "second")
    world.serve("two")
    world.put("two", "another's")

    assert list(heat.orders().items()) == [(first, "first"), (second, "second")]


def test_a_report_takes_the_place_of_the_one_before() -> None:
    world = FakeHeatOrders()
    heat = Heat(world.serve("one"), world.send)

    heat.report("a")
    heat.report("b")

    assert world.report("one") == "b"


def test_a_token_that_is_refused_is_renewed() -> None:
    world = FakeHeatOrders()
    heat = Heat(world.serve("one"), world.send)
    heat.report("a")
    world.expire()

    heat.report("b")

    assert world.report("one") == "b"


def test_nobody_reads_the_orders_of_another_server() -> None:
    world = FakeHeatOrders()
    mine, other = world.serve("one"), world.serve("two")
    stolen = {**vars(mine), "resource": other.resource}
    heat = Heat(type(mine)(**stolen), world.send)

    with pytest.raises(HeatError, match="403"):
        heat.orders()


def test_silence_and_strange_answers_are_passing_errors() -> None:
    world = FakeHeatOrders()
    account = world.serve("one")
    world.is_down = True
    with pytest.raises(HeatError, match="Connection refused"):
        Heat(account, world.send).orders()

    strange = Heat(account, lambda *_: Response(200, {}, b"<html>"))
    with pytest.raises(HeatError, match="no JSON"):
        strange.orders()
    empty = Heat(account, lambda *_: Response(201, {}, b'{"token": {"catalog": []}}'))
    with pytest.raises(HeatError, match="catalogue"):
        empty.orders()
