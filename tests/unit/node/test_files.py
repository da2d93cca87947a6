from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tripleo_cli.node import files
from tripleo_cli.node.errors import NodeError, file_error


def test_a_file_is_changed_once_and_is_for_root_alone(tmp_path: Path) -> None:
    path = tmp_path / "a/b"

    assert files.write(path, "x")
    assert not files.write(path, "x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["b"]


def test_a_mode_is_put_right(tmp_path: Path) -> None:
    files.write(tmp_path / "a", "x", 0o644)

    assert files.write(tmp_path / "a", "x", 0o600)


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(NodeError, match=r"cannot (read|write) .*a: Is a directory"):
        files.write(tmp_path / "a", "x")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_is_named() -> None:
    error = file_error("write /x", OSError(errno.ENOSPC, "No space left on device"))

    assert str(error) == "cannot write /x: the node's disk is full"
    assert "df -h" in error.hint


def test_a_block_leaves_other_lines_and_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost\n127.0.1.1 n0.x n0\n127.0.1.1 other # n0\n")

    assert files.write_block(path, "192.0.2.1 n0\n", taken=frozenset({"n0"}))
    assert not files.write_block(path, "192.0.2.1 n0", taken=frozenset({"n0"}))
    assert files.write_block(path, "192.0.2.2 n0", taken=frozenset({"n0"}))

    kept = ["127.0.0.1 localhost", "127.0.1.1 other # n0"]
    assert path.read_text().splitlines() == [
        *(files.BEGIN, "192.0.2.2 n0", files.END),
        *kept,
    ]
