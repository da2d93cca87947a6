from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.heat_orders import FakeHeatOrders
from tests.fakes.node_machine import FakeMachine
from tests.fakes.pulling_node import PullingNode
from tripleo_cli.node import pull_orders
from tripleo_cli.node.errors import NodeError
from tripleo_cli.node.pull import BEAT_S, BUSY_S, IDLE_S, LATELY_S, SLOWEST_S
from tripleo_cli.node.pull_orders import TRIES, read_order


@pytest.fixture
def heat() -> FakeHeatOrders:
    return FakeHeatOrders()


@pytest.fixture
def node(heat: FakeHeatOrders, tmp_path: Path) -> PullingNode:
    return PullingNode(FakeMachine(root=tmp_path), heat, "one")


def packed(content: bytes) -> dict[str, str]:
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "zlib": base64.b64encode(zlib.compress(content)).decode(),
    }


def an_order(*words: str, **changes: Any) -> str:
    order = {
        "format": 1,
        "words": list(words),
        "program": "p.pyz",
        "files": {"p.pyz": packed(b"program")},
        "timeout_s": 60,
    }
    return json.dumps({**order, **changes})


def told(heat: FakeHeatOrders, order: str) -> dict[str, Any]:
    text = heat.report("one")
    found: dict[str, Any] = json.loads(text)["orders"].get(order, {}) if text else {}
    return found


def answer(outcome: dict[str, Any]) -> str:
    return zlib.decompress(base64.b64decode(outcome["answer"])).decode()


def test_an_order_is_carried_out_and_told(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    name = heat.put("one", an_order("state"))

    node.turn()

    outcome = told(heat, name)
    assert (outcome["state"], outcome["code"]) == ("ended", 0)
    assert json.loads(answer(outcome)) == {"steps": {}}
    incoming = node.machine.layout.incoming / "p.pyz"
    assert incoming.read_bytes() == b"program"
    assert incoming.stat().st_mode & 0o777 == 0o600


def test_an_order_without_words_only_asks_whether_somebody_is_there(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    name = heat.put("one", an_order(program="", files={}))

    node.turn()

    assert told(heat, name)["code"] == 0
    assert node.ran == []


def test_an_order_is_carried_out_once(heat: FakeHeatOrders, node: PullingNode) -> None:
    name = heat.put("one", an_order("state"))
    for _ in range(3):
        node.turn()
        node.restart()
    text = heat.servers["one"].orders[name]
    heat.take_back("one", name)
    node.turn()
    # Heat may list it again: it writes metadata without looking who else does.
    heat.servers["one"].orders[name] = text
    node.turn()

    assert node.ran == [("state",)]
    assert not list(node.machine.layout.orders.glob("order-*"))


def test_what_was_begun_goes_on_without_the_agent(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    node.holds = True
    name = heat.put("one", an_order("state"))
    node.turn()
    node.restart()
    node.turn()
    assert told(heat, name) == {"state": "running"}

    node.go_on()
    node.turn()

    assert told(heat, name)["state"] == "ended"
    assert node.ran == [("state",)]


def test_a_run_that_was_cut_off_is_begun_again(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    node.dies = TRIES - 1
    name = heat.put("one", an_order("state"))
    for _ in range(TRIES + 1):
        node.turn()

    assert told(heat, name)["code"] == 0
    assert node.ran == [("state",)]


def test_one_that_is_always_cut_off_is_a_failure(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    node.dies = 100
    name = heat.put("one", an_order("state"))
    for _ in range(TRIES + 1):
        node.turn()

    outcome = told(heat, name)
    assert outcome["code"] is None
    assert "cut off" in outcome["failure"]


def test_a_signal_that_is_lost_is_sent_again(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    heat.is_forgetful = True
    name = heat.put("one", an_order("state"))
    node.turn()
    node.turn()
    assert told(heat, name) == {}

    heat.is_forgetful = False
    node.machine.time += BEAT_S
    node.turn()

    assert told(heat, name)["state"] == "ended"


def test_an_answer_waits_until_heat_takes_it(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    node.holds = True
    name = heat.put("one", an_order("state"))
    node.turn()
    heat.is_down = True
    waits = [node.turn() for _ in range(7)]
    node.go_on()
    node.restart()
    node.turn()

    heat.is_down = False
    node.turn()

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (BUSY_S, SLOWEST_S)
    assert told(heat, name)["state"] == "ended"
    assert len([line for line in node.said if "refused" in line]) == 2


def test_beats_tell_that_the_node_lives(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    node.holds = True
    heat.put("one", an_order("state"))
    node.turn()
    before = heat.report("one")
    node.turn()
    assert heat.report("one") == before

    node.machine.time += BEAT_S
    node.turn()

    assert heat.report("one") != before


def test_heat_is_asked_less_often_when_nothing_is_to_do(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    assert node.turn() == IDLE_S
    name = heat.put("one", an_order("state"))
    assert node.turn() == BUSY_S
    heat.take_back("one", name)
    assert node.turn() == BUSY_S
    node.machine.time += LATELY_S

    assert node.turn() == IDLE_S


def test_an_order_that_cannot_be_taken_in_is_told_as_failed(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    node.machine.layout.home.parent.mkdir(parents=True)
    node.machine.layout.home.write_text("a file where a folder should be")
    name = heat.put("one", an_order("state"))

    node.turn()

    assert told(heat, name)["code"] is None
    assert "Not a directory" in told(heat, name)["failure"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no order"),
        (an_order(format=2), "format 2"),
        (an_order("state", files={"../x": packed(b"")}), "no name of a file"),
        (
            an_order("state", files={"x": {**packed(b"a"), "sha256": "0"}}),
            "x is damaged",
        ),
    ],
)
def test_what_is_no_order_is_refused(
    heat: FakeHeatOrders, node: PullingNode, text: str, said: str
) -> None:
    with pytest.raises(NodeError, match=said):
        read_order(text)
    name = heat.put("one", text)
    node.turn()

    assert said in told(heat, name)["failure"]


def test_an_answer_that_heat_would_not_take_is_named(
    heat: FakeHeatOrders, node: PullingNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_orders, "MAX_BYTES", 10)
    name = heat.put("one", an_order("state"))
    node.turn()
    node.turn()

    assert "too many for Heat" in told(heat, name)["failure"]


def test_no_password_stays_on_the_disk_when_an_order_has_ended(
    heat: FakeHeatOrders, node: PullingNode
) -> None:
    heat.put("one", an_order("state", files={"b.json": packed(b"geheim")}, program="x"))
    node.turn()
    node.turn()

    kept = list(node.machine.layout.orders.rglob("*"))
    assert not [one for one in kept if one.name == "order.json"]
    assert all(one.stat().st_mode & 0o077 == 0 for one in kept)
