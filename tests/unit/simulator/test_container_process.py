"""The processes of a container, found in control groups that come and go."""

from __future__ import annotations

import shutil
from pathlib import Path

from tripleo_cli.simulator.container_process import drop_group, members


def a_tree(root: Path, *pids: int) -> Path:
    """Make plain folders that look like control groups, one process in each."""
    for pid in pids:
        group = root / "machine" / f"{pid}.scope"
        group.mkdir(parents=True)
        (group / "cgroup.procs").write_text(f"{pid}\n")
    return root


def test_processes_of_every_level_are_found(tmp_path: Path) -> None:
    group = a_tree(tmp_path / "group", 12, 13)
    (group / "cgroup.procs").write_text("10\n11\n")

    assert sorted(members(group)) == [10, 11, 12, 13]


def test_a_group_that_ends_while_it_is_read_hides_no_other(tmp_path: Path) -> None:
    group = a_tree(tmp_path / "group", 11, 12, 13, 14)
    first, second, *others = members(group)

    walk = members(group)
    found = [next(walk)]
    shutil.rmtree(group / "machine" / f"{second}.scope")
    found += walk

    assert found == [first, *others]


def test_a_group_that_is_not_there_has_no_processes(tmp_path: Path) -> None:
    assert list(members(tmp_path / "group")) == []


def test_groups_are_dropped_from_the_bottom_up(tmp_path: Path) -> None:
    group = tmp_path / "group"
    (group / "machine" / "init.scope").mkdir(parents=True)
    (group / "launcher").mkdir()

    assert drop_group(group)
    assert not group.exists()
    assert drop_group(group)
