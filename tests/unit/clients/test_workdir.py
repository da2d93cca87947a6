"""A stack's folder on a real file system: modes, whole files, locks."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tripleo_cli.clients.workdir import LocalWorkdir, workdir_of
from tripleo_cli.errors import BusyError, HostError, InvalidInputError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Let writes beyond a size fail, as they do on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_only_the_owner_can_read(home: Path) -> None:
    before = os.umask(0)
    try:
        path = workdir_of("overcloud", home).write("heat/role.yaml", "secret")
    finally:
        os.umask(before)

    assert path == home / "overcloud-deploy" / "overcloud" / "heat" / "role.yaml"
    assert mode(path) == 0o600
    for folder in (path.parent, *list(path.parents)[1:3]):
        assert mode(folder) == 0o700


def test_a_full_disk_leaves_the_old_file_whole(home: Path) -> None:
    workdir = workdir_of("overcloud", home)
    workdir.write("plan.json", "old")

    with files_limited_to(100), pytest.raises(HostError) as caught:
        workdir.write("plan.json", "new" * 1000)

    assert "plan.json: the disk is full" in str(caught.value)
    assert str(caught.value.hint).startswith("free space: df -h")
    assert workdir.read("plan.json") == "old"
    assert [path.name for path in (home / "overcloud-deploy/overcloud").iterdir()] == [
        "plan.json"
    ]


def test_a_full_disk_gives_no_lock(home: Path) -> None:
    workdir = workdir_of("overcloud", home)

    with (
        files_limited_to(4),
        pytest.raises(HostError, match="cannot lock"),
        workdir.lock("deploy"),
    ):
        pass

    with workdir.lock("deploy again"):
        pass


def test_a_folder_in_the_way_is_told(home: Path) -> None:
    workdir = workdir_of("overcloud", home)
    workdir.write("plan.json/inner", "x")

    with pytest.raises(HostError, match=r"cannot write .*plan\.json"):
        workdir.write("plan.json", "x")
    with pytest.raises(HostError, match=r"cannot read .*plan\.json"):
        workdir.read("plan.json")


def test_what_is_not_text_is_told(home: Path) -> None:
    path = workdir_of("overcloud", home).write("plan.json", "x")
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(HostError, match="not UTF-8"):
        workdir_of("overcloud", home).read("plan.json")


def test_a_lock_tells_who_holds_it_and_since_when(home: Path) -> None:
    first, second = workdir_of("overcloud", home), workdir_of("overcloud", home)

    with first.lock("deploy the stack"):
        note = json.loads((home / "overcloud-deploy/overcloud/.lock").read_text())
        with pytest.raises(BusyError) as caught, second.lock("delete the stack"):
            pass

    assert note["pid"] == os.getpid()
    assert f"process {os.getpid()}) since {note['since']}" in str(caught.value)
    assert "to deploy the stack" in str(caught.value)
    assert str(caught.value.hint).endswith(f"kill {os.getpid()}")


def test_a_lock_without_a_note_is_still_a_lock(home: Path) -> None:
    workdir = workdir_of("overcloud", home)

    with workdir.lock("deploy"):
        (home / "overcloud-deploy/overcloud/.lock").write_text("")
        with pytest.raises(BusyError, match="has just begun"), workdir.lock("again"):
            pass


def test_locks_of_two_stacks_do_not_meet(home: Path) -> None:
    with workdir_of("one", home).lock("x"), workdir_of("two", home).lock("y"):
        pass


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "1st", "a b", "ä"])
def test_a_name_that_heat_would_refuse_is_no_folder(home: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="must start with a letter"):
        workdir_of(name, home)


def test_drafts_and_locks_are_not_listed(tmp_path: Path) -> None:
    workdir = LocalWorkdir(tmp_path)
    workdir.write("plan.json", "x")
    (tmp_path / ".plan.json.deadbeef").write_text("y")

    with workdir.lock("look"):
        assert list(workdir.names()) == ["plan.json"]


def test_nothing_is_lost_where_many_change_a_file(tmp_path: Path) -> None:
    def add(number: int) -> None:
        workdir = LocalWorkdir(tmp_path)
        with workdir.turn("numbers"):
            workdir.write("numbers", f"{workdir.read('numbers') or ''}{number}\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))

    numbers = (tmp_path / "numbers").read_text().split()
    assert sorted(map(int, numbers)) == list(range(40))
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
