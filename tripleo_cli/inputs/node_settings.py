"""The settings of drivers in a nodes file: under its own names, or under Ironic's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tripleo_cli.inputs.document import Problems, kind
from tripleo_cli.inputs.node_keys import (
    ADDRESS,
    FLAG,
    FLAG_OR_PATH,
    FLAG_PATTERN,
    LAST_PORT,
    PORT,
    SECRET,
    SETTINGS,
    WORD,
)

_FLAG = re.compile(FLAG_PATTERN, re.IGNORECASE)


def read_setting(problems: Problems, where: str, name: str, given: object) -> Any:
    """Read a setting as what it is; ``name`` is Ironic's, without the prefix.

    What we know nothing of is taken as it is: Ironic will say what is wrong.
    """
    for which, pattern in SETTINGS.items():
        if re.match(pattern, name):
            return _READERS[which](problems, where, given)
    return given


def _address(problems: Problems, where: str, given: object) -> str | None:
    """Read a BMC's address; passwords have a key of their own, where none see them."""
    address = problems.text(where, given)
    if address and "@" in address:
        problems.add(where, "must not hold credentials", "use pm_user and pm_password")
    return address


def _port(problems: Problems, where: str, given: object) -> int | None:
    port = problems.whole_number(where, given, minimum=1)
    if port is not None and port > LAST_PORT:
        problems.add(where, f"must be a port up to {LAST_PORT}, not {port}")
    return port


def _flag(problems: Problems, where: str, given: object) -> object:
    if isinstance(given, str) and not _FLAG.fullmatch(given.strip()):
        problems.add(where, f'must be true or false, not "{given}"')
    elif not isinstance(given, bool | str):
        problems.add(where, f"must be true or false, not {kind(given)}")
    return given


def _flag_or_path(problems: Problems, where: str, given: object) -> object:
    if isinstance(given, str):
        return problems.text(where, given)
    if not isinstance(given, bool):
        problems.add(where, f"must be true, false or a path, not {kind(given)}")
    return given


_READERS: Mapping[int, Callable[[Problems, str, object], object]] = {
    ADDRESS: _address,
    PORT: _port,
    SECRET: Problems.secret,
    WORD: Problems.text,
    FLAG: _flag,
    FLAG_OR_PATH: _flag_or_path,
}
