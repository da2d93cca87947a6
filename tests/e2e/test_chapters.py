"""Three chapters work as they are written: "Write a service", "What happens on a node"
and "When a step fails".

They tell one story, in this order: what one says is where the next begins. They run as
root: a system container stands in for the machine. The image overcloud-full has to be
there, as the first chapter says.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.boxes import machines
from tests.e2e.chapters import Reader
from tests.e2e.conftest import Shell

pytestmark = pytest.mark.e2e

NODE = "web-front-0"


@pytest.fixture(scope="module")
def reader(
    live_shell: Shell,
    cleanups: list[Callable[[], object]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Reader:
    made = Reader(shell=live_shell, folder=tmp_path_factory.mktemp("chapters"))
    cleanups += [
        lambda: made.run("tripleo-fleet stop --pid-file fleet.pid --clean"),
        lambda: made.run("openstack overcloud node delete web-compute-0"),
        lambda: made.run("openstack overcloud delete web --yes"),
    ]
    return made


def test_write_a_service(reader: Reader) -> None:
    reader.follow("services.rst")


def test_what_happens_on_a_node(reader: Reader) -> None:
    reader.follow("node.rst")


def test_when_a_step_fails(
    reader: Reader, cleanups: list[Callable[[], object]]
) -> None:
    reader.follow("steps.rst")

    assert NODE not in machines(reader.shell)
    # The chapter has removed all that was made.
    cleanups.clear()
