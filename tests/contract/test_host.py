"""Every host keeps files the same way; ours and the one in memory."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.host import FakeHost
from tripleo_cli.clients.host import LocalHost
from tripleo_cli.domain.host import Call, File
from tripleo_cli.errors import BusyError, HostError
from tripleo_cli.workflows.undercloud.ports import Host

OWNER = getpass.getuser()


@dataclass(frozen=True)
class Place:
    """A host and a folder on it that exists."""

    host: Host
    folder: str

    def file(self, text: str, name: str = "file", mode: int = 0o600) -> File:
        return File(path=f"{self.folder}/{name}", text=text, owner=OWNER, mode=mode)


@pytest.fixture(params=["memory", "local"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "local":
        return Place(LocalHost(turn_seconds=0), str(tmp_path))
    fake = FakeHost()
    fake.users.add(OWNER)
    fake.folders.add("/place")
    return Place(fake, "/place")


def test_a_file_is_changed_once(place: Place) -> None:
    assert place.host.put(place.file("a"))
    assert not place.host.put(place.file("a"))
    assert place.host.put(place.file("b"))
    assert place.host.read(f"{place.folder}/file") == "b"


def test_line_breaks_stay_as_they_are(place: Place) -> None:
    text = "a: 1\r\nb: 2\n"

    assert place.host.put(place.file(text))
    assert not place.host.put(place.file(text))
    assert place.host.read(f"{place.folder}/file") == text


def test_what_is_not_there_is_none(place: Place) -> None:
    assert place.host.read(f"{place.folder}/nothing") is None
    assert not place.host.exists(f"{place.folder}/nothing")
    place.host.remove(f"{place.folder}/nothing")


def test_a_file_needs_its_folder_and_its_owner(place: Place) -> None:
    with pytest.raises(HostError, match="cannot write"):
        place.host.put(place.file("a", name="no/file"))
    with pytest.raises(HostError, match="cannot write"):
        place.host.put(
            File(path=f"{place.folder}/file", text="a", owner="nobody-of-that-name")
        )
    assert not place.host.exists(f"{place.folder}/file")


def test_folders_are_made_with_their_parents_and_removed_whole(place: Place) -> None:
    folder = f"{place.folder}/one/two"
    place.host.mkdir(folder, owner=OWNER, mode=0o700)
    place.host.mkdir(folder, owner=OWNER, mode=0o700)
    place.host.put(place.file("a", name="one/two/file"))

    place.host.remove(f"{place.folder}/one")

    assert not place.host.exists(f"{folder}/file")
    assert not place.host.exists(folder)
    assert not place.host.exists(f"{place.folder}/one")


def test_a_log_grows(place: Place) -> None:
    place.host.append(f"{place.folder}/log", "1\n")
    place.host.append(f"{place.folder}/log", "2\n")

    assert place.host.read(f"{place.folder}/log") == "1\n2\n"


def test_a_lock_is_held_by_one_at_a_time(place: Place) -> None:
    path = f"{place.folder}/lock"
    with place.host.lock(path), pytest.raises(BusyError, match="process"):
        place.host.lock(path).__enter__()
    with place.host.lock(path):
        pass


def test_a_file_is_had_by_one_at_a_time(place: Place) -> None:
    path = f"{place.folder}/file"
    with place.host.turn(path):
        with pytest.raises(HostError, match="another run has held"):
            place.host.turn(path).__enter__()
        place.host.put(place.file("a"))
    with place.host.turn(path):
        assert place.host.read(path) == "a"


def test_there_is_no_turn_where_there_is_no_folder(place: Place) -> None:
    with pytest.raises(HostError, match="cannot lock"):
        place.host.turn(f"{place.folder}/none/file").__enter__()


def test_local_files_get_their_mode_before_their_name(tmp_path: Path) -> None:
    place = Place(LocalHost(), str(tmp_path))

    place.host.put(place.file("secret"))

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_mode_is_corrected_without_a_change(tmp_path: Path) -> None:
    place = Place(LocalHost(), str(tmp_path))
    place.host.put(place.file("secret", mode=0o644))

    assert not place.host.put(place.file("secret", mode=0o600))

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_busy_lock_names_its_holder_and_since_when(tmp_path: Path) -> None:
    host, path = LocalHost(), str(tmp_path / "lock")

    with host.lock(path), pytest.raises(BusyError, match=r"process \d+, since 20\d\d-"):
        LocalHost().lock(path).__enter__()


@pytest.mark.functional
def test_commands_get_input_and_environment_and_end_in_time() -> None:
    host = LocalHost()

    done = host.run(
        Call(argv=("sh", "-c", 'cat; echo "$WORD"'), stdin="in ", env={"WORD": "out"})
    )

    assert (done.returncode, done.stdout) == (0, "in out\n")
    assert host.run(Call(argv=("sh", "-c", "echo no >&2; exit 3"))).returncode == 3
    with pytest.raises(HostError, match="longer than"):
        host.run(Call(argv=("sleep", "10"), timeout_s=0.2))
    with pytest.raises(HostError, match="cannot run"):
        host.run(Call(argv=("/no/such/program",)))


@pytest.mark.functional
def test_a_command_left_behind_holds_the_lock(tmp_path: Path) -> None:
    host, path = LocalHost(), str(tmp_path / "lock")
    with host.lock(path):
        host.run(Call(argv=("sh", "-c", "sleep 1.5 >/dev/null 2>&1 &")))
    # As if its run had been killed: nobody alive is named.
    (tmp_path / "lock").write_text("999999999 long ago\n")

    with LocalHost().lock(path):
        lived = not LocalHost().run(Call(argv=("pgrep", "-f", "sleep 1.5$"))).succeeded

    assert lived
