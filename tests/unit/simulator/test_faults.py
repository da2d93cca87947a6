"""What a machine can be told to do wrong."""

from __future__ import annotations

import pytest

from tripleo_cli.simulator.faults import (
    Fault,
    FaultKind,
    Wiring,
    fault_patch,
    parse_fault,
    wiring_for,
    wiring_patch,
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", None),
        ("none", None),
        (" inspection-silent ", Fault(FaultKind.INSPECTION_SILENT)),
        ("inspection-slow:30", Fault(FaultKind.INSPECTION_SLOW, "30")),
        ("inspection-slow:0.5", Fault(FaultKind.INSPECTION_SLOW, "0.5")),
        ("power-fails", Fault(FaultKind.POWER_FAILS)),
        ("deploy-fails:a: b", Fault(FaultKind.DEPLOY_FAILS, "a: b")),
    ],
)
def test_faults_are_read(text: str, fault: Fault | None) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("power-fail", "unknown fault 'power-fail'; known are none, inspection-silent"),
        ("inspection-slow", "needs seconds, as in inspection-slow:30"),
        ("inspection-slow:soon", "needs seconds"),
        ("inspection-slow:-1", "needs seconds"),
        ("inspection-slow:inf", "needs seconds"),
        ("slow-part", "needs a part"),
        ("slow-part:sda=fast", "needs a part"),
        ("slow-part:sda=0", "needs a part"),
        ("inspection-silent:x", "takes nothing after a colon"),
    ],
)
def test_bad_faults_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_fault(text)


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_written_is_the_fault_read(kind: FaultKind) -> None:
    detail = {
        "SECONDS": "3",
        "MESSAGE": "no: luck",
        "PART[=PERCENT]": "sda=60",
    }.get(kind.detail, "")
    fault = Fault(kind, detail)

    assert parse_fault(str(fault)) == fault
    [change] = fault_patch(fault)
    assert change["path"] == "/extra/simulated_fault"
    assert change["value"] == str(fault)


@pytest.mark.parametrize("kind", FaultKind)
def test_a_message_says_simulated_by_default(kind: FaultKind) -> None:
    if kind.detail == "MESSAGE":
        assert "SIMULATED" in Fault(kind).message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("slow-part:cpu", {"cpu": 0.6}),
        ("slow-part:sdb=85", {"sdb": 0.85}),
        ("power-fails", {}),
    ],
)
def test_slow_parts_are_read(text: str, parts: dict[str, float]) -> None:
    fault = parse_fault(text)

    assert fault
    assert fault.slow_parts == parts


def test_healing_is_written_too() -> None:
    assert fault_patch(None)[0]["value"] == "none"


def test_wiring_is_written_as_a_json_patch() -> None:
    patch = wiring_patch(Wiring(power="redfish"), "an-id", "https://fleet:1")

    values = {change["path"]: change["value"] for change in patch}
    assert values["/power_interface"] == "redfish"
    assert values["/deploy_interface"] == "fake"
    assert values["/driver_info/redfish_address"] == "https://fleet:1"
    assert values["/driver_info/redfish_system_id"].endswith("/Systems/an-id")


def test_no_fault_no_wiring() -> None:
    assert wiring_for(None) == Wiring()
