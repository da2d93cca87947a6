"""What `openstack overcloud validate --after` shows; imported when it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tripleo_cli.domain.overcloud.trial import Tried, failures
from tripleo_cli.errors import ValidationError

TRIED_COLUMNS = ("What", "Result", "Seconds", "Detail")


def tried_rows(tried: Sequence[Tried]) -> list[tuple[Any, ...]]:
    """Give a row for each part."""
    return [(one.what, one.verdict.value, one.seconds, one.detail) for one in tried]


def refusal(tried: Sequence[Tried]) -> ValidationError | None:
    """Say why the overcloud does not work; nothing where it does."""
    bad = failures(tuple(tried))
    if not bad:
        return None
    listed = "\n".join(f"  {one.what}: {one.detail}" for one in bad)
    return ValidationError(
        f"the overcloud does not do what it should:\n{listed}",
        hint="openstack overcloud deploy checks its services again; their logs are on "
        "the nodes, in /var/log",
    )
