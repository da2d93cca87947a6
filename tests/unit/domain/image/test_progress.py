"""How far a build is, and why it ended, is read from what it writes."""

from __future__ import annotations

from tripleo_cli.domain.image.progress import BuildLog

STAMP = "2026-11-23 03:46:09.690 | "


def states(*lines: str) -> list[str]:
    log = BuildLog()
    return [log.read(f"{STAMP}{line}\n") for line in lines]


def test_phases_follow_the_hooks() -> None:
    assert states(
        "Building in /tmp/x",
        "Running hooks from /tmp/x/hooks/root.d",
        "dib-run-parts Running /tmp/in_target.d/install.d/01-package-installs",
        "dib-run-parts Running /tmp/in_target.d/finalise.d/90-tripleo-node",
        "dib-run-parts Target: cleanup.d",
    ) == [
        "beginning",
        "making the root filesystem",
        "installing packages",
        "cleaning up",
        "packing",
    ]


def test_a_disk_is_written_before_the_hooks_are_over() -> None:
    assert states(
        "Writing the disk",
        "Converting image using qemu-img",
        "dib-run-parts Target: cleanup.d",
    ) == ["writing the disk", "packing the disk", "removing the build"]


def test_packages_are_counted_in_steps_of_ten_percent() -> None:
    shown = states(
        "Running /tmp/in_target.d/install.d/01-package-installs",
        "> 0 upgraded, 5 newly installed, 0 to remove and 0 not upgraded.",
        "> Need to get 350 MB of archives.",
        *(f"> Unpacking p{number} ..." for number in range(5)),
        "Setting up p1 (1.0) ...",
    )

    assert shown[1] == "installing packages: 0 %"
    assert shown[2] == "installing packages (350 MB to fetch): 0 %"
    assert shown[-2:] == [
        "installing packages (350 MB to fetch): 50 %",
        "installing packages (350 MB to fetch): 60 %",
    ]


def test_the_cause_is_apt_s_error_with_the_packages_it_does_not_know() -> None:
    log = BuildLog()
    for line in ("Reading package lists...", "E: Unable to locate package glance-apo"):
        log.read(STAMP + line)

    assert log.cause == "E: Unable to locate package glance-apo"
    assert log.unknown_packages == ["glance-apo"]


def test_without_an_error_the_last_lines_are_the_cause() -> None:
    log = BuildLog()
    for number in range(20):
        log.read(f"{STAMP}line {number}")

    assert log.cause.splitlines()[0] == "line 12"
    assert log.cause.splitlines()[-1] == "line 19"
