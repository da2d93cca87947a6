"""What workflows rely on of a stack's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.workdir import FakeWorkdir
from tripleo_cli.clients.workdir import LocalWorkdir
from tripleo_cli.errors import BusyError, HostError

if TYPE_CHECKING:
    from tripleo_cli.workflows.ports import Workdir


@pytest.fixture(params=["fake", "local"])
def workdir(request: pytest.FixtureRequest, tmp_path: Path) -> Workdir:
    if request.param == "fake":
        return FakeWorkdir()
    return LocalWorkdir(tmp_path / "overcloud", turn_seconds=0)


def test_what_is_written_is_read(workdir: Workdir) -> None:
    path = workdir.write("heat/roles/compute.yaml", "ä: 1\n")
    workdir.write("plan.json", "{}")
    workdir.write("plan.json", "[]")

    assert path.parts[-3:] == ("heat", "roles", "compute.yaml")
    assert workdir.read("heat/roles/compute.yaml") == "ä: 1\n"
    assert workdir.read("plan.json") == "[]"
    assert list(workdir.names()) == ["heat/roles/compute.yaml", "plan.json"]


def test_line_breaks_stay_as_they_are(workdir: Workdir) -> None:
    workdir.write("clouds.yaml", "a: 1\r\nb: 2\n")

    assert workdir.read("clouds.yaml") == "a: 1\r\nb: 2\n"


def test_what_is_removed_is_gone(workdir: Workdir) -> None:
    workdir.write("plan.json", "{}")
    workdir.write("heat/overcloud.yaml", "{}")

    workdir.remove("plan.json")
    workdir.remove("plan.json")

    assert workdir.read("plan.json") is None
    assert list(workdir.names()) == ["heat/overcloud.yaml"]


def test_an_empty_folder_has_nothing(workdir: Workdir) -> None:
    assert workdir.read("plan.json") is None
    assert list(workdir.names()) == []


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../plan.json", "a/../../b"])
def test_names_stay_inside(workdir: Workdir, name: str) -> None:
    with pytest.raises(ValueError, match="not a name inside"):
        workdir.write(name, "x")
    with pytest.raises(ValueError, match="not a name inside"):
        workdir.read(name)
    with pytest.raises(ValueError, match="not a name inside"):
        workdir.remove(name)


def test_a_lock_is_held_by_one_and_tells_by_whom(workdir: Workdir) -> None:
    with (
        workdir.lock("deploy the stack"),
        pytest.raises(BusyError, match=r"deploy the stack"),
        workdir.lock("delete the stack"),
    ):
        pass

    with workdir.lock("delete the stack"):
        pass
    assert list(workdir.names()) == []


def test_a_lock_is_free_after_a_failure(workdir: Workdir) -> None:
    with pytest.raises(ZeroDivisionError), workdir.lock("fail"):
        raise ZeroDivisionError

    with workdir.lock("go on"):
        pass


def test_a_file_is_had_by_one_at_a_time(workdir: Workdir) -> None:
    with workdir.turn("heat/a.yaml"):
        with (
            pytest.raises(HostError, match=r"another run has held .*a\.yaml"),
            workdir.turn("heat/a.yaml"),
        ):
            pass
        with workdir.turn("heat/b.yaml"), workdir.lock("deploy"):
            workdir.write("heat/a.yaml", "x")

    with workdir.turn("heat/a.yaml"):
        assert workdir.read("heat/a.yaml") == "x"
    assert list(workdir.names()) == ["heat/a.yaml"]
