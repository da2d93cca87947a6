"""An overcloud is tried as its users will, and nothing is left of that."""

from __future__ import annotations

import re

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.overcloud import FakeOvercloudUse
from tripleo_cli.domain.events import Event
from tripleo_cli.domain.overcloud.tiny_image import GREETING, tiny_image
from tripleo_cli.domain.overcloud.trial import Thing, ThingState, Tried, Verdict
from tripleo_cli.errors import (
    ConflictError,
    InterruptedRunError,
    ServiceError,
    UnreachableError,
)
from tripleo_cli.workflows.after import new_name, try_overcloud

SERVER, CONSOLE = "boot a server", "see it boot"


def tried(use: FakeOvercloudUse) -> dict[str, Tried]:
    events: list[Event] = []
    found = try_overcloud(use, "try-1", clock=FakeClock(), report=events.append)
    return {one.what: one for one in found}


def verdicts(found: dict[str, Tried]) -> set[Verdict]:
    return {one.verdict for one in found.values()}


def test_what_works_is_shown_and_removed() -> None:
    use = FakeOvercloudUse()

    found = tried(use)

    assert verdicts(found) == {Verdict.OK}
    assert found["remove it all"].detail == "6 things"
    assert found[SERVER].seconds > 0
    assert not use.left


def test_things_of_others_stay() -> None:
    use = FakeOvercloudUse()
    use.make(Thing.IMAGE, {"name": "theirs"})

    tried(use)

    assert use.left == ["theirs"]


def test_without_computes_all_else_is_tried() -> None:
    found = tried(FakeOvercloudUse(computes=()))

    assert found[SERVER].verdict is Verdict.SKIPPED
    assert found[CONSOLE].verdict is Verdict.SKIPPED
    assert found["route it"].verdict is Verdict.OK


def test_a_server_that_breaks_is_a_failure_with_novas_reason() -> None:
    use = FakeOvercloudUse()
    use.states[Thing.SERVER] = ThingState(status="ERROR", reason="No valid host")

    found = tried(use)

    assert found[SERVER].verdict is Verdict.FAILED
    assert found[SERVER].detail == "the server is ERROR: No valid host"
    assert found[CONSOLE].verdict is Verdict.NOT_TRIED
    assert not use.left


def test_what_never_gets_ready_fails_at_its_limit() -> None:
    use = FakeOvercloudUse()
    use.states[Thing.ROUTER] = ThingState(status="DOWN", reason="its port is not up")

    found = tried(use)

    assert found["route it"].detail.endswith("DOWN after 300 s: its port is not up")
    assert found[SERVER].verdict is Verdict.OK


def test_a_server_that_does_not_boot_its_image_is_told_of() -> None:
    use = FakeOvercloudUse()
    use.output = "No bootable device."

    found = tried(use)

    assert found[CONSOLE].verdict is Verdict.FAILED
    assert "No bootable device." in found[CONSOLE].detail


def test_a_thing_whose_answer_was_lost_is_removed_as_well() -> None:
    use = FakeOvercloudUse()
    use.faults["make network"] = ServiceError("the connection was reset")

    found = tried(use)

    assert found["make a network with a subnet"].verdict is Verdict.FAILED
    assert not use.left


def test_nobody_is_let_in() -> None:
    use = FakeOvercloudUse()
    use.faults["sign_in"] = ServiceError("HTTP 401")

    found = tried(use)

    assert found["sign in"].verdict is Verdict.FAILED
    assert found[SERVER].verdict is Verdict.NOT_TRIED
    assert found["remove it all"].detail == "nothing was made"


def test_what_cannot_be_removed_is_a_failure_and_named() -> None:
    use = FakeOvercloudUse()
    use.faults["remove image"] = ServiceError("HTTP 500")

    found = tried(use)

    last = found["remove it all"]
    assert last.verdict is Verdict.FAILED
    assert last.detail == "things called try-1 are left: image: HTTP 500"
    assert use.left == ["try-1"]


def test_ctrl_c_removes_what_was_made() -> None:
    use = FakeOvercloudUse()
    use.faults["state server"] = KeyboardInterrupt()

    with pytest.raises(InterruptedRunError, match="6 things"):
        tried(use)

    assert not use.left


def test_ctrl_c_again_says_what_may_be_left() -> None:
    use = FakeOvercloudUse()
    use.faults = {
        "state server": KeyboardInterrupt(),
        "remove server": KeyboardInterrupt(),
    }

    with pytest.raises(InterruptedRunError, match="try-1 may be left: image"):
        tried(use)


