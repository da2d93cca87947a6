"""What the lab asks the cloud, where the cloud does not answer well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from tests.fakes.containers import ROOTFS
from tripleo_cli.simulator.cloud import LiveCloud
from tripleo_cli.simulator.ports import UnavailableError


def chunks(_size: int) -> Iterator[bytes]:
    """Give the beginning of an image, and no more."""
    yield b"begun"
    raise requests.exceptions.ChunkedEncodingError("cut off")


def test_a_download_that_is_cut_off_is_worth_another_try(tmp_path: Path) -> None:
    answer = SimpleNamespace(status_code=200, iter_content=chunks)
    glance = SimpleNamespace(get=lambda *_words, **_options: answer)
    sdk: Any = SimpleNamespace(image=glance)

    with pytest.raises(UnavailableError, match="cut off"):
        LiveCloud(sdk).download(ROOTFS, str(tmp_path / "root.tar"))
