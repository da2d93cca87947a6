"""Credentials of BMCs: from a file or the environment, never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripleo_cli.domain.discovery import Credentials
from tripleo_cli.errors import InvalidInputError
from tripleo_cli.inputs.node_credentials import VARIABLE, credentials_from

BOTH = (
    Credentials(user="admin", password="a:b c"),
    Credentials(user="root", password="calvin"),
)
TEXT = "# vendors\nadmin:a:b c\n\n  root:calvin\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "credentials"
    path.write_text(TEXT)
    path.chmod(0o600)
    return path


def test_a_file_is_read_before_the_variable(path: Path) -> None:
    environment = {VARIABLE: "other:one"}

    assert credentials_from(str(path), environment) == BOTH
    assert credentials_from(None, {VARIABLE: TEXT}) == BOTH


def test_a_password_is_taken_as_it_is() -> None:
    [only] = credentials_from(None, {VARIABLE: " admin : a b \n"})

    assert only == Credentials(user="admin", password=" a b ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "hush-hush\n:hush-hush\nuser:\nfine:hush-hush",
            ["line 1", "line 2", "line 3"],
        ),
        ("# nobody\n", [""]),
    ],
)
def test_wrong_lines_are_listed_and_not_repeated(
    text: str, expected: list[str]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        credentials_from(None, {VARIABLE: text})

    assert [problem.where for problem in caught.value.problems] == expected
    assert "hush-hush" not in str(caught.value)


def test_a_file_that_others_can_read_is_refused(path: Path) -> None:
    path.chmod(0o640)

    with pytest.raises(InvalidInputError, match="chmod 600"):
        credentials_from(str(path), {})


def test_a_password_on_the_command_line_is_not_repeated() -> None:
    with pytest.raises(InvalidInputError, match="takes a file") as caught:
        credentials_from("admin:hush-hush", {})

    assert "hush-hush" not in str(caught.value)


def test_without_credentials_both_ways_are_named() -> None:
    with pytest.raises(InvalidInputError, match=VARIABLE):
        credentials_from(None, {})
