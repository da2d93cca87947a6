from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.clients.node_words import apply_words, check_words
from tripleo_cli.node.main import _parser


@pytest.mark.parametrize("preview", ["/incoming/preview.json", ""])
@pytest.mark.parametrize("force", [True, False])
def test_the_program_understands_what_it_is_told_to_apply(
    *, preview: str, force: bool
) -> None:
    asked = _parser().parse_args(apply_words(3, force=force, preview=preview))

    assert (asked.verb, asked.step) == ("apply", 3)
    assert (asked.check, asked.force) == (bool(preview), force)
    assert asked.bundle == (Path(preview) if preview else None)


@pytest.mark.parametrize("within_s", [None, 2.5])
def test_the_program_understands_what_it_is_told_to_check(
    within_s: float | None,
) -> None:
    asked = _parser().parse_args(check_words([1, 4], within_s))

    assert (asked.verb, asked.step, asked.within) == ("check", [1, 4], within_s)
