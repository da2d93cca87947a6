"""What boots what it is given can be configured."""

from __future__ import annotations

import pytest

from tests.builders import a_node
from tripleo_cli.domain.overcloud.machine import is_configurable

SIMULATED = {"simulated": "SIMULATED by tripleo-fleet"}
BACKED = {**SIMULATED, "simulated_backing": "container"}


@pytest.mark.parametrize(
    ("driver", "extra", "boots"),
    [
        ("redfish", {}, True),
        ("ipmi", {}, True),
        ("fake-hardware", {}, False),
        ("fake-hardware", SIMULATED, False),
        ("fake-hardware", BACKED, True),
        ("redfish", SIMULATED, False),
    ],
)
def test_a_machine_boots_unless_nothing_is_behind_it(
    driver: str, extra: dict[str, str], *, boots: bool
) -> None:
    assert is_configurable(a_node("n", driver=driver, extra=extra)) is boots
