from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.clients.ssh_key import LocalKeys
from tripleo_cli.errors import HostError


def test_a_folder_that_cannot_be_made_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(HostError, match="Not a directory") as told:
        LocalKeys().ensure(tmp_path / "file" / ".ssh" / "key")

    assert "--overcloud-ssh-key" in str(told.value.hint)