def test_the_image_is_a_disk_that_a_bios_boots() -> None:
    disk = tiny_image()

    assert len(disk) == 1024 * 1024
    assert disk[510:512] == b"\x55\xaa"
    assert GREETING.encode() in disk[:510]


EARLIER, LATER = "tripleo-validate-20261123T072950-ab", "tripleo-validate-3f00c1ff"


def killed(use: FakeOvercloudUse, name: str) -> None:
    """Leave what a trial has made that was killed at its end."""
    for thing in Thing:
        use.make(thing, {"name": name})


def tried_at(use: FakeOvercloudUse, name: str) -> dict[str, Tried]:
    found = try_overcloud(use, name, clock=FakeClock(), report=lambda _event: None)
    return {one.what: one for one in found}


def test_what_a_killed_trial_left_is_removed_first() -> None:
    use = FakeOvercloudUse()
    killed(use, EARLIER)
    killed(use, LATER)

    found = tried_at(use, "tripleo-validate-20261123T073000-cd")

    assert found["remove earlier trials"].detail == f"12 things of {EARLIER}, {LATER}"
    assert verdicts(found) == {Verdict.OK}
    assert not use.left


def test_a_trial_that_began_after_this_one_and_things_of_users_stay() -> None:
    use = FakeOvercloudUse()
    use.make(Thing.IMAGE, {"name": "tripleo-validate-20261123T072951-ab"})
    use.make(Thing.IMAGE, {"name": "tripleo-ours"})

    found = tried_at(use, "tripleo-validate-20261123T072950-cd")

    assert "remove earlier trials" not in found
    assert len(use.left) == 2


NOW = "tripleo-validate-20261123T073000-cd"


def test_what_others_use_stays_and_keeps_nothing_else_and_is_no_failure() -> None:
    use = FakeOvercloudUse()
    killed(use, EARLIER)
    killed(use, LATER)
    use.faults["remove network-0"] = ConflictError("ports are in use")

    found = tried_at(use, NOW)

    earlier = found["remove earlier trials"]
    assert earlier.verdict is Verdict.SKIPPED
    assert earlier.detail == (
        f"11 things of {EARLIER}, {LATER}; "
        f"in use, and left: network {EARLIER} (ports are in use)"
    )
    assert earlier.seconds < 60
    assert use.left == [EARLIER]
    assert verdicts(found) - {Verdict.SKIPPED} == {Verdict.OK}
    assert found[SERVER].verdict is Verdict.OK


def test_what_a_service_fails_to_remove_is_a_failure_and_keeps_nothing_else() -> None:
    use = FakeOvercloudUse()
    killed(use, EARLIER)
    killed(use, LATER)
    use.faults["remove image-0"] = ServiceError("HTTP 500")
    use.faults["remove network-1"] = ConflictError("ports are in use")

    earlier = tried_at(use, NOW)["remove earlier trials"]

    assert earlier.verdict is Verdict.FAILED
    assert earlier.detail == (
        f"10 things of {EARLIER}, {LATER}; "
        f"in use, and left: network {LATER} (ports are in use); "
        f"not removed: image {EARLIER} (HTTP 500)"
    )


def test_a_service_that_does_not_list_its_things_keeps_no_other() -> None:
    use = FakeOvercloudUse()
    killed(use, EARLIER)
    use.faults["beginning server"] = UnreachableError("Nova does not answer")

    earlier = tried_at(use, NOW)["remove earlier trials"]

    assert earlier.verdict is Verdict.FAILED
    assert "not removed: server (Nova does not answer)" in earlier.detail
    assert not use.there[Thing.ROUTER]
    assert not use.there[Thing.IMAGE]


def test_an_overcloud_without_nova_has_no_servers_to_remove() -> None:
    use = FakeOvercloudUse(computes=())
    use.make(Thing.IMAGE, {"name": EARLIER})

    found = tried_at(use, NOW)

    assert found["remove earlier trials"].verdict is Verdict.OK
    assert not use.left


def test_what_cannot_be_removed_is_told_and_the_trial_goes_on() -> None:
    use = FakeOvercloudUse()
    killed(use, EARLIER)
    use.faults["remove server"] = ServiceError("the server is broken")

    found = tried_at(use, NOW)

    earlier = found["remove earlier trials"]
    assert earlier.verdict is Verdict.FAILED
    assert f"not removed: server {EARLIER} (the server is broken)" in earlier.detail
    assert found["sign in"].verdict is Verdict.OK
    assert found["route it"].verdict is Verdict.OK


def test_each_trial_has_a_name_of_its_own() -> None:
    assert re.fullmatch(r"tripleo-validate-\d{8}T\d{6}-[0-9a-f]{8}", new_name())
    assert new_name() != new_name()
