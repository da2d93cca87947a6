"""Building images, as far as it takes no long build: what is checked, what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.functional.shell import run
from tripleo_cli.clients.dib import LocalImageBuilder
from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.job import ISOLATED

pytestmark = pytest.mark.functional

HOLD = """
import sys
from tripleo_cli.clients.dib import LocalImageBuilder
from tripleo_cli.domain.host import Call
from tripleo_cli.domain.image.job import ISOLATED
script = "mount -t tmpfs none $1 && touch $1/inside && echo mounted && sleep 600"
call = Call(argv=(*ISOLATED, "bash", "-c", script, "build", sys.argv[1]))
LocalImageBuilder().build(call, sys.argv[2], lambda line: print(line, flush=True))
"""


def isolated(script: str, *words: str, limit: float = 600) -> Call:
    argv = (*ISOLATED, "bash", "-c", script, "build", *words)
    return Call(argv=argv, timeout_s=limit)


def build(call: Call, log: Path) -> tuple[int | None, list[str]]:
    lines: list[str] = []
    return LocalImageBuilder().build(call, str(log), lines.append), lines


def test_every_line_is_logged_and_the_exit_code_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code, lines = build(isolated("echo one; echo two >&2; exit 3"), log)

    assert (code, lines) == (3, ["one\n", "two\n"])
    assert log.read_text() == "one\ntwo\n"


def test_what_a_build_mounts_is_seen_by_nobody_else(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    script = "mount -t tmpfs none $1 && touch $1/inside && mountpoint -q $1"
    code, _ = build(isolated(script, str(place)), tmp_path / "log")

    assert code == 0
    assert list(place.iterdir()) == []


def test_a_build_ends_with_whoever_is_killed_for_it(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    argv = (sys.executable, "-c", HOLD, str(place), str(tmp_path / "log"))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:  # noqa: S603 - our own words
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mounted\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()

    while _is_mentioned(str(place)):
        time.sleep(0.1)
    place.rmdir()


def test_a_build_that_takes_too_long_is_ended_with_what_it_mounted(
    tmp_path: Path,
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    stray = "touch $1/x; setsid -f tail -f $1/x"
    script = f"mount -t tmpfs none $1; {stray}; echo mounted; sleep 600"
    code, lines = build(isolated(script, str(place), limit=2), tmp_path / "log")

    assert (code, lines) == (None, ["mounted\n"])
    while _is_mentioned(str(place)):
        time.sleep(0.1)
    place.rmdir()


def test_this_machine_is_looked_at_truly(tmp_path: Path) -> None:
    builder = LocalImageBuilder()
    machine = builder.machine(("bash", "no-such-package"), str(tmp_path / "not/yet"))

    assert machine.missing == ("no-such-package",)
    assert machine.builder == builder.version()
    assert machine.memory > 0
    assert machine.space > 0
    assert Path(builder.program()).exists()
    assert "debian-minimal" in builder.elements([])
    assert builder.architectures()


def test_contents_decide_the_digest_of_elements(tmp_path: Path) -> None:
    script = tmp_path / "element" / "install.d" / "50-x"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\n")
    builder = LocalImageBuilder()
    seen = {builder.digest(["element"], [str(tmp_path)])}
    script.chmod(0o755)
    seen.add(builder.digest(["element"], [str(tmp_path)]))
    script.write_text("#!/bin/sh\ntrue\n")
    seen.add(builder.digest(["element"], [str(tmp_path)]))

    assert len(seen) == 3


def test_only_elements_that_are_used_decide_the_digest(tmp_path: Path) -> None:
    for name in ("used", "needed", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "package-installs.yaml").write_text("curl:\n")
    (tmp_path / "used" / "element-deps").write_text("needed\ndpkg\n")
    builder = LocalImageBuilder()
    first = builder.digest(["used"], [str(tmp_path)])
    for unread in ("other/package-installs.yaml", "used/README.rst"):
        (tmp_path / unread).write_text("wget:\n")
    same = builder.digest(["used"], [str(tmp_path)])
    (tmp_path / "needed" / "package-installs.yaml").write_text("wget:\n")

    assert same == first
    assert builder.digest(["used"], [str(tmp_path)]) != first


def test_problems_of_a_description_are_told_without_a_cloud(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "disk_images: [{imagename: overcloud-full, elemnts: [], type: iso, roles: [X]}]"
    )
    done = run("image", "build", "--config-file", str(mine), code=1, cloud=False)

    assert "2 problems" in done.stderr
    assert "elements" in done.stderr
    assert "iso is not built" in done.stderr


def test_what_is_not_there_is_told_with_its_file_or_option(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = "disk_images: [{imagename: overcloud-full, elements: [x1], arch: s390x}]"
    mine.write_text(text)
    words = ("--output-directory", str(tmp_path), "--config-file", str(mine))
    unknown = run("image", "build", *words, code=1, cloud=False)
    folder = str(tmp_path / "nope")
    no_folder = run("image", "build", "--elements-path", folder, code=1, cloud=False)

    assert f"{mine}: disk_images.overcloud-full.elements: no element x1" in (
        unknown.stderr
    )
    assert f"{mine}: disk_images.overcloud-full.arch" in unknown.stderr
    assert "--elements-path" in no_folder.stderr
    assert folder in no_folder.stderr


def test_a_distribution_of_one_s_own_is_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "disk_images: [{imagename: overcloud-full, elements: [my-debian, dpkg]}]"
    )
    words = ("--image-name", "overcloud-full", "--distribution", str(mine))
    done = run("image", "build", *words, code=1, cloud=False)
    nowhere = run("image", "build", "--distribution", "x/y", code=1, cloud=False)

    assert f"{mine}: disk_images.overcloud-full.elements" in done.stderr
    assert "no element my-debian" in done.stderr
    assert "x/y" in nowhere.stderr
    assert "no such file" in nowhere.stderr


def test_an_image_nobody_described_is_told(tmp_path: Path) -> None:
    words = ("--image-name", "overcloud-ful", "--output-directory", str(tmp_path))
    done = run("image", "build", *words, code=1, cloud=False)

    assert "overcloud-full" in done.stderr.replace("overcloud-ful ", "")
    assert list(tmp_path.iterdir()) == []


def test_the_ramdisk_is_one_of_the_images_and_has_formats(tmp_path: Path) -> None:
    words = ("--image-name", "ironic-python-agen", "--output-directory", str(tmp_path))
    done = run("image", "build", *words, code=1, cloud=False)
    shown = run("image", "build", "--help", cloud=False)

    assert "ironic-python-agent" in done.stderr
    assert "ramdisk" in shown.stdout


def _is_mentioned(text: str) -> bool:
    """Tell whether any process has a text in its command line."""
    ours = os.getpid()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if int(path.parent.name) != ours and text.encode() in path.read_bytes():
                return True
        except OSError:  # it has just ended
            continue
    return False
