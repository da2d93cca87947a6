"""How tests are spread over processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer


class ByFolder(LoadScopeScheduling):
    """Gives all tests of a folder to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0].rpartition("/")[0]


def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> LoadScopeScheduling | None:
    """Take folders for the scopes of ``--dist loadscope``.

    What disturbs an undercloud is in one of them, what has another one in the other.
    """
    is_by_scope = config.getoption("dist") == "loadscope"
    return ByFolder(config, log) if is_by_scope else None
