"""Which tests must not run side by side."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process have all that disturb the undercloud (``--dist loadgroup``)."""
    for item in items:
        if item.get_closest_marker("disruptive"):
            item.add_marker(pytest.mark.xdist_group("undercloud"))
